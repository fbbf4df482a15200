/// What the engine wants done, in this order. Answers come back as inputs.
public enum EngineEffect: Sendable {
  /// Ask the API server. Ends with exactly one `responseEnd`, unless it is cancelled.
  case request(RequestID, APIRequest)
  /// Give up a request: no further input for it is wanted.
  case cancel(RequestID)
  /// Deliver to a sink. Ends with exactly one `sinkAnswer`, unless it is cancelled.
  case send(DeliveryID, SinkRequest)
  /// Give up a delivery: close its connection; no answer is wanted.
  case cancelSend(DeliveryID)
  /// Append this to the journal. At most one of each batch, and its first effect.
  case journal(JournalFrame)
  /// The engine cannot go on: end the process, with this as its last words.
  case stop(StopReason)
  /// Something that an administrator may want to read in the log.
  case notice(Notice)
  /// An object was seen and is not told: only where `EngineConfiguration.explains`.
  case untold(Untold)
}

/// One request to the API server. Base URL, credentials and the Accept header's quality are the shell's.
public struct APIRequest: Sendable, Equatable {
  /// `GET`, `PATCH`, …
  public var method: String
  /// Path and query, percent-encoded, beginning with `/`.
  public var target: String
  /// The `Accept` header; nil for JSON.
  public var accept: String?
  /// Content type of the body; nil when there is none.
  public var contentType: String?
  /// The body.
  public var body: [UInt8]
  /// True for watches: bytes are handed on as they come, and silence of `idleSeconds` ends it as failed.
  public var isStreaming: Bool
  /// The whole request must be over by then.
  public var deadlineSeconds: Int
  /// The longest body, in bytes, of an answer that is not streaming.
  public var maxBytes: Int

  /// A GET of this target.
  public init(get target: String, isStreaming: Bool = false, deadlineSeconds: Int, maxBytes: Int) {
    self.method = "GET"
    self.target = target
    self.accept = nil
    self.contentType = nil
    self.body = []
    self.isStreaming = isStreaming
    self.deadlineSeconds = deadlineSeconds
    self.maxBytes = maxBytes
  }
}

/// One attempt at a delivery: an HTTP POST.
public struct SinkRequest: Sendable, Equatable {
  /// An absolute http or https URL.
  public var url: String
  /// Names and values, ready for the wire.
  public var headers: [HeaderField]
  /// The event's data.
  public var body: [UInt8]
  /// The answer must be there by then.
  public var timeoutMilliseconds: Int
  /// Of an answer that is no 2xx the first `answerBytes` of the body are wanted: `SinkAnswer.failed`.
  public var keepsAnswer = false
  /// Judges each address that is connected to. One that it objects to gets nothing: `SinkAnswer.notAllowed`.
  public var route = SinkRoute(allow: nil, deny: [])
  /// Bytes of an answer's body that are kept at most.
  public static let answerBytes = DeadLetter.maxBodyBytes
  /// It goes out only once the journal holds all that was appended so far: the reconciler hears of this incarnation for
  /// the first time, and whoever has heard of it must hear of its end (SEMANTICS 15), also after a crash; or nothing but the
  /// journal would bring the key back, as with a resync, and the answer may wish for a requeue (SEMANTICS 25).
  public var waitsForJournal = false

  /// A POST.
  public init(url: String, headers: [HeaderField], body: [UInt8], timeoutMilliseconds: Int) {
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutMilliseconds = timeoutMilliseconds
  }
}

/// A header's name and value.
public struct HeaderField: Sendable, Equatable {
  /// As it goes on the wire.
  public var name: String
  /// As it goes on the wire: visible ASCII.
  public var value: String

  /// A header.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Something worth a line in the log. A closed set; nothing per event is above `debug`.
public struct Notice: Sendable, Equatable {
  /// How much it matters, as docs/architecture.md defines the levels.
  public enum Level: String, Sendable {
    case debug
    case info
    case warning
    case error
  }
  /// How much it matters.
  public var level: Level
  /// What happened, without any variable part.
  public var message: String
  /// Names and values; no secrets, no bodies.
  public var fields: [HeaderField]

  /// A notice.
  public init(_ level: Level, _ message: String, _ fields: [HeaderField] = []) {
    self.level = level
    self.message = message
    self.fields = fields
  }
}

/// Why the engine cannot go on.
public enum StopReason: Error, Equatable, Sendable, CustomStringConvertible {
  /// The journal is of another cluster.
  case foreignJournal

  /// A sentence with the remedy.
  public var description: String {
    switch self {
    case .foreignJournal:
      "the state directory is of another cluster (the uid of its namespace kube-system differs); "
        + "give each cluster a --state-dir of its own, or move the old one away"
    }
  }
}
