import Glibc
import Synchronization

/// Finds ports of the loopback address for processes that are about to start.
///
/// A port is only tried, not kept: the process must bind it itself. So it is taken from below the range that the kernel
/// gives to outgoing connections (32768 and up by default), where only another server could take it in between; and
/// all clusters of this process share one picker, which offers no port again before all others: two clusters never
/// hand the same port to two processes that have not bound it yet.
struct PortPicker: Sendable {
  /// The ports that are offered.
  static let range = 20_000..<32_000

  private static let shared = Mutex(PortPicker(startingAt: Int.random(in: range)))
  private var next: Int

  /// `start` is a port of the range; processes start at different ones, so they rarely try the same.
  init(startingAt start: Int) {
    precondition(Self.range.contains(start), "\(start) is not in \(Self.range)")
    next = start
  }

  /// A port that nobody listens on now; nil if none of the range is free. From any thread.
  static func pick() -> Int? { shared.withLock { $0.pick() } }

  /// The same from this picker.
  mutating func pick() -> Int? {
    for _ in Self.range {
      let port = next
      next = next + 1 < Self.range.upperBound ? next + 1 : Self.range.lowerBound
      if Self.isFree(port) { return port }
    }
    return nil
  }

  private static func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
    return withUnsafePointer(to: &address) { pointer in
      // The socket API takes any address as a `sockaddr` and its length; both are those of `address`.
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
