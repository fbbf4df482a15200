import Kubernetes

/// Planning: which feeds a subscription needs, and what an edit changes about that (SEMANTICS 7, 13, 28).
extension HubEngine {
  /// The entries of one kind, in the order in which the kinds are written.
  struct Wanted {
    var groupVersion: GroupVersion
    var kind: String
    var entries: [ResourceInterest]
  }

  static func wanted(_ spec: SubscriptionSpec) -> [Wanted] {
    var result: [Wanted] = []
    for entry in spec.resources {
      if let index = result.firstIndex(where: {
        $0.groupVersion == entry.groupVersion && $0.kind == entry.kind
      }) {
        result[index].entries.append(entry)
      } else {
        result.append(Wanted(groupVersion: entry.groupVersion, kind: entry.kind, entries: [entry]))
      }
    }
    return result
  }

  /// Places the subscription on the feeds it wants, as far as they are known, and takes it off the others.
  mutating func plan(_ slot: UInt32, at now: EngineTime) {
    guard let spec = subscribers[slot].accepted?.spec else { return }
    followNamespaces(for: spec, at: now)
    let wanted = Self.wanted(spec)
    let obstacle = namespaceObstacle(spec)
    for placement in subscribers[slot].placements
    where !wanted.contains(where: { $0.groupVersion == placement.groupVersion && $0.kind == placement.kind })
    {
      subscribers[slot].placements.removeAll { $0.feed == placement.feed }
      leave(placement, slot, tellsLeaving: true, at: now)
    }
    var missing: [String] = []
    for want in wanted {
      if let index = subscribers[slot].placements.firstIndex(where: {
        $0.groupVersion == want.groupVersion && $0.kind == want.kind
      }) {
        if let obstacle, subscribers[slot].placements[index].scope != spec.namespaces {
          missing.append(obstacle)
          continue
        }
        replace(at: index, want, spec, slot, at: now)
      } else if let obstacle {
        missing.append(obstacle)
      } else if let reason = place(want, spec, slot, at: now) {
        missing.append(reason)
      }
    }
    subscribers[slot].missing = missing
    // What is followed now may be more than was reviewed.
    subscribers[slot].rights.outdate()
  }

  /// Discovery has news about a group and version that this subscription may wait for.
  mutating func replanIfWaiting(_ slot: UInt32, for groupVersion: GroupVersion, at now: EngineTime) {
    guard subscribers[slot].accepted != nil else { return }
    if !subscribers[slot].missing.isEmpty {
      plan(slot, at: now)
      review(slot, at: now)
      report(slot)
    }
    for role in SinkRole.allCases {
      guard let ref = subscribers[slot].target(role)?.ref, ref.apiVersion == groupVersion.apiVersion,
        subscribers[slot][sink: role].url == nil
      else { continue }
      subscribers[slot][sink: role].hurry(at: now.monotonic)
      resolveSink(slot, role, at: now)
    }
  }

  /// Puts the subscription on a feed; why not, if that cannot be done yet.
  private mutating func place(
    _ want: Wanted, _ spec: SubscriptionSpec, _ slot: UInt32, at now: EngineTime
  ) -> String? {
    let name = "\(want.kind) of \(want.groupVersion.apiVersion)"
    discovery.want(want.groupVersion)
    switch discovery.resource(want.groupVersion, kind: want.kind) {
    case .unknown(let reason):
      return reason.map { "\(name) is not known yet: \($0)" } ?? "\(name) is being looked up"
    case .missing:
      discovery.recheck(want.groupVersion, at: now.monotonic)
      return "\(name) is not served; it is waited for"
    case .found(let resource) where !resource.canListAndWatch:
      return "\(name) cannot be listed and watched"
    case .found(let resource):
      let feed = feed(of: resource)
      guard let member = feeds[feed]?.interests.reserve() else { return nil }
      subscribers[slot].placements.append(
        Subscriber.Placement(
          groupVersion: want.groupVersion, kind: want.kind, entries: want.entries, scope: spec.namespaces,
          feed: feed, member: member))
      add(want.entries, spec, member: member, to: feed, slot)
      follow(feed, at: now)
      return nil
    }
  }

