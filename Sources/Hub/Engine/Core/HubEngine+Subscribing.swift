import JSONScan
import Kubernetes

/// Subscriptions come, change and go: from the cluster and from files.
extension HubEngine {
  // MARK: From the cluster

  mutating func driveSubscriptions(_ input: ReflectorInput, at now: EngineTime) {
    guard let actions = clusterSubscriptions?.reflector.handle(input, at: now.monotonic) else { return }
    performSubscriptions(actions, at: now)
  }

  mutating func performSubscriptions(_ actions: [ReflectorAction], at now: EngineTime) {
    for action in actions {
      switch action {
      case .request(let request, let target, let streaming, let deadlineSeconds):
        let id = ask(
          for: .subscriptions(request: request), target, isStreaming: streaming,
          deadlineSeconds: deadlineSeconds)
        clusterSubscriptions?.requests[request] = id
      case .cancel(let request): callOff(clusterSubscriptions?.requests.removeValue(forKey: request))
      case .listBegan, .listAborted: clusterSubscriptions?.listed = []
      case .listed(let page, let list):
        for head in list.items { offer(head, in: page.span.bytes, isListed: true, at: now) }
      case .listCompleted: withdrawUnlisted(at: now)
      case .streamed(let bytes, let lines): subscriptionsChanged(bytes, lines, isListed: true, at: now)
      case .changed(let bytes, let lines): subscriptionsChanged(bytes, lines, isListed: false, at: now)
      }
    }
  }

  private mutating func subscriptionsChanged(
    _ bytes: [UInt8], _ lines: [WatchLine], isListed: Bool, at now: EngineTime
  ) {
    let text = bytes.span.bytes
    for line in lines {
      switch line {
      case .added(let head), .modified(let head): offer(head, in: text, isListed: isListed, at: now)
      case .deleted(let head):
        guard let uid = head.uid?.string(in: text) else { continue }
        if isListed { clusterSubscriptions?.listed.remove(uid) }
        guard let slot = subscribers.slot(uid: uid) else { continue }
        withdraw(slot, at: now)
      case .bookmark, .error: break
      }
    }
  }

  /// The list is complete: what it did not mention is gone.
  private mutating func withdrawUnlisted(at now: EngineTime) {
    let listed = clusterSubscriptions?.listed ?? []
    for slot in subscribers.all where subscribers[slot].origin == .cluster {
      if !listed.contains(subscribers[slot].uid) { withdraw(slot, at: now) }
    }
    clusterSubscriptions?.listed = []
    follow(quota.trim(), at: now)
  }

  private mutating func offer(_ head: ObjectHead, in text: RawSpan, isListed: Bool, at now: EngineTime) {
    if isListed, let uid = head.uid?.string(in: text) { clusterSubscriptions?.listed.insert(uid) }
    withdrawPredecessor(head, in: text, at: now)
    let bytes = head.object.bytes(in: text)
    let result = SubscriptionParser.parse(Self.completed(bytes, head), origin: .cluster)
    offer(result, .cluster, isRecovered: Self.wasServed(head.object, in: text), at: now)
  }

  /// The same name with another uid: the first object was deleted.
  private mutating func withdrawPredecessor(_ head: ObjectHead, in text: RawSpan, at now: EngineTime) {
    guard let uid = head.uid?.string(in: text), subscribers.slot(uid: uid) == nil else { return }
    guard let name = head.name?.string(in: text), let namespace = head.namespace?.string(in: text),
      let slot = subscribers.slot(inCluster: namespace, name)
    else { return }
    withdraw(slot, at: now)
  }

  /// Whether a hub has served the object: a condition speaks of an accepted form of it. Where this hub does not know it,
  /// the state that knew what was told of it is lost.
  private static func wasServed(_ object: JSONSlice, in text: RawSpan) -> Bool {
    var isServed = false
    object.member("status", in: text)?.member("conditions", in: text)?.forEachElement(in: text) { condition in
      let isReady = condition.member("type", in: text)?.string(in: text) == ConditionType.ready.rawValue
      let generation = condition.member("observedGeneration", in: text)?.int(in: text) ?? 0
      // `Ready` speaks of refused forms too.
      if !isReady, generation > 0 { isServed = true }
    }
    return isServed
  }

  /// Items of lists may lack `kind` and `apiVersion`.
  private static func completed(_ bytes: [UInt8], _ head: ObjectHead) -> [UInt8] {
    guard head.kind == nil || head.apiVersion == nil else { return bytes }
    let prefix = #"{"kind":"\#(SubscriptionParser.kind)","apiVersion":"\#(SubscriptionParser.apiVersion)","#
    return Array(prefix.utf8) + bytes.dropFirst()
  }

  // MARK: From files

