import JSONScan
import Kubernetes

/// Dispatching: whose turn it is, and what is told.
extension HubEngine {
  mutating func dispatch(at now: EngineTime) {
    while let slot = nextTurn(at: now) {
      guard subscribers.isInUse(slot), subscribers.isRunnable(slot) else {
        continue
      }
      // Who waits for a review stands in the ring again when it is answered.
      guard isAuthorized(slot, at: now) else { continue }
      var isReading = false
      for role in SinkRole.allCases where !dispatchOne(of: slot, role, at: now) { isReading = true }
      if isReading { readers.add(slot) } else { schedule(slot) }
    }
    watchThrottling(at: now)
    if deliveries.count > 0, !deliveries.isSwept {
      deliveries.isSwept = true
      timers.set(.sweep, due: now.monotonic + Duration64.second)
    }
  }

  /// The subscription whose turn it is; where nobody has one, that of one that waits for a read, if there is room for it.
  private mutating func nextTurn(at now: EngineTime) -> UInt32? {
    if let slot = scheduler.next(at: now.monotonic) { return slot }
    while scheduler.isDrained, readsInFlight < configuration.limits.readsInFlight,
      let reader = readers.next(at: now.monotonic)
    {
      schedule(reader)
      if let slot = scheduler.next(at: now.monotonic) { return slot }
    }
    return nil
  }

  /// False: a body must be read, and too many reads are under way. The subscription goes on after one of them.
  private mutating func dispatchOne(of slot: UInt32, _ role: SinkRole, at now: EngineTime) -> Bool {
    guard subscribers.isRunnable(slot, role), scheduler.hasRoom(slot), isAdmitted(slot, role, at: now) else {
      return true
    }
    let next =
      switch role {
      case .events: subscribers[slot].queue.takeNext()
      case .deadLetters: subscribers[slot].queue.takeNextLetter()
      }
    return next.map { dispatch($0, of: slot, role, at: now) } ?? true
  }

  private mutating func dispatch(
    _ itemSlot: UInt32, of slot: UInt32, _ role: SinkRole, at now: EngineTime
  ) -> Bool {
    guard let item = subscribers.slots[Int(slot)].queue[itemSlot] else { return true }
    switch outgoing(item, of: slot) {
    case .send(let event, let parts, let acknowledges):
      guard role == .events else {
        sendLetter(event, parts, item, itemSlot, of: slot, at: now)
        return true
      }
      guard passes(event, of: slot) else {
        gate(itemSlot, parts, acknowledges, of: slot)
        return true
      }
      send(event, parts, acknowledges, item, itemSlot, of: slot, at: now)
    case .read where readsInFlight >= configuration.limits.readsInFlight:
      subscribers[slot].queue.putBack(itemSlot)
      return false
    case .read(let resource): readBody(of: item, itemSlot, resource, of: slot)
    case .nothing where item.attempted != nil:
      // An edit let it go, or the watch is behind: the next list, or the watch, tells its end, which must be told to whoever
      // heard of it (SEMANTICS 15).
      tryLater(slot, WorkQueue.Place(slot: itemSlot, ticket: item.ticket), item, at: now)
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
    guard let form = subscribers.slots[Int(slot)].accepted, let url = subscribers.slots[Int(slot)].sink.url
    else { return }
    let timeout = form.spec.delivery.timeoutMilliseconds
    let place = WorkQueue.Place(slot: itemSlot, ticket: item.ticket)
    let id = open(.events, of: slot, place, event, acknowledges, timeout: timeout, at: now)
    subscribers[slot].queue.sent(itemSlot, as: id, parts: parts, incarnation: acknowledges?.uid)
    counters.attempts += 1
    if event.attempt > 1 {
      counters.retries += 1
    } else {
      counters.queueLatency.observe(nanoseconds: now.monotonic - min(now.monotonic, item.stamp.since))
    }
    let headers = event.headers(
      source: configuration.source, subscription: subscribers.slots[Int(slot)].uid,
      namespace: subscribers.slots[Int(slot)].namespace, extensions: form.spec.extensions)
    var request = SinkRequest(
      url: url, headers: headers, body: event.body, timeoutMilliseconds: timeout)
    // Whoever hears of an incarnation for the first time must hear of its end, so that must not be forgotten.
    request.keepsAnswer = form.spec.delivery.deadLetterSink != nil
    let isFirstNews = event.operation == .add && item.attempted != acknowledges?.uid
    request.waitsForJournal = configuration.keepsJournal && (isFirstNews || item.awaitsJournal)
    request.route = subscribers[slot].sink.route
    effects.append(.send(id, request))
  }

  /// Opens a delivery to one of the subscription's sinks.
  mutating func open(
    _ role: SinkRole, of slot: UInt32, _ place: WorkQueue.Place, _ event: HubEvent,
    _ acknowledges: Delivery.Acknowledgement?, timeout: Int, at now: EngineTime
  ) -> DeliveryID {
    let sink = machine(of: slot, role)
    var era: UInt32 = 0
    sinks.change(sink) { era = $0.sent(at: now.monotonic) }
    scheduler.opened(slot)
    scheduler.sent(slot, bytes: event.body.count, at: now.monotonic)
    return deliveries.open(
      Delivery(
        slot: slot, serial: subscribers.slots[Int(slot)].serial, place: place, operation: event.operation,
        role: role,
        sink: sink, era: era, acknowledges: acknowledges, sentAt: now.monotonic,
        overdueAt: now.monotonic + Duration64.milliseconds(timeout) + DeliveryTable.grace))
  }

  mutating func keepingBodyCount(_ slot: UInt32, _ change: (inout Subscriber) -> Void) {
    let before = subscribers.slots[Int(slot)].queue.bodyBytes
    change(&subscribers[slot])
    countBodies(subscribers.slots[Int(slot)].queue.bodyBytes - before, of: slot)
  }

  func who(_ slot: UInt32) -> [HeaderField] {
    [HeaderField("subscription", subscribers[slot].namespace + "/" + subscribers[slot].name)]
  }
}
