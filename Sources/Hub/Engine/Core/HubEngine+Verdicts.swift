import JSONScan
import Kubernetes

/// What a sink's answer means, and what becomes of the key (DESIGN 2.4, SEMANTICS 23 and 24).
extension HubEngine {
  mutating func sinkAnswered(_ id: DeliveryID, _ answer: SinkAnswer, at now: EngineTime) {
    guard let delivery = deliveries.close(id) else { return }
    scheduler.closed(delivery.slot)
    guard subscribers.isCurrent(delivery.slot, delivery.serial) else { return }
    count(answer)
    counters.deliveryLatency.observe(nanoseconds: now.monotonic - min(now.monotonic, delivery.sentAt))
    defer { release(delivery.sink) }
    notePolicy(answer, of: delivery)
    let verdict = Verdict(answer)
    let item = subscribers.slots[Int(delivery.slot)].queue.item(at: delivery.place)
    switch item?.place {
    case .flight(id): settle(delivery, answer, verdict, at: now)
    case .letterFlight(id):
      note(verdict, of: delivery, at: now)
      letterAnswered(delivery, verdict, at: now)
    // The key was forgotten meanwhile.
    default: note(verdict, of: delivery, at: now)
    }
    if let item { forgetIfDenied(delivery.slot, item.key) }
  }

  private mutating func settle(
    _ delivery: Delivery, _ answer: SinkAnswer, _ verdict: Verdict, at now: EngineTime
  ) {
    let letter = self.letter(about: delivery, answer)
    if case .sinkFails(let seconds, let reason) = verdict {
      sinkFailed(delivery, letter, afterSeconds: seconds, reason, at: now)
    } else {
      note(verdict, of: delivery, at: now)
      settle(delivery, letter, verdict, at: now)
    }
    schedule(delivery.slot)
  }

  /// What the dead letter sink is to hear if this was the last attempt; nil: there is none.
  private func letter(about delivery: Delivery, _ answer: SinkAnswer) -> DeadLetter? {
    guard let form = subscribers.slots[Int(delivery.slot)].accepted, form.spec.delivery.deadLetterSink != nil
    else {
      return nil
    }
    return DeadLetter(answer, from: subscribers.slots[Int(delivery.slot)].sink.url ?? "")
  }

  private mutating func settle(
    _ delivery: Delivery, _ letter: DeadLetter?, _ verdict: Verdict, at now: EngineTime
  ) {
    switch verdict {
    case .acknowledged: acknowledged(delivery, requeueAfter: nil, at: now)
    case .requeue(let after): acknowledged(delivery, requeueAfter: after, at: now)
    case .retry(let reason): keyFailed(delivery, letter, reason, at: now)
    case .sinkFails(_, let reason): keyFailed(delivery, letter, reason, at: now)
    case .rejected(let reason):
      noteFailure(delivery.slot, reason, at: now)
      park(delivery, letter, reason)
    case .gone:
      subscribers[delivery.slot].isStopped = true
      keyFailed(delivery, nil, "the sink answered 410", at: now)
      notice(
        .warning, "the sink wants no more events: stopped until the subscription is edited",
        who(delivery.slot))
      report(delivery.slot)
    }
  }

  private mutating func acknowledged(_ delivery: Delivery, requeueAfter: UInt64?, at now: EngineTime) {
    let slot = delivery.slot
    let item = subscribers.slots[Int(slot)].queue.item(at: delivery.place)
    let hasLeft = item?.hasLeftInFlight ?? true
    if let item { setRequeue(item, after: requeueAfter, delivery, hasLeft: hasLeft, at: now) }
    keepingBodyCount(slot) { _ = $0.queue.acknowledge(delivery.place.slot) }
    if let told = delivery.acknowledges, !hasLeft,
      subscribers.slots[Int(slot)].isPlaced(told.member, on: told.feed)
    {
      feeds[told.feed]?.acknowledge(
        namespace: told.namespace, name: told.name, uid: told.uid, member: told.member)
    }
    switch delivery.operation {
    case .add: counters.deliveredAdd += 1
    case .update: counters.deliveredUpdate += 1
    case .delete: counters.deliveredDelete += 1
    }
    subscribers[slot].delivered += 1
    subscribers[slot].lastDelivery = now.wall
    subscribers[slot].failures = 0
    if !subscribers.slots[Int(slot)].isShownDelivering, subscribers.slots[Int(slot)].queue.parked == 0 {
      report(slot)
    }
  }

  /// The sink is at fault: all that is sent to it waits, and this key goes to the end of its line. Unless the sink answered
  /// others, and this key alone made it fail before: then that is the key's own failure, and stops no other.
  private mutating func sinkFailed(
    _ delivery: Delivery, _ letter: DeadLetter?, afterSeconds: Int?, _ reason: String, at now: EngineTime
  ) {
    let slot = delivery.slot
    guard let item = subscribers.slots[Int(slot)].queue.item(at: delivery.place) else { return }
    let wasWell = sinks[delivery.sink]?.isWell(since: delivery.era) ?? false
    if wasWell, item.isSuspect {
      sinks.change(delivery.sink) { $0.closed() }
      return keyFailed(delivery, letter, afterSeconds: afterSeconds, reason, at: now)
    }
    note(.sinkFails(afterSeconds: afterSeconds, reason: reason), of: delivery, at: now)
    noteFailure(slot, reason, at: now)
    if exhausted(delivery, item, letter, reason) { return }
    subscribers[slot].queue.requeueAtEnd(delivery.place.slot, isSuspect: wasWell)
    noticeFailure(slot, item, reason)
  }

