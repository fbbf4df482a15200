/// What one subscription's tenant is told by Kubernetes Events on its object: what is refused, and a sink that has been
/// failing for long (SEMANTICS 31). Each is told once, and again when its words change or when it was over meanwhile.
///
/// | concern | troubled | over |
/// | --- | --- | --- |
/// | spec | the newest form is refused: by itself or by a quota | a form is accepted |
/// | rights | `Authorized` is False | it is True |
/// | sink | `SinkResolved` is False because policy forbids it | it is True, or False for another reason |
/// | failing | `Delivering` has been `SinkFailing` for 5 minutes | something was delivered: told too, once `Delivering` is True |
struct Announcements: Sendable {
  /// How long a sink must have been failing.
  static let longFailure = Duration64.seconds(300)

  enum Concern: UInt8, CaseIterable, Sendable {
    case spec, rights, sink, failing
    /// A long failure is over.
    case recovered
  }

  /// The reason and the message of a condition.
  struct Words: Hashable, Sendable {
    var reason: String
    var message: String

    init(_ condition: Condition) { (reason, message) = (condition.reason, condition.message) }
  }

  /// One Event to write.
  struct Announcement: Hashable, Sendable {
    var concern: Concern
    var words: Words
    /// How often the concern was over before, since the hub began.
    var spell: UInt64

    var isWarning: Bool { concern != .recovered }
  }

  private struct Matter: Sendable {
    var now: Words?
    var told: Words?
    var spell: UInt64 = 0
  }

  /// By concern; empty until there is trouble, so that a subscription without any is no larger.
  private var matters: [Matter] = []
  private var failingSince: UInt64?
  /// What had been delivered when the failure began.
  private var deliveredBefore = 0
  /// A long failure was told, it is over, and that was not told.
  private var isRecoveryOwed = false

  /// When a failure that goes on counts as long.
  var longFailureDue: UInt64? {
    guard let failingSince, self[.failing].told == nil else { return nil }
    return failingSince + Self.longFailure
  }

  /// Takes in the conditions as they are now.
  ///
  /// - Parameter delivered: how many deliveries were acknowledged so far.
  mutating func look(_ status: SubscriptionStatus, delivered: Int, at now: UInt64) {
    settle(.spec, status.isRefused ? status[.ready] : nil)
    if let rights = status[.authorized], rights.status != .unknown {
      settle(.rights, rights.status == .isFalse ? rights : nil)
    }
    if let sink = status[.sinkResolved], sink.status != .unknown {
      let isForbidden = sink.status == .isFalse && sink.reason.hasSuffix(SinkObjection.forbiddenReason)
      settle(.sink, isForbidden ? sink : nil)
    }
    if let delivering = status[.delivering] { lookAtFailure(delivering, delivered, now) }
  }

  private mutating func lookAtFailure(_ delivering: Condition, _ delivered: Int, _ now: UInt64) {
    if delivering.reason == SubscriptionStatus.sinkFailingReason {
      if failingSince == nil { (failingSince, deliveredBefore) = (now, delivered) }
      if let due = longFailureDue, now >= due {
        isRecoveryOwed = false
        settle(.failing, delivering)
      }
      return
    }
    let wasTold = self[.failing].told != nil
    // Without a delivery nobody knows whether it is well again: it may be suspended, or its subscription was edited.
    guard failingSince != nil, !wasTold || delivered > deliveredBefore else { return }
    failingSince = nil
    settle(.failing, nil)
    isRecoveryOwed = isRecoveryOwed || wasTold
  }

  private mutating func settle(_ concern: Concern, _ condition: Condition?) {
    if matters.isEmpty {
      guard condition != nil else { return }
      matters = Array(repeating: Matter(), count: Concern.allCases.count)
    }
    let index = Int(concern.rawValue)
    matters[index].now = condition.map(Words.init)
    if condition == nil, matters[index].told != nil {
      matters[index].told = nil
      matters[index].spell += 1
    }
  }

  /// Whether there is something to tell.
  func hasNews(_ status: SubscriptionStatus) -> Bool { news(status) != nil }

  /// The next Event to write, which counts as told from now on.
  mutating func next(_ status: SubscriptionStatus) -> Announcement? {
    guard let next = news(status) else { return nil }
    if next.concern == .recovered {
      isRecoveryOwed = false
      matters[Int(Concern.recovered.rawValue)].spell += 1
    } else {
      matters[Int(next.concern.rawValue)].told = next.words
    }
    return next
  }

  private func news(_ status: SubscriptionStatus) -> Announcement? {
    guard !matters.isEmpty else { return nil }
    for concern in Concern.allCases {
      let matter = self[concern]
      guard let words = matter.now, words != matter.told else { continue }
      return Announcement(concern: concern, words: words, spell: matter.spell)
    }
    guard isRecoveryOwed, let delivering = status[.delivering], delivering.status == .isTrue else {
      return nil
    }
    return Announcement(
      concern: .recovered, words: Words(delivering), spell: self[.recovered].spell)
  }

  private subscript(concern: Concern) -> Matter {
    matters.isEmpty ? Matter() : matters[Int(concern.rawValue)]
  }
}
