import HubEngine
import JSONScan

/// Objects come, change and go.
extension Simulation {
  var hasFoos: Bool { world.cluster.served.contains(FakeCluster.foos) }

  mutating func changeObject() {
    let resource = chance(50) ? FakeCluster.foos : draw(Self.resources)
    let namespace = draw(Self.namespaces)
    let name = draw(Self.names)
    if resource == FakeCluster.foos, !hasFoos { return }
    switch draw(10) {
    case 0..<6: put(resource, namespace, name)
    case 6..<9: delete(resource, namespace, name)
    default:
      delete(resource, namespace, name)
      put(resource, namespace, name)
    }
    if chance(80) { world.give() }
  }

  private mutating func put(_ resource: FakeCluster.Resource, _ namespace: String, _ name: String) {
    var metadata: JSONValue = [:]
    if chance(70) { metadata["labels"] = ["app": .string(draw(["1", "2"]))] }
    if resource != FakeCluster.foos, chance(70) { metadata["ownerReferences"] = [owner()] }
    world.cluster.put(
      resource, namespace, name, ["metadata": metadata, "spec": ["n": .number("\(draw(3))")]])
    changedAt[resource, default: [:]][FakeCluster.Key(namespace: namespace, name: name)] = world.turn
    tell(
      "put \(resource.kind) \(namespace)/\(name) at \(world.cluster.version) "
        + String(decoding: metadata.serialized(), as: UTF8.self))
  }

  private mutating func owner() -> JSONValue {
    let kind = draw(["Foo", "Foo", "Node"])
    return [
      "apiVersion": kind == "Foo" ? "samplecontroller.k8s.io/v1alpha1" : "v1", "kind": .string(kind),
      "name": .string(draw(Self.names)), "uid": .string(Owner.uid),
      "controller": .bool(!chance(10)),
    ]
  }

  mutating func delete(_ resource: FakeCluster.Resource, _ namespace: String, _ name: String) {
    if world.hasDied, world.cluster.object(resource, namespace, name) != nil {
      world.rare.note(.deletedWhileDown)
    }
    world.cluster.delete(resource, namespace, name)
    tell("delete \(resource.kind) \(namespace)/\(name) at \(world.cluster.version)")
  }

  /// An object is deleted and made again while no watch is open, and what happened is compacted.
  mutating func recreateUnseen() {
    let resource = draw(Self.resources)
    let keys = world.cluster.keys(resource)
    guard world.cluster.served.contains(resource), !keys.isEmpty else { return }
    let key = draw(keys)
    tell("a relist hides the end of one object")
    delete(resource, key.namespace, key.name)
    put(resource, key.namespace, key.name)
    world.cluster.compact()
    world.rare.note(.recreatedUnseen)
    world.cutWatches()
  }

  /// etcd is restored from a backup of a while ago, and the API server starts again. Subscriptions are as they were: they
  /// did not change since the backup.
  mutating func restoreBackup() {
    guard !world.cluster.hasOpaqueVersions, hasFoos, !world.isDown, !world.hasDied else { return }
    world.dieAfter = nil
    world.overload = 0
    world.forbidden = []
    world.cluster.awayGroups = []
    world.isAnswering = true
    world.isStreaming = true
    world.advance(seconds: 40)
    // Who knows no version yet cannot see it go back.
    guard world.snapshot.isSynced else { return }
    let backup = world.cluster.version
    for _ in 0..<8 { changeObject() }
    // Far enough that the hub's own writes do not make up for it.
    for number in 0..<60 { put(Self.resources[number % 3], "c", "x") }
    world.give()
    note()
    guard !subscriptionsChanged(since: backup) else { return }
    tell("fault: the backup of \(backup) is restored over \(world.cluster.version)")
    let before = world.cluster.objects
    world.cluster.restore(to: backup)
    for resource in Self.resources {
      for (key, object) in world.cluster.objects[resource] ?? [:] where before[resource]?[key] != object {
        changedAt[resource, default: [:]][key] = world.turn
      }
    }
    world.cutWatches()
    // Nothing changes before the hub has noticed: by numbers alone nobody could tell.
    world.advance(seconds: 150)
    world.syncJournal()
    if world.engine.audit().newestEpoch > 0 { world.rare.note(.restoredCluster) }
  }

  private func subscriptionsChanged(since version: Int) -> Bool {
    let resources = [FakeCluster.subscriptions, FakeCluster.definitions]
    return resources.contains { resource in
      world.cluster.state(resource, at: version).mapValues { $0["spec"] }
        != (world.cluster.objects[resource] ?? [:]).mapValues { $0["spec"] }
    }
  }
}
