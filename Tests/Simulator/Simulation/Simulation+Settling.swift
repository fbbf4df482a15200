import HubEngine

/// Faults stop, and everything must converge; then one tenant floods the hub, and no other may notice much.
extension Simulation {
  /// All faults stop, each subscription is edited (which lets parked keys go), and time passes.
  mutating func settle() {
    tell("all faults stop")
    if world.hasDied { restart() }
    world.dieAfter = nil
    stopFaults()
    note()
    for index in tenants.indices where !tenants[index].isGone && violations.isEmpty {
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
    converge()
    if violations.isEmpty { checkEnd() }
  }

  private mutating func stopFaults() {
    if !hasFoos { kindGoesOrComes(telling: true) }
    world.cluster.awayGroups = []
    world.forbidden = []
    world.overload = 0
    world.expiringPages = 0
    world.startAPIServer()
    world.journal.syncsAtOnce = true
    world.syncJournal()
    world.statusAnswer = 200
    world.isAnswering = true
    world.isStreaming = true
    outages = [:]
  }

  /// The longest wait is five minutes; where nothing waits any more, four of them show that nothing comes.
  private mutating func converge() {
    for round in 0..<14 where violations.isEmpty {
      if round >= 4, world.engine.audit().subscriptions.allSatisfy({ $0.keys == 0 }) { break }
      // In small steps: a sink that says yes says so before the time-out.
      for _ in 0..<6 where violations.isEmpty {
        world.advance(seconds: 10)
        note()
        while let sent = world.sent.first, violations.isEmpty {
          acknowledge(sent)
          note()
        }
      }
    }
  }

  private mutating func checkEnd() {
    let living = tenants.filter { !$0.isGone }
    violations += LivenessChecker().checkEnd(world) + CoverageChecker().checkEnd(world, living)
    if world.snapshot.counters.bodiesRead > 0 { world.rare.note(.bodyReadAgain) }
    for tenant in living where tenant.isComplete {
      guard let form = tenant.forms.last else { continue }
      violations += FilterTruthChecker().checkEnd(of: tenant, form, world.cluster)
      violations += tenant.requeues.checkEnd(of: tenant, form, world)
      for resource in Self.resources {
        for key in world.cluster.keys(resource) {
          guard let object = world.cluster.objects[resource]?[key] else { continue }
          let turn = changedAt[resource]?[key] ?? -1
          violations += LastStateChecker().checkEnd(
            of: tenant, form, object, resource, world.cluster, after: turn)
        }
      }
    }
  }

  // MARK: The flood

  /// With a hub that takes ten deliveries at a time, one tenant has sixty keys for a sink that needs a second for each,
  /// another a change every two seconds for a sink that is quick.
  mutating func flood() {
    tell("one tenant floods the hub")
    var flooding = Form(entries: [Form.Entry(resource: FakeCluster.foos)], url: "")
    flooding.isEverywhere = true
    flooding.concurrency = 64
    subscribe(flooding, in: "a")
    subscribe(Form(entries: [Form.Entry(resource: FakeCluster.configMaps)], url: ""), in: "q")
    world.give()
    note()
    guard let quiet = tenants.last else { return }
    var fairness = FairnessChecker(quiet: Self.url(of: quiet.uid))
    for number in 0..<60 { world.cluster.put(FakeCluster.foos, "b", "flood\(number)") }
    for tick in 0..<40 where violations.isEmpty {
      if tick % 4 == 0 {
        world.cluster.put(FakeCluster.configMaps, "q", "calm")
        fairness.changed(at: world.now.monotonic)
      }
      world.advance(seconds: 0.5)
      note()
      answerFlood()
      note()
      violations += fairness.check(world)
    }
  }

  /// All sinks are quick but the flooded one.
  private mutating func answerFlood() {
    while violations.isEmpty,
      let sent = world.sent.first(where: {
        !$0.name.hasPrefix("flood") || world.now.monotonic >= $0.sentAt + 1_000_000_000
      })
    {
      acknowledge(sent)
      note()
    }
  }
}

/// `CheckerName.fairness`, from outside: how long a change of one tenant waits until its sink hears of it.
struct FairnessChecker {
  /// A place becomes free within the second that the flooded sink needs; the rest is for the ticks of the simulation.
  static let bound: UInt64 = 3_000_000_000

  /// Begins the URLs of the tenant that does not flood.
  let quiet: String
  private var changes: [UInt64] = []
  private var looked = 0

  init(quiet: String) { self.quiet = quiet }

  mutating func changed(at time: UInt64) { changes.append(time) }

  mutating func check(_ world: World) -> [Violation] {
    for sent in world.history[looked...] where sent.request.url.hasPrefix(quiet) {
      changes.removeAll { $0 <= sent.sentAt }
    }
    looked = world.history.count
    guard let oldest = changes.first, world.now.monotonic > oldest + Self.bound else { return [] }
    return [
      Violation(
        .fairness, "a change waits since \((world.now.monotonic - oldest) / 1_000_000) ms",
        subscription: quiet)
    ]
  }
}
