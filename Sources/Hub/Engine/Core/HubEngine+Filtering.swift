import CESQL
import CloudEvents
import Kubernetes

/// Filters are gates (SEMANTICS 1): they judge single events by their attributes and never create one.
///
/// Each change is judged when it is routed, by the type that it would have now: else an update that merges into an add
/// which does not pass would be lost with it. And each event is judged again when it is sent, since what was told
/// meanwhile may have changed its type (SEMANTICS 15). What does not pass counts as told, as with `operations`.
extension HubEngine {
  /// Whether a subscription's filters let the event pass.
  mutating func passes(_ event: HubEvent, of slot: UInt32) -> Bool {
    guard let form = subscribers.slots[Int(slot)].accepted, !form.spec.filters.isEmpty else { return true }
    let verdict = event.judged(by: form.spec, source: configuration.source)
    if let failure = verdict.failure { noteFilterFailure(failure.description, slot) }
    if !verdict.isPassed { explain(event, slot, failure: verdict.failure?.description) }
    return verdict.isPassed
  }

  private mutating func noteFilterFailure(_ reason: String, _ slot: UInt32) {
    counters.filterFailures += 1
    guard subscribers[slot].filterFailure != reason else { return }
    subscribers[slot].filterFailure = reason
    notice(
      .warning, "a filter's expression failed, which counts as false",
      who(slot) + [HeaderField("reason", reason)])
    report(slot)
  }

  private func isFiltered(_ slot: UInt32) -> Bool {
    !(subscribers.slots[Int(slot)].accepted?.spec.filters.isEmpty ?? true)
  }

  /// An object's own change, judged by the type that it would have if it were sent now.
  mutating func isLiveGated(_ key: ObjectKey, _ change: RoutedChange) -> Bool {
    let slot = change.subscription
    guard isFiltered(slot), let spec = subscribers[slot].accepted?.spec, let own = own(key, of: slot) else {
      return false
    }
    let event = HubEvent(
      operation: own.isAcknowledged ? .update : .add, isReference: spec.mode == .reference,
      apiVersion: own.resource.groupVersion.apiVersion, kind: own.resource.kind, plural: own.resource.plural,
      namespace: key.namespace, name: key.name, uid: own.incarnation.uidText, version: "",
      cause: change.cause,
      token: "", seen: 0, attempt: 1, body: [])
    if passes(event, of: slot) { return false }
    counters.gated += 1
    feeds[own.feed]?.acknowledge(
      namespace: own.namespace, name: key.name, uid: own.record.uid, member: own.member)
    return true
  }

  mutating func isDeleteGated(_ key: ObjectKey, _ gone: PendingDelete, _ change: RoutedChange) -> Bool {
    let slot = change.subscription
    guard isFiltered(slot), let spec = subscribers[slot].accepted?.spec else { return false }
    let (apiVersion, kind, plural) = identity(of: key, slot)
    let event = HubEvent(
      operation: .delete, isReference: spec.mode == .reference, apiVersion: apiVersion, kind: kind,
      plural: plural, namespace: key.namespace, name: key.name, uid: gone.incarnation.uidText, version: "",
      cause: change.cause, token: "", seen: 0, attempt: 1, body: [])
    if passes(event, of: slot) { return false }
    counters.gated += 1
    return true
  }

  /// An event that is not sent after all: the key goes on as if the sink had said yes.
  mutating func gate(
    _ itemSlot: UInt32, _ parts: KeyParts, _ acknowledges: Delivery.Acknowledgement?, of slot: UInt32
  ) {
    counters.gated += 1
    keepingBodyCount(slot) { $0.queue.gate(itemSlot, parts: parts) }
    guard let told = acknowledges else { return }
    feeds[told.feed]?.acknowledge(
      namespace: told.namespace, name: told.name, uid: told.uid, member: told.member)
  }
}
