/// One subscription, from its creation to its end, and what is held against it.
struct Tenant {
  var name: String
  var namespace: String
  var uid: String
  /// All forms it ever had; the last is the one that should be in force.
  var forms: [Form]
  /// In the cluster is a form that cannot be accepted; the last good one stays in force.
  var isBad = false
  var isGone = false
  /// What its sinks did.
  var memory = SinkMemory()
  var versionOrder = VersionOrderChecker()
  var eventIdentity = EventIdentityChecker()
  var eventType = EventTypeChecker()
  var requeues = RequeueChecker()

  /// All operations were always wanted, so that everything follows from what is there.
  var isComplete: Bool {
    forms.allSatisfy { form in form.entries.allSatisfy { $0.operations.count == 3 } }
  }

  mutating func hubDied(hasForgotten: Bool) {
    requeues.hubDied(hasForgotten: hasForgotten)
    guard hasForgotten else { return }
    versionOrder.hubForgot()
    eventIdentity.hubForgot()
    eventType.hubForgot()
  }
}
