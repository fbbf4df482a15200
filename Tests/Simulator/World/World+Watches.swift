import JSONScan

import HubEngine
/// Watches: what they bring, and how they begin and end.
extension World {
  mutating func watch(_ id: RequestID, _ resource: FakeCluster.Resource, from version: Int)
    -> [EngineInput]
  {
    guard version <= cluster.version else { return whole(id, 504, Self.tooLarge(version)) }
    guard version >= max(cluster.compacted, cluster.born[resource] ?? 0) else {
      let error: JSONValue = [
        "type": "ERROR", "object": FakeCluster.status(410, "Expired", "too old resource version"),
      ]
      return [
        .responseHead(id, status: 200, retryAfterSeconds: nil),
        .responseBytes(id, error.serialized() + [10]), .responseEnd(id, .complete),
      ]
    }
    watches[id] = Watch(resource: resource, version: version, heardAt: now.monotonic)
    return [.responseHead(id, status: 200, retryAfterSeconds: nil)]
  }

  /// What the watches have to say that they did not say yet.
  mutating func pump() -> [EngineInput] {
    watches.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { id in
      news(of: id, limit: .max) ?? bookmark(of: id)
    }
  }

  /// Bookmarks come when a watch has brought nothing for a minute.
  static let bookmarkAfter: UInt64 = 60_000_000_000

  var nextBookmark: UInt64? {
    guard isStreaming else { return nil }
    return watches.values.map { $0.heardAt + Self.bookmarkAfter }.min()
  }

  mutating func bookmark(of id: RequestID) -> EngineInput? {
    guard let watch = watches[id], !held.contains(where: { $0.id == id }) else { return nil }
    guard now.monotonic >= watch.heardAt + Self.bookmarkAfter else { return nil }
    watches[id]?.heardAt = now.monotonic
    // One that waits for a version which is not reached yet has nothing to say.
    guard watch.version <= cluster.version else { return nil }
    watches[id]?.version = cluster.version
    return .responseBytes(id, bookmark(watch.resource, at: cluster.version).serialized() + [10])
  }

  func bookmark(_ resource: FakeCluster.Resource, at version: Int, isListEnd: Bool = false)
    -> JSONValue
  {
    var metadata: JSONValue = ["resourceVersion": .string(cluster.text(ofVersion: version))]
    if isListEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
    return [
      "type": "BOOKMARK",
      "object": [
        "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion), "metadata": metadata,
      ],
    ]
  }

  /// A list as a stream, or what a server without them makes of it.
  mutating func stream(
    _ id: RequestID, _ resource: FakeCluster.Resource, _ query: [String: String], _ isPartial: Bool
  ) -> [EngineInput] {
    if let floor = cluster.version(ofText: query["resourceVersion"]), floor > cluster.version {
      return whole(id, 504, Self.tooLarge(floor))
    }
    if streamingLists == .refused { return whole(id, 422, FakeCluster.status(422, "Invalid", "forbidden")) }
    let state = cluster.objects[resource] ?? [:]
    var initial = state.keys.sorted().map { key -> JSONValue in
      let object = state[key] ?? [:]
      return ["type": "ADDED", "object": isPartial ? FakeCluster.partial(object) : object]
    }
    if streamingLists == .served {
      initial.append(bookmark(resource, at: cluster.version, isListEnd: true))
    }
    watches[id] = Watch(
      resource: resource, version: cluster.version, heardAt: now.monotonic, initial: initial)
    return [.responseHead(id, status: 200, retryAfterSeconds: nil)]
  }

  mutating func news(of id: RequestID, limit: Int) -> EngineInput? {
    // A watch whose first answer is still under way has nothing to say yet.
    guard let watch = watches[id], !held.contains(where: { $0.id == id }) else { return nil }
    guard watch.initial.isEmpty else {
      watches[id]?.heardAt = now.monotonic
      watches[id]?.initial.removeFirst(min(limit, watch.initial.count))
      return .responseBytes(id, watch.initial.prefix(limit).flatMap { $0.serialized() + [10] })
    }
    guard let events = cluster.events[watch.resource],
      let last = events.last, last.version > watch.version
    else { return nil }
    let start = (events.lastIndex { $0.version <= watch.version } ?? -1) + 1
    var bytes: [UInt8] = []
    for event in events[start...].prefix(limit) {
      let line: JSONValue = [
        "type": .string(event.type),
        "object": watch.isPartial ? FakeCluster.partial(event.object) : event.object,
      ]
      bytes += line.serialized() + [10]
      watches[id]?.version = event.version
      watches[id]?.heardAt = now.monotonic
    }
    return bytes.isEmpty ? nil : .responseBytes(id, bytes)
  }
}
