import JSONScan

import HubEngine

/// One seeded run of the engine among random objects, subscriptions, sinks and faults. The same seed makes the same run.
///
/// Each step does one thing and then holds the engine to what must be true at any time (`Invariants`); at the end all
/// faults stop, every sink says yes, and the sinks must know exactly what exists.
struct Simulation {
  /// One subscription, from its creation to its end.
  struct Tenant {
    var name: String
    var namespace: String
    var uid: String
    /// All forms it ever had; the last is the one in the cluster.
    var forms: [Form]
    var ledger: SinkLedger
    var isGone = false
  }

  static let namespaces = ["a", "b", "c"]
  static let names = ["x", "y", "z"]
  static let resources = [FakeCluster.foos, FakeCluster.deployments, FakeCluster.configMaps]

  let seed: UInt64
  var dice: Dice
  var world: World
  var tenants: [Tenant] = []
  /// The batch after which each object changed last.
  var changedAt: [FakeCluster.Resource: [FakeCluster.Key: Int]] = [:]
  var problems: [String] = []
  /// What was done, for people who replay a seed.
  var story: [String] = []
  private var urls = 0
  private var noted = 0
  private var noticed = 0
  private var gated = 0

  init(seed: UInt64, isTracing: Bool = false) {
    self.seed = seed
    dice = Dice(seed: seed)
    let bodyBytes = seed % 3 == 0 ? 600 : 64 << 20
    let touched = seed % 5 == 0 ? 1 : 200_000
    world = World { configuration in
      configuration.seed = seed
      configuration.limits.waitingBodyBytes = bodyBytes
      configuration.limits.readsInFlight = 2
      configuration.limits.deliveriesInFlight = 10
      configuration.limits.catchUpTouched = touched
      configuration.keepsJournal = seed % 3 != 1
    }
    world.journal.syncsAtOnce = seed % 9 == 0
    world.cluster.hasOpaqueVersions = seed % 8 == 7
    world.pageLimit = seed % 2 == 0 ? 2 : .max
    world.listLag = seed % 4 == 1 ? 3 : 0
    world.streamingLists = [.served, .refused, .ignored, .served][Int(seed / 2 % 4)]
    if seed % 3 != 1 {
      world.cluster.served.append(FakeCluster.definitions)
      world.cluster.put(FakeCluster.definitions, "", "foos.samplecontroller.k8s.io")
    }
    world.cluster.hasAggregatedDiscovery = seed % 4 < 2
    if isTracing { world.trace = [] }
  }

  /// The whole run; what was wrong is in `problems`.
  mutating func run(steps: Int = 120) {
    begin()
    for _ in 0..<steps where problems.isEmpty { step() }
    if problems.isEmpty { settle() }
  }

  // MARK: Drawing

  mutating func draw(_ bound: Int) -> Int { dice.draw(bound) }
  mutating func draw<Element>(_ choices: [Element]) -> Element { choices[draw(choices.count)] }
  mutating func chance(_ percent: Int) -> Bool { draw(100) < percent }

  // MARK: Steps

  private mutating func begin() {
    for _ in 0..<draw(8) { changeObject() }
    for _ in 0..<1 + draw(3) { subscribe() }
    world.isAnswering = chance(50)
    world.isStreaming = chance(70)
    world.begin()
    note()
  }

  private mutating func step() {
    switch draw(100) {
    case 0..<30: changeObject()
    case 30..<50: answerSink()
    case 50..<58: pass(time: [0.05, 0.5, 2, 20])
    case 58..<72: apiServerStep()
    case 72..<76: world.isAnswering.toggle()
    case 76..<79: world.isStreaming.toggle()
    case 79..<82: fault()
    case 82..<85: journalStep()
    case 85..<88: subscribe()
    case 88..<97: edit()
    default: unsubscribe()
    }
    if chance(60) { world.syncJournal() }
    note()
  }

  private mutating func pass(time choices: [Double]) {
    let seconds = draw(choices)
    tell("\(seconds) s pass")
    world.advance(seconds: seconds)
  }

