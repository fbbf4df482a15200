import JSONScan

import HubEngine

/// The engine in a world of virtual time: a `FakeCluster` answers its requests, at once or when the test says so;
/// sinks are answered by the test.
struct World {
  static let start = EngineTime(monotonic: 1_000_000_000, wall: 1_764_000_000_000_000_000)

  /// A request to the API server that has no answer yet.
  struct Held {
    var id: RequestID
    var request: APIRequest
    /// What the API server said, if it has dealt with it already and only the answer is under way.
    var answer: [EngineInput]?
  }

  struct Watch {
    var resource: FakeCluster.Resource
    var version: Int
    /// Only the objects' metadata is asked for.
    var isPartial = false
    /// When it last brought anything, monotonic.
    var heardAt: UInt64
    /// The initial events of a streaming list, and the bookmark that ends them, that it did not bring yet.
    var initial: [JSONValue] = []
  }

  /// What the API server makes of a request for a streaming list.
  enum StreamingLists {
    case served
    /// 422, as older servers.
    case refused
    /// It sends a plain watch, without the bookmark.
    case ignored
  }

  var engine: HubEngine
  var cluster = FakeCluster()
  private(set) var now = World.start
  /// Counts the batches that the engine has handled: what happened in one batch has no other order.
  private(set) var turn = 0
  /// Deliveries that wait for an answer, oldest first.
  private(set) var sent: [Sent] = []
  /// Everything ever sent.
  private(set) var history: [Sent] = []
  private(set) var notices: [Notice] = []
  /// Requests that were made: method and target.
  private(set) var requests: [String] = []
  /// Status patches by object's name, the last of each, and how many there were.
  private(set) var statuses: [String: JSONValue] = [:]
  private(set) var statusWrites = 0
  /// Open watches by request.
  private(set) var watches: [RequestID: Watch] = [:]
  /// Requests without an answer.
  private(set) var held: [Held] = []
  /// All effects in words, if they are wanted.
  var trace: [String]?
  /// False: the API server takes requests, and answers only those that the test releases.
  var isAnswering = true {
    didSet { if isAnswering { releaseAll() } }
  }
  /// False: watches are open and silent, until the test lets events through.
  var isStreaming = true {
    didSet { if isStreaming { give() } }
  }
  /// True: nobody listens. Set by `stopAPIServer`.
  private(set) var isDown = false
  /// Status writes are answered with this.
  var statusAnswer = 200
  /// What service accounts may do, and how reviews of that are answered.
  var rights = FakeRights()
  /// Pages hold at most so many objects, whatever was asked for.
  var pageLimit = Int.max
  /// Resources that may not be listed and watched: 403.
  var forbidden: Set<FakeCluster.Resource> = []
  /// Answers that stand for all requests whose target begins so.
  var badAnswers: [(prefix: String, status: Int, body: String)] = []
  /// Whether the form of metadata alone is known.
  var hasPartialObjects = true
  /// Whether there are streaming lists.
  var streamingLists = StreamingLists.refused
  /// How many versions a list may lag behind, where the request allows it.
  var listLag = 0

  /// What the hub is told once; a hub that is restarted is told the same.
  let configuration: EngineConfiguration
  /// The journal, if the hub keeps one.
  var journal = FakeJournal()
  /// Deliveries that wait for the journal.
  private(set) var gated: [Sent] = []
  /// Everything that ever waited for the journal: it counts as attempted, although it may never have left.
  private(set) var everGated: [Sent] = []
  /// Why the engine asked for the process to end.
  private(set) var stopped: StopReason?

  // Deaths and faults.
  /// The hub dies once it has had so many more effects.
  var dieAfter: Int?
  /// It is dead, until `crash`.
  private(set) var hasDied = false
  /// What the last batch had changed was not even appended to the journal.
  private(set) var hasDiedUnwritten = false
  /// What the last restart found in the journal.
  private(set) var lastOpening = "nothing"
  /// Why the journal could not be read.
  private(set) var journalFault: String?
  /// So many of the next requests are answered 429 or 500.
  var overload = 0
  /// So many of the next pages that continue a list are answered 410.
  var expiringPages = 0
  /// A fault between the engine and its world, for tests of the checkers.
  var sabotage: (any Sabotage)?
  /// Deliveries that were sent while another of the same key and sink was under way.
  private(set) var overlaps: [Sent] = []
  /// How often something rare has happened.
  var rare = RareCounts()
  /// Ids that are answered: an answer to them now is stale.
  private(set) var oldDeliveries: [DeliveryID] = []

  init(configure: (inout EngineConfiguration) -> Void = { _ in }) {
    var configuration = EngineConfiguration(source: "http://api.test:6443")
    configuration.allowsLoopbackSinks = true
    configuration.seed = 42
    // Most rules are about something else than how a sink wakes.
    configuration.limits.coldSinkDeliveries = 64
    configure(&configuration)
    self.configuration = configuration
    engine = HubEngine(configuration)
  }

