import Kubernetes

/// Reporting: the status of each subscription, written sparingly (SEMANTICS 31).
extension HubEngine {
  static let statusDeadlineSeconds = 20

  /// The subscription's status may have changed.
  mutating func report(_ slot: UInt32) {
    unreported.add(slot)
  }

  /// Settles what was reported, and writes as many statuses as the rate allows. Each subscription stands in each line
  /// once, however often it is reported, and a line that is not moved on costs nothing.
  mutating func writeStatuses(at now: EngineTime) {
    while let slot = unreported.next() {
      guard subscribers.isInUse(slot) else { continue }
      settleConditions(slot, at: now)
      lookForNews(slot, at: now)
      if needsWrite(slot, at: now) { unwritten.add(slot) }
    }
    while !unwritten.isEmpty, statusWrites < configuration.limits.statusWritesInFlight {
      guard statusPacer.hasToken(at: now.monotonic) else { return awaitStatusToken() }
      guard let slot = unwritten.next(), subscribers.isInUse(slot) else { continue }
      settleConditions(slot, at: now)
      if needsWrite(slot, at: now) {
        statusPacer.take()
        write(slot, subscribers[slot].serial)
      }
    }
  }

  private mutating func needsWrite(_ slot: UInt32, at now: EngineTime) -> Bool {
    guard subscribers[slot].origin == .cluster, subscribers[slot].report.needsWrite(at: now) else {
      return false
    }
    guard subscribers[slot].report.notBefore > now.monotonic else { return true }
    if !subscribers[slot].report.isTimed {
      subscribers[slot].report.isTimed = true
      timers.set(
        .status(slot: slot, serial: subscribers[slot].serial), due: subscribers[slot].report.notBefore)
    }
    return false
  }

  mutating func awaitStatusToken() {
    guard !isStatusTokenAwaited else { return }
    isStatusTokenAwaited = true
    timers.set(.statusToken, due: statusPacer.nextToken)
  }

  private mutating func write(_ slot: UInt32, _ serial: UInt64) {
    let subscriber = subscribers[slot]
    let id = requests.open(.status(slot: slot, serial: serial), maxBytes: SinkState.maxBytes)
    var request = APIRequest(
      get: SubscriptionFeed.resource.path(
        namespace: subscriber.namespace, name: subscriber.name, subresource: "status")
        + "?fieldManager=frugalhub",
      deadlineSeconds: Self.statusDeadlineSeconds, maxBytes: SinkState.maxBytes)
    request.method = "PATCH"
    request.contentType = "application/merge-patch+json"
    request.body = subscriber.report.status.encoded()
    effects.append(.request(id, request))
    subscribers[slot].report.began()
    statusWrites += 1
    counters.statusWrites += 1
  }

  mutating func statusWritten(_ slot: UInt32, _ serial: UInt64, _ answer: APIAnswer, at now: EngineTime) {
    guard subscribers.isCurrent(slot, serial) else { return }
    statusWrites -= 1
    if answer.isSuccess {
      subscribers[slot].report.succeeded(at: now)
    } else {
      subscribers[slot].report.failed(at: now)
      if answer.status != 404 {
        notice(.warning, "a status could not be written", who(slot) + [HeaderField("reason", answer.problem)])
      }
    }
    report(slot)
  }

  /// Brings the conditions up to what is the case.
  private mutating func settleConditions(_ slot: UInt32, at now: EngineTime) {
    guard subscribers[slot].accepted != nil else { return }
    var status = subscribers[slot].report.status
    settleAuthorized(slot, &status, now.wall)
    settleResources(slot, &status, now.wall)
    settleSink(slot, &status, now.wall)
    settleDelivering(slot, &status, now)
    status.sinkURI = subscribers[slot].sink.url
    // How much there is to know is nobody's business who may not know it.
    let isShown = subscribers[slot].isAdministrators || subscribers[slot].rights.mayBeShown
    status.pending = isShown ? subscribers[slot].queue.count : 0
    status.lastDeliveryTime = subscribers[slot].lastDelivery
    subscribers[slot].report.status = status
    subscribers[slot].isShownDelivering = status[.delivering]?.status == .isTrue
  }

  private func settleAuthorized(_ slot: UInt32, _ status: inout SubscriptionStatus, _ now: Int64) {
    if subscribers[slot].isAdministrators {
      status.set(
        .authorized, .isTrue, reason: "Administrator", message: "file subscriptions are the administrator's",
        at: now)
      return
    }
    let spec = subscribers[slot].accepted?.spec
    let account = "service account \(subscribers[slot].namespace)/\(spec?.serviceAccountName ?? "")"
    switch subscribers[slot].rights.verdict {
    case .unknown:
      let message = "the rights of \(account) are being reviewed"
      status.set(.authorized, .unknown, reason: "UnderReview", message: message, at: now)
    case .allowed where subscribers[slot].placements.isEmpty:
      let message = "nothing that it follows is served: there is no right to review"
      status.set(.authorized, .unknown, reason: "NothingToReview", message: message, at: now)
    case .allowed:
      let message = "\(account) may get, list and watch what is followed"
      status.set(.authorized, .isTrue, reason: "Allowed", message: message, at: now)
    case .denied(let words):
      let role = spec?.namespaces != .own ? "ClusterRole by a ClusterRoleBinding" : "Role by a RoleBinding"
      let message =
        "\(account) may not \(words): nothing is sent until a \(role) lets it; reviewed again every minute"
      status.set(.authorized, .isFalse, reason: "Denied", message: message, at: now)
    case .notAvailable(let words):
      let message = "\(words); deliveries wait, and nothing is forgotten"
      status.set(.authorized, .unknown, reason: "ReviewNotAvailable", message: message, at: now)
    }
  }

