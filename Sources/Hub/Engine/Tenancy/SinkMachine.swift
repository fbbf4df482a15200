/// How one tenant's sink fares, over all subscriptions that send to it, and how much may be sent to it now
/// (SEMANTICS 23; docs/decisions/0005).
///
/// | state | meaning | under way at once |
/// | --- | --- | --- |
/// | cold | nothing was sent for a while: it may sleep | one |
/// | opening | it answers: each answer lets one more go | as many as answered, and one |
/// | open | it takes what comes | what its subscriptions allow |
/// | failing | it did not answer, or said that it cannot: nothing until the wait is over | one, the probe |
struct SinkMachine: Sendable, Equatable {
  /// A delivery that was not refused for this long has reached somebody: another may go beside it, so that one long
  /// reconcile does not hold up all others.
  static let patience = Duration64.seconds(10)
  /// A sink that was sent nothing for this long may have gone to sleep.
  static let coldAfter = Duration64.seconds(60)
  /// From as many at once on it is open.
  static let openFrom = 64

  /// What may be sent now.
  enum Admission: Equatable, Sendable {
    case admitted
    /// Nothing before this monotonic time, or the next answer.
    case held(until: UInt64)
  }

  enum State: String, Sendable, CaseIterable {
    case cold, opening, open, failing
  }

  /// Failures in a row: of what is sent after one that is known.
  private(set) var failures = 0
  private(set) var inFlight = 0
  /// Counts the failures: what was sent before the newest says nothing new when it fails too.
  private(set) var era: UInt32 = 0
  /// How many may be under way to a cold sink.
  private let coldWindow: Int
  private var window: Int
  private var notBefore: UInt64 = 0
  private var lastSent: UInt64 = 0
  private var lastAnswer: UInt64 = 0

  /// A sink of which nothing is known, as if it slept.
  init(coldWindow: Int) {
    self.coldWindow = max(1, coldWindow)
    window = self.coldWindow
  }

  var state: State {
    if failures > 0 { return .failing }
    return window >= Self.openFrom ? .open : window > coldWindow ? .opening : .cold
  }

  /// It answers, and did when what was sent in this era was sent.
  func isWell(since era: UInt32) -> Bool { failures == 0 && era == self.era }

  mutating func admission(at now: UInt64) -> Admission {
    if now < notBefore { return .held(until: notBefore) }
    if inFlight == 0, now >= max(lastSent, lastAnswer) + Self.coldAfter, failures == 0 {
      window = coldWindow
    }
    if window >= Self.openFrom || inFlight < window { return .admitted }
    let next = lastSent + Self.patience
    return now >= next ? .admitted : .held(until: next)
  }

  /// Something is sent; the era is to be given back with its answer.
  mutating func sent(at now: UInt64) -> UInt32 {
    inFlight += 1
    lastSent = now
    return era
  }

  /// It answered for itself, with a yes or with what is about one key.
  mutating func answered(since era: UInt32, at now: UInt64) {
    closed()
    lastAnswer = now
    guard era == self.era else { return }
    failures = 0
    window = min(window + 1, Self.openFrom)
  }

  /// It did not answer, or said that it cannot now. Waits `wait` nanoseconds for its first failure of this era; `demanded` is
  /// what the sink itself asked for, which holds in any case.
  mutating func failed(since era: UInt32, wait: UInt64, demanded: UInt64, at now: UInt64) {
    closed()
    lastAnswer = now
    guard era == self.era else {
      if demanded > 0 { notBefore = max(notBefore, now + demanded) }
      return
    }
    failures += 1
    self.era &+= 1
    window = 1
    notBefore = now + max(wait, demanded)
  }

  /// A delivery was given up, or its answer says nothing of the sink.
  mutating func closed() { inFlight -= min(inFlight, 1) }
}
