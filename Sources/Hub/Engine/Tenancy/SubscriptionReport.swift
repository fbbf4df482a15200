/// What the API server was told about one subscription, and whether it is time to tell more (SEMANTICS 31).
struct SubscriptionReport: Sendable {
  var status = SubscriptionStatus()
  private(set) var written: SubscriptionStatus?
  private(set) var writtenAt: Int64 = 0
  private var beingWritten: SubscriptionStatus?
  private var wait = SubscriptionReport.firstWait
  /// A deadline is set for `notBefore`.
  var isTimed = false
  /// Not before this monotonic time, after a failure.
  private(set) var notBefore: UInt64 = 0

  static let firstWait = Duration64.seconds(1)
  static let lastWait = Duration64.seconds(60)

  var isWriting: Bool { beingWritten != nil }

  func needsWrite(at now: EngineTime) -> Bool {
    !isWriting && status.needsWrite(after: written, writtenAt: writtenAt, at: now.wall)
  }

  /// It is the report of the same object, which begins anew.
  mutating func takeWritten(_ old: SubscriptionReport) { (written, writtenAt) = (old.written, old.writtenAt) }

  mutating func began() { beingWritten = status }

  mutating func succeeded(at now: EngineTime) {
    written = beingWritten
    writtenAt = now.wall
    beingWritten = nil
    wait = Self.firstWait
    notBefore = 0
  }

  mutating func failed(at now: EngineTime) {
    beingWritten = nil
    notBefore = now.monotonic + wait
    wait = min(wait * 2, Self.lastWait)
  }
}

/// One rate for all status writes of the hub: a token bucket on monotonic time.
struct StatusPacer: Sendable {
  static let perSecond: UInt64 = 10
  static let burst: UInt64 = 20

  private var tokens = StatusPacer.burst
  private var filledAt: UInt64 = 0

  /// Whether there is a token now.
  mutating func hasToken(at now: UInt64) -> Bool {
    let interval = Duration64.second / Self.perSecond
    if filledAt == 0 { filledAt = now }
    let gained = (now - min(now, filledAt)) / interval
    if gained > 0 {
      tokens = min(Self.burst, tokens + gained)
      filledAt += gained * interval
    }
    return tokens > 0
  }

  /// Takes the token that there is.
  mutating func take() { tokens -= min(tokens, 1) }

  /// When there will be a token again.
  var nextToken: UInt64 { filledAt + Duration64.second / Self.perSecond }
}
