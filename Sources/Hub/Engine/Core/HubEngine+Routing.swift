import Kubernetes

/// Routing: from what a feed found for a subscription to the key in its work queue.
extension HubEngine {
  mutating func route(_ changes: [RoutedChange], from feed: Int, at now: EngineTime) {
    guard let kind = feeds[feed]?.kind else { return }
    explain(feed)
    for change in changes { route(change, kind: kind, at: now) }
  }

  private mutating func route(_ change: RoutedChange, kind: UInt32, at now: EngineTime) {
    guard subscribers.isInUse(change.subscription) else { return }
    func key(_ name: String) -> ObjectKey {
      ObjectKey(kind: kind, namespace: namespaces.text(change.namespace), name: name)
    }
    switch change.what {
    case .live(let name, let body):
      if isLiveGated(key(name), change) { return }
      let held = body.flatMap { isAffordable($0.bytes, for: change.subscription) ? $0 : nil }
      enqueue(key(name), .live(body: held), change, now)
    case .gone(let name, var gone, let wasAcknowledged, var isTold):
      if isTold, isDeleteGated(key(name), gone, change) { isTold = false }
      forgetRequeue(of: gone, key(name), for: change.subscription)
      if let body = gone.body, !isAffordable(body, for: change.subscription) { gone.body = nil }
      enqueue(key(name), .gone(gone, wasAcknowledged: wasAcknowledged, isTold: isTold), change, now)
    case .child(let child): routeChild(change, child, at: now)
    case .gated: counters.gated += 1
    }
  }

  /// A change that was held until its owner's kind was known.
  mutating func routeAgain(_ change: RoutedChange, at now: EngineTime) {
    guard subscribers.isInUse(change.subscription), case .child(let child) = change.what else { return }
    routeChild(change, child, at: now)
  }

  /// The key is the owner, whose namespace is the child's unless its kind is cluster-scoped (SEMANTICS 5).
  private mutating func routeChild(_ change: RoutedChange, _ child: ChildChange, at now: EngineTime) {
    guard let groupVersion = GroupVersion(apiVersion: child.owner.apiVersion) else {
      notice(.warning, "an owner reference has no valid apiVersion", [HeaderField("owner", child.owner.name)])
      return
    }
    let isNamespaced: Bool
    switch discovery.resource(groupVersion, kind: child.owner.kind) {
    case .found(let resource): isNamespaced = resource.namespaced
    case .missing where !discovery.lookAgain(groupVersion, at: now.monotonic): isNamespaced = true
    case .missing:
      // Somebody made an object of it, so it may well be served by now.
      heldChildren.hold(change, child, until: groupVersion)
      return
    case .unknown:
      discovery.want(groupVersion)
      heldChildren.hold(change, child, until: groupVersion)
      return
    }
    let key = ObjectKey(
      kind: kinds.number(GroupKind(group: groupVersion.group, kind: child.owner.kind)),
      namespace: isNamespaced ? namespaces.text(change.namespace) : "", name: child.owner.name)
    enqueue(key, .child(child), change, now)
  }

  private mutating func enqueue(
    _ key: ObjectKey, _ what: KeyChange.What, _ change: RoutedChange, _ now: EngineTime
  ) {
    enqueue(
      KeyChange(key: key, what: what, cause: change.cause, token: change.token), for: change.subscription,
      at: now)
  }

  mutating func enqueue(_ change: KeyChange, for slot: UInt32, at now: EngineTime) {
    if change.cause == .resync, !subscribers.slots[Int(slot)].queue.takesResync(of: change.key) { return }
    let before = subscribers.slots[Int(slot)].queue.bodyBytes
    switch subscribers[slot].queue.enqueue(change, at: now) {
    case .added: counters.keysAdded += 1
    case .merged: counters.merged += 1
    case .superseded: counters.superseded += 1
    case .ignored: break
    }
    countBodies(subscribers.slots[Int(slot)].queue.bodyBytes - before, of: slot)
    forgetIfDenied(slot, change.key)
    schedule(slot)
  }

  /// The subscription stands in the ring if something may be sent for it.
  mutating func schedule(_ slot: UInt32) {
    if subscribers.isRunnable(slot) { scheduler.add(slot) }
  }
}
