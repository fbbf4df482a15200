import CLinux
import Glibc

/// Sockets and epoll as the sink and the yardstick use them: IPv4 loopback only, and no more error handling
/// than a measurement needs, which fails when a count is never reached.
enum BenchSockets {
  /// A listening socket on a free port of 127.0.0.1.
  static func listen() -> (descriptor: Int32, port: Int)? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    guard descriptor >= 0, call(&address, { bind(descriptor, $0, $1) }) == 0,
      Glibc.listen(descriptor, 1024) == 0,
      call(&address, { pointer, _ in getsockname(descriptor, pointer, &length) }) == 0
    else { return nil }
    return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
  }

  /// A port of 127.0.0.1 that was free a moment ago.
  static func freePort() -> Int? {
    guard let (descriptor, port) = listen() else { return nil }
    close(descriptor)
    return port
  }

  /// A connection to a port of 127.0.0.1.
  static func connect(port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port: port)
    guard descriptor >= 0 else { return nil }
    guard call(&address, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
      close(descriptor)
      return nil
    }
    sendAtOnce(descriptor)
    return descriptor
  }

  /// Small writes are not held back (TCP_NODELAY).
  static func sendAtOnce(_ descriptor: Int32) {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Sends all of it; the buffer of a loopback socket takes one message whole.
  static func sendAll(_ descriptor: Int32, _ bytes: [UInt8]) {
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return address
  }

  private static func call(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    // Both are the same memory by the sockets interface's own rules; the pointer lives for the call only.
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

/// An epoll instance whose events carry descriptors.
struct BenchPoll: ~Copyable {
  private let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
  private var events = [epoll_event](repeating: epoll_event(), count: 256)

  deinit { close(descriptor) }

  func add(_ target: Int32) {
    var event = epoll_event()
    event.events = UInt32(EPOLLIN.rawValue)
    event.data.fd = target
    epoll_ctl(descriptor, EPOLL_CTL_ADD, target, &event)
  }

  /// Waits, and hands over the descriptors that can be read.
  mutating func wait(_ handle: (Int32) -> Void) {
    let count = epoll_wait(descriptor, &events, Int32(events.count), -1)
    for index in 0..<max(0, Int(count)) { handle(events[index].data.fd) }
  }
}