  private func settleResources(_ slot: UInt32, _ status: inout SubscriptionStatus, _ now: Int64) {
    var words = subscribers[slot].missing
    var reason = words.isEmpty ? "Found" : "NotServed"
    var verdict: ConditionStatus = words.isEmpty ? .isTrue : .isFalse
    for placement in subscribers[slot].placements {
      guard let obstacle = reflectors[placement.feed]?.machine.obstacle,
        let resource = feeds[placement.feed]?.resource
      else { continue }
      words.append(obstacle.words(of: resource))
      switch obstacle {
      case .forbidden: (reason, verdict) = ("Forbidden", .isFalse)
      case .notServed: (reason, verdict) = (reason == "Forbidden" ? reason : "NotServed", .isFalse)
      case .failing where verdict == .isTrue: (reason, verdict) = ("NotFollowed", .unknown)
      case .failing: break
      }
    }
    if let spec = subscribers[slot].accepted?.spec, let obstacle = namespaceObstacle(spec) {
      (reason, verdict) = ("NamespacesNotKnown", .isFalse)
      if !words.contains(obstacle) { words.append(obstacle) }
    }
    let message = words.isEmpty ? "every kind is served" : words.joined(separator: "; ")
    status.set(.resourcesFound, verdict, reason: reason, message: message, at: now)
  }

  private func settleSink(_ slot: UInt32, _ status: inout SubscriptionStatus, _ now: Int64) {
    let sink = subscribers[slot].sink
    let letters = subscribers[slot].deadLetterSink
    if sink.url != nil, subscribers[slot].target(.deadLetters) != nil, letters.url == nil,
      letters.reason != SinkState.unknownReason
    {
      status.set(
        .sinkResolved, .isFalse, reason: "DeadLetterSink" + letters.reason,
        message: "events are delivered, but spec.delivery.deadLetterSink is not resolved: \(letters.message)",
        at: now)
    } else if let forbidden = sink.forbidden ?? letters.forbidden {
      let field = sink.forbidden == nil ? "spec.delivery.deadLetterSink" : "spec.sink"
      status.set(
        .sinkResolved, .isFalse, reason: sink.forbidden == nil ? "DeadLetterSinkNotAllowed" : "NotAllowed",
        message: "\(field) leads where nothing may be sent: \(forbidden); \(SinkObjection.askForRule)",
        at: now)
    } else if let url = sink.url {
      status.set(.sinkResolved, .isTrue, reason: "Resolved", message: url, at: now)
    } else {
      let isKnown = sink.reason != SinkState.unknownReason
      status.set(
        .sinkResolved, isKnown ? .isFalse : .unknown, reason: sink.reason, message: sink.message, at: now)
    }
  }

  private func settleDelivering(_ slot: UInt32, _ status: inout SubscriptionStatus, _ now: EngineTime) {
    let subscriber = subscribers[slot]
    if subscriber.isStopped {
      status.set(
        .delivering, .isFalse, reason: "Gone",
        message: "the sink answered 410: nothing is sent until the subscription is edited", at: now.wall)
    } else if subscriber.accepted?.spec.suspend ?? false {
      status.set(.delivering, .isFalse, reason: "Suspended", message: "spec.suspend is true", at: now.wall)
    } else if isDenied(slot) {
      let message = "its service account lacks rights, see Authorized: nothing is sent"
      status.set(.delivering, .isFalse, reason: "NotAuthorized", message: message, at: now.wall)
    } else if subscriber.failures >= Subscriber.failuresToReport {
      status.set(
        .delivering, .isFalse, reason: SubscriptionStatus.sinkFailingReason, message: subscriber.lastFailure,
        at: now.wall)
    } else if subscriber.queue.parked > 0 {
      status.set(
        .delivering, .isFalse, reason: "Parked",
        message: "keys were rejected and wait for their next change: \(subscriber.lastFailure)", at: now.wall)
    } else if isThrottled(slot, at: now) {
      let limit = configuration.limits.tenant.deliveriesPerSecond ?? 0
      let message =
        "what namespace \(subscriber.namespace) is sent is held to \(limit) a second"
        + " (limits.tenant.deliveriesPerSecond of the hub), and more waits: ask who runs the hub for more, or follow less"
      status.set(.delivering, .isTrue, reason: ThrottlingWatch.reason, message: message, at: now.wall)
    } else if subscriber.delivered > 0 {
      status.set(
        .delivering, .isTrue, reason: "Delivering", message: "the sink takes events" + filterWords(slot),
        at: now.wall)
    } else {
      status.set(
        .delivering, .unknown, reason: "NothingSent", message: "nothing was sent yet" + filterWords(slot),
        at: now.wall)
    }
  }

  private func filterWords(_ slot: UInt32) -> String {
    subscribers[slot].filterFailure.map { "; a filter's expression fails, which counts as false: \($0)" }
      ?? ""
  }
}
