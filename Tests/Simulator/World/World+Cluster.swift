import JSONScan

import HubEngine
/// The cluster changes, and its connections break.
extension World {
  /// Changes the cluster and lets the hub hear of it.
  mutating func change(_ body: (inout FakeCluster) -> Void) {
    body(&cluster)
    give()
  }

  mutating func put(
    _ resource: FakeCluster.Resource, _ namespace: String, _ name: String, _ members: JSONValue = [:]
  ) {
    change { _ = $0.put(resource, namespace, name, members) }
  }

  mutating func delete(_ resource: FakeCluster.Resource, _ namespace: String, _ name: String) {
    change { $0.delete(resource, namespace, name) }
  }

  /// Applies an OperatorSubscription of namespace `namespace`.
  mutating func subscribe(_ name: String, in namespace: String = "a", _ spec: JSONValue) {
    put(FakeCluster.subscriptions, namespace, name, ["spec": spec])
  }

  mutating func unsubscribe(_ name: String, in namespace: String = "a") {
    delete(FakeCluster.subscriptions, namespace, name)
  }

  /// Ends all watches, as a restart of the API server does.
  mutating func cutWatches() {
    let ids = watches.keys.sorted { $0.rawValue < $1.rawValue }
    watches = [:]
    held.removeAll { ids.contains($0.id) }
    give(ids.map { .responseEnd($0, .complete) })
  }

  /// A watch breaks off in the middle of the line of its next event, if it has one.
  mutating func cutMidLine(_ id: RequestID) {
    guard case .responseBytes(_, let bytes) = news(of: id, limit: 1), bytes.count > 1 else { return }
    watches[id] = nil
    rare.note(.watchCutInALine)
    give([.responseBytes(id, Array(bytes.prefix(bytes.count / 2))), .responseEnd(id, .failed("reset"))])
  }

  /// A watch says that its version is too old, and ends.
  mutating func expire(_ id: RequestID) {
    guard watches[id] != nil, !held.contains(where: { $0.id == id }) else { return }
    watches[id] = nil
    rare.note(.watchExpired)
    let error: JSONValue = [
      "type": "ERROR", "object": FakeCluster.status(410, "Expired", "too old resource version"),
    ]
    give([.responseBytes(id, error.serialized() + [10]), .responseEnd(id, .complete)])
  }

  /// Serves a kind, with its definition.
  mutating func install(_ resource: FakeCluster.Resource) {
    cluster.served.append(resource)
    cluster.born[resource] = cluster.version
    let group = resource.apiVersion.split(separator: "/")[0]
    put(FakeCluster.definitions, "", "\(resource.plural).\(group)")
  }

  /// Deletes a definition, and with it the kind and its objects; without `telling` their watch ends before it could say
  /// so.
  mutating func uninstall(_ resource: FakeCluster.Resource, telling: Bool) {
    if telling {
      for key in cluster.keys(resource) { cluster.delete(resource, key.namespace, key.name) }
      give()
    }
    let ids = watches.filter { $0.value.resource == resource }.keys.sorted { $0.rawValue < $1.rawValue }
    for id in ids { watches[id] = nil }
    held.removeAll { ids.contains($0.id) }
    for key in cluster.keys(resource) { cluster.delete(resource, key.namespace, key.name) }
    cluster.served.removeAll { $0 == resource }
    let group = resource.apiVersion.split(separator: "/")[0]
    cluster.delete(FakeCluster.definitions, "", "\(resource.plural).\(group)")
    give(ids.map { .responseEnd($0, .complete) })
  }

  /// Ends all connections; nobody listens until `startAPIServer`.
  mutating func stopAPIServer() {
    isDown = true
    let ids = Set(watches.keys).union(held.map(\.id)).sorted { $0.rawValue < $1.rawValue }
    watches = [:]
    held = []
    give(ids.map { .responseEnd($0, .failed("connection reset")) })
  }

  mutating func startAPIServer() { isDown = false }

  /// The condition of a subscription as it was last written: its status and reason.
  func condition(_ type: String, of name: String) -> String? {
    let found = statuses[name]?["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
    return found.map { "\($0["status"]?.string ?? "") \($0["reason"]?.string ?? "")" }
  }

  func message(_ type: String, of name: String) -> String {
    let found = statuses[name]?["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
    return found?["message"]?.string ?? ""
  }
}
