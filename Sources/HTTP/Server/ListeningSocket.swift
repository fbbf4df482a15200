import CLinux
import Glibc
import Synchronization

/// A bound, listening, non-blocking TCP socket; closed once, by `close()` or with its last reference.
final class ListeningSocket: Sendable {
  private static let backlog: Int32 = 1024

  private let openDescriptor: Atomic<Int32>
  let host: String
  let port: Int

  /// The descriptor, or -1 once closed.
  var descriptor: Int32 { openDescriptor.load(ordering: .acquiring) }

  init(host: String, port: Int) throws(HTTPServerError) {
    let address = "\(host):\(port)"
    guard (0...65535).contains(port), let family = Self.family(of: host) else { throw .badAddress(address) }
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw .outOfResources(systemMessage(errno)) }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard Self.bind(descriptor, family: family, host: host, port: port) == 0,
      Glibc.listen(descriptor, Self.backlog) == 0
    else {
      let reason = systemMessage(errno)
      Glibc.close(descriptor)
      throw .cannotListen(address: address, reason: reason)
    }
    self.host = host
    self.port = Self.boundPort(descriptor)
    openDescriptor = Atomic(descriptor)
  }

  deinit { close() }

  func close() {
    let descriptor = openDescriptor.exchange(-1, ordering: .acquiringAndReleasing)
    if descriptor >= 0 { Glibc.close(descriptor) }
  }

  private static func family(of host: String) -> Int32? {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return AF_INET }
    if inet_pton(AF_INET6, host, &six) == 1 { return AF_INET6 }
    return nil
  }

  private static func bind(_ descriptor: Int32, family: Int32, host: String, port: Int) -> Int32 {
    let port = in_port_t(port).bigEndian
    if family == AF_INET {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port
      inet_pton(AF_INET, host, &address.sin_addr)
      return withSocketAddress(&address) { Glibc.bind(descriptor, $0, $1) }
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port
    inet_pton(AF_INET6, host, &address.sin6_addr)
    return withSocketAddress(&address) { Glibc.bind(descriptor, $0, $1) }
  }

  private static func boundPort(_ descriptor: Int32) -> Int {
    // Both families keep the port at the same place.
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = withSocketAddress(&address) { pointer, _ in getsockname(descriptor, pointer, &length) }
    return Int(in_port_t(bigEndian: address.sin6_port))
  }

  /// The system takes every kind of address as a `sockaddr` and its true size; the pointer lives for the call only.
  private static func withSocketAddress<Address>(
    _ address: inout Address, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafeMutableBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
  }
}

/// The system's text for an `errno` value.
func systemMessage(_ code: Int32) -> String {
  strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
