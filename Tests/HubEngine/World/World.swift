import JSONScan

@testable import HubEngine

/// The engine in a world of virtual time: a `FakeCluster` answers its requests at once, sinks are answered by the test.
struct World {
  static let start = EngineTime(monotonic: 1_000_000_000, wall: 1_764_000_000_000_000_000)

  /// One delivery that a sink has not answered yet.
  struct Sent: Equatable {
    var id: DeliveryID
    var request: SinkRequest
    var sentAt: UInt64

    func header(_ name: String) -> String? { request.headers.first { $0.name.lowercased() == name }?.value }
    var type: String { header("ce-type") ?? "" }
    var name: String { header("ce-name") ?? "" }
    var key: String { "\(header("ce-kind") ?? "") \(header("ce-namespace") ?? "")/\(name)" }
    /// As `add Foo a/x change 1`.
    var summary: String {
      let operation = type.split(separator: ".").last.map(String.init) ?? ""
      return "\(operation) \(key) \(header("ce-hubcause") ?? "") \(header("ce-hubattempt") ?? "")"
    }
  }

  private struct Watch {
    var resource: FakeCluster.Resource
    var version: Int
  }

  var engine: HubEngine
  var cluster = FakeCluster()
  private(set) var now = World.start
  /// Deliveries that wait for an answer, oldest first.
  private(set) var sent: [Sent] = []
  /// Everything ever sent.
  private(set) var history: [Sent] = []
  private(set) var notices: [Notice] = []
  /// Requests that were made: method and target.
  private(set) var requests: [String] = []
  /// Status patches by object.
  private(set) var statuses: [String: JSONValue] = [:]
  private var watches: [RequestID: Watch] = [:]
  /// Requests that are held back while `isAnswering` is false.
  private var held: [(RequestID, APIRequest)] = []
  /// False: the API server takes requests and says nothing.
  var isAnswering = true {
    didSet { if isAnswering { releaseHeld() } }
  }
  /// True: nobody listens.
  var isDown = false
  private var pageLimit: Int?

  init(configure: (inout EngineConfiguration) -> Void = { _ in }) {
    var configuration = EngineConfiguration(source: "http://api.test:6443")
    configuration.trustsAllTenants = true
    configuration.allowsLoopbackSinks = true
    configuration.seed = 42
    configure(&configuration)
    engine = HubEngine(configuration)
  }

  // MARK: Running

  /// Begins, and lets everything happen that needs no time.
  mutating func begin() { give([.start]) }

  /// Gives inputs and lets everything happen that follows at once.
  mutating func give(_ inputs: [EngineInput] = []) {
    var pending = inputs
    repeat {
      let effects = engine.handle(pending, at: now)
      pending = []
      for effect in effects { pending += perform(effect) }
      if pending.isEmpty { pending = pump() }
    } while !pending.isEmpty
  }

