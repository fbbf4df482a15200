import Synchronization

/// What tasks want of the client's thread.
final class HTTPClientInbox: Sendable {
  enum Receiver: Sendable {
    case answer(CheckedContinuation<Result<HTTPResponse, HTTPClientFailure>, Never>)
    case stream(AsyncThrowingStream<HTTPClientEvent, any Error>.Continuation)

    func fail(_ failure: HTTPClientFailure) {
      switch self {
      case .answer(let continuation): continuation.resume(returning: .failure(failure))
      case .stream(let continuation): continuation.finish(throwing: failure)
      }
    }
  }

  enum Message: Sendable {
    case start(UInt64, HTTPClientRequest, Receiver)
    case cancel(UInt64)
    case stop
  }

  private struct State {
    var messages: [Message] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  let wakeup = HTTPClientWakeup()

  /// False once the client has stopped: the message is dropped.
  @discardableResult
  func post(_ message: Message) -> Bool {
    let (accepted, wasEmpty) = state.withLock { state in
      guard !state.isClosed else { return (false, false) }
      state.messages.append(message)
      return (true, state.messages.count == 1)
    }
    if accepted, wasEmpty { wakeup.wake() }
    return accepted
  }

  func take() -> [Message] {
    state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
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

/// Orders the start of a request and its cancellation, which come from two threads: whichever is first decides.
final class HTTPClientStartGate: Sendable {
  private enum State {
    case waiting
    case started
    case cancelled
  }

  private let state = Mutex(State.waiting)

  /// False, without calling `post`, if the request was cancelled before; else what `post` returns.
  func start(_ post: () -> Bool) -> Bool {
    state.withLock { state in
      guard state == .waiting else { return false }
      state = .started
      return post()
    }
  }

  /// Calls `post` if the request was started.
  func cancel(_ post: () -> Void) {
    state.withLock { state in
      if state == .started { post() }
      state = .cancelled
    }
  }
}