  var snapshot: EngineSnapshot { engine.snapshot(at: now) }

  // MARK: Running

  /// Begins, and lets everything happen that needs no time.
  mutating func begin() { give([.start]) }

  /// Gives inputs and lets everything happen that follows at once.
  mutating func give(_ inputs: [EngineInput] = []) {
    var pending = inputs
    repeat {
      guard !hasDied else { return }
      turn += 1
      if sabotage != nil { pending = sabotage?.inputs(pending) ?? [] }
      var effects = engine.handle(pending, at: now)
      pending = []
      if sabotage != nil { effects = sabotage?.effects(effects, answering: &pending) ?? [] }
      for (index, effect) in effects.enumerated() {
        guard dieAfter != 0 else { return die(before: effects[index...], after: effects[..<index]) }
        dieAfter = dieAfter.map { $0 - 1 }
        pending += perform(effect)
      }
      if pending.isEmpty, isStreaming { pending = pump() }
    } while !pending.isEmpty
  }

  private mutating func die(before rest: ArraySlice<EngineEffect>, after done: ArraySlice<EngineEffect>) {
    hasDied = true
    hasDiedUnwritten = rest.contains { if case .journal = $0 { true } else { false } }
    let hasWritten = done.contains { if case .journal = $0 { true } else { false } }
    if hasWritten, rest.contains(where: { if case .send = $0 { true } else { false } }) {
      rare.note(.diedBetweenJournalAndSend)
    }
    // What the journal holds counts as attempted, whether it left or not.
    for case .send(let id, let request) in rest where hasWritten {
      everGated.append(Sent(id: id, request: request, sentAt: now.monotonic, turn: turn))
    }
  }

  /// Lets time pass, stopping at each deadline on the way.
  mutating func advance(seconds: Double) {
    let end = now.monotonic + UInt64(seconds * 1e9)
    while !hasDied, let next = [engine.nextDeadline, nextBookmark].compactMap({ $0 }).min(), next <= end {
      pass(to: max(next, now.monotonic))
      give([.tick])
    }
    pass(to: end)
    give([.tick])
  }

  private mutating func pass(to monotonic: UInt64) {
    now.wall += Int64(monotonic - now.monotonic)
    now.monotonic = monotonic
  }

  /// The wall clock is set, as an administrator or NTP does.
  mutating func jumpWall(seconds: Int64) { now.wall += seconds * 1_000_000_000 }

  // MARK: Sinks

  /// Answers the oldest delivery that waits.
  mutating func answer(_ status: Int = 200, retryAfter: Int? = nil) {
    guard !sent.isEmpty else { return }
    answer(sent[0].id, .status(status, retryAfterSeconds: retryAfter))
  }

  mutating func answer(_ id: DeliveryID, _ answer: SinkAnswer) {
    sent.removeAll { $0.id == id }
    oldDeliveries.append(id)
    if oldDeliveries.count > 16 { oldDeliveries.removeFirst() }
    give([.sinkAnswer(id, answer)])
  }

  /// Says yes to everything until nothing more is sent.
  mutating func acknowledgeAll() {
    while !sent.isEmpty { answer(200) }
  }

  var summaries: [String] { sent.map(\.summary) }

  // MARK: The cluster

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

  // MARK: Effects

  private mutating func perform(_ effect: EngineEffect) -> [EngineInput] {
    trace?.append("\(now.monotonic) \(effect)")
    switch effect {
    case .request(let id, let request):
      requests.append("\(request.method) \(request.target)")
      if overload > 0, !isDown {
        overload -= 1
        rare.note(.overloadedAPIServer)
        let status = overload % 2 == 0 ? 429 : 500
        return [
          .responseHead(id, status: status, retryAfterSeconds: status == 429 ? 1 : nil),
          .responseEnd(id, .complete),
        ]
      }
      if isDown { return [.responseEnd(id, .refused("connection refused"))] }
      guard isAnswering else {
        held.append(Held(id: id, request: request))
        return []
      }
      return reply(id, request)
    case .cancel(let id):
      watches[id] = nil
      held.removeAll { $0.id == id }
      return []
    case .send(let id, let request):
      let delivery = Sent(id: id, request: request, sentAt: now.monotonic, turn: turn)
      if request.waitsForJournal, !journal.isDurable {
        gated.append(delivery)
        everGated.append(delivery)
      } else {
        reach(delivery)
      }
      return []
    case .cancelSend(let id):
      sent.removeAll { $0.id == id }
      gated.removeAll { $0.id == id }
      return []
    case .journal(let frame):
      journal.append(frame)
      return []
    case .stop(let reason):
      stopped = reason
      return []
    case .notice(let notice):
      notices.append(notice)
      return []
    }
  }

