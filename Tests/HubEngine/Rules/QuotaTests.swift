import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of quotas")
struct QuotaTests {
  private static func made(at second: Int) -> JSONValue {
    ["creationTimestamp": .string("2026-11-25T10:00:\(second < 10 ? "0" : "")\(second)Z")]
  }

  private func apply(
    _ name: String, in namespace: String = "a", made second: Int,
    _ spec: JSONValue,
    _ world: inout World
  ) {
    world.put(
      FakeCluster.subscriptions, namespace, name, ["metadata": Self.made(at: second), "spec": spec])
  }

  private func apply(_ name: String, in namespace: String = "a", made second: Int, _ world: inout World) {
    apply(name, in: namespace, made: second, Specs.spec([Specs.foos]), &world)
  }

  private func served(_ world: World) -> [String] {
    world.snapshot.subscriptions.filter { one in
      !world.snapshot.refused.contains { $0.hasPrefix("\(one.namespace)/\(one.name):") }
    }.map(\.name)
  }

  @Test(
    "limits.tenant.subscriptions: at it all are served, beyond it the youngest says so; other tenants are not concerned"
  )
  func tenantLimit() {
    var world = World { $0.limits.tenant.subscriptions = 2 }
    world.begin()
    apply("s1", made: 1, &world)
    apply("s2", made: 2, &world)
    #expect(served(world) == ["s1", "s2"] && world.snapshot.overQuota == 0)
    apply("s3", made: 3, &world)
    apply("t", in: "b", made: 4, &world)
    #expect(served(world) == ["s1", "s2", "t"] && world.snapshot.overQuota == 1)
    #expect(world.condition("Ready", of: "s3") == "False QuotaExceeded")
    #expect(world.message("Ready", of: "s3").contains("limits.tenant.subscriptions"))
    #expect(world.message("Ready", of: "s3").contains("delete one"))
    world.put("x")
    #expect(world.sent.count == 2)
  }

  @Test("A subscription that goes makes room for the oldest that waits, which then begins as any other")
  func freed() {
    var world = World { $0.limits.tenant.subscriptions = 1 }
    world.begin()
    world.put("x")
    apply("s", made: 1, &world)
    world.acknowledgeAll()
    apply("late", made: 9, &world)
    apply("early", made: 5, &world)
    #expect(world.condition("Ready", of: "early") == "False QuotaExceeded")
    world.unsubscribe("s")
    #expect(served(world) == ["early"])
    #expect(world.condition("Ready", of: "early") == "True Ready")
    #expect(world.condition("Ready", of: "late") == "False QuotaExceeded")
    #expect(world.summaries == ["add Foo a/x initial 1"])
  }

  @Test("Which are served goes by creationTimestamp and then uid, not by the order of the list")
  func listOrder() {
    for reversed in [false, true] {
      var world = World { $0.limits.tenant.subscriptions = 2 }
      for number in 0..<6 {
        let second = reversed ? 9 - number : number
        world.cluster.put(
          FakeCluster.subscriptions, "a", "s\(number)",
          ["metadata": Self.made(at: second), "spec": Specs.spec([Specs.foos])])
      }
      world.begin()
      #expect(served(world) == (reversed ? ["s4", "s5"] : ["s0", "s1"]))
      world.put("x")
      #expect(world.sent.count == 2)
    }
  }

  @Test(
    "What waits may be edited: it is served by its last form; one that turns bad loses its place in the line")
  func editsWhileWaiting() {
    var world = World { $0.limits.tenant.subscriptions = 1 }
    world.begin()
    apply("s", made: 1, &world)
    apply("t", made: 2, Specs.spec([Specs.configMaps]), &world)
    apply("u", made: 3, &world)
    apply("t", made: 2, Specs.spec([Specs.foos], ["suspend": true]), &world)
    #expect(world.condition("Ready", of: "t") == "False QuotaExceeded")
    apply("u", made: 3, Specs.spec([]), &world)
    #expect(world.condition("Ready", of: "u") == "False NotAccepted" && world.snapshot.overQuota == 1)
    world.unsubscribe("s")
    #expect(world.condition("Delivering", of: "t") == "False Suspended")
    apply("u", made: 3, &world)
    #expect(world.condition("Ready", of: "u") == "False QuotaExceeded")
    world.unsubscribe("t")
    #expect(world.condition("Ready", of: "u") == "True Ready")
  }

  @Test("SEMANTICS 27: one that is served and turns bad keeps its place")
  func badEditKeepsPlace() {
    var world = World { $0.limits.tenant.subscriptions = 1 }
    world.begin()
    apply("s", made: 1, &world)
    apply("t", made: 2, &world)
    apply("s", made: 1, Specs.spec([]), &world)
    world.put("x")
    #expect(world.sent.count == 1 && world.condition("Ready", of: "t") == "False QuotaExceeded")
  }

