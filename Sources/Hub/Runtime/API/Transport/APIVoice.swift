import HubEngine

/// What the log says about the API server and the hub's credentials: each change once, not each request.
struct APIVoice {
  /// The shortest time between two warnings that the server does not answer, in nanoseconds.
  static let warningInterval: UInt64 = 10 * 1_000_000_000

  private let access: APIAccess
  private let log: Log
  private var warnedAt: UInt64?
  private var hasWarned = false
  private var credentialsProblem: String?
  private var pluginFailure: String?
  private var isUnauthorized = false
  private var unauthorizedAt: UInt64?

  init(_ access: APIAccess, log: Log) {
    self.access = access
    self.log = log
  }

  /// Says that, and why, the API server does not answer: when it begins, and when the reason changes, but not more
  /// often than a person wants to read it. `problem` is the last one.
  mutating func unanswered(_ reason: String, instead problem: APIProblem?, at now: EngineTime) {
    guard problem != .noAnswer(reason) else { return }
    if let last = warnedAt, now.monotonic &- last < Self.warningInterval { return }
    warnedAt = now.monotonic
    hasWarned = true
    log.write(.warn, "the API server does not answer", ["url": access.baseURL, "reason": reason])
  }

  /// It answers, whatever it says.
  mutating func answersAgain() {
    guard hasWarned else { return }
    hasWarned = false
    log.write(.info, "the API server answers again", ["url": access.baseURL])
  }

  /// A 401 that newer credentials did not mend.
  mutating func unauthorized(_ remedy: String, at now: EngineTime) {
    guard !isUnauthorized else { return }
    // One server behind it may refuse what all others accept.
    if let last = unauthorizedAt, now.monotonic &- last < Self.warningInterval { return }
    unauthorizedAt = now.monotonic
    isUnauthorized = true
    log.write(
      .warn, "the API server does not accept the hub's credentials",
      ["url": access.baseURL, "from": access.origin, "remedy": remedy])
  }

  /// Any other answer.
  mutating func authorized() {
    guard isUnauthorized else { return }
    isUnauthorized = false
    log.write(.info, "the API server accepts the hub's credentials again", ["url": access.baseURL])
  }

  /// Files that cannot be read again.
  mutating func credentialsProblem(_ problem: String?) {
    guard problem != credentialsProblem else { return }
    credentialsProblem = problem
    if let problem { log.write(.warn, "the hub's credentials cannot be renewed", ["reason": problem]) }
  }

  /// The exec plugin gave nothing.
  mutating func pluginFailed(_ failure: String) {
    guard failure != pluginFailure else { return }
    pluginFailure = failure
    log.write(.warn, "no credentials from the exec plugin", ["reason": failure])
  }

  /// It gave credentials.
  mutating func pluginSucceeded() {
    guard pluginFailure != nil else { return }
    pluginFailure = nil
    log.write(.info, "the exec plugin gives credentials again")
  }

  /// A debug line for the end of a request.
  func ended(_ exchange: APIExchange, _ name: String, _ value: @autoclosure () -> String) {
    guard log.shows(.debug) else { return }
    log.write(
      .debug, "API request ended",
      [("method", exchange.method), ("target", exchange.request.target), (name, value())])
  }
}