  private mutating func changeObject() {
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
      resource, namespace, name, ["metadata": metadata, "spec": ["n": .number("\(draw(99))")]])
    changedAt[resource, default: [:]][FakeCluster.Key(namespace: namespace, name: name)] = world.turn
    tell(
      "put \(resource.kind) \(namespace)/\(name) at \(world.cluster.version) \(String(decoding: metadata.serialized(), as: UTF8.self))"
    )
  }

  private mutating func owner() -> JSONValue {
    let kind = draw(["Foo", "Foo", "Node"])
    return [
      "apiVersion": kind == "Foo" ? "samplecontroller.k8s.io/v1alpha1" : "v1", "kind": .string(kind),
      "name": .string(draw(Self.names)), "uid": .string(Owner.uid),
      "controller": .bool(!chance(10)),
    ]
  }

  private mutating func delete(_ resource: FakeCluster.Resource, _ namespace: String, _ name: String) {
    world.cluster.delete(resource, namespace, name)
    tell("delete \(resource.kind) \(namespace)/\(name) at \(world.cluster.version)")
  }

  private mutating func answerSink() {
    guard !world.sent.isEmpty else { return }
    let sent = draw(world.sent)
    let isLast = chance(3)
    let status = isLast ? 410 : draw([200, 200, 200, 200, 200, 200, 500, 503, 400, 404, 429, 302, 0])
    tell("\(sent.request.url) answers \(status) to \(sent.summary)")
    if status == 200 { acknowledge(sent) }
    world.answer(
      sent.id,
      status == 0
        ? .noAnswer("connection reset")
        : .status(status, retryAfterSeconds: status == 503 && chance(50) ? 2 : nil))
  }

  /// The ledger hears of it before the engine does, which may send the next at once.
  private mutating func acknowledge(_ sent: Sent) {
    if let index = tenants.firstIndex(where: { sent.request.url.hasPrefix(Self.url(of: $0.uid)) }) {
      tenants[index].ledger.acknowledged(sent)
    }
  }

  /// The API server deals with something that it holds, or a part of it arrives.
  private mutating func apiServerStep() {
    if !world.held.isEmpty, chance(70) {
      let index = draw(world.held.count)
      tell("held: \(world.held[index].request.method) \(world.held[index].request.target)")
      if chance(50) { world.serve(index) } else { world.release(index) }
    } else if !world.isStreaming {
      let watches = world.watches.keys.sorted { $0.rawValue < $1.rawValue }
      if !watches.isEmpty { world.stream(draw(watches), events: 1 + draw(3)) }
    }
  }

  private mutating func fault() {
    let kind = draw(8)
    tell("fault \(kind)")
    switch kind {
    case 0: world.cutWatches()
    case 1: world.cluster.compact()
    case 2:
      world.cluster.compact()
      world.cutWatches()
    case 4: kindGoesOrComes(telling: chance(50))
    case 5: world.cluster.awayGroups = chance(50) ? ["samplecontroller.k8s.io"] : []
    case 6: world.forbidden = chance(50) ? [draw(Self.resources)] : []
    case 3: world.isDown ? world.startAPIServer() : world.stopAPIServer()
    default: world.statusAnswer = world.statusAnswer == 200 ? 500 : 200
    }
  }

  /// The hub dies, or its journal begins anew.
  private mutating func journalStep() {
    guard world.configuration.keepsJournal else { return }
    guard chance(70) else {
      tell("an image is asked for")
      return world.give([.writeImage])
    }
    let pending = world.journal.frames.count - world.journal.synced
    let kept = draw(pending + 1)
    tell("the hub dies; of \(pending) frames on their way \(kept) were kept")
    for index in tenants.indices { tenants[index].ledger.hubDied(losing: pending - kept) }
    world.crash(keeping: kept)
  }

  /// The definition of Foos is deleted, or made again.
  private mutating func kindGoesOrComes(telling: Bool) {
    if hasFoos {
      tell("Foos are gone")
      world.uninstall(FakeCluster.foos, telling: telling)
    } else {
      tell("Foos are back")
      world.install(FakeCluster.foos)
    }
  }

  private var hasFoos: Bool { world.cluster.served.contains(FakeCluster.foos) }

  // MARK: Subscriptions

  static func url(of uid: String) -> String { "http://127.0.0.1:9000/\(uid)/" }

  private mutating func newURL() -> String {
    urls += 1
    return String(urls)
  }

  private mutating func subscribe() {
    guard tenants.filter({ !$0.isGone }).count < 4 else { return }
    let namespace = draw(["a", "b"])
    let name = "s\(tenants.count)"
    // The uid is the API server's; the URL needs it, so the object is put twice.
    let object = world.cluster.put(FakeCluster.subscriptions, namespace, name, [:])
    let uid = object["metadata"]?["uid"]?.string ?? ""
    var form = Form(entries: [], url: Self.url(of: uid) + newURL())
    vary(&form)
    tenants.append(
      Tenant(
        name: name, namespace: namespace, uid: uid, forms: [form], ledger: SinkLedger(tenant: namespace)))
    apply(form, tenants.count - 1)
  }

  private mutating func apply(_ form: Form, _ index: Int) {
    tell("\(tenants[index].name) in \(tenants[index].namespace): \(form)")
    world.cluster.put(
      FakeCluster.subscriptions, tenants[index].namespace, tenants[index].name, ["spec": form.json])
    if chance(80) { world.give() }
  }

  private mutating func vary(_ form: inout Form) {
    form.entries = (0..<1 + draw(2)).map { _ in entry() }
    form.isEverywhere = chance(40)
    form.isResourceMode = chance(40)
    form.retry = chance(30) ? draw(3) : nil
    form.concurrency = 1 + draw(4)
    form.resync = chance(20) ? draw([5, 20, 60]) : nil
    form.isSpread = chance(30)
  }

  private mutating func entry() -> Form.Entry {
    var entry = Form.Entry(resource: chance(50) ? FakeCluster.foos : draw(Self.resources))
    if chance(50) { entry.app = draw(["1", "2"]) }
    if entry.resource != FakeCluster.foos {
      entry.isController = chance(60)
      if chance(40) { entry.ownerKind = draw(["Foo", "Node"]) }
    }
    if chance(10) {
      entry.operations = draw([["Add", "Delete"], ["Add", "Update"], ["Update", "Delete"]])
    }
    return entry
  }

  private mutating func edit() {
    let living = tenants.indices.filter { !tenants[$0].isGone }
    guard !living.isEmpty else { return }
    let index = draw(living)
    guard var form = tenants[index].forms.last else { return }
    switch draw(8) {
    case 0..<3: form.entries = (0..<1 + draw(2)).map { _ in entry() }
    case 3: form.isEverywhere.toggle()
    case 4: form.isResourceMode.toggle()
    case 5: form.isSuspended.toggle()
    case 6: form.url = Self.url(of: tenants[index].uid) + newURL()
    default: vary(&form)
    }
    if chance(20) { form.url = Self.url(of: tenants[index].uid) + newURL() }
    tenants[index].forms.append(form)
    apply(form, index)
  }

  private mutating func unsubscribe() {
    let living = tenants.indices.filter { !tenants[$0].isGone }
    guard !living.isEmpty, chance(60) else { return }
    let index = draw(living)
    tenants[index].isGone = true
    tell("\(tenants[index].name) is deleted")
    world.unsubscribe(tenants[index].name, in: tenants[index].namespace)
  }

  // MARK: The end

  /// All faults stop, each subscription is edited (which lets parked keys go), and time passes.
  private mutating func settle() {
    tell("faults stop")
    if !hasFoos { kindGoesOrComes(telling: true) }
    world.cluster.awayGroups = []
    world.forbidden = []
    world.startAPIServer()
    world.journal.syncsAtOnce = true
    world.syncJournal()
    world.statusAnswer = 200
    world.isAnswering = true
    world.isStreaming = true
    note()
    for index in tenants.indices where !tenants[index].isGone {
      guard var form = tenants[index].forms.last else { continue }
      form.isSuspended = false
      form.resync = nil
      form.retry = nil
      form.timeout += 1
      tenants[index].forms.append(form)
      apply(form, index)
      world.give()
      note()
    }
    // The longest wait is five minutes; where nothing waits any more, four of them show that nothing comes.
    for round in 0..<12 where problems.isEmpty {
      if round >= 4,
        world.engine.audit().subscriptions.allSatisfy({ $0.keys == 0 })
      {
        break
      }
      // In small steps: a sink that says yes says so before the time-out.
      for _ in 0..<6 where problems.isEmpty {
        world.advance(seconds: 10)
        note()
        while !world.sent.isEmpty, problems.isEmpty {
          acknowledge(world.sent[0])
          world.answer(200)
          note()
        }
      }
    }
    if problems.isEmpty { checkEnd() }
  }

  // MARK: Telling

  private mutating func tell(_ what: String) { story.append("\(world.turn): \(what)") }

  /// Holds what was sent since, and the engine's state, to the rules.
  private mutating func note() {
    for notice in world.notices[noticed...] where notice.level != .debug {
      tell("  \(notice.message) \(notice.fields.map(\.value))")
    }
    noticed = world.notices.count
    for sent in world.everGated[gated...] {
      let index = tenants.firstIndex { sent.request.url.hasPrefix(Self.url(of: $0.uid)) }
      if let index { tenants[index].ledger.noteGated(sent) }
    }
    gated = world.everGated.count
    for sent in world.history[noted...] {
      tell(
        "sent \(sent.summary) \(sent.header("ce-hubvia") ?? "") \(sent.sequence ?? "") \(sent.uid) "
          + "to \(sent.request.url) as \(sent.eventID)")
      guard let index = tenants.firstIndex(where: { sent.request.url.hasPrefix(Self.url(of: $0.uid)) }) else {
        problems.append("a delivery to an unknown sink \(sent.request.url)")
        continue
      }
      let isComplete = tenants[index].forms.allSatisfy { form in
        form.entries.allSatisfy { $0.operations.count == 3 }
      }
      tenants[index].ledger.note(sent, isComplete: isComplete)
      checkScope(sent, of: tenants[index])
    }
    noted = world.history.count
    for tenant in tenants { problems += tenant.ledger.problems }
    checkState()
  }
}
