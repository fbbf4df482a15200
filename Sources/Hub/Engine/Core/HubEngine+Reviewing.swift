import Kubernetes

/// Reviewing: what the service accounts of tenants may read (SEMANTICS 29). Files are the administrator's: no review.
extension HubEngine {
  func isDenied(_ slot: UInt32) -> Bool {
    !subscribers.slots[Int(slot)].isAdministrators && subscribers.slots[Int(slot)].rights.isDenied
  }

  /// Something is to be sent: whether it may, reviewing the rights if the last answer is too old.
  mutating func isAuthorized(_ slot: UInt32, at now: EngineTime) -> Bool {
    func isValid() -> Bool { subscribers.slots[Int(slot)].rights.validUntil > now.monotonic }
    if subscribers.slots[Int(slot)].isAdministrators || isValid() { return true }
    review(slot, at: now)
    return isValid()
  }

  /// Settles the rights by what is known of them, and asks for what is not.
  mutating func review(_ slot: UInt32, at now: EngineTime) {
    guard !subscribers[slot].isAdministrators, subscribers[slot].isConfirmed,
      subscribers[slot].accepted != nil
    else { return }
    let assessment = assess(slot, at: now)
    if !assessment.questions.isEmpty {
      ask(assessment.questions, slot, at: now)
    } else if !assessment.denied.isEmpty {
      deny(slot, assessment, at: now)
    } else if let problem = assessment.problem {
      pause(slot, problem, until: assessment.validUntil, at: now)
    } else {
      allow(slot, until: assessment.validUntil, at: now)
    }
  }

  // MARK: Assessing

  private func assess(_ slot: UInt32, at now: EngineTime) -> RightsAssessment {
    var assessment = RightsAssessment(validUntil: now.monotonic + reviews.lifetime)
    for placement in subscribers[slot].placements {
      if let resource = feeds[placement.feed]?.resource {
        assess(resource, placement.scope, slot, &assessment, at: now)
      }
    }
    return assessment
  }

  /// In the whole cluster first; for what is followed in its own namespace alone, there.
  private func assess(
    _ resource: APIResource, _ scope: NamespaceScope, _ slot: UInt32, _ assessment: inout RightsAssessment,
    at now: EngineTime
  ) {
    var question = AccessQuestion(
      accountNamespace: subscribers[slot].namespace,
      account: subscribers[slot].accepted?.spec.serviceAccountName ?? "",
      group: resource.groupVersion.group, resource: resource.plural, namespace: "")
    guard let everywhere = reviews.known(question, at: now.monotonic) else {
      return assessment.questions.append(question)
    }
    var known = everywhere
    if case .denied = everywhere.verdict, scope == .own, resource.namespaced {
      question.namespace = subscribers[slot].namespace
      guard let there = reviews.known(question, at: now.monotonic) else {
        return assessment.questions.append(question)
      }
      known = there
      assessment.take(everywhere)
    }
    assessment.take(known)
    switch known.verdict {
    case .allowed: break
    case .denied(let verbs): assessment.denied.append(Self.words(question, verbs))
    case .notAvailable(let problem): assessment.problem = assessment.problem ?? problem
    }
  }

  private static func words(_ question: AccessQuestion, _ verbs: [AccessVerb]) -> String {
    let what = verbs.map(\.rawValue).joined(separator: ", ")
    return question.namespace.isEmpty
      ? "\(what) \(question.resourceText) in the whole cluster"
      : "\(what) \(question.resourceText) in namespace \(question.namespace)"
  }

  // MARK: Asking

  private mutating func ask(_ questions: [AccessQuestion], _ slot: UInt32, at now: EngineTime) {
    let waiter = AccessReviews.Waiter(slot: slot, serial: subscribers[slot].serial)
    for question in questions {
      let isAsked = reviews.ask(
        question, for: waiter, limit: configuration.limits.reviewsKept, at: now.monotonic)
      guard isAsked else {
        return pause(
          slot, "more rights are to be reviewed at once than the hub's \(configuration.limits.reviewsKept)",
          until: now.monotonic + AccessReviews.roomWait, at: now)
      }
    }
    subscribers[slot].rights.isPaused = true
  }

