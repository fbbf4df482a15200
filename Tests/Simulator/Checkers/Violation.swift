import HubEngine

/// What a checker holds the hub to.
enum CheckerName: String, CaseIterable, Sendable {
  /// Each dirty key ends in exactly one way, and the books agree with the world (SEMANTICS 26).
  case conservation
  /// One delivery of a key and subscription at a time (SEMANTICS 16).
  case oneInFlight
  /// What a sink is told of an incarnation never goes back (SEMANTICS 20).
  case versionOrder
  /// In the end each sink knows exactly what matches on the server (SEMANTICS 1, 9, 15).
  case filterTruth
  /// In the end the last state of each matching key was told after it changed, and acknowledged (DESIGN 2.3).
  case lastState
  /// No tenant is told of what it did not ask for, or of another's namespace.
  case isolation
  /// A flooding tenant delays another only so long.
  case fairness
  /// Requests, reads, deliveries, bodies and places stay within their limits.
  case bounds
  /// When faults have stopped nothing waits for ever.
  case liveness
  /// An answer to what was given up changes nothing.
  case staleAnswers
  /// Ids are repeated by retries, with the same meaning and text, and by nothing else (SEMANTICS 19).
  case eventIdentity
  /// Add, update or delete as SEMANTICS 15 has it.
  case eventType
  /// A body is of the version that is told, or of a newer one, and whole (SEMANTICS 22).
  case bodyTruth
  /// Who asked to be called again is called again (SEMANTICS 25).
  case requeues
  /// What subscriptions ask for is watched, and by as many subscriptions as there are.
  case coverage
  /// What a crash leaves of the journal can be read (SEMANTICS 36).
  case journal
}

/// A rule that was broken.
struct Violation: Equatable, Sendable, CustomStringConvertible {
  var checker: CheckerName
  var subscription: String?
  var key: String?
  var text: String

  init(_ checker: CheckerName, _ text: String, subscription: String? = nil, key: String? = nil) {
    self.checker = checker
    self.text = text
    self.subscription = subscription
    self.key = key
  }

  init(_ checker: CheckerName, _ text: String, _ sent: Sent) {
    self.init(
      checker, "\(text): \(sent.summary) \(sent.uid) \(sent.sequence ?? "") to \(sent.request.url)",
      subscription: sent.subscription, key: sent.key)
  }

  var description: String {
    "\(checker.rawValue): \(text)" + (subscription.map { "; subscription \($0)" } ?? "")
      + (key.map { "; key \($0)" } ?? "")
  }
}