  /// The set of files as it is now. A file that turned bad leaves its subscriptions as they were (SEMANTICS 27). Of two
  /// files with an object of one name the first counts.
  mutating func filesChanged(_ set: [SubscriptionFile], at now: EngineTime) {
    guard hasBegun else {
      files.pending = set
      return
    }
    let isNews =
      !files.isRead || set.count != files.contents.count
      || set.contains { files.contents[$0.name] != $0.bytes }
    guard isNews else { return }
    files.isRead = true
    var kept: [String: [String]] = [:]
    var takenBy: [String: String] = [:]
    for file in set.sorted(by: { $0.name < $1.name }) {
      var uids = files.uids[file.name] ?? []
      let isKept = files.contents[file.name] == file.bytes && !files.contested.contains(file.name)
      if !isKept || uids.contains(where: { takenBy[$0] != nil }) {
        files.contents[file.name] = file.bytes
        uids = offer(file, takenBy: takenBy, at: now)
      }
      kept[file.name] = uids
      for uid in uids { takenBy[uid] = file.name }
    }
    for name in files.uids.keys.sorted() where kept[name] == nil {
      files.contents[name] = nil
      files.contested.remove(name)
    }
    files.uids = kept
    for slot in subscribers.all where subscribers[slot].isAdministrators {
      if takenBy[subscribers[slot].uid] == nil {
        withdraw(slot, at: now)
      } else if !subscribers[slot].isConfirmed {
        // Its file cannot be read now: the last accepted form stays in force.
        subscribers[slot].isConfirmed = true
        schedule(slot)
      }
    }
    if !configuration.followsClusterSubscriptions { follow(quota.trim(), at: now) }
  }

  private mutating func offer(_ file: SubscriptionFile, takenBy: [String: String], at now: EngineTime)
    -> [String]
  {
    var uids: [String] = []
    var isReadable = true
    files.contested.remove(file.name)
    let content = SubscriptionFiles.read(file.bytes, name: file.name)
    for entry in content.entries {
      var result = entry.result
      if let uid = result.uid, let other = takenBy[uid] {
        files.contested.insert(file.name)
        let finding = SubscriptionFinding(
          path: [.member("metadata"), .member("name")], fault: .nameTaken(by: "that of \(other)"),
          offset: entry.offset)
        // Without a uid, since it says nothing about the object that has the name.
        result = .failure(SubscriptionRefusal(findings: [finding]))
      } else if let uid = result.uid {
        uids.append(uid)
      } else if !result.isOtherObject {
        // It may be one of those that the file had. An object of another kind beside them is none of them.
        isReadable = false
      }
      if case .failure(let refusal) = result {
        notice(
          .warning, "a subscription in a file is not accepted",
          [
            HeaderField("file", file.name),
            HeaderField("line", String(content.line(of: refusal, in: entry))),
            HeaderField("reason", refusal.message()),
          ])
      }
      offer(result, .file(file.name), at: now)
    }
    let isOtherAltogether = uids.isEmpty && content.entries.contains { $0.result.isOtherObject }
    if !isReadable || isOtherAltogether {
      uids += (files.uids[file.name] ?? []).filter { !uids.contains($0) && takenBy[$0] == nil }
    }
    return uids
  }

  // MARK: Accepting

  private mutating func offer(
    _ result: Result<OperatorSubscription, SubscriptionRefusal>, _ origin: Subscriber.Origin,
    isRecovered: Bool = false, at now: EngineTime
  ) {
    let isNew = isRecovered && result.uid.map { subscribers.slot(uid: $0) == nil } ?? false
    switch result {
    case .success(let subscription):
      guard let slot = slot(for: subscription, origin, at: now) else { return }
      if isNew { subscribers[slot].isRecovered = true }
      admit(subscription, slot, at: now)
    case .failure(let refusal):
      refuse(refusal, origin, at: now)
      if isNew, let slot = result.uid.flatMap({ subscribers.slot(uid: $0) }) {
        subscribers[slot].isRecovered = true
      }
    }
  }

  private mutating func slot(
    for subscription: OperatorSubscription, _ origin: Subscriber.Origin, at now: EngineTime
  ) -> UInt32? {
    if let slot = subscribers.slot(uid: subscription.uid) { return slot }
    guard hasRoomInTable else {
      notice(
        .error, "too many subscriptions: one is left out",
        [HeaderField("subscription", subscription.namespace + "/" + subscription.name)])
      return nil
    }
    let slot = subscribers.insert(
      uid: subscription.uid, namespace: subscription.namespace, name: subscription.name, origin: origin,
      generation: subscription.generation)
    enrol(slot)
    return slot
  }

  /// This form is not accepted; the last accepted one stays in force (SEMANTICS 27).
  private mutating func refuse(
    _ refusal: SubscriptionRefusal, _ origin: Subscriber.Origin, at now: EngineTime
  ) {
    guard let uid = refusal.uid, let namespace = refusal.namespace, let name = refusal.name else {
      if origin == .cluster {
        notice(.error, "a subscription without identity", [HeaderField("reason", refusal.message())])
      }
      return
    }
    guard subscribers.slot(uid: uid) != nil || hasRoomInTable else { return }
    let slot: UInt32
    if let known = subscribers.slot(uid: uid) {
      slot = known
    } else {
      slot = subscribers.insert(
        uid: uid, namespace: namespace, name: name, origin: origin, generation: refusal.generation)
      enrol(slot)
    }
    let isInForce = subscribers[slot].accepted != nil
    subscribers[slot].isConfirmed = true
    subscribers[slot].generation = refusal.generation
    subscribers[slot].refusal = refusal.message()
    subscribers[slot].report.status.refuse(refusal, lastAcceptedInForce: isInForce, at: now.wall)
    if waitingForms.removeValue(forKey: uid) != nil { _ = quota.remove(uid) }
    if origin == .cluster {
      notice(
        .warning, "a subscription is not accepted", who(slot) + [HeaderField("reason", refusal.message())])
    }
    report(slot)
    schedule(slot)
  }