  private mutating func add(
    _ entries: [ResourceInterest], _ spec: SubscriptionSpec, member: UInt32, to feed: Int, _ slot: UInt32
  ) {
    let isNamespaced = feeds[feed]?.resource.namespaced ?? true
    // Cluster-scoped objects are in no namespace: a tenant's rights decide over them.
    let namespace =
      spec.namespaces == .own && isNamespaced ? namespaces.intern(subscribers[slot].namespace) : nil
    for (place, entry) in entries.enumerated() {
      var interest = Interest(
        subscription: slot, role: entry.controller ? .controller : .object, selector: entry.selector,
        owner: entry.owner, operations: entry.operations, namespace: namespace, member: member,
        wantsBody: spec.mode == .resource && !entry.controller,
        initial: spec.initial || subscribers[slot].isRecovered, entry: UInt32(place),
        token: subscribers[slot].editToken)
      interest.demand(entry)
      interest.scope = isNamespaced ? scope(spec, in: feed) : nil
      _ = feeds[feed]?.interests.add(interest)
    }
  }

  private mutating func scope(_ spec: SubscriptionSpec, in feed: Int) -> UInt32? {
    guard case .selected(let selector) = spec.namespaces else { return nil }
    let names = namespaceRegistry?.names(of: selector) ?? []
    let active = names.map { namespaces.intern($0) }
    return feeds[feed]?.scopes.retain(selector, active: active)
  }

  /// An edit of what is already followed: the old entries remember what they matched until a list has been judged by
  /// the new ones, so that entering and leaving come out (SEMANTICS 28).
  private mutating func replace(
    at index: Int, _ want: Wanted, _ spec: SubscriptionSpec, _ slot: UInt32, at now: EngineTime
  ) {
    let placement = subscribers[slot].placements[index]
    let numbers = feeds[placement.feed]?.numbers(of: slot) ?? []
    if placement.entries == want.entries, placement.scope == spec.namespaces {
      for number in numbers {
        let isController = feeds[placement.feed]?.interests[number]?.role == .controller
        feeds[placement.feed]?.interests[number]?.wantsBody = spec.mode == .resource && !isController
      }
      settleRepresentation(placement.feed, at: now)
      return
    }
    for number in numbers {
      feeds[placement.feed]?.interests.retire(number)
      feeds[placement.feed]?.interests[number]?.token = subscribers[slot].editToken
    }
    var entering = spec
    // What an edit lets in is told whether or not the first list was.
    entering.initial = true
    add(want.entries, entering, member: placement.member, to: placement.feed, slot)
    subscribers[slot].placements[index].entries = want.entries
    subscribers[slot].placements[index].scope = spec.namespaces
    follow(placement.feed, at: now)
  }

  /// Takes the subscription off a feed.
  mutating func leave(
    _ placement: Subscriber.Placement, _ slot: UInt32, tellsLeaving: Bool, at now: EngineTime
  ) {
    var changes: [RoutedChange] = []
    let numbers = feeds[placement.feed]?.numbers(of: slot) ?? []
    feeds[placement.feed]?.withdraw(
      numbers, tellsLeaving: tellsLeaving, token: subscribers[slot].editToken, into: &changes)
    feeds[placement.feed]?.releaseMember(placement.member)
    route(changes, from: placement.feed, at: now)
    unfollowIfUnwanted(placement.feed, at: now)
  }

  /// A new sink knows nothing: what exists is told again, and what waits must be acknowledged by it (SEMANTICS 28).
  mutating func beginAnew(_ slot: UInt32, initial: Bool, at now: EngineTime) {
    guard initial else { return }
    for placement in subscribers[slot].placements {
      feeds[placement.feed]?.forgetAcknowledgements(of: placement.member)
      let known = feeds[placement.feed]?.known(to: slot, token: subscribers[slot].editToken) ?? []
      route(known, from: placement.feed, at: now)
    }
  }
}
