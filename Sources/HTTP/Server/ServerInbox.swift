import CLinux
import Glibc
import Synchronization

/// What other threads (and handlers) want of a server's thread, in order. Everything that changes a connection comes
/// through here, also from the server's own thread, so that there is one order and no re-entrance.
final class ServerInbox: Sendable {
  /// Names one request on one connection; answers to any other are ignored.
  struct ExchangeID: Sendable, Equatable {
    let connection: UInt64
    let number: UInt64
  }

  enum Message: Sendable {
    case respond(ExchangeID, HTTPResponse)
    case beginStream(ExchangeID, status: Int, headers: HTTPHeaders, HTTPBodyStream)
    case chunk(ExchangeID, [UInt8])
    case endStream(ExchangeID)
    case abort(ExchangeID)
    /// The stream's writer is too far ahead.
    case overflow(ExchangeID)
    case execute(@Sendable () -> Void)
    case schedule(deadline: UInt64, @Sendable () -> Void)
    case drain(deadline: UInt64)
    case stop
  }

  private struct State {
    var messages: [Message] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let ownThread = Atomic<UInt>(0)
  /// An eventfd: readable while messages wait that came from another thread.
  let descriptor: Int32

  init() throws(HTTPServerError) {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard descriptor >= 0 else { throw .outOfResources(systemMessage(errno)) }
  }

  deinit { Glibc.close(descriptor) }

  /// Whether the caller is the server's thread.
  var isOnServerThread: Bool { ownThread.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// Called by the server's thread before its first turn.
  func adoptCurrentThread() { ownThread.store(UInt(pthread_self()), ordering: .relaxed) }

  /// False once the server has stopped: the message is dropped.
  @discardableResult
  func post(_ message: Message) -> Bool {
    let (accepted, wasEmpty) = state.withLock { state in
      guard !state.isClosed else { return (false, false) }
      state.messages.append(message)
      return (true, state.messages.count == 1)
    }
    // The server's thread looks before it sleeps, and the first waiting message has woken it for all that follow.
    if accepted, wasEmpty, !isOnServerThread { wake() }
    return accepted
  }

  private func wake() {
    var one: UInt64 = 1
    // Fails only if the counter is full, and then the thread is awake.
    _ = write(descriptor, &one, 8)
  }

  /// Empties the eventfd.
  func acknowledgeWake() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }

  var isEmpty: Bool { state.withLock { $0.messages.isEmpty } }

  /// All messages; the array given is swapped in, so that two arrays serve for ever.
  func take(into messages: inout [Message]) {
    messages.removeAll(keepingCapacity: true)
    state.withLock { swap(&$0.messages, &messages) }
  }

  /// Refuses further messages and returns those that wait.
  func close() -> [Message] {
    state.withLock { state in
      state.isClosed = true
      defer { state.messages = [] }
      return state.messages
    }
  }
}
