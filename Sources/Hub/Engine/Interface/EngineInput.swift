/// Names one request to the API server, from the effect that asks for it to its last input.
public struct RequestID: Hashable, Sendable {
  /// Counts up from 1; never used twice by one engine.
  public let rawValue: UInt64
  /// For tests that make up answers.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names one attempt at one delivery.
public struct DeliveryID: Hashable, Sendable {
  /// Counts up from 1; never used twice by one engine.
  public let rawValue: UInt64
  /// For tests that make up answers.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What the world tells the engine. Inputs for requests and deliveries that it no longer waits for are ignored.
public enum EngineInput: Sendable {
  /// Begin: follow subscriptions and what they ask for. Once, first.
  case start
  /// The status line and headers of an answer of the API server have arrived.
  case responseHead(RequestID, status: Int, retryAfterSeconds: Int?)
  /// More of its body. For a request that is not streaming it may come in one piece.
  case responseBytes(RequestID, [UInt8])
  /// The request is over; no further input for it comes.
  case responseEnd(RequestID, TransferEnd)
  /// A sink has answered, or will not.
  case sinkAnswer(DeliveryID, SinkAnswer)
  /// The whole set of subscription files as they are now; files that are no longer in it are withdrawn.
  case subscriptionFiles([SubscriptionFile])
  /// The journal is to begin anew with an image of everything: it has grown, or lost what was appended.
  case writeImage
  /// Time has passed: the deadline that `nextDeadline` named is reached.
  case tick
}

/// How a request to the API server ended.
public enum TransferEnd: Sendable, Equatable {
  /// The answer is complete.
  case complete
  /// No connection could be made.
  case refused(String)
  /// Time-out, cut, over a limit, TLS: the text says which.
  case failed(String)
}

/// What came back from a sink.
public enum SinkAnswer: Sendable, Equatable {
  /// An HTTP answer. `retryAfterSeconds` is the header `Retry-After`, a date already turned into seconds from now.
  case status(Int, retryAfterSeconds: Int?)
  /// An HTTP answer that is no 2xx, with the beginning of its body, where the request asked to keep it.
  case failed(Int, retryAfterSeconds: Int?, body: [UInt8])
  /// A 2xx with the header `Hub-Requeue-After`, as it was written: call again then (DESIGN 2.4).
  case requeue(Int, after: String)
  /// Nothing was sent: `SinkRequest.route` objected to every address that its host has; the text says why.
  case notAllowed(String)
  /// There was no answer: refused, cut, timed out; the text says which.
  case noAnswer(String)
}

/// One file of subscriptions.
public struct SubscriptionFile: Sendable, Equatable {
  /// Its name, as messages show it.
  public var name: String
  /// Its content: JSON.
  public var bytes: [UInt8]

  /// A file as it was read.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
