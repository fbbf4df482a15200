/// What a reflector is doing; each state carries all that belongs to it.
enum ReflectorState: Sendable {
  case stopped
  /// A page is asked for.
  case listing(ListRun, request: UInt32)
  /// A list is asked for, or comes, as a stream.
  case streaming(StreamRun)
  /// A watch is asked for, or open.
  case watching(WatchRun)
  /// The next attempt comes at `until`.
  case waiting(until: UInt64, next: NextAttempt, ReflectorProblem)
}

/// What is done when a wait is over.
enum NextAttempt: Sendable {
  /// A new complete list; `floor` is the version it must not be older than.
  case list(ReflectorListReason, floor: String?)
  /// The same page again.
  case page(ListRun)
  /// The watch, from the recorded version.
  case watch
}

/// A complete list on its way.
struct ListRun: Sendable {
  /// The version it must not be older than; nil asks for the newest.
  var floor: String?
  /// Of the next page; nil for the first.
  var continueToken: String?
  /// Of the list: its first page's, so that nothing after it is missed.
  var version: String?
  /// Pages received.
  var pages = 0
}

/// A list on its way that comes as a stream.
struct StreamRun: Sendable {
  let request: UInt32
  let reason: ReflectorListReason
  /// The version it must not be older than; nil asks for the newest.
  let floor: String?
  let startedAt: UInt64
}

/// A watch on its way.
struct WatchRun: Sendable {
  let request: UInt32
  let startedAt: UInt64
  /// Whether an event moved the version on.
  var progressed = false
  /// Whether any event or bookmark came.
  var heard = false
}

/// What came of the answer to the current request. It stands beside the state and not in it, so that the body grows
/// in place.
struct ReflectorAnswer: Sendable {
  var status: Int?
  var retryAfterSeconds: Int?
  var body: [UInt8] = []

  /// Adds to a body that is only read to word an error.
  mutating func appendError(_ bytes: [UInt8], limit: Int) {
    body.append(contentsOf: bytes.prefix(max(0, limit - body.count)))
  }

  /// The Status in the body; one made of the HTTP status if there is none (a proxy's page, a plain 404).
  func apiStatus(http status: Int) -> APIStatus {
    if var decoded = APIStatus.decode(body.span.bytes) {
      if decoded.code == 0 { decoded.code = status }
      return decoded
    }
    let words = String(decoding: body.prefix(200), as: UTF8.self)
    return APIStatus(code: status, message: words.filter { !$0.isNewline })
  }
}

/// What an error answer means for a reflector.
enum AnswerMeaning {
  /// The version or the token is too old.
  case expired
  /// The version is not known yet.
  case versionTooLarge
  /// The request itself is at fault: the version or token is malformed.
  case badRequest
  /// Not in the form that was asked for.
  case notAcceptable
  /// The kind is not served.
  case notServed
  /// Not readable.
  case forbidden
  /// Who we are was not accepted.
  case unauthorized
  /// The same again later.
  case overloaded
  /// Anything else.
  case other

  init(_ status: APIStatus) {
    if status.isExpired {
      self = .expired
    } else if status.isTooLargeVersion {
      self = .versionTooLarge
    } else {
      switch status.code {
      case 400, 422: self = .badRequest
      case 401: self = .unauthorized
      case 403: self = .forbidden
      case 404, 405: self = .notServed
      case 406, 415: self = .notAcceptable
      case 408, 429, 502, 503, 504: self = .overloaded
      default: self = .other
      }
    }
  }

  func problem(_ status: APIStatus, retryAfterSeconds: Int?) -> ReflectorProblem {
    switch self {
    case .expired: .expired
    case .versionTooLarge: .versionTooLarge
    case .notServed: .notServed
    case .forbidden: .forbidden(status.message)
    case .unauthorized: .unauthorized(status.message)
    case .overloaded: .overloaded(status: status.code, retryAfterSeconds: retryAfterSeconds)
    case .badRequest, .notAcceptable, .other: .server(status: status.code, status.message)
    }
  }
}
