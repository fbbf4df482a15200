import HubEngine
import JSONScan

/// What the sinks of one subscription did, whatever the hub was told of it.
struct SinkMemory {
  struct Known: Equatable {
    var uid: String
    var last: Sent
  }

  /// What each URL believes to exist, by key: told by adds and updates, taken back by deletes.
  private(set) var known: [String: [String: Known]] = [:]
  /// The last event of a key, deletes and children's included.
  private(set) var lastTold: [String: [String: Sent]] = [:]

  /// It did the work. True: it knew another incarnation, which was deleted before.
  mutating func worked(_ sent: Sent) {
    let url = sent.request.url
    lastTold[url, default: [:]][sent.key] = sent
    if sent.operation == "delete" {
      if known[url]?[sent.key]?.uid == sent.uid { known[url]?[sent.key] = nil }
    } else if sent.uid != Owner.uid {
      known[url, default: [:]][sent.key] = Known(uid: sent.uid, last: sent)
    }
  }
}

/// `CheckerName.filterTruth`: the sink's set is what matches on the server; and a name's old incarnation ends before the
/// next begins.
struct FilterTruthChecker {
  func sent(_ sent: Sent, _ memory: SinkMemory) -> [Violation] {
    guard sent.operation == "add", sent.uid != Owner.uid,
      let old = memory.known[sent.request.url]?[sent.key], old.uid != sent.uid
    else { return [] }
    return [Violation(.filterTruth, "the end of the incarnation \(old.uid) was not told", sent)]
  }

  func checkEnd(of tenant: Tenant, _ form: Form, _ cluster: FakeCluster) -> [Violation] {
    let known = tenant.memory.known[form.url] ?? [:]
    var expected: [String: String] = [:]
    for resource in Simulation.resources {
      for (key, object) in cluster.objects[resource] ?? [:]
      where form.matchesObject(object, resource, tenant: tenant.namespace) {
        expected["\(resource.kind) \(key.namespace)/\(key.name)"] = object["metadata"]?["uid"]?.string
      }
    }
    return Set(known.keys).union(expected.keys).sorted().compactMap { key in
      if known[key]?.uid == expected[key] { return nil }
      let text =
        expected[key] == nil
        ? "the sink still believes in it"
        : known[key] == nil ? "the sink does not know it" : "the sink knows another incarnation"
      return Violation(.filterTruth, text, subscription: tenant.name, key: key)
    }
  }
}

/// `CheckerName.lastState`.
struct LastStateChecker {
  /// `turn`: the batch after which the object changed last.
  func checkEnd(
    of tenant: Tenant, _ form: Form, _ object: JSONValue, _ resource: FakeCluster.Resource,
    _ cluster: FakeCluster, after turn: Int
  ) -> [Violation] {
    // Updates may be held back: who was told is told of what counts, and not of what came after.
    let isGated = tenant.forms.contains { $0.entries.contains { !$0.changes.isEmpty } }
    let turn = isGated ? -1 : turn
    let key = FakeCluster.key(of: object)
    let text = "\(resource.kind) \(key.namespace)/\(key.name)"
    var found: [Violation] = []
    if form.matchesObject(object, resource, tenant: tenant.namespace) {
      let last = tenant.memory.known[form.url]?[text]?.last
      found +=
        isGated
        ? checkGated(last, object, resource, text, tenant, cluster)
        : check(last, object, text, tenant, after: turn)
    }
    if form.matchesChild(object, resource, tenant: tenant.namespace),
      let owner = Owner(controlling: object)
    {
      let told = tenant.memory.lastTold[form.url]?[owner.key(namespace: key.namespace)]
      if (told?.turn ?? -1) <= turn {
        found.append(
          Violation(
            .lastState, "its owner was not told since it changed", subscription: tenant.name, key: text))
      }
    }
    return found
  }

