import Kubernetes

/// Requeues: a reconciler's wish to be called again later, kept for it while it sleeps (SEMANTICS 25).
extension HubEngine {
  /// The sink said yes to this key: only that sets, replaces or clears its timer.
  mutating func setRequeue(
    _ item: WorkItem, after nanoseconds: UInt64?, _ delivery: Delivery, hasLeft: Bool, at now: EngineTime
  ) {
    let slot = delivery.slot
    guard let nanoseconds, delivery.operation != .delete, !hasLeft,
      let uid = delivery.acknowledges.map({ UIDText.text($0.uid) }) ?? item.child?.owner.uid
    else {
      return subscribers[slot].requeues.clear(item.key)
    }
    let timer = RequeueTable.Timer(
      uid: uid, due: now.monotonic + nanoseconds, dueWall: now.wall + Int64(nanoseconds),
      child: delivery.acknowledges == nil ? item.child : nil)
    subscribers[slot].requeues.set(timer, for: item.key)
    armRequeues(slot)
  }

  /// The engine's own timer stands at the earliest one.
  mutating func armRequeues(_ slot: UInt32) {
    guard let next = subscribers[slot].requeues.next else { return }
    if let armed = subscribers[slot].requeues.armed, armed <= next { return }
    subscribers[slot].requeues.armed = next
    timers.set(.requeues(slot: slot, serial: subscribers[slot].serial), due: next)
  }

  mutating func fireRequeues(_ slot: UInt32, at now: EngineTime) {
    subscribers[slot].requeues.armed = nil
    while let (key, timer) = subscribers[slot].requeues.popDue(at: now.monotonic) {
      guard let what = requeued(key, timer, of: slot) else { continue }
      counters.requeues += 1
      enqueue(
        KeyChange(key: key, what: what, cause: .requeue, token: "requeue/\(timer.dueWall)"), for: slot,
        at: now)
    }
    armRequeues(slot)
  }

  /// What is told; nil: the incarnation that it was set for is gone, or has left.
  private func requeued(_ key: ObjectKey, _ timer: RequeueTable.Timer, of slot: UInt32) -> KeyChange.What? {
    if let own = own(key, of: slot) {
      return UIDText.text(own.record.uid) == timer.uid ? .live(body: nil) : nil
    }
    guard let child = timer.child, subscribers[slot].followsChildren(ownedBy: child.owner) else { return nil }
    return .child(child)
  }

  /// An incarnation is gone, or has left: nobody is to be called for it again.
  mutating func forgetRequeue(of gone: PendingDelete, _ key: ObjectKey, for slot: UInt32) {
    guard subscribers[slot].requeues[key]?.uid == UIDText.text(gone.incarnation.uid) else { return }
    subscribers[slot].requeues.clear(key)
  }
}

extension Subscriber {
  /// Whether children of such owners are followed for them.
  func followsChildren(ownedBy owner: OwnerReference) -> Bool {
    let group = GroupVersion(apiVersion: owner.apiVersion)?.group
    return placements.contains { placement in
      placement.entries.contains { entry in
        entry.controller && (entry.owner.map { $0.kind == owner.kind && $0.group == group } ?? true)
      }
    }
  }
}
