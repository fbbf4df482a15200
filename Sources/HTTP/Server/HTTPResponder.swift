import Synchronization

/// Answers one request, once, from any thread. It may be kept; a second answer is ignored. If the last copy goes
/// without an answer, the connection is closed, so that no peer waits for ever.
public struct HTTPResponder: Sendable {
  private final class Once: Sendable {
    let inbox: ServerInbox
    let exchange: ServerInbox.ExchangeID
    let maxBufferedOutputBytes: Int
    private let isUsed = Atomic(false)

    init(inbox: ServerInbox, exchange: ServerInbox.ExchangeID, maxBufferedOutputBytes: Int) {
      self.maxBufferedOutputBytes = maxBufferedOutputBytes
      self.inbox = inbox
      self.exchange = exchange
    }

    deinit {
      if use() { inbox.post(.abort(exchange)) }
    }

    func use() -> Bool { !isUsed.exchange(true, ordering: .relaxed) }
  }

  private let once: Once

  init(inbox: ServerInbox, exchange: ServerInbox.ExchangeID, maxBufferedOutputBytes: Int) {
    once = Once(inbox: inbox, exchange: exchange, maxBufferedOutputBytes: maxBufferedOutputBytes)
  }

  /// Sends the whole answer. A status outside 200...599 is sent as 500. The body of an answer to HEAD, and with 204
  /// or 304, is left out.
  public func send(_ response: HTTPResponse) {
    if once.use() { once.inbox.post(.respond(once.exchange, response)) }
  }

  /// Begins an answer whose body comes bit by bit. If this responder was used already, or the peer has left, the
  /// stream is closed from the start.
  public func stream(status: Int, headers: HTTPHeaders = HTTPHeaders()) -> HTTPBodyStream {
    let stream = HTTPBodyStream(
      inbox: once.inbox, exchange: once.exchange, maxWaitingBytes: once.maxBufferedOutputBytes)
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
