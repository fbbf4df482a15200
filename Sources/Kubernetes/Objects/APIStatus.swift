import JSONScan

/// A `Status` object: how an API server words an error, as an answer or as the object of an ERROR event.
public struct APIStatus: Sendable, Equatable, CustomStringConvertible {
  /// The HTTP status code.
  public var code: Int
  /// A CamelCase word, as `Expired`, "" if the server gives none.
  public var reason: String
  /// For people.
  public var message: String
  /// How long to wait, in seconds, if the server says.
  public var retryAfterSeconds: Int?
  /// The reasons of `details.causes`.
  public var causes: [String]

  /// A status by parts.
  public init(
    code: Int, reason: String = "", message: String = "", retryAfterSeconds: Int? = nil, causes: [String] = []
  ) {
    self.code = code
    self.reason = reason
    self.message = message
    self.retryAfterSeconds = retryAfterSeconds
    self.causes = causes
  }

  /// Reads a Status; nil if the text is no JSON object of kind Status.
  public static func decode(_ text: RawSpan) -> APIStatus? {
    guard let value = try? JSONValue(parsing: text), value["kind"]?.string == "Status" else { return nil }
    let details = value["details"]
    return APIStatus(
      code: value["code"]?.int ?? 0, reason: value["reason"]?.string ?? "",
      message: value["message"]?.string ?? "", retryAfterSeconds: details?["retryAfterSeconds"]?.int,
      causes: details?["causes"]?.array?.compactMap { $0["reason"]?.string } ?? [])
  }

  /// Whether a version or continue token is too old: list again. Old servers say `Gone`.
  public var isExpired: Bool { code == 410 || reason == "Expired" || reason == "Gone" }

  /// Whether the asked-for version is larger than any the server knows.
  public var isTooLargeVersion: Bool {
    causes.contains("ResourceVersionTooLarge")
      || (code == 504 && message.contains("Too large resource version"))
  }

  /// Whether the object or kind is not there.
  public var isNotFound: Bool { code == 404 }

  /// Whether a write lost against another.
  public var isConflict: Bool { code == 409 && reason == "Conflict" }

  /// Whether the object to be created exists.
  public var isAlreadyExists: Bool { reason == "AlreadyExists" }

  /// Code, reason and message on one line.
  public var description: String { "\(code) \(reason): \(message)" }
}
