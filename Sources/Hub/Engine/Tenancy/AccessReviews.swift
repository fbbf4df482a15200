/// The reviews of rights: what was answered and is not too old, what is being asked, and who waits for it
/// (SEMANTICS 29). Bounded in flight and in number.
struct AccessReviews: Sendable {
  /// How old an answer may be when something is sent.
  let lifetime: UInt64
  static let deadlineSeconds = 10
  static let maxBytes = 256 << 10
  /// How long a question waits that could not be answered; doubles with each failure in a row.
  static let firstWait = Duration64.seconds(1)
  static let lastWait = Duration64.seconds(60)
  /// How long a subscription waits for whose questions there is no room.
  static let roomWait = Duration64.seconds(5)

  enum Verdict: Sendable, Equatable {
    case allowed
    case denied([AccessVerb])
    case notAvailable(String)
  }

  /// An answer, and until when it holds.
  struct Known: Sendable {
    var verdict: Verdict
    var validUntil: UInt64
  }

  /// A subscription that waits.
  struct Waiter: Sendable, Equatable {
    var slot: UInt32
    var serial: UInt64
  }

  fileprivate struct Entry: Sendable {
    var known: Known?
    var isInLine = false
    /// Verbs under way, and what the others brought.
    var awaited = 0
    var denied: [AccessVerb] = []
    var problem: String?
    var failures = 0
    var waiters: [UInt32: UInt64] = [:]

    var isIdle: Bool { !isInLine && awaited == 0 }
  }

  private var entries: [AccessQuestion: Entry] = [:]
  private var line = RingQueue<AccessQuestion>()
  /// Questions under way.
  private(set) var inFlight = 0
  private var sweepAt = 64
  private var isFullUntil: UInt64 = 0

  init(lifetime: UInt64) { self.lifetime = lifetime }

  var count: Int { entries.count }

  /// What is known, if it is not too old.
  func known(_ question: AccessQuestion, at now: UInt64) -> Known? {
    guard let known = entries[question]?.known, known.validUntil > now else { return nil }
    return known
  }

  /// The question is to be asked, unless it is already. False: there is no room for it.
  mutating func ask(_ question: AccessQuestion, for waiter: Waiter, limit: Int, at now: UInt64) -> Bool {
    if entries[question] == nil, !makeRoom(limit: limit, at: now) { return false }
    var entry = entries[question] ?? Entry()
    entry.waiters[waiter.slot] = waiter.serial
    if entry.isIdle {
      entry.isInLine = true
      line.append(question)
    }
    entries[question] = entry
    return true
  }

  /// The question whose turn it is; each verb of it is asked now.
  mutating func next(atMost limit: Int) -> AccessQuestion? {
    guard inFlight < limit, let question = line.popFirst() else { return nil }
    inFlight += 1
    entries[question]?.isInLine = false
    entries[question]?.awaited = AccessVerb.allCases.count
    entries[question]?.denied = []
    entries[question]?.problem = nil
    return question
  }

  /// One verb is answered. After the last one: who waits for the answer, in the order of their slots.
  mutating func answered(
    _ question: AccessQuestion, _ verb: AccessVerb, _ answer: AccessAnswer, at now: UInt64
  )
    -> [Waiter]
  {
    guard var entry = entries[question], entry.awaited > 0 else { return [] }
    entry.awaited -= 1
    switch answer {
    case .allowed: break
    case .denied: entry.denied.append(verb)
    case .notAvailable(let problem): entry.problem = problem
    }
    guard entry.awaited == 0 else {
      entries[question] = entry
      return []
    }
    inFlight -= 1
    entry.conclude(at: now, lifetime: lifetime)
    let waiters = entry.waiters.sorted { $0.key < $1.key }.map { Waiter(slot: $0.key, serial: $0.value) }
    entry.waiters = [:]
    entries[question] = entry
    return waiters
  }

  /// Forgets what is too old when there is much, so that each question costs little. False: nothing could be forgotten.
  private mutating func makeRoom(limit: Int, at now: UInt64) -> Bool {
    if entries.count < min(sweepAt, limit) { return true }
    guard now >= isFullUntil else { return false }
    entries = entries.filter { !$0.value.isIdle || ($0.value.known?.validUntil ?? 0) > now }
    sweepAt = max(64, 2 * entries.count)
    if entries.count < limit { return true }
    isFullUntil = now + Duration64.second
    return false
  }
}

extension AccessReviews.Entry {
  /// A verb that is denied decides, whatever became of the others.
  fileprivate mutating func conclude(at now: UInt64, lifetime: UInt64) {
    if !denied.isEmpty {
      known = .init(
        verdict: .denied(AccessVerb.allCases.filter(denied.contains)),
        validUntil: now + lifetime)
      failures = 0
    } else if let problem {
      let wait = AccessReviews.firstWait << UInt64(min(failures, 6))
      known = .init(
        verdict: .notAvailable(problem), validUntil: now + min(wait, AccessReviews.lastWait))
      failures += 1
    } else {
      known = .init(verdict: .allowed, validUntil: now + lifetime)
      failures = 0
    }
  }
}
