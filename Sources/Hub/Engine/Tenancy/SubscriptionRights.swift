/// What is known of the rights of one subscription's service account (SEMANTICS 29).
struct SubscriptionRights: Sendable {
  enum Verdict: Sendable, Equatable {
    /// Nothing is known yet.
    case unknown
    case allowed
    /// What is missing, in words.
    case denied(String)
    /// Why it cannot be known, in words.
    case notAvailable(String)
  }

  /// The last verdict; it stays while it is being renewed.
  var verdict = Verdict.unknown
  /// Until when something may be sent without asking again, monotonic.
  var validUntil: UInt64 = 0
  /// The rights were denied when they were last known: what waited is forgotten, and what comes is too.
  var isDenied = false
  /// What is to be sent waits for a review.
  var isPaused = false
  /// When the next review is set for.
  var timedAt: UInt64?

  /// Something may be sent, if the answer is not too old.
  var mayBeSent: Bool { !isDenied && !isPaused }

  /// Whether the subscription may show what it knows.
  var mayBeShown: Bool {
    switch verdict {
    case .allowed: !isDenied
    case .notAvailable: !isDenied && validUntil > 0
    case .unknown, .denied: false
    }
  }

  /// Other resources, or another account: what was answered says nothing of them.
  mutating func outdate() { validUntil = 0 }
}

/// What the reviews say of all that a subscription follows.
struct RightsAssessment: Sendable {
  /// What must be asked first.
  var questions: [AccessQuestion] = []
  var denied: [String] = []
  var problem: String?
  /// Until when it holds.
  var validUntil: UInt64

  mutating func take(_ known: AccessReviews.Known) { validUntil = min(validUntil, known.validUntil) }
}
