import Synchronization

/// Answers one request, once, from any thread. It may be kept; a second answer is ignored. If the last copy goes
/// without an answer, the connection is closed, so that no peer waits for ever.
public struct HTTPResponder: Sendable {
  private final class Once: Sendable {
    let inbox: ServerInbox
    let exchange: ServerInbox.ExchangeID
    private let isUsed = Atomic(false)

    init(inbox: ServerInbox, exchange: ServerInbox.ExchangeID) {
      self.inbox = inbox
      self.exchange = exchange
    }

    deinit {
      if use() { inbox.post(.abort(exchange)) }
    }

    func use() -> Bool { !isUsed.exchange(true, ordering: .relaxed) }
  }

  private let once: Once

  init(inbox: ServerInbox, exchange: ServerInbox.ExchangeID) {
    once = Once(inbox: inbox, exchange: exchange)
  }

  /// Sends the whole answer. A status outside 200...599 is sent as 500. The body of an answer to HEAD, and with 204
  /// or 304, is left out.
  public func send(_ response: HTTPResponse) {
    if once.use() { once.inbox.post(.respond(once.exchange, response)) }
  }

  /// Begins an answer whose body comes bit by bit. If this responder was used already, or the peer has left, the
  /// stream is closed from the start.
  public func stream(status: Int, headers: HTTPHeaders = HTTPHeaders()) -> HTTPBodyStream {
    let stream = HTTPBodyStream(inbox: once.inbox, exchange: once.exchange)
    let posted =
      once.use()
      && once.inbox.post(.beginStream(once.exchange, status: status, headers: headers, stream))
    if !posted { stream.connectionClosed() }
    return stream
  }

  /// Runs work on the server's thread, after everything posted before; dropped if the server has stopped.
  public func execute(_ work: @escaping @Sendable () -> Void) {
    once.inbox.post(.execute(work))
  }

  /// Closes the connection without an answer.
  public func abort() {
    if once.use() { once.inbox.post(.abort(once.exchange)) }
  }
}

/// The body of an answer that is written bit by bit, from any thread; chunked, or to an HTTP/1.0 peer ended by the
/// end of the connection. What the peer does not take is buffered up to
/// `HTTPServerConfiguration.maxBufferedOutputBytes`.
public final class HTTPBodyStream: Sendable {
  private enum State {
    case open(onClose: (@Sendable () -> Void)?)
    /// By `end()` or `abort()`: nobody is to be told.
    case ended
    /// The connection went first.
    case lost
  }

  private let inbox: ServerInbox
  private let exchange: ServerInbox.ExchangeID
  private let state = Mutex(State.open(onClose: nil))

  init(inbox: ServerInbox, exchange: ServerInbox.ExchangeID) {
    self.inbox = inbox
    self.exchange = exchange
  }

  /// Sends these bytes after those written before; ignored once the stream is closed.
  public func write(_ bytes: [UInt8]) {
    guard !bytes.isEmpty, !isClosed else { return }
    inbox.post(.chunk(exchange, bytes))
  }

  /// Ends the body properly; the connection may serve further requests.
  public func end() { finish(.endStream(exchange)) }

  /// Closes the connection in the middle of the body, so that the peer sees that the answer is not whole.
  public func abort() { finish(.abort(exchange)) }

  private func finish(_ message: ServerInbox.Message) {
    let wasOpen = state.withLock { state in
      guard case .open = state else { return false }
      state = .ended
      return true
    }
    if wasOpen { inbox.post(message) }
  }

  /// Calls back once, on the server's thread, when the connection ends before `end()` or `abort()`: the peer left or
  /// took nothing for too long, the buffer limit was passed, or the server stopped. At once if that has happened
  /// already (and on the caller's thread if the server has stopped). A later callback replaces an earlier one.
  public func onClose(_ callback: @escaping @Sendable () -> Void) {
    let isLost = state.withLock { state in
      switch state {
      case .open:
        state = .open(onClose: callback)
        return false
      case .ended: return false
      case .lost: return true
      }
    }
    if isLost, !inbox.post(.execute(callback)) { callback() }
  }

  /// Whether nothing more can be written.
  public var isClosed: Bool {
    state.withLock { state in
      if case .open = state { false } else { true }
    }
  }

  /// Called by the server when the connection is gone.
  func connectionClosed() {
    let callback: (@Sendable () -> Void)? = state.withLock { state in
      guard case .open(let onClose) = state else { return nil }
      state = .lost
      return onClose
    }
    callback?()
  }
}
