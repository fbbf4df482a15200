/// Dead letters: what failed for good is told to somebody else, and then parked (SEMANTICS 24).
extension HubEngine {
  mutating func sendLetter(
    _ event: HubEvent, _ parts: KeyParts, _ item: WorkItem, _ itemSlot: UInt32, of slot: UInt32,
    at now: EngineTime
  ) {
    guard let form = subscribers.slots[Int(slot)].accepted,
      let url = subscribers.slots[Int(slot)].deadLetterSink.url,
      let letter = item.letter
    else { return }
    let place = WorkQueue.Place(slot: itemSlot, ticket: item.ticket)
    let timeout = form.spec.delivery.timeoutMilliseconds
    let id = open(.deadLetters, of: slot, place, event, nil, timeout: timeout, at: now)
    subscribers[slot].queue.sentLetter(itemSlot, as: id, parts: parts)
    // The attempt that failed, not one more.
    var event = event
    event.attempt = max(1, item.attempts)
    let headers = event.headers(
      source: configuration.source, subscription: subscribers.slots[Int(slot)].uid,
      namespace: subscribers.slots[Int(slot)].namespace, extensions: form.spec.extensions)
    var request = SinkRequest(
      url: url, headers: headers + letter.headers, body: event.body,
      timeoutMilliseconds: timeout)
    request.route = subscribers.slots[Int(slot)].deadLetterSink.route
    effects.append(.send(id, request))
  }

  /// The dead letter sink has answered, or will not.
  mutating func letterAnswered(_ delivery: Delivery, _ verdict: Verdict, at now: EngineTime) {
    let slot = delivery.slot
    switch verdict {
    case .acknowledged, .requeue:
      counters.deadLettersDelivered += 1
      endLetter(delivery, nil)
    case .rejected(let reason): endLetter(delivery, reason)
    case .gone: endLetter(delivery, "the dead letter sink answered 410")
    case .sinkFails(let afterSeconds, let reason):
      letterFailed(delivery, reason, afterSeconds, isSinks: true, at: now)
    case .retry(let reason): letterFailed(delivery, reason, nil, isSinks: false, at: now)
    }
    schedule(slot)
  }

  private mutating func letterFailed(
    _ delivery: Delivery, _ reason: String, _ afterSeconds: Int?, isSinks: Bool, at now: EngineTime
  ) {
    let slot = delivery.slot
    subscribers[slot].deadLetterSink.suspect(at: now.monotonic)
    setSinkTimer(slot, .deadLetters)
    guard let spec = subscribers[slot].accepted?.spec.delivery,
      let letter = subscribers.slots[Int(slot)].queue.item(at: delivery.place)?.letter
    else { return }
    let retries = spec.retry ?? DeadLetter.retries
    if letter.attempts > retries {
      return endLetter(delivery, "\(reason), and \(retries) retries are exhausted")
    }
    let wait = spec.backoff.wait(afterFailures: letter.attempts, random: &random)
    // What is about the sink holds all its letters already.
    let due = isSinks ? nil : now.monotonic + wait
    if let place = subscribers[slot].queue.retryLetter(delivery.place.slot, at: due), let due {
      timers.set(.backoff(slot: slot, serial: subscribers.slots[Int(slot)].serial, place: place), due: due)
    }
  }

  /// The letter was taken; or it is given up, and why.
  private mutating func endLetter(_ delivery: Delivery, _ problem: String?) {
    let slot = delivery.slot
    if let problem {
      counters.deadLettersFailed += 1
      notice(
        .warning, "a dead letter could not be delivered; the key stays parked",
        who(slot) + [HeaderField("reason", problem)])
    }
    guard subscribers[slot].queue.endLetter(delivery.place.slot) else { return }
    counters.parked += 1
    report(slot)
  }
}