  // MARK: The journal

  /// Everything that was appended is safe now, and what waited for that goes out.
  mutating func syncJournal() {
    journal.sync()
    for delivery in gated { reach(delivery) }
    gated = []
  }

  private mutating func reach(_ delivery: Sent) {
    if sent.contains(where: { $0.subscription == delivery.subscription && $0.key == delivery.key }) {
      overlaps.append(delivery)
    }
    sent.append(delivery)
    history.append(delivery)
  }

  /// The hub is dead from now on.
  mutating func kill() { hasDied = true }

  /// The hub dies at once, if it has not, and another begins with what its journal had kept: all that was synced, and so
  /// many bytes of what came after that, with so many zeros behind them. Sinks that were asked get no further word, and
  /// their answers reach nobody.
  mutating func crash(keeping bytes: Int = 0, zeros: Int = 0, chunk: Int = 4096) {
    journal.crash(keeping: bytes, zeros: zeros)
    sabotage?.onDisk(&journal)
    sent = []
    gated = []
    watches = [:]
    held = []
    oldDeliveries = []
    stopped = nil
    (hasDied, hasDiedUnwritten, dieAfter) = (false, false, nil)
    do {
      let opening = try journal.load(chunk: chunk)
      if opening.hasCut { rare.note(.tornTail) }
      if opening.hasRemovals { rare.note(.tornNewFile) }
      lastOpening = "\(opening.state.objectCount) objects and \(opening.state.waitingCount) keys that wait"
      engine = HubEngine(configuration, restoring: opening.state)
    } catch {
      journalFault = "\(error)"
      engine = HubEngine(configuration)
    }
    sabotage?.restarted()
    give([.start])
  }

  // MARK: The API server

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

  private mutating func releaseAll() {
    while !held.isEmpty { release(0) }
  }

  /// A watch brings at most so many events that it did not bring yet.
  mutating func stream(_ id: RequestID, events limit: Int) {
    let inputs = news(of: id, limit: limit).map { [$0] } ?? []
    give(inputs)
  }

  private mutating func reply(_ id: RequestID, _ request: APIRequest) -> [EngineInput] {
    let (path, query) = Self.split(request.target)
    if request.method == "PATCH" { return patch(id, path, request) }
    if request.method == "POST", path == FakeRights.path {
      let (status, body) = rights.answer(to: request.body)
      return whole(id, status, body)
    }
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

  private mutating func list(
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

  private mutating func patch(_ id: RequestID, _ path: String, _ request: APIRequest) -> [EngineInput] {
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

  private mutating func watch(_ id: RequestID, _ resource: FakeCluster.Resource, from version: Int)
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
  private mutating func pump() -> [EngineInput] {
    watches.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { id in
      news(of: id, limit: .max) ?? bookmark(of: id)
    }
  }

  /// Bookmarks come when a watch has brought nothing for a minute.
  private static let bookmarkAfter: UInt64 = 60_000_000_000

  private var nextBookmark: UInt64? {
    guard isStreaming else { return nil }
    return watches.values.map { $0.heardAt + Self.bookmarkAfter }.min()
  }

  private mutating func bookmark(of id: RequestID) -> EngineInput? {
    guard let watch = watches[id], !held.contains(where: { $0.id == id }) else { return nil }
    guard now.monotonic >= watch.heardAt + Self.bookmarkAfter else { return nil }
    watches[id]?.heardAt = now.monotonic
    // One that waits for a version which is not reached yet has nothing to say.
    guard watch.version <= cluster.version else { return nil }
    watches[id]?.version = cluster.version
    return .responseBytes(id, bookmark(watch.resource, at: cluster.version).serialized() + [10])
  }

  private func bookmark(_ resource: FakeCluster.Resource, at version: Int, isListEnd: Bool = false)
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
  private mutating func stream(
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

  private mutating func news(of id: RequestID, limit: Int) -> EngineInput? {
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

  private func whole(_ id: RequestID, _ status: Int, _ body: JSONValue) -> [EngineInput] {
    [
      .responseHead(id, status: status, retryAfterSeconds: nil), .responseBytes(id, body.serialized()),
      .responseEnd(id, .complete),
    ]
  }

  private static func tooLarge(_ version: Int) -> JSONValue {
    var status = FakeCluster.status(504, "Timeout", "Too large resource version: \(version)")
    status["details"] = ["causes": [["reason": "ResourceVersionTooLarge", "message": "too large"]]]
    return status
  }

  private static func split(_ target: String) -> (String, [String: String]) {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    var query: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      query[sides[0]] = sides.count > 1 ? sides[1] : ""
    }
    return (parts[0], query)
  }
}
