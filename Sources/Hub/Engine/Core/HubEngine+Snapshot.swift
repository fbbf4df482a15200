import Kubernetes

extension HubEngine {
  /// What the engine knows about itself, for the admin port.
  public func snapshot(at now: EngineTime) -> EngineSnapshot {
    var snapshot = EngineSnapshot()
    snapshot.counters = counters
    snapshot.waitingBodyBytes = waitingBodyBytes
    snapshot.counters.heldByShare = scheduler.counts.byShare
    snapshot.counters.heldByTenantRate = scheduler.counts.byTenantRate
    snapshot.counters.heldByHubRate = scheduler.counts.byHubRate
    snapshot.tenants = tenants.count
    (snapshot.tenantsHeldByShare, snapshot.tenantsHeldByRate) = scheduler.heldBack
    snapshot.overQuota = quota.waiting
    snapshot.sinks = sinks.states
    addWatches(to: &snapshot, at: now)
    addSubscriptions(to: &snapshot, at: now)
    snapshot.isSynced = snapshot.waitingFor.isEmpty
    return snapshot
  }

  private func addWatches(to snapshot: inout EngineSnapshot, at now: EngineTime) {
    if !hasBegun, configuration.keepsJournal, cluster.isToBeVerified {
      snapshot.waitingFor.append(
        "whether the journal is of this cluster: \(cluster.problem ?? "the API server is being asked")")
    }
    if let feed = clusterSubscriptions {
      let isAbsent = feed.reflector.obstacle == .notServed
      snapshot.watches.append(
        watch(
          feed.reflector, SubscriptionFeed.resource, objects: subscribers.count, subscriptions: 0, at: now))
      if !feed.reflector.isSynced, !isAbsent {
        snapshot.waitingFor.append(
          "the subscriptions of the cluster: \(feed.reflector.lastProblem.map { "\($0)" } ?? "listing")")
      }
    } else if configuration.followsClusterSubscriptions {
      snapshot.waitingFor.append("the start")
    }
    for source in KindRegistry.Source.allCases where source.rawValue < kindRegistry.followers.count {
      let follower = kindRegistry.followers[source.rawValue]
      if follower.reflector.obstacle == .notServed { continue }
      snapshot.watches.append(
        watch(
          follower.reflector, source.resource, objects: follower.entries.count, subscriptions: 0, at: now))
    }
    if let registry = namespaceRegistry {
      snapshot.watches.append(
        watch(
          registry.reflector, NamespaceRegistry.resource, objects: registry.labels.count, subscriptions: 0,
          at: now))
    }
    for index in feeds.indices {
      guard let feed = feeds[index], let reflector = reflectors[index] else { continue }
      let entry = watch(
        reflector.machine, feed.resource, objects: feed.store.count,
        subscriptions: feed.subscriptionCount, at: now)
      snapshot.watches.append(entry)
      if !entry.isSynced {
        snapshot.waitingFor.append("\(entry.resource): \(entry.problem ?? entry.phase)")
      }
    }
    snapshot.watches.sort { $0.resource < $1.resource }
  }

  private func watch(
    _ reflector: Reflector, _ resource: APIResource, objects: Int, subscriptions: Int, at now: EngineTime
  ) -> EngineSnapshot.Watch {
    EngineSnapshot.Watch(
      resource: resource.plural + "." + resource.groupVersion.apiVersion, phase: reflector.phase.name,
      isSynced: reflector.isSynced, version: reflector.version,
      silentSeconds: Double(now.monotonic - min(now.monotonic, reflector.lastActivity)) / 1e9,
      objects: objects, subscriptions: subscriptions, lists: Int(reflector.counters.lists),
      watches: Int(reflector.counters.watches), events: Int(reflector.counters.events),
      problem: reflector.lastProblem.map { "\($0)" })
  }

  private func addSubscriptions(to snapshot: inout EngineSnapshot, at now: EngineTime) {
    for slot in subscribers.all {
      let subscriber = subscribers[slot]
      if let refusal = subscriber.refusal {
        snapshot.refused.append("\(subscriber.namespace)/\(subscriber.name): \(refusal)")
      }
      snapshot.queueDepth += subscriber.queue.waiting
      snapshot.inFlight += subscriber.queue.inFlight
      snapshot.backingOff += subscriber.queue.backingOff
      snapshot.parked += subscriber.queue.parked
      snapshot.letters += subscriber.queue.lettersWaiting + subscriber.queue.lettersInFlight
      snapshot.subscriptions.append(view(subscriber, at: now))
    }
    snapshot.subscriptions.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }

  private func view(_ subscriber: Subscriber, at now: EngineTime) -> EngineSnapshot.Subscription {
    let origin =
      switch subscriber.origin {
      case .cluster: "cluster"
      case .file(let name): name
      }
    return EngineSnapshot.Subscription(
      namespace: subscriber.namespace, name: subscriber.name, origin: origin,
      conditions: subscriber.report.status.conditions.map {
        EngineSnapshot.ConditionView(
          type: $0.type.rawValue, status: $0.status.rawValue, reason: $0.reason, message: $0.message)
      },
      sinkURI: subscriber.sink.url, pending: subscriber.queue.count, inFlight: subscriber.queue.inFlight,
      parked: subscriber.queue.parked,
      oldestSeconds: subscriber.queue.oldest.map { Double(now.monotonic - min(now.monotonic, $0)) / 1e9 }
        ?? 0,
      delivered: subscriber.delivered, failed: subscriber.failed)
  }
}

extension Reflector.Phase {
  /// As metrics and the page name it.
  var name: String {
    switch self {
    case .stopped: "stopped"
    case .listing: "listing"
    case .watching: "watching"
    case .waiting: "waiting"
    }
  }
}