  /// Lets time pass, stopping at each deadline on the way.
  mutating func advance(seconds: Double) {
    let end = now.monotonic + UInt64(seconds * 1e9)
    while let next = engine.nextDeadline, next <= end {
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

  // MARK: Sinks

  /// Answers the oldest delivery that waits.
  mutating func answer(_ status: Int = 200, retryAfter: Int? = nil) {
    guard !sent.isEmpty else { return }
    answer(sent[0].id, .status(status, retryAfterSeconds: retryAfter))
  }

  mutating func answer(_ id: DeliveryID, _ answer: SinkAnswer) {
    sent.removeAll { $0.id == id }
    give([.sinkAnswer(id, answer)])
  }

  /// Says yes to everything until nothing more is sent.
  mutating func acknowledgeAll() {
    while !sent.isEmpty { answer(200) }
  }

  var summaries: [String] { sent.map(\.summary) }

  // MARK: The cluster

  /// Applies an OperatorSubscription of namespace `namespace`.
  mutating func subscribe(_ name: String, in namespace: String = "a", _ spec: JSONValue) {
    cluster.put(FakeCluster.subscriptions, namespace, name, ["spec": spec])
    give()
  }

  mutating func unsubscribe(_ name: String, in namespace: String = "a") {
    cluster.delete(FakeCluster.subscriptions, namespace, name)
    give()
  }

  /// Ends all watches, as a restart of the API server does.
  mutating func cutWatches() {
    let ids = watches.keys.sorted { $0.rawValue < $1.rawValue }
    watches = [:]
    give(ids.map { .responseEnd($0, .complete) })
  }

  /// The condition of a subscription as it was last written.
  func condition(_ type: String, of name: String) -> String? {
    let found = statuses[name]?["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
    return found.map { "\($0["status"]?.string ?? "") \($0["reason"]?.string ?? "")" }
  }

  private mutating func perform(_ effect: EngineEffect) -> [EngineInput] {
    switch effect {
    case .request(let id, let request):
      requests.append("\(request.method) \(request.target)")
      guard isAnswering else {
        held.append((id, request))
        return []
      }
      return answer(id, request)
    case .cancel(let id):
      watches[id] = nil
      held.removeAll { $0.0 == id }
      return []
    case .send(let id, let request):
      sent.append(Sent(id: id, request: request, sentAt: now.monotonic))
      history.append(sent[sent.count - 1])
      return []
    case .cancelSend(let id):
      sent.removeAll { $0.id == id }
      return []
    case .notice(let notice):
      notices.append(notice)
      return []
    }
  }

  private mutating func releaseHeld() {
    let waiting = held
    held = []
    var inputs: [EngineInput] = []
    for (id, request) in waiting { inputs += answer(id, request) }
    give(inputs)
  }

  private mutating func answer(_ id: RequestID, _ request: APIRequest) -> [EngineInput] {
    if isDown { return [.responseEnd(id, .refused("connection refused"))] }
    let (path, query) = Self.split(request.target)
    if request.method == "PATCH" { return patch(id, path, request) }
    if query["watch"] == "true", let resource = cluster.resource(ofPath: path) {
      return watch(id, resource, from: Int(query["resourceVersion"] ?? "") ?? cluster.version)
    }
    if let resource = cluster.resource(ofPath: path) {
      let limit = Int(query["limit"] ?? "") ?? .max
      return whole(id, 200, cluster.page(resource, limit: limit, after: Int(query["continue"] ?? "") ?? 0))
    }
    if let list = cluster.discovery(ofPath: path) { return whole(id, 200, list) }
    if let (resource, key) = cluster.object(ofPath: path),
      let object = cluster.object(resource, key.namespace, key.name)
    {
      return whole(id, 200, object)
    }
    return whole(id, 404, FakeCluster.status(404, "NotFound", "not found"))
  }

  private mutating func patch(_ id: RequestID, _ path: String, _ request: APIRequest) -> [EngineInput] {
    guard let (_, key) = cluster.object(ofPath: path), let body = try? JSONValue(parsing: request.body) else {
      return whole(id, 404, FakeCluster.status(404, "NotFound", "not found"))
    }
    statuses[key.name] = body
    return whole(id, 200, body)
  }

  private mutating func watch(_ id: RequestID, _ resource: FakeCluster.Resource, from version: Int)
    -> [EngineInput]
  {
    guard version >= cluster.compacted else {
      let error: JSONValue = [
        "type": "ERROR", "object": FakeCluster.status(410, "Expired", "too old resource version"),
      ]
      return [
        .responseHead(id, status: 200, retryAfterSeconds: nil),
        .responseBytes(id, error.serialized() + [10]), .responseEnd(id, .complete),
      ]
    }
    watches[id] = Watch(resource: resource, version: version)
    return [.responseHead(id, status: 200, retryAfterSeconds: nil)]
  }

  /// What the watches have to say that they did not say yet.
  private mutating func pump() -> [EngineInput] {
    guard isAnswering else { return [] }
    var inputs: [EngineInput] = []
    for id in watches.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let watch = watches[id] else { continue }
      var bytes: [UInt8] = []
      for event in cluster.events[watch.resource] ?? [] where event.version > watch.version {
        let line: JSONValue = ["type": .string(event.type), "object": event.object]
        bytes += line.serialized() + [10]
        watches[id]?.version = event.version
      }
      if !bytes.isEmpty { inputs.append(.responseBytes(id, bytes)) }
    }
    return inputs
  }

  private func whole(_ id: RequestID, _ status: Int, _ body: JSONValue) -> [EngineInput] {
    [
      .responseHead(id, status: status, retryAfterSeconds: nil), .responseBytes(id, body.serialized()),
      .responseEnd(id, .complete),
    ]
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
