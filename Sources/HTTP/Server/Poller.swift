import CLinux
import Glibc

/// One epoll instance: which descriptors are ready, each under the number it was added with. Level-triggered.
final class Poller {
  static let maxEvents = 256
  static let readable = UInt32(EPOLLIN.rawValue) | UInt32(EPOLLRDHUP.rawValue)
  static let peerClosed = UInt32(EPOLLRDHUP.rawValue)
  static let writable = UInt32(EPOLLOUT.rawValue)
  static let broken = UInt32(EPOLLERR.rawValue) | UInt32(EPOLLHUP.rawValue)

  private let descriptor: Int32
  private var events = [epoll_event](repeating: epoll_event(), count: Poller.maxEvents)

  init() throws(HTTPServerError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { throw .outOfResources(systemMessage(errno)) }
  }

  deinit { close(descriptor) }

  /// Whether the system took it.
  @discardableResult
  func add(_ target: Int32, number: UInt64, interest: UInt32) -> Bool {
    control(EPOLL_CTL_ADD, target, number, interest)
  }

  func change(_ target: Int32, number: UInt64, interest: UInt32) {
    control(EPOLL_CTL_MOD, target, number, interest)
  }

  func remove(_ target: Int32) {
    control(EPOLL_CTL_DEL, target, 0, 0)
  }

  @discardableResult
  private func control(_ operation: Int32, _ target: Int32, _ number: UInt64, _ interest: UInt32) -> Bool {
    var event = epoll_event()
    event.events = interest
    event.data.u64 = number
    return epoll_ctl(descriptor, operation, target, &event) == 0
  }

  /// Waits up to `milliseconds` (-1: without end) and hands over what is ready.
  func wait(milliseconds: Int32, _ handle: (_ number: UInt64, _ ready: UInt32) -> Void) {
    let count = epoll_wait(descriptor, &events, Int32(Self.maxEvents), milliseconds)
    guard count > 0 else { return }
    for index in 0..<Int(count) { handle(events[index].data.u64, events[index].events) }
  }
}
