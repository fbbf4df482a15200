/// The machines of sinks: who may send now, and who waits (SEMANTICS 23).
extension HubEngine {
  /// The machine of the sink that the subscription sends to now.
  mutating func machine(of slot: UInt32, _ role: SinkRole = .events) -> SinkTable.Reference {
    if let known = subscribers.slots[Int(slot)].machine(role) { return known }
    let url = subscribers[slot][sink: role].url
    leaveMachine(slot, role)
    let reference = sinks.join(
      SinkIdentity(
        tenant: subscribers[slot].namespace, isAdministrators: subscribers[slot].isAdministrators,
        url: url ?? ""), coldWindow: configuration.limits.coldSinkDeliveries)
    subscribers[slot][sink: role].machine = reference
    subscribers[slot][sink: role].machineURL = url
    return reference
  }

  /// The subscription sends to it no more.
  mutating func leaveMachine(_ slot: UInt32, _ role: SinkRole) {
    guard let reference = subscribers[slot][sink: role].machine else { return }
    subscribers[slot][sink: role].machine = nil
    subscribers[slot][sink: role].machineURL = nil
    subscribers[slot][sink: role].isHeld = false
    letGo(sinks.leave(reference))
  }

  /// Whether the subscription may send to its sink now. If not, it waits for it.
  mutating func isAdmitted(_ slot: UInt32, _ role: SinkRole, at now: EngineTime) -> Bool {
    let sink = machine(of: slot, role)
    guard case .held(let due) = sinks.admission(sink, at: now.monotonic) else { return true }
    subscribers[slot][sink: role].isHeld = true
    if let wake = sinks.hold(SinkTable.Held(subscription: slot, role: role), for: sink, until: due) {
      timers.set(.sinkMachine(sink), due: wake)
    }
    return false
  }

  /// The sink may have room: who waits for it looks again, in turn.
  mutating func release(_ sink: SinkTable.Reference) { letGo(sinks.release(sink)) }

  private mutating func letGo(_ held: [SinkTable.Held]) {
    for held in held where subscribers.isInUse(held.subscription) {
      subscribers[held.subscription][sink: held.role].isHeld = false
      schedule(held.subscription)
    }
  }

  /// Gives up a delivery under way: no answer of it is wanted.
  mutating func giveUp(_ id: DeliveryID) -> Delivery? {
    guard let delivery = deliveries.close(id) else { return nil }
    effects.append(.cancelSend(id))
    scheduler.closed(delivery.slot)
    sinks.change(delivery.sink) { $0.closed() }
    release(delivery.sink)
    return delivery
  }

  /// What an answer says of the sink.
  mutating func note(_ verdict: Verdict, of delivery: Delivery, at now: EngineTime) {
    guard case .sinkFails(let afterSeconds, _) = verdict else {
      return sinks.change(delivery.sink) { $0.answered(since: delivery.era, at: now.monotonic) }
    }
    let failures = (sinks[delivery.sink]?.failures ?? 0) + 1
    let spec = subscribers[delivery.slot].accepted?.spec.delivery ?? DeliverySpec()
    let wait = spec.backoff.wait(afterFailures: failures, random: &random)
    let demanded = spec.demanded(afterSeconds)
    sinks.change(delivery.sink) {
      $0.failed(since: delivery.era, wait: wait, demanded: demanded, at: now.monotonic)
    }
  }
}
