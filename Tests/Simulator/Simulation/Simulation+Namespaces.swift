import JSONScan

/// Namespaces come, go and are relabelled.
extension Simulation {
  mutating func changeNamespace() {
    let namespace = draw(Self.namespaces)
    // Those of subscriptions stay.
    if namespace == "c", world.cluster.object(FakeCluster.namespaces, "", "c") != nil, chance(40) {
      return deleteNamespace(namespace)
    }
    put(namespace: namespace)
    if isSelectedByAny { world.rare.note(.namespaceRelabelled) }
    if chance(80) { world.give() }
  }

  /// A namespace gets another label `team`, or none.
  mutating func put(namespace: String) {
    var metadata: JSONValue = [:]
    if chance(75) { metadata["labels"] = ["team": .string(draw(["1", "2"]))] }
    world.cluster.put(FakeCluster.namespaces, "", namespace, ["metadata": metadata])
    tell(
      "namespace \(namespace) at \(world.cluster.version) \(String(decoding: metadata.serialized(), as: UTF8.self))"
    )
  }

  /// What is in it goes first.
  private mutating func deleteNamespace(_ namespace: String) {
    for resource in Self.resources {
      for key in world.cluster.keys(resource) where key.namespace == namespace {
        delete(resource, key.namespace, key.name)
      }
    }
    if chance(50) { world.give() }
    world.cluster.delete(FakeCluster.namespaces, "", namespace)
    tell("namespace \(namespace) is deleted")
    if isSelectedByAny { world.rare.note(.namespaceDeleted) }
    if chance(80) { world.give() }
  }

  /// A subscription selects namespaces by their labels.
  private var isSelectedByAny: Bool {
    tenants.contains { tenant in
      guard !tenant.isGone, case .team = tenant.forms.last?.scope else { return false }
      return true
    }
  }
}
