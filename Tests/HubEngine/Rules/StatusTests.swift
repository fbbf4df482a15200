import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of statuses")
struct StatusTests {
  @Test("SEMANTICS 31: nothing is written when no condition changes")
  func sparing() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.acknowledgeAll()
    world.advance(seconds: 10)
    let writes = world.statusWrites
    #expect(writes <= 4)
    for _ in 0..<50 {
      world.put("x")
      world.acknowledgeAll()
      world.advance(seconds: 1)
    }
    #expect(world.statusWrites == writes)
  }

  @Test("SEMANTICS 31: the write is a merge patch on the status subresource by the hub's own field manager")
  func request() {
    let world = World(following: [Specs.foos])
    let target =
      "/apis/frugalhub.dev/v1alpha1/namespaces/a/operatorsubscriptions/s/status?fieldManager=frugalhub"
    #expect(world.requests.contains("PATCH " + target))
    #expect(world.statuses["s"]?["status"]?["observedGeneration"]?.int == 1)
  }

  @Test("SEMANTICS 31: one rate limit for all status writes, and all are written in the end")
  func pacing() {
    var world = World()
    for number in 0..<100 {
      world.cluster.put(FakeCluster.subscriptions, "a", "s\(number)", ["spec": Specs.spec([Specs.foos])])
    }
    world.begin()
    #expect(world.statusWrites <= Int(StatusPacer.burst))
    world.advance(seconds: 1)
    #expect(world.statusWrites <= Int(StatusPacer.burst + StatusPacer.perSecond))
    world.advance(seconds: 60)
    #expect(world.statuses.count == 100)
    #expect((0..<100).allSatisfy { world.condition("Ready", of: "s\($0)") == "True Ready" })
  }

  @Test("SEMANTICS 31: no more writes at once than the limit")
  func inFlight() {
    var world = World { $0.limits.statusWritesInFlight = 2 }
    world.begin()
    world.isAnswering = false
    for number in 0..<5 { world.subscribe("s\(number)", Specs.spec([Specs.foos])) }
    #expect(world.held.filter { $0.request.method == "PATCH" }.count == 2)
    world.isAnswering = true
    world.advance(seconds: 5)
    #expect(world.statuses.count == 5)
  }

  @Test("SEMANTICS 31: a write that fails is tried again with growing waits, one deadline at a time")
  func failing() {
    var world = World(following: [Specs.foos])
    world.advance(seconds: 5)
    world.statusAnswer = 500
    let before = world.statusWrites
    for number in 0..<30 {
      world.put("x\(number)")
      while !world.sent.isEmpty { world.answer(400) }
    }
    let timers = world.engine.timers.count
    world.advance(seconds: 120)
    #expect(world.statusWrites - before < 12)
    #expect(world.engine.timers.count <= timers)
    world.statusAnswer = 200
    world.advance(seconds: 61)
    #expect(world.condition("Delivering", of: "s") == "False SinkFailing")
  }

  @Test("SEMANTICS 31: Ready is accepted, found and sink resolved")
  func ready() {
    var world = World()
    world.begin()
    world.subscribe("s", Specs.spec([["apiVersion": "example.com/v1", "kind": "Nothing"]]))
    #expect(world.condition("Ready", of: "s") == "False NotServed")
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.condition("Ready", of: "s") == "True Ready")
    #expect(world.statuses["s"]?["status"]?["observedGeneration"]?.int == 2)
  }
}
