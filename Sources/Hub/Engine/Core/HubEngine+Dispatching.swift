import JSONScan
import Kubernetes

/// Dispatching: whose turn it is, what is told, and what the answer means.
extension HubEngine {
  mutating func dispatch(at now: EngineTime) {
    while deliveries.count + readsInFlight < configuration.limits.deliveriesInFlight,
      let slot = scheduler.next()
    {
      guard subscribers.isInUse(slot), subscribers[slot].isRunnable(trusted: isTrusted(slot)) else {
        continue
      }
      if let item = subscribers[slot].queue.takeNext(), !dispatch(item, of: slot, at: now) {
        readers.add(slot)
        continue
      }
      schedule(slot)
    }
    if deliveries.count > 0, !deliveries.isSwept {
      deliveries.isSwept = true
      timers.set(.sweep, due: now.monotonic + Duration64.second)
    }
  }

  /// False: its body must be read, and too many reads are under way. The subscription goes on after one of them.
  private mutating func dispatch(_ itemSlot: UInt32, of slot: UInt32, at now: EngineTime) -> Bool {
    guard let item = subscribers[slot].queue[itemSlot] else { return true }
    switch outgoing(item, of: slot) {
    case .send(let event, let parts, let acknowledges):
      send(event, parts, acknowledges, item, itemSlot, of: slot, at: now)
    case .read where readsInFlight >= configuration.limits.readsInFlight:
      subscribers[slot].queue.putBack(itemSlot)
      return false
    case .read(let resource): readBody(of: item, itemSlot, resource, of: slot)
    case .nothing:
      keepingBodyCount(slot) { $0.queue.dropLive(itemSlot) }
      counters.superseded += 1
    }
    return true
  }

  private mutating func send(
    _ event: HubEvent, _ parts: KeyParts, _ acknowledges: Delivery.Acknowledgement?, _ item: WorkItem,
    _ itemSlot: UInt32, of slot: UInt32, at now: EngineTime
  ) {
    guard let spec = subscribers[slot].accepted?.spec, let url = subscribers[slot].sink.url else { return }
    let place = WorkQueue.Place(slot: itemSlot, ticket: item.ticket)
    let timeout = Duration64.milliseconds(spec.delivery.timeoutMilliseconds)
    let id = deliveries.open(
      Delivery(
        slot: slot, serial: subscribers[slot].serial, place: place, operation: event.operation,
        acknowledges: acknowledges, sentAt: now.monotonic,
        overdueAt: now.monotonic + timeout + DeliveryTable.grace))
    subscribers[slot].queue.sent(itemSlot, as: id, parts: parts, incarnation: acknowledges?.uid)
    counters.attempts += 1
    if event.attempt > 1 {
      counters.retries += 1
    } else {
      counters.queueLatency.observe(nanoseconds: now.monotonic - min(now.monotonic, item.stamp.since))
    }
    let headers = event.headers(
      source: configuration.source, subscription: subscribers[slot].uid,
      namespace: subscribers[slot].namespace)
    var request = SinkRequest(
      url: url, headers: headers, body: event.body, timeoutMilliseconds: spec.delivery.timeoutMilliseconds)
    // Whoever hears of an incarnation for the first time must hear of its end, so that must not be forgotten.
    request.waitsForJournal =
      configuration.keepsJournal && event.operation == .add && item.attempted != acknowledges?.uid
    effects.append(.send(id, request))
  }

  // MARK: Answers

  mutating func sinkAnswered(_ id: DeliveryID, _ answer: SinkAnswer, at now: EngineTime) {
    guard let delivery = deliveries.close(id), subscribers.isCurrent(delivery.slot, delivery.serial) else {
      return
    }
    count(answer)
    counters.deliveryLatency.observe(nanoseconds: now.monotonic - min(now.monotonic, delivery.sentAt))
    guard subscribers[delivery.slot].queue.item(at: delivery.place)?.place == .flight(id) else { return }
    switch Verdict(answer) {
    case .acknowledged: acknowledged(delivery, requeueAfter: nil, at: now)
    case .requeue(let after): acknowledged(delivery, requeueAfter: after, at: now)
    case .retry(let afterSeconds, let reason): failed(delivery, afterSeconds: afterSeconds, reason, at: now)
    case .rejected(let reason): park(delivery, reason, at: now)
    case .gone:
      subscribers[delivery.slot].isStopped = true
      failed(delivery, afterSeconds: nil, "the sink answered 410", at: now)
      notice(
        .warning, "the sink wants no more events: stopped until the subscription is edited",
        who(delivery.slot))
      report(delivery.slot)
    }
    schedule(delivery.slot)
  }

