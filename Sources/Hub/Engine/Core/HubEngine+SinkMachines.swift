/// The machines of sinks: who may send now, and who waits (SEMANTICS 23).
extension HubEngine {
  /// The machine of the sink that the subscription sends to now.
  mutating func machine(of slot: UInt32) -> SinkTable.Reference {
    let url = subscribers[slot].sink.url
    if let known = subscribers[slot].machine, subscribers[slot].machineURL == url { return known }
    leaveMachine(slot)
    let reference = sinks.join(
      SinkIdentity(
        tenant: subscribers[slot].namespace, isAdministrators: subscribers[slot].isAdministrators,
        url: url ?? ""), coldWindow: configuration.limits.coldSinkDeliveries)
    subscribers[slot].machine = reference
    subscribers[slot].machineURL = url
    return reference
  }

  /// The subscription sends to it no more.
  mutating func leaveMachine(_ slot: UInt32) {
    guard let reference = subscribers[slot].machine else { return }
    subscribers[slot].machine = nil
    subscribers[slot].machineURL = nil
    subscribers[slot].isHeld = false
    letGo(sinks.leave(reference))
  }

  /// The subscription waits for its sink.
  mutating func hold(_ slot: UInt32, for sink: SinkTable.Reference, until due: UInt64) {
    subscribers[slot].isHeld = true
    if let wake = sinks.hold(slot, for: sink, until: due) { timers.set(.sinkMachine(sink), due: wake) }
  }

  /// The sink may have room: who waits for it looks again, in turn.
  mutating func release(_ sink: SinkTable.Reference) { letGo(sinks.release(sink)) }

  private mutating func letGo(_ held: [UInt32]) {
    for slot in held where subscribers.isInUse(slot) {
      subscribers[slot].isHeld = false
      schedule(slot)
    }
  }

  /// Gives up a delivery under way: no answer of it is wanted.
  mutating func giveUp(_ id: DeliveryID) -> Delivery? {
    guard let delivery = deliveries.close(id) else { return nil }
    effects.append(.cancelSend(id))
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