  @Test("limits.hub.subscriptions: the oldest of all tenants; far beyond it they are not even kept")
  func hubLimit() {
    var world = World { $0.limits.subscriptions = 2 }
    world.begin()
    for number in 1...5 { apply("s\(number)", in: "n\(number)", made: number, &world) }
    #expect(served(world) == ["s1", "s2"] && world.snapshot.overQuota == 2)
    #expect(world.condition("Ready", of: "s3") == "False QuotaExceeded")
    #expect(world.message("Ready", of: "s3").contains("limits.hub.subscriptions"))
    #expect(world.notices.contains { $0.message == "too many subscriptions: one is left out" })
    world.unsubscribe("s1", in: "n1")
    #expect(served(world) == ["s2", "s3"])
  }

  @Test("After a restart with a lower limit the oldest are served on, with what they had; the others wait")
  func restart() {
    var world = World { $0.keepsJournal = true }
    world.begin()
    for number in 0..<3 { apply("s\(number)", made: 9 - number, &world) }
    world.put("x")
    world.acknowledgeAll()
    world.syncJournal()
    world.configuration.limits.tenant.subscriptions = 1
    world.crash()
    world.acknowledgeAll()
    #expect(served(world) == ["s2"])
    let before = world.history.count
    world.put("x")
    #expect(world.history.count == before + 1 && world.sent.first?.operation == "update")
  }

  // MARK: Rates

  @Test("limits.tenant.deliveriesPerSecond: a burst, then that many a second; another tenant's go at once")
  func rate() {
    var world = World { $0.limits.tenant.deliveriesPerSecond = 20 }
    world.begin()
    let spec = Specs.spec([Specs.foos], ["delivery": ["concurrency": 1024]])
    world.subscribe("s", in: "a", spec)
    world.subscribe("t", in: "b", spec)
    world.change { cluster in for number in 0..<200 { cluster.put(FakeCluster.foos, "a", "x\(number)") } }
    #expect(world.sent.count == 2)
    world.put(FakeCluster.foos, "b", "y")
    #expect(world.sent.count { $0.tenant == "b" } == 1)
    for _ in 0..<4 {
      world.acknowledgeAll()
      world.advance(seconds: 1)
    }
    world.acknowledgeAll()
    #expect((80...84).contains(world.counters.delivered))
  }

  private func run(_ seconds: Int, _ world: inout World) {
    for _ in 0..<seconds {
      world.acknowledgeAll()
      world.advance(seconds: 1)
    }
  }

  @Test(
    "Throttled shows in Delivering after a minute, and no longer when the rate suffices; two writes for all of it"
  )
  func throttled() {
    var world = World { $0.limits.tenant.deliveriesPerSecond = 1 }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.change { cluster in for number in 0..<100 { cluster.put(FakeCluster.foos, "a", "x\(number)") } }
    run(30, &world)
    #expect(world.condition("Delivering", of: "s") == "True Delivering")
    let writes = world.statusWrites
    run(45, &world)
    #expect(world.condition("Delivering", of: "s") == "True Throttled")
    #expect(world.message("Delivering", of: "s").contains("limits.tenant.deliveriesPerSecond"))
    run(200, &world)
    #expect(world.condition("Delivering", of: "s") == "True Delivering")
    #expect(world.counters.delivered == 100 && world.statusWrites == writes + 2)
  }

  // MARK: Bodies

  @Test("limits.tenant.pendingBytes: at it bodies wait, beyond it they are read again; others have room")
  func bodies() {
    let size = FakeCluster().size("a", "x")
    for missing in [0, 1] {
      var world = World { $0.limits.tenant.waitingBodyBytes = size - missing }
      world.begin()
      world.subscribe("s", in: "a", Specs.spec([Specs.foos], ["mode": "Resource", "suspend": true]))
      world.subscribe("t", in: "b", Specs.spec([Specs.foos], ["mode": "Resource", "suspend": true]))
      world.put(FakeCluster.foos, "a", "x")
      #expect(world.snapshot.waitingBodyBytes == (missing == 0 ? size : 0))
    }
  }

  @Test("SEMANTICS 22: a tenant's bodies never take more than they leave free to others")
  func bodiesLeaveRoom() {
    let size = FakeCluster().size("a", "x0")
    var world = World { $0.limits.waitingBodyBytes = 10 * size }
    world.begin()
    for namespace in ["a", "b"] {
      world.subscribe("s", in: namespace, Specs.spec([Specs.foos], ["mode": "Resource", "suspend": true]))
    }
    for number in 0..<10 { world.put(FakeCluster.foos, "a", "x\(number)") }
    #expect(world.snapshot.waitingBodyBytes == 5 * size)
    for number in 0..<10 { world.put(FakeCluster.foos, "b", "x\(number)") }
    #expect(world.snapshot.waitingBodyBytes >= 7 * size)
    #expect(world.snapshot.waitingBodyBytes < 10 * size)
  }
}

extension FakeCluster {
  /// Bytes of a Foo of this name.
  fileprivate func size(_ namespace: String, _ name: String) -> Int {
    var copy = self
    return copy.put(FakeCluster.foos, namespace, name).serialized().count
  }
}