  mutating func accept(_ subscription: OperatorSubscription, _ slot: UInt32, at now: EngineTime) {
    let old = subscribers[slot].accepted
    let isNews =
      subscribers[slot].generation != subscription.generation || old == nil || !subscribers[slot].isConfirmed
    subscribers[slot].isConfirmed = true
    let wasRefused = subscribers[slot].refusal != nil
    subscribers[slot].generation = subscription.generation
    subscribers[slot].accepted = subscription
    subscribers[slot].refusal = nil
    if isNews || wasRefused {
      subscribers[slot].report.status.observe(generation: subscription.generation, at: now.wall)
    }
    if old?.spec != subscription.spec {
      apply(subscription.spec, over: old?.spec, slot, at: now)
      notice(.info, old == nil ? "a subscription is accepted" : "a subscription has changed", who(slot))
    }
    if isNews || wasRefused || old?.spec != subscription.spec {
      review(slot, at: now)
      report(slot)
    }
    schedule(slot)
  }

  private mutating func apply(
    _ spec: SubscriptionSpec, over old: SubscriptionSpec?, _ slot: UInt32, at now: EngineTime
  ) {
    if old != nil { subscribers[slot].noteEdit() }
    subscribers[slot].isStopped = false
    subscribers[slot].failures = 0
    subscribers[slot].filterFailure = nil
    let isNewSink = old?.sink != spec.sink
    // Where Secrets may go is judged apart.
    let isRejudged = old?.tellsSecrets != spec.tellsSecrets
    if isNewSink || isRejudged { resetSink(slot, .events, spec.sink, at: now) }
    if old?.delivery.deadLetterSink != spec.delivery.deadLetterSink || isRejudged {
      resetSink(slot, .deadLetters, spec.delivery.deadLetterSink, at: now)
    }
    if let old, old.mode != spec.mode { keepingBodyCount(slot) { $0.queue.dropAllBodies() } }
    // It may name another account.
    subscribers[slot].rights.outdate()
    plan(slot, at: now)
    unfollowNamespaces(after: old, at: now)
    if old != nil, isNewSink { beginAnew(slot, initial: spec.initial, at: now) }
    subscribers[slot].queue.edited()
    settleResync(slot, at: now)
  }

  // MARK: Going

  /// The subscription is gone, and everything that waits for it.
  mutating func withdraw(_ slot: UInt32, at now: EngineTime) {
    notice(.info, "a subscription is gone", who(slot))
    let uid = subscribers[slot].uid
    remove(slot, at: now)
    waitingForms[uid] = nil
    follow(quota.remove(uid), at: now)
  }

  /// Ends all that there is for the subscription.
  mutating func remove(_ slot: UInt32, at now: EngineTime) {
    for id in deliveries.ids(slot: slot) { _ = giveUp(id) }
    for role in SinkRole.allCases { leaveMachine(slot, role) }
    let reads = requests.closeAll { if case .body(let other, _, _) = $0 { other == slot } else { false } }
    // Not as many as keys being read: a key may have gone while its read was under way.
    readsInFlight -= reads.count
    for _ in reads { scheduler.closed(slot) }
    let others = requests.closeAll { purpose in
      switch purpose {
      case .sink(let other, _, _), .status(let other, _), .resync(let other, _, _): other == slot
      case .feed, .subscriptions, .kinds, .namespaces, .catchUp, .discovery, .discoveryOfAll, .body,
        .announcement, .identity, .review:
        false
      }
    }
    for id in reads + others { effects.append(.cancel(id)) }
    if subscribers[slot].report.isWriting { statusWrites -= 1 }
    counters.forgotten += subscribers[slot].queue.count
    countBodies(-subscribers.slots[Int(slot)].queue.bodyBytes, of: slot)
    for placement in subscribers[slot].placements { leave(placement, slot, tellsLeaving: false, at: now) }
    heldChildren.forget(subscription: slot)
    let spec = subscribers[slot].accepted?.spec
    dismiss(slot)
    subscribers.remove(slot)
    unfollowNamespaces(after: spec, at: now)
  }
}

extension Result<OperatorSubscription, SubscriptionRefusal> {
  /// It is no subscription, but an object of another kind.
  fileprivate var isOtherObject: Bool {
    guard case .failure(let refusal) = self else { return false }
    return refusal.otherObject != nil
  }

  /// The identity of the object, if it could be read.
  fileprivate var uid: String? {
    switch self {
    case .success(let subscription): subscription.uid
    case .failure(let refusal): refusal.uid
    }
  }
}
