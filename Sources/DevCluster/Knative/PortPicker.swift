import Glibc

/// Finds ports of the loopback address for processes that are about to start.
///
/// A port is only tried, not kept: the process must bind it itself. So it is taken from below the range that the kernel
/// gives to outgoing connections (32768 and up by default), where only another server could take it in between; and
/// no port is offered again before all others were.
struct PortPicker: Sendable {
  /// The ports that are offered.
  static let range = 20_000..<32_000
  private var next: Int

  /// Begins at a place that depends on `seed`, so that two clusters on one machine rarely try the same.
  init(seed: Int) {
    next = Self.range.lowerBound + Int(UInt(bitPattern: seed &* 2_654_435_761) % UInt(Self.range.count))
  }

  /// A port that nobody listens on now; nil if none of the range is free.
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
