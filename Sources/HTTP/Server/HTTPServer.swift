/// placeholder of the API
public final class HTTPServer: Sendable {
  /// The port that is bound.
  public let port: Int
  /// The address that is bound.
  public let host: String
  /// Binds and listens.
  public init(
    _ configuration: HTTPServerConfiguration,
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
  ) throws(HTTPServerError) { fatalError("not yet") }
  /// Starts the thread.
  public func start() {}
  /// Stops accepting, finishes requests in flight, then closes.
  public func drain(seconds: Double) {}
  /// Closes everything at once.
  public func stop() {}
  /// Runs work on the server's thread.
  public func execute(_ work: @escaping @Sendable () -> Void) {}
  /// Runs work on the server's thread after a time.
  public func schedule(after milliseconds: Int, _ work: @escaping @Sendable () -> Void) {}
}

/// Answers one request, once, from any thread.
public struct HTTPResponder: Sendable {
  /// Sends the whole answer.
  public func send(_ response: HTTPResponse) {}
  /// Begins an answer whose body comes bit by bit (chunked).
  public func stream(status: Int, headers: HTTPHeaders = HTTPHeaders()) -> HTTPBodyStream {
    fatalError("not yet")
  }
  /// Runs work on the server's thread.
  public func execute(_ work: @escaping @Sendable () -> Void) {}
  /// Closes the connection without an answer.
  public func abort() {}
}

/// The body of an answer that is written bit by bit, from any thread.
public final class HTTPBodyStream: Sendable {
  init() {}
  /// Sends these bytes.
  public func write(_ bytes: [UInt8]) {}
  /// Ends the body.
  public func end() {}
  /// Closes the connection in the middle of the body.
  public func abort() {}
  /// Calls back once, on the server's thread, if the connection ends before `end()` or `abort()`.
  public func onClose(_ callback: @escaping @Sendable () -> Void) {}
  /// Whether nothing more can be written.
  public var isClosed: Bool { false }
}