  /// Of what counted at all times nothing has changed since the version that was told last.
  private func checkGated(
    _ last: Sent?, _ object: JSONValue, _ resource: FakeCluster.Resource, _ key: String, _ tenant: Tenant,
    _ cluster: FakeCluster
  ) -> [Violation] {
    guard let last else { return [Violation(.lastState, "never told", subscription: tenant.name, key: key)] }
    let entries = tenant.forms.flatMap(\.entries)
    guard let paths = entries.first?.changes, entries.allSatisfy({ $0.changes == paths }),
      let version = last.sequence.flatMap({ Int($0.split(separator: ".").last ?? "") }),
      let told = cluster.events[resource]?.last(where: {
        $0.version == version && FakeCluster.key(of: $0.object) == FakeCluster.key(of: object)
      })
    else { return [] }
    for path in paths {
      let steps = path.split(separator: ".").map(String.init)
      let (before, now) = steps.reduce((told.object, object) as (JSONValue?, JSONValue?)) {
        ($0.0?[$1], $0.1?[$1])
      }
      if before != now {
        return [
          Violation(.lastState, "not told since \(path) changed", subscription: tenant.name, key: key)
        ]
      }
    }
    return []
  }

  private func check(_ last: Sent?, _ object: JSONValue, _ key: String, _ tenant: Tenant, after turn: Int)
    -> [Violation]
  {
    func violation(_ text: String) -> [Violation] {
      [Violation(.lastState, text, subscription: tenant.name, key: key)]
    }
    guard let last else { return violation("never told") }
    if last.turn <= turn { return violation("told before it changed last") }
    let version = object["metadata"]?["resourceVersion"]?.string ?? ""
    if last.isWhole, last.body["metadata"]?["resourceVersion"]?.string != version {
      return violation("the sink has an old body")
    }
    if let sequence = last.sequence, !sequence.hasSuffix("0" + version) {
      return violation("told at \(sequence), it is at \(version)")
    }
    return []
  }
}

/// `CheckerName.liveness`.
struct LivenessChecker {
  func checkEnd(_ world: World) -> [Violation] {
    let snapshot = world.snapshot
    var found: [Violation] = []
    if snapshot.queueDepth + snapshot.inFlight + snapshot.backingOff + snapshot.parked + snapshot.letters > 0
    {
      found.append(
        Violation(
          .liveness,
          "left over: \(snapshot.queueDepth) waiting, \(snapshot.inFlight) in flight, "
            + "\(snapshot.backingOff) backing off, \(snapshot.parked) parked"))
    }
    if snapshot.waitingBodyBytes != 0 {
      found.append(Violation(.liveness, "bodies left: \(snapshot.waitingBodyBytes)"))
    }
    if !snapshot.isSynced { found.append(Violation(.liveness, "waiting for \(snapshot.waitingFor)")) }
    if world.engine.audit().heldChildren != 0 { found.append(Violation(.liveness, "children are held")) }
    return found
  }
}

/// `CheckerName.coverage`.
struct CoverageChecker {
  func checkEnd(_ world: World, _ living: [Tenant]) -> [Violation] {
    var found: [Violation] = []
    let uids = Set(world.engine.audit().subscriptions.map(\.uid))
    for uid in uids.symmetricDifference(living.map(\.uid)).sorted() {
      let text =
        uids.contains(uid) ? "the hub serves a subscription that is gone" : "the hub does not know it"
      found.append(Violation(.coverage, text, subscription: uid))
    }
    let wanted = Set(living.compactMap(\.forms.last).flatMap(\.entries).map(\.resource))
    for resource in Simulation.resources + [FakeCluster.subscriptions]
    where wanted.contains(resource) || resource == FakeCluster.subscriptions {
      let newest = world.cluster.events[resource]?.last?.version ?? 0
      let isWatched = world.watches.values.contains { $0.resource == resource && $0.version >= newest }
      if !isWatched { found.append(Violation(.coverage, "\(resource.plural) are not watched")) }
    }
    return found
  }
}
