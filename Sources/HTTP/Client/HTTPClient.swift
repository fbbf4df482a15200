/// Limits of a client.
public struct HTTPClientConfiguration: Sendable {
  /// Open connections in all; requests beyond wait. 0: no limit.
  public var maxConnections = 0
  /// Open connections to one host and port; requests beyond wait. 0: no limit.
  public var maxConnectionsPerHost = 0
  /// Idle connections that are kept for the next request.
  public var maxIdleConnections = 1024
  /// The defaults.
  public init() {}
}

/// Wakes a client's `poll` from any thread.
public final class HTTPClientWakeup: Sendable {
  /// Makes the current or the next `poll` return.
  public func wake() {}
}

/// placeholder of the API
public final class HTTPClient {
  /// Wakes `poll` from any thread.
  public let wakeup = HTTPClientWakeup()
  /// How many transfers have begun and not ended.
  public var inFlight: Int { 0 }
  /// A client without transfers.
  public init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {}
  /// Begins a transfer; `id` must not be in flight.
  public func start(_ request: HTTPClientRequest, id: UInt64) {}
  /// Ends a transfer; no event follows.
  public func cancel(id: UInt64) {}
  /// Moves all transfers on and hands over what happened.
  public func perform(_ handle: (HTTPClientEvent) -> Void) {}
  /// Waits for sockets, a wake or the time.
  public func poll(milliseconds: Int) {}
}

/// The same for code with async/await: a thread of its own.
public final class HTTPClientThread: Sendable {
  /// Starts the thread.
  public init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {}
  /// Sends a request and waits for the whole answer; cancelling the task cancels the transfer.
  public func send(_ request: HTTPClientRequest) async throws(HTTPClientFailure) -> HTTPResponse {
    throw .cancelled
  }
  /// Sends a request and hands over its answer as it comes.
  public func stream(_ request: HTTPClientRequest) -> AsyncThrowingStream<HTTPClientEvent, any Error> {
    AsyncThrowingStream { $0.finish() }
  }
  /// Cancels everything and ends the thread.
  public func stop() {}
}
