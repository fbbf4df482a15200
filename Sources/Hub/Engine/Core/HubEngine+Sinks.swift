import JSONScan
import Kubernetes

/// Sinks: where the events of a subscription go.
extension HubEngine {
  /// The sink is another one: nothing that the old one was asked counts, nor what its reference is said to be.
  mutating func resetSink(_ slot: UInt32, _ role: SinkRole, _ target: SinkTarget?, at now: EngineTime) {
    let reads = requests.closeAll {
      if case .sink(let other, _, role) = $0 { other == slot } else { false }
    }
    for id in reads { effects.append(.cancel(id)) }
    for id in deliveries.ids(slot: slot) where deliveries[id]?.role == role {
      guard let delivery = giveUp(id) else { continue }
      if let place = subscribers[slot].queue.retry(delivery.place.slot, at: now.monotonic) {
        timers.set(
          .backoff(slot: slot, serial: subscribers[slot].serial, place: place), due: now.monotonic)
      }
    }
    leaveMachine(slot, role)
    if role == .events { subscribers[slot].queue.forgetSuspicions() }
    guard let target else {
      subscribers[slot][sink: role] = SinkState()
      return
    }
    if target.ref == nil, let uri = target.uri {
      subscribers[slot][sink: role] = .fixed(uri, sinkJudge, subscribers[slot].sinkSender)
    } else {
      subscribers[slot][sink: role] = .referenced(at: now.monotonic)
      setSinkTimer(slot, role)
    }
  }

  mutating func setSinkTimer(_ slot: UInt32, _ role: SinkRole) {
    guard let due = subscribers[slot][sink: role].recheckAt else { return }
    timers.set(.sink(slot: slot, serial: subscribers[slot].serial, role), due: due)
  }

  /// Reads the object that the sink refers to, if it is time and its resource is known.
  mutating func resolveSink(_ slot: UInt32, _ role: SinkRole, at now: EngineTime) {
    guard let ref = subscribers[slot].target(role)?.ref, !subscribers[slot][sink: role].isAsking,
      let due = subscribers[slot][sink: role].recheckAt, due <= now.monotonic,
      let groupVersion = GroupVersion(apiVersion: ref.apiVersion)
    else { return }
    discovery.want(groupVersion)
    switch discovery.resource(groupVersion, kind: ref.kind) {
    case .found(let resource):
      subscribers[slot][sink: role].asked()
      let id = requests.open(
        .sink(slot: slot, serial: subscribers[slot].serial, role), maxBytes: SinkState.maxBytes)
      ask(
        id, resource.path(namespace: ref.namespace, name: ref.name),
        deadlineSeconds: SinkState.deadlineSeconds)
    case .missing:
      discovery.recheck(groupVersion, at: now.monotonic)
      unresolved(
        slot, role, "KindNotServed", "\(ref.kind) of \(ref.apiVersion) is not served", isGone: true, at: now)
    case .unknown(let reason):
      // Without a reason the first answer is still on its way, and brings us here again.
      unresolved(
        slot, role, reason == nil ? SinkState.unknownReason : "KindNotKnown",
        reason ?? "\(ref.kind) of \(ref.apiVersion) is being looked up", at: now)
    }
  }

  mutating func sinkRead(_ slot: UInt32, _ role: SinkRole, _ answer: APIAnswer, at now: EngineTime) {
    guard let target = subscribers[slot].target(role), let ref = target.ref else { return }
    if answer.failure == nil, answer.status == 404 {
      let name = "\(ref.kind) \(ref.namespace)/\(ref.name)"
      return unresolved(slot, role, "NotFound", "\(name) does not exist", isGone: true, at: now)
    }
    guard answer.isSuccess else { return unresolved(slot, role, "NotReadable", answer.problem, at: now) }
    let object: JSONValue
    do throws(JSONError) {
      object = try JSONValue(parsing: answer.body)
    } catch {
      return unresolved(slot, role, "NotReadable", "the API server's answer is not JSON", at: now)
    }
    let before = subscribers[slot][sink: role].url
    subscribers[slot][sink: role].found(
      object, of: target, sinkJudge, subscribers[slot].sinkSender, at: now.monotonic)
    setSinkTimer(slot, role)
    if subscribers[slot][sink: role].url != before { leaveMachine(slot, role) }
    if subscribers[slot][sink: role].url != before || before == nil { report(slot) }
    schedule(slot)
  }

  /// Whether policy let a delivery go to the address that the sink had.
  mutating func notePolicy(_ answer: SinkAnswer, of delivery: Delivery) {
    let slot = delivery.slot
    var forbidden: String?
    switch answer {
    case .notAllowed(let text): forbidden = text
    // It says nothing of the address.
    case .noAnswer: return
    case .status, .failed, .requeue: break
    }
    guard subscribers[slot][sink: delivery.role].note(forbidden: forbidden) else { return }
    if let forbidden {
      notice(
        .warning, "policy forbids the address that a sink has",
        who(slot) + [HeaderField("reason", forbidden)])
    }
    report(slot)
  }

  private mutating func unresolved(
    _ slot: UInt32, _ role: SinkRole, _ reason: String, _ message: String, isGone: Bool = false,
    at now: EngineTime
  ) {
    subscribers[slot][sink: role].unresolved(reason, message, isGone: isGone, at: now.monotonic)
    if subscribers[slot][sink: role].url == nil { leaveMachine(slot, role) }
    setSinkTimer(slot, role)
    report(slot)
  }
}
