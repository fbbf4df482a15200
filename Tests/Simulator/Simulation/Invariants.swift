import JSONScan

import HubEngine

/// What must be true after every step, and at the end.
extension Simulation {
  // MARK: At any time

  mutating func checkState() {
    var keys: Set<String> = []
    for sent in world.sent {
      let subscription = sent.request.url.split(separator: "/").dropLast().joined(separator: "/")
      if !keys.insert("\(subscription) \(sent.key)").inserted {
        problems.append("two deliveries of one key at once: \(sent.summary) to \(sent.request.url)")
      }
    }
    let audit = world.engine.audit()
    for subscription in audit.subscriptions { checkBooks(subscription) }
    let bodies = audit.subscriptions.reduce(0) { $0 + $1.bodyBytesCounted }
    if bodies != audit.bodyBytesCounted {
      problems.append("waiting bodies of \(audit.bodyBytesCounted) bytes, the queues hold \(bodies)")
    }
    if audit.deliveries != world.sent.count + world.gated.count { problems.append("deliveries leak") }
    checkRequests(audit)
  }

  private mutating func checkBooks(_ books: EngineAudit.Subscription) {
    if books.added != books.settled + books.superseded + books.forgotten + books.keys {
      problems.append(
        "conservation of \(books.name): added \(books.added), settled \(books.settled), "
          + "superseded \(books.superseded), forgotten \(books.forgotten), keys \(books.keys)")
    }
    let places = books.waiting + books.inFlight + books.reading + books.backingOff + books.parked
    if places != books.keys { problems.append("\(books.name): places \(places), keys \(books.keys)") }
    if books.bodyBytesHeld != books.bodyBytesCounted {
      problems.append(
        "\(books.name): bodies of \(books.bodyBytesHeld) bytes, counted \(books.bodyBytesCounted)")
    }
    if books.idle > 0 { problems.append("\(books.name): \(books.idle) keys with nothing to tell") }
    if books.deliveries != books.inFlight {
      problems.append("deliveries and keys in flight differ for \(books.name)")
    }
  }

  private mutating func checkRequests(_ audit: EngineAudit) {
    if audit.reads != audit.readsCounted {
      problems.append("reads counted \(audit.readsCounted), requests \(audit.reads)")
    }
    if audit.reads > world.configuration.limits.readsInFlight {
      problems.append("too many reads: \(audit.reads)")
    }
    if audit.statusWrites != audit.statusWritesCounted {
      problems.append("status writes counted \(audit.statusWritesCounted), requests \(audit.statusWrites)")
    }
    let open = Set(world.watches.keys).union(world.held.map(\.id)).count
    if audit.requests != open { problems.append("\(audit.requests) requests, open \(open)") }
  }

  /// A tenant hears only of its namespace, and of what matched one of its forms at the version that is told.
  mutating func checkScope(_ sent: Sent, of tenant: Tenant) {
    let isEverywhere = tenant.forms.contains { $0.isEverywhere }
    if !isEverywhere, !sent.namespace.isEmpty, sent.namespace != tenant.namespace {
      problems.append("a delivery to the wrong tenant \(tenant.name): \(sent.summary)")
    }
    guard sent.operation != "delete", let sequence = sent.sequence,
      let version = Int(sequence.split(separator: ".").last ?? ""),
      let resource = Self.resources.first(where: { $0.kind == sent.header("ce-kind") })
    else { return }
    let key = FakeCluster.Key(namespace: sent.namespace, name: sent.name)
    guard let event = world.cluster.event(resource, key, at: version), event.version == version else {
      problems.append("no such version: \(sent.summary) \(version)")
      return
    }
    if !tenant.forms.contains(where: { form in
      form.matchesObject(event.object, resource, tenant: tenant.namespace)
    }) {
      problems.append("\(tenant.name) never asked for \(sent.summary) at \(version)")
    }
    if sent.type.contains(".resource."),
      let body = Int(sent.body["metadata"]?["resourceVersion"]?.string ?? ""),
      body < version
    {
      problems.append("the body is of version \(body), told as \(version): \(sent.summary)")
    }
    if sent.type.contains(".resource."), sent.body["spec"] == nil {
      problems.append("the body is not the whole object: \(sent.summary)")
    }
  }

