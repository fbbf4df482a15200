import Synchronization

/// An HTTP client for code with async/await: `HTTPClient` on a thread of its own. `stop()` it, or let it go.
public final class HTTPClientThread: Sendable {
  /// Events of one stream that may wait for its consumer: beyond it the transfer ends with `.tooLarge`.
  public static let maxWaitingEvents = 1024

  private let inbox = HTTPClientInbox()
  private let thread: LoopThread
  private let lastID = Atomic<UInt64>(0)

  /// Starts the thread.
  public init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
    thread = LoopThread(name: "http-client") { [inbox] in
      HTTPClientLoop(configuration, inbox: inbox).run()
    }
  }

  deinit { stop() }

  /// Sends a request and waits for the whole answer, of any status. Cancelling the task cancels the transfer, and this
  /// throws `.cancelled`, as it does once the client has stopped.
  public func send(_ request: HTTPClientRequest) async throws(HTTPClientFailure) -> HTTPResponse {
    var request = request
    request.streaming = false
    let id = lastID.add(1, ordering: .relaxed).newValue
    let gate = HTTPClientStartGate()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let start = HTTPClientInbox.Message.start(id, request, .answer(continuation))
        if !gate.start({ inbox.post(start) }) { continuation.resume(returning: .failure(.cancelled)) }
      }
    } onCancel: {
      gate.cancel { inbox.post(.cancel(id)) }
    }
    return try result.get()
  }

  /// Sends a request and hands over its answer as it comes: `.head`, `.bytes`, then `.end`; a failure is thrown as
  /// `HTTPClientFailure`. Cancelling the task that reads, or letting the stream go, cancels the transfer.
  public func stream(_ request: HTTPClientRequest) -> AsyncThrowingStream<HTTPClientEvent, any Error> {
    var request = request
    request.streaming = true
    let id = lastID.add(1, ordering: .relaxed).newValue
    let (stream, continuation) = AsyncThrowingStream<HTTPClientEvent, any Error>.makeStream(
      bufferingPolicy: .bufferingOldest(Self.maxWaitingEvents))
    continuation.onTermination = { [inbox] _ in inbox.post(.cancel(id)) }
    if !inbox.post(.start(id, request, .stream(continuation))) {
      continuation.finish(throwing: HTTPClientFailure.cancelled)
    }
    return stream
  }

  /// Cancels everything, waits for the thread to end (unless this is that thread).
  public func stop() {
    inbox.post(.stop)
    thread.join()
  }
}
