import JSONScan

import HubEngine
/// The API server answers requests.
extension World {
  /// The API server deals with a held request now; its answer stays under way.
  mutating func serve(_ index: Int) {
    guard held[index].answer == nil else { return }
    held[index].answer = reply(held[index].id, held[index].request)
  }

  /// The answer to a held request arrives.
  mutating func release(_ index: Int) {
    serve(index)
    let request = held.remove(at: index)
    give(request.answer ?? [])
  }

  /// The first held request whose target begins so.
  func heldIndex(_ prefix: String) -> Int? { held.firstIndex { $0.request.target.hasPrefix(prefix) } }

  mutating func releaseAll() {
    while !held.isEmpty { release(0) }
  }

  /// A watch brings at most so many events that it did not bring yet.
  mutating func stream(_ id: RequestID, events limit: Int) {
    let inputs = news(of: id, limit: limit).map { [$0] } ?? []
    give(inputs)
  }

  mutating func reply(_ id: RequestID, _ request: APIRequest) -> [EngineInput] {
    let (path, query) = Self.split(request.target)
    if request.method == "PATCH" { return patch(id, path, request) }
    if request.method == "POST", path == FakeRights.path {
      let (status, body) = rights.answer(to: request.body)
      return whole(id, status, body)
    }
    if request.method == "POST", path.hasSuffix("/events") { return announce(id, request) }
    if let bad = badAnswers.first(where: { request.target.hasPrefix($0.prefix) }) {
      return [
        .responseHead(id, status: bad.status, retryAfterSeconds: nil),
        .responseBytes(id, Array(bad.body.utf8)),
        .responseEnd(id, .complete),
      ]
    }
    let isPartial = hasPartialObjects && request.accept?.contains("PartialObjectMetadata") ?? false
    if let resource = cluster.resource(ofPath: path) {
      if forbidden.contains(resource) {
        let words = "\(resource.plural) is forbidden: User cannot list resource"
        return whole(id, 403, FakeCluster.status(403, "Forbidden", words))
      }
      if query["watch"] == "true" {
        defer { watches[id]?.isPartial = isPartial }
        if query["sendInitialEvents"] == "true" { return stream(id, resource, query, isPartial) }
        return watch(id, resource, from: cluster.version(ofText: query["resourceVersion"]) ?? cluster.version)
      }
      return list(id, resource, query, isPartial)
    }
    if let (resource, namespace) = cluster.collection(ofPath: path) {
      return list(id, resource, query, isPartial, in: namespace)
    }
    if path == "/apis", request.accept?.contains("APIGroupDiscoveryList") ?? false,
      cluster.hasAggregatedDiscovery
    {
      return whole(id, 200, cluster.aggregatedDiscovery)
    }
    if cluster.awayGroups.contains(where: { path.hasPrefix("/apis/\($0)/") }) {
      return whole(id, 503, FakeCluster.status(503, "ServiceUnavailable", "the server is away"))
    }
    if path == "/api/v1/namespaces/kube-system" {
      return whole(id, 200, ["metadata": ["name": "kube-system", "uid": .string(cluster.identity)]])
    }
    if let list = cluster.discovery(ofPath: path) { return whole(id, 200, list) }
    if let (resource, key) = cluster.object(ofPath: path),
      let object = cluster.object(resource, key.namespace, key.name)
    {
      return whole(id, 200, object)
    }
    return whole(id, 404, FakeCluster.status(404, "NotFound", "not found"))
  }

  mutating func list(
    _ id: RequestID, _ resource: FakeCluster.Resource, _ query: [String: String], _ isPartial: Bool,
    in namespace: String? = nil
  ) -> [EngineInput] {
    var version = cluster.version
    if let floor = cluster.version(ofText: query["resourceVersion"]) {
      guard floor <= cluster.version else { return whole(id, 504, Self.tooLarge(floor)) }
      // A server's cache is never so old that it could not be watched from.
      version = max(floor, cluster.compacted, cluster.version - listLag)
    }
    let limit = min(Int(query["limit"] ?? "") ?? .max, pageLimit)
    let isExpired = query["continue"] != nil && expiringPages > 0
    if isExpired { expiringPages -= 1 }
    if !isExpired,
      let page = cluster.page(
        resource, limit: limit, at: version, continuing: query["continue"], in: namespace)
    {
      return whole(id, 200, isPartial ? FakeCluster.partial(list: page) : page)
    }
    rare.note(.pageExpired)
    return whole(id, 410, FakeCluster.status(410, "Expired", "the continue token is too old"))
  }

  mutating func patch(_ id: RequestID, _ path: String, _ request: APIRequest) -> [EngineInput] {
    guard let (resource, key) = cluster.object(ofPath: path), cluster.objects[resource]?[key] != nil,
      let body = try? JSONValue(parsing: request.body)
    else { return whole(id, 404, FakeCluster.status(404, "NotFound", "not found")) }
    statusWrites += 1
    guard statusAnswer == 200 else {
      return whole(id, statusAnswer, FakeCluster.status(statusAnswer, "InternalError", "no"))
    }
    statuses[key.name] = body
    cluster.putStatus(resource, key, body["status"] ?? [:])
    return whole(id, 200, cluster.object(resource, key.namespace, key.name) ?? [:])
  }

  /// The hub writes an Event.
  private mutating func announce(_ id: RequestID, _ request: APIRequest) -> [EngineInput] {
    guard announcementAnswer == 201, let body = try? JSONValue(parsing: request.body) else {
      return whole(id, announcementAnswer, FakeCluster.status(announcementAnswer, "Refused", "no"))
    }
    let name = body["metadata"]?["name"]?.string ?? ""
    guard announcedNames.insert(name).inserted else {
      return whole(id, 409, FakeCluster.status(409, "AlreadyExists", "it exists"))
    }
    announced.append(body)
    if cluster.served.contains(FakeCluster.objectEvents) {
      cluster.put(FakeCluster.objectEvents, body["metadata"]?["namespace"]?.string ?? "", name, body)
    }
    return whole(id, 201, body)
  }

  func whole(_ id: RequestID, _ status: Int, _ body: JSONValue) -> [EngineInput] {
    [
      .responseHead(id, status: status, retryAfterSeconds: nil), .responseBytes(id, body.serialized()),
      .responseEnd(id, .complete),
    ]
  }

  static func tooLarge(_ version: Int) -> JSONValue {
    var status = FakeCluster.status(504, "Timeout", "Too large resource version: \(version)")
    status["details"] = ["causes": [["reason": "ResourceVersionTooLarge", "message": "too large"]]]
    return status
  }

  static func split(_ target: String) -> (String, [String: String]) {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    var query: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      query[sides[0]] = sides.count > 1 ? sides[1] : ""
    }
    return (parts[0], query)
  }
}
