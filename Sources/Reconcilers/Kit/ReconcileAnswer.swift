import HTTP

/// What one reconcile ended with, as the hub is told it (DESIGN 2.4 says what it does with each status).
struct ReconcileAnswer: Sendable, Equatable {
  var status: Int
  /// In seconds; with 429 and 503.
  var retryAfter: Int?
  /// Above zero, if there is one; with 200.
  var requeueAfter: Duration?
  var message = ""

  /// The wait that is asked for when nobody said how long: long enough for an API server's restart to be felt, and
  /// short enough not to be.
  static let defaultRetryAfter = 5

  static let done = ReconcileAnswer(status: 200)

  init(status: Int, retryAfter: Int? = nil, requeueAfter: Duration? = nil, message: String = "") {
    self.status = status
    self.retryAfter = retryAfter
    self.requeueAfter = requeueAfter
    self.message = message
  }

  init(_ result: ReconcileResult) {
    switch result {
    case .done: self = .done
    case .requeue(let after):
      self.init(
        status: 200, requeueAfter: after.roundedUpToMilliseconds > .zero ? after.roundedUpToMilliseconds : nil
      )
    }
  }

  /// | thrown | answer | what the hub does |
  /// | --- | --- | --- |
  /// | a conflict, or something that exists already | 409 | tries this key again with backoff |
  /// | the API server is away or busy | 503, `Retry-After` | waits, for all keys |
  /// | cancelled | 503, `Retry-After` | as above |
  /// | terminal | 422 | parks the key until its object changes |
  /// | anything else | 500 | tries this key again with backoff |
  ///
  /// What the API server refuses (403, 422) is among "anything else": a right or a quota may be granted later without
  /// any change of the object.
  init(thrown error: any Error) {
    switch error {
    case let error as ReconcilerError: self.init(error)
    case let error as KubernetesError: self.init(error)
    case is CancellationError:
      self.init(status: 503, retryAfter: 1, message: "the reconcile was cancelled")
    default: self.init(status: 500, message: "\(error)")
    }
  }

  private init(_ error: ReconcilerError) {
    switch error {
    case .conflict(let text): self.init(status: 409, message: text)
    case .transient(let text): self.init(status: 500, message: text)
    case .unavailable(let text, let seconds):
      self.init(status: 503, retryAfter: max(0, seconds), message: text)
    case .terminal(let text): self.init(status: 422, message: text)
    }
  }

  private init(_ error: KubernetesError) {
    switch error {
    case .conflict, .alreadyExists: self.init(status: 409, message: error.description)
    case .tooManyRequests(_, let seconds):
      self.init(status: 503, retryAfter: seconds, message: error.description)
    case .unavailable(_, let seconds):
      self.init(
        status: 503, retryAfter: seconds ?? Self.defaultRetryAfter, message: error.description)
    case .notFound, .unauthorized, .forbidden, .invalid, .other:
      self.init(status: 500, message: error.description)
    }
  }

  /// The answer to a request that carried several events: it is good only if all are, else the worst of them is given;
  /// a wait is the longest, a requeue the earliest.
  static func combined(_ answers: [ReconcileAnswer]) -> ReconcileAnswer {
    guard var worst = answers.max(by: { $0.severity < $1.severity }) else { return .done }
    if worst.retryAfter != nil { worst.retryAfter = answers.compactMap(\.retryAfter).max() }
    if worst.status == 200 { worst.requeueAfter = answers.compactMap(\.requeueAfter).min() }
    return worst
  }

  /// What is said for one event of several must not make the hub give up the others: an answer after which it tries
  /// again comes before one after which it does not.
  private var severity: Int {
    switch status {
    case 200: 0
    case 422: 1
    case 409: 2
    case 500: 3
    default: 4
    }
  }

  /// As HTTP; the body is for people.
  var response: HTTPResponse {
    guard status != 200 else {
      let requeue = requeueAfter.map { [("Hub-Requeue-After", $0.asSeconds)] } ?? []
      return HTTPResponse(status: 200, headers: HTTPHeaders(requeue))
    }
    var response = HTTPResponse.text(status, message + "\n")
    if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
    return response
  }
}

extension Duration {
  /// The longest that is asked for: about 31 years. The hub has a lower limit of its own.
  private static let longestMilliseconds: Int64 = 1_000_000_000_000

  /// Whole milliseconds, the least that are not shorter.
  fileprivate var roundedUpToMilliseconds: Duration {
    let (seconds, attoseconds) = components
    guard seconds.magnitude < UInt64(Self.longestMilliseconds / 1000) else {
      return .milliseconds(seconds < 0 ? 0 : Self.longestMilliseconds)
    }
    return .milliseconds(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  /// Seconds with as many of three decimals as are needed: `90`, `1.5`.
  fileprivate var asSeconds: String {
    let milliseconds = Int(components.attoseconds / 1_000_000_000_000_000)
    guard milliseconds > 0 else { return "\(components.seconds)" }
    var decimals = String(String(milliseconds + 1000).dropFirst())
    while decimals.hasSuffix("0") { decimals.removeLast() }
    return "\(components.seconds).\(decimals)"
  }
}