  /// Asks as many questions as may be under way.
  mutating func sendReviews() {
    while let question = reviews.next(atMost: configuration.limits.reviewsInFlight) {
      for verb in AccessVerb.allCases {
        let id = requests.open(.review(question, verb), maxBytes: AccessReviews.maxBytes)
        var request = APIRequest(
          get: AccessQuestion.target, deadlineSeconds: AccessReviews.deadlineSeconds,
          maxBytes: AccessReviews.maxBytes)
        request.method = "POST"
        request.contentType = "application/json"
        request.body = question.review(of: verb)
        effects.append(.request(id, request))
      }
    }
  }

  mutating func reviewed(
    _ question: AccessQuestion, _ verb: AccessVerb, _ answer: APIAnswer, at now: EngineTime
  ) {
    let said = AccessAnswer(answer)
    switch said {
    case .allowed: counters.reviewsAllowed += 1
    case .denied: counters.reviewsDenied += 1
    case .notAvailable: counters.reviewsFailed += 1
    }
    for waiter in reviews.answered(question, verb, said, at: now.monotonic)
    where subscribers.isCurrent(waiter.slot, waiter.serial) {
      review(waiter.slot, at: now)
    }
  }

  // MARK: Settling

  private mutating func allow(_ slot: UInt32, until end: UInt64, at now: EngineTime) {
    subscribers[slot].rights.validUntil = end
    subscribers[slot].rights.isPaused = false
    settle(slot, .allowed)
    if subscribers[slot].rights.isDenied { regain(slot, at: now) }
    schedule(slot)
  }

  private mutating func pause(_ slot: UInt32, _ problem: String, until due: UInt64, at now: EngineTime) {
    subscribers[slot].rights.isPaused = true
    if settle(slot, .notAvailable(problem)) {
      notice(.warning, "deliveries wait for a review of rights", who(slot) + [HeaderField("reason", problem)])
    }
    setReviewTimer(slot, due: due)
  }

  private mutating func deny(_ slot: UInt32, _ assessment: RightsAssessment, at now: EngineTime) {
    subscribers[slot].rights.validUntil = 0
    subscribers[slot].rights.isPaused = false
    let words = assessment.denied.joined(separator: "; ")
    if settle(slot, .denied(words)) {
      notice(
        .warning, "the rights of a subscription's service account do not suffice",
        who(slot) + [HeaderField("missing", words)])
    }
    if !subscribers[slot].rights.isDenied {
      subscribers[slot].rights.isDenied = true
      subscribers[slot].isTouched = true
      var forgotten = 0
      keepingBodyCount(slot) { forgotten = $0.queue.forgetUnowed() }
      counters.forgotten += forgotten
    }
    setReviewTimer(slot, due: assessment.validUntil)
  }

  /// What matches is told, and what is gone since: the deletes of what was known have waited (SEMANTICS 29).
  private mutating func regain(_ slot: UInt32, at now: EngineTime) {
    subscribers[slot].rights.isDenied = false
    subscribers[slot].isTouched = true
    notice(.info, "the rights of a subscription's service account suffice again", who(slot))
    for placement in subscribers[slot].placements {
      var changes =
        feeds[placement.feed]?.resync(
          slot, token: "rights/\(now.wall)", slice: 0, of: 1, roles: [.object, .controller]) ?? []
      for index in changes.indices { changes[index].cause = .initial }
      route(changes, from: placement.feed, at: now)
    }
  }

  /// A verdict. True if it is news.
  @discardableResult
  private mutating func settle(_ slot: UInt32, _ verdict: SubscriptionRights.Verdict) -> Bool {
    guard subscribers[slot].rights.verdict != verdict else { return false }
    subscribers[slot].rights.verdict = verdict
    report(slot)
    return true
  }

  /// What came to a key while the rights are denied is forgotten.
  mutating func forgetIfDenied(_ slot: UInt32, _ key: ObjectKey) {
    guard isDenied(slot) else { return }
    var isForgotten = false
    keepingBodyCount(slot) { isForgotten = $0.queue.forgetUnowed(key) }
    if isForgotten {
      counters.forgotten += 1
      explainDenied(slot, key)
    }
  }

  // MARK: Renewing

  /// Denied rights are looked at again although nothing is to be sent: everything that matches would be.
  private mutating func setReviewTimer(_ slot: UInt32, due: UInt64) {
    if let set = subscribers[slot].rights.timedAt, set <= due { return }
    subscribers[slot].rights.timedAt = due
    timers.set(.review(slot: slot, serial: subscribers[slot].serial), due: due)
  }

  mutating func reviewDue(_ slot: UInt32, at now: EngineTime) {
    subscribers[slot].rights.timedAt = nil
    if !subscribers[slot].rights.mayBeSent { review(slot, at: now) }
  }
}