  // MARK: At the end

  mutating func checkEnd() {
    let snapshot = world.snapshot
    if snapshot.queueDepth + snapshot.inFlight + snapshot.backingOff + snapshot.parked > 0 {
      problems.append(
        "left over: \(snapshot.queueDepth) waiting, \(snapshot.inFlight) in flight, "
          + "\(snapshot.backingOff) backing off, \(snapshot.parked) parked")
    }
    if snapshot.waitingBodyBytes != 0 { problems.append("bodies left: \(snapshot.waitingBodyBytes)") }
    if !snapshot.isSynced { problems.append("waiting for \(snapshot.waitingFor)") }
    if world.engine.audit().heldChildren != 0 { problems.append("children are held") }
    let living = tenants.filter { !$0.isGone }
    if snapshot.subscriptions.count != living.count {
      problems.append("\(snapshot.subscriptions.count) subscriptions, in the cluster \(living.count)")
    }
    for tenant in living { checkEnd(of: tenant) }
  }

  private mutating func checkEnd(of tenant: Tenant) {
    guard let form = tenant.forms.last else { return }
    let known = tenant.ledger.known[form.url] ?? [:]
    let told = tenant.ledger.lastTold[form.url] ?? [:]
    let operations = Set(tenant.forms.flatMap { $0.entries.map(\.operations) })
    var expected: Set<String> = []
    for resource in Self.resources {
      for (key, object) in world.cluster.objects[resource] ?? [:] {
        let text = "\(resource.kind) \(key.namespace)/\(key.name)"
        let changed = changedAt[resource]?[key] ?? 0
        if form.matchesObject(object, resource, tenant: tenant.namespace) {
          expected.insert(text)
          guard operations == [["Add", "Update", "Delete"]] else { continue }
          checkLast(known[text]?.last, of: text, object, after: changed, tenant)
        }
        if form.matchesChild(object, resource, tenant: tenant.namespace),
          operations == [["Add", "Update", "Delete"]], let owner = Owner(controlling: object)
        {
          checkOwner(told[owner.key(namespace: key.namespace)], owner, text, after: changed, tenant)
        }
      }
    }
    guard operations == [["Add", "Update", "Delete"]] else { return }
    for ghost in Set(known.keys).subtracting(expected).sorted() {
      problems.append("\(tenant.name) still believes in \(ghost)")
    }
  }

  private mutating func checkLast(
    _ last: Sent?, of key: String, _ object: JSONValue, after turn: Int, _ tenant: Tenant
  ) {
    guard let last else {
      problems.append("\(tenant.name) was never told of \(key)")
      return
    }
    if last.uid != object["metadata"]?["uid"]?.string {
      problems.append("\(tenant.name) knows another \(key)")
    }
    if last.turn <= turn { problems.append("\(tenant.name) was told of \(key) before it changed") }
    let version = object["metadata"]?["resourceVersion"]?.string ?? ""
    if last.type.contains(".resource."), last.body["metadata"]?["resourceVersion"]?.string != version {
      problems.append("\(tenant.name) has an old body of \(key)")
    }
    if let sequence = last.sequence, !sequence.hasSuffix("0" + version) {
      problems.append("\(tenant.name) was told of \(key) at \(sequence), it is at \(version)")
    }
  }

  private mutating func checkOwner(
    _ last: Sent?, _ owner: Owner, _ child: String, after turn: Int, _ tenant: Tenant
  ) {
    guard let last else {
      problems.append("\(tenant.name) was never told of \(owner), the owner of \(child)")
      return
    }
    if last.turn <= turn {
      problems.append("\(tenant.name) was told of \(owner) before its \(child) changed")
    }
  }
}

extension FakeCluster {
  /// The last event of an object up to a version.
  func event(_ resource: Resource, _ key: Key, at version: Int) -> Event? {
    events[resource]?.last { $0.version <= version && Self.key(of: $0.object) == key }
  }
}
