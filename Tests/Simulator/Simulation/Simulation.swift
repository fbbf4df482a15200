import HubEngine
import JSONScan

/// One seeded run of the hub's core and its journal among random objects, subscriptions, sinks and faults. The same seed
/// makes the same run.
///
/// Each step does one thing and then holds the hub to what must be true at any time (`Checkers`). Then all faults stop,
/// every sink says yes, and everything must converge; in some runs a tenant floods the hub at the end.
struct Simulation {
  static let namespaces = ["a", "b", "c"]
  static let names = ["x", "y", "z"]
  static let resources = [FakeCluster.foos, FakeCluster.deployments, FakeCluster.configMaps]

  let seed: UInt64
  var dice: Dice
  var world: World
  var tenants: [Tenant] = []
  /// The batch after which each object changed last.
  var changedAt: [FakeCluster.Resource: [FakeCluster.Key: Int]] = [:]
  var violations: [Violation] = []
  /// What was done, for people who replay a seed.
  var story: [String] = []
  var oneInFlight = OneInFlightChecker()
  /// URLs that answer nothing but this, until it is over.
  var outages: [String: Int] = [:]
  var urls = 0
  /// How many of the world's notices, waits and sends were looked at.
  private var noticed = 0
  private var waited = 0
  private var noted = 0
  /// Event ids that a hub which is dead now had sent.
  var toldByTheDead: Set<String> = []

  init(seed: UInt64, isTracing: Bool = false, sabotage: (any Sabotage)? = nil) {
    self.seed = seed
    dice = Dice(seed: seed)
    world = Self.makeWorld(seed)
    world.sabotage = sabotage
    if isTracing { world.trace = [] }
  }

  private static func makeWorld(_ seed: UInt64) -> World {
    var world = World { configuration in
      configuration.seed = seed
      configuration.limits.waitingBodyBytes = seed % 3 == 0 ? 600 : 64 << 20
      configuration.limits.readsInFlight = 2
      configuration.limits.deliveriesInFlight = 10
      configuration.limits.tenant.deliveriesInFlight = seed % 6 == 2 ? 3 : nil
      configuration.limits.tenant.deliveriesPerSecond = seed % 7 == 3 ? 20 : nil
      configuration.limits.catchUpTouched = seed % 5 == 0 ? 1 : 200_000
      configuration.keepsJournal = seed % 4 != 1
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
    return world
  }

  /// The whole run; what was wrong is in `violations`.
  mutating func run(steps: Int = 150) {
    begin()
    for _ in 0..<steps where violations.isEmpty { step() }
    if violations.isEmpty { settle() }
    if violations.isEmpty, seed % 4 == 2 { flood() }
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
    case 0..<28: changeObject()
    case 28..<50: answerSink()
    case 50..<57: pass(time: [0.05, 0.5, 2, 20])
    case 57..<71: apiServerStep()
    case 71..<75: world.isAnswering.toggle()
    case 75..<78: world.isStreaming.toggle()
    case 78..<82: fault()
    case 82..<86: hubStep()
    case 86..<89: subscribe()
    case 89..<97: edit()
    default: unsubscribe()
    }
    if world.hasDied { restart() }
    if chance(60) { world.syncJournal() }
    note()
  }

  mutating func pass(time choices: [Double]) {
    let seconds = draw(choices)
    tell("\(seconds) s pass")
    world.advance(seconds: seconds)
  }

  // MARK: Watching

  mutating func tell(_ what: String) { story.append("\(world.turn): \(what)") }

  func index(ofTenantOf sent: Sent) -> Int? {
    tenants.firstIndex { sent.request.url.hasPrefix(Self.url(of: $0.uid)) }
  }

  /// Holds what was sent since, and the hub's state, to the rules.
  mutating func note() {
    noteNotices()
    for sent in world.everGated[waited...] {
      if let index = index(ofTenantOf: sent) { tenants[index].eventType.waits(sent) }
    }
    waited = world.everGated.count
    violations += oneInFlight.check(world)
    for sent in world.history[noted...] { note(sent) }
    noted = world.history.count
    if let fault = world.journalFault { violations.append(Violation(.journal, fault)) }
    guard !world.hasDied else { return }
    let audit = world.engine.audit()
    violations += ConservationChecker().check(world, audit) + BoundsChecker().check(world, audit)
  }

  private mutating func note(_ sent: Sent) {
    tell(
      "sent \(sent.summary) \(sent.header("ce-hubvia") ?? "") \(sent.sequence ?? "") \(sent.uid) "
        + "to \(sent.request.url) as \(sent.eventID)")
    if sent.header("ce-hubvia") != nil { world.rare.note(.toldToOwner) }
    if toldByTheDead.contains(sent.eventID) { world.rare.note(.toldAgainAfterDeath) }
    guard let index = index(ofTenantOf: sent) else {
      violations.append(Violation(.isolation, "a delivery to an unknown sink", sent))
      return
    }
    let tenant = tenants[index]
    violations += tenants[index].versionOrder.sent(sent) + tenants[index].eventIdentity.sent(sent)
    violations += IsolationChecker().sent(sent, of: tenant, world.cluster)
    violations += BodyTruthChecker().sent(sent, world.cluster)
    violations += tenants[index].requeues.sent(sent, rare: &world.rare)
    let found = tenants[index].eventType.sent(sent)
    guard tenant.isComplete else { return }
    violations += found + FilterTruthChecker().sent(sent, tenant.memory)
  }

  private mutating func noteNotices() {
    for notice in world.notices[noticed...] {
      if notice.message == "a round of resync" { world.rare.note(.resynced) }
      if notice.message == "a key is parked until it changes" {
        let isExhausted = notice.fields.contains { $0.value.contains("exhausted") }
        world.rare.note(isExhausted ? .exhausted : .rejected)
      }
      if notice.level != .debug { tell("  \(notice.message) \(notice.fields.map(\.value))") }
    }
    noticed = world.notices.count
  }

  /// The lines of the story that speak of a violation's key and subscription, and of what befell all.
  func history(of violation: Violation) -> [String] {
    guard let key = violation.key else { return story.suffix(40) }
    return story.filter { line in
      line.contains(" \(key) ") || line.hasSuffix(key) || line.contains("fault") || line.contains("hub")
    }.suffix(60)
  }
}