  /// It is about this key alone, which backs off.
  private mutating func keyFailed(
    _ delivery: Delivery, _ letter: DeadLetter?, afterSeconds: Int? = nil, _ reason: String,
    at now: EngineTime
  ) {
    let slot = delivery.slot
    guard let spec = subscribers[slot].accepted?.spec,
      let item = subscribers.slots[Int(slot)].queue.item(at: delivery.place)
    else { return }
    noteFailure(slot, reason, at: now)
    if exhausted(delivery, item, letter, reason) { return }
    let delay = spec.delivery.backoff.wait(afterFailures: item.failures + 1, random: &random)
    let due = now.monotonic + max(delay, spec.delivery.demanded(afterSeconds))
    if let place = subscribers[slot].queue.retry(delivery.place.slot, at: due) {
      timers.set(.backoff(slot: slot, serial: subscribers[slot].serial, place: place), due: due)
    }
    noticeFailure(slot, item, reason)
  }

  /// Parks a key whose retries are used up.
  private mutating func exhausted(
    _ delivery: Delivery, _ item: WorkItem, _ letter: DeadLetter?, _ reason: String
  ) -> Bool {
    guard let retry = subscribers[delivery.slot].accepted?.spec.delivery.retry, !item.isOutdated,
      item.attempts > retry
    else { return false }
    park(delivery, letter, "\(reason), and \(retry) retries are exhausted")
    return true
  }

  private mutating func noticeFailure(_ slot: UInt32, _ item: WorkItem, _ reason: String) {
    notice(
      .debug, "delivery failed",
      who(slot) + [HeaderField("attempt", String(item.attempts)), HeaderField("reason", reason)])
  }

  /// The event has failed for good: a letter is written, if somebody reads them, and then or now the key is parked.
  private mutating func park(_ delivery: Delivery, _ letter: DeadLetter?, _ reason: String) {
    let slot = delivery.slot
    if let letter {
      guard subscribers[slot].queue.write(letter, about: delivery.place.slot) else { return }
      counters.deadLetters += 1
      return notice(
        .warning, "an event goes to the dead letter sink", who(slot) + [HeaderField("reason", reason)])
    }
    guard subscribers[slot].queue.park(delivery.place.slot) else { return }
    counters.parked += 1
    notice(.warning, "a key is parked until it changes", who(slot) + [HeaderField("reason", reason)])
    report(slot)
  }

  private mutating func noteFailure(_ slot: UInt32, _ reason: String, at now: EngineTime) {
    subscribers[slot].failed += 1
    subscribers[slot].failures += 1
    subscribers[slot].lastFailure = reason
    subscribers[slot].sink.suspect(at: now.monotonic)
    setSinkTimer(slot, .events)
    if subscribers[slot].failures == Subscriber.failuresToReport { report(slot) }
  }

  /// Deliveries whose time-out the shell should have told of long ago: they count as unanswered.
  mutating func sweepDeliveries(at now: EngineTime) {
    deliveries.isSwept = false
    for id in deliveries.overdue(at: now.monotonic) {
      effects.append(.cancelSend(id))
      sinkAnswered(id, .noAnswer("no answer in time"), at: now)
    }
  }

  private mutating func count(_ answer: SinkAnswer) {
    switch answer {
    case .noAnswer, .notAllowed: counters.noAnswer += 1
    case .status(200..<300, _), .requeue(200..<300, _): counters.answers2xx += 1
    case .status(300..<400, _): counters.answers3xx += 1
    case .status(400..<500, _): counters.answers4xx += 1
    case .failed(let status, let after, _): count(.status(status, retryAfterSeconds: after))
    case .status, .requeue: counters.answers5xx += 1
    }
  }
}

extension DeliverySpec {
  var backoff: Backoff {
    Backoff(
      policy: backoffPolicy == .linear ? .linear : .exponential,
      delay: Duration64.milliseconds(backoffDelayMilliseconds),
      maximum: Duration64.milliseconds(backoffMaximumMilliseconds))
  }

  /// How long `Retry-After` makes the hub wait, in nanoseconds: as long as it says, within `retryAfterMax`.
  func demanded(_ afterSeconds: Int?) -> UInt64 {
    let most = retryAfterMaxMilliseconds ?? backoffMaximumMilliseconds
    guard let afterSeconds, afterSeconds > 0 else { return 0 }
    return Duration64.milliseconds(afterSeconds > most / 1000 ? most : afterSeconds * 1000)
  }
}
