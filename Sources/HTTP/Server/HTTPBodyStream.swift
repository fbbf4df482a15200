import Synchronization

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

  /// Bytes that were written and have not reached the server's thread.
  private let waitingBytes = Atomic(0)
  private let maxWaitingBytes: Int
  private let isOverflowing = Atomic(false)

  init(inbox: ServerInbox, exchange: ServerInbox.ExchangeID, maxWaitingBytes: Int) {
    self.inbox = inbox
    self.exchange = exchange
    self.maxWaitingBytes = maxWaitingBytes
  }

  /// Sends these bytes after those written before; ignored once the stream is closed.
  public func write(_ bytes: [UInt8]) {
    guard !bytes.isEmpty, !isClosed else { return }
    let waiting = waitingBytes.add(bytes.count, ordering: .relaxed)
    if waiting.oldValue <= maxWaitingBytes {
      inbox.post(.chunk(exchange, bytes))
    } else if !isOverflowing.exchange(true, ordering: .relaxed) {
      inbox.post(.overflow(exchange))
    }
  }

  /// Called by the server when written bytes have come to its thread.
  func taken(_ count: Int) { waitingBytes.subtract(count, ordering: .relaxed) }

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