  private mutating func acknowledged(_ delivery: Delivery, requeueAfter: UInt64?, at now: EngineTime) {
    let slot = delivery.slot
    let hasLeft = subscribers[slot].queue.item(at: delivery.place)?.hasLeftInFlight ?? true
    if let item = subscribers[slot].queue.item(at: delivery.place) {
      setRequeue(item, after: requeueAfter, delivery, hasLeft: hasLeft, at: now)
    }
    keepingBodyCount(slot) { _ = $0.queue.acknowledge(delivery.place.slot) }
    if let told = delivery.acknowledges, !hasLeft, subscribers[slot].isPlaced(told.member, on: told.feed) {
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
    if !subscribers[slot].isShownDelivering, subscribers[slot].queue.parked == 0 { report(slot) }
  }

  private mutating func failed(_ delivery: Delivery, afterSeconds: Int?, _ reason: String, at now: EngineTime)
  {
    let slot = delivery.slot
    guard let spec = subscribers[slot].accepted?.spec,
      let item = subscribers[slot].queue.item(at: delivery.place)
    else { return }
    noteFailure(slot, reason, at: now)
    if let retry = spec.delivery.retry, item.dirty.isEmpty, item.attempts > retry {
      return park(delivery, "\(reason), and \(retry) retries are exhausted", isCounted: true, at: now)
    }
    let delay = spec.delivery.backoff.wait(afterFailures: item.failures + 1, random: &random)
    let seconds = min(afterSeconds ?? 0, spec.delivery.backoffMaximumMilliseconds / 1000 + 1)
    let demanded = min(Duration64.seconds(seconds), spec.delivery.backoff.maximum)
    let due = now.monotonic + max(delay, demanded)
    let serial = subscribers[slot].serial
    if let place = subscribers[slot].queue.retry(delivery.place.slot, at: due) {
      timers.set(.backoff(slot: slot, serial: serial, place: place), due: due)
    }
    notice(
      .debug, "delivery failed",
      who(slot) + [HeaderField("attempt", String(item.attempts)), HeaderField("reason", reason)])
  }

  private mutating func park(
    _ delivery: Delivery, _ reason: String, isCounted: Bool = false, at now: EngineTime
  ) {
    let slot = delivery.slot
    if !isCounted { noteFailure(slot, reason, at: now) }
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
    setSinkTimer(slot)
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
    case .noAnswer: counters.noAnswer += 1
    case .status(200..<300, _), .requeue(200..<300, _): counters.answers2xx += 1
    case .status(300..<400, _): counters.answers3xx += 1
    case .status(400..<500, _): counters.answers4xx += 1
    case .status, .requeue: counters.answers5xx += 1
    }
  }

  mutating func keepingBodyCount(_ slot: UInt32, _ change: (inout Subscriber) -> Void) {
    let before = subscribers[slot].queue.bodyBytes
    change(&subscribers[slot])
    waitingBodyBytes += subscribers[slot].queue.bodyBytes - before
  }

  func who(_ slot: UInt32) -> [HeaderField] {
    [HeaderField("subscription", subscribers[slot].namespace + "/" + subscribers[slot].name)]
  }
}

extension DeliverySpec {
  var backoff: Backoff {
    Backoff(
      policy: backoffPolicy == .linear ? .linear : .exponential,
      delay: Duration64.milliseconds(backoffDelayMilliseconds),
      maximum: Duration64.milliseconds(backoffMaximumMilliseconds))
  }
}
