import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of resync")
struct ResyncTests {
  private func world(
    _ resources: [JSONValue] = [Specs.foos], period: String = "100s", spread: Bool = false,
    _ more: JSONValue = [:]
  ) -> World {
    var spec = more
    spec["resync"] = ["period": .string(period), "spread": .bool(spread)]
    var world = World(following: resources, spec)
    for name in ["x", "y", "z"] { world.put(name, ["spec": ["n": "1"]]) }
    world.acknowledgeAll()
    return world
  }

  private func lists(_ world: World) -> Int {
    world.requests.filter { $0.contains("foos?limit") || $0.contains("foos?watch=true&send") }.count
  }

  @Test(
    "SEMANTICS 32: once a period every matching key is sent again, as one batch, without a list in Reference mode"
  )
  func batch() {
    var world = world()
    let lists = lists(world)
    world.advance(seconds: 89.9)
    #expect(world.summaries == [])
    world.advance(seconds: 10.2)
    #expect(
      world.summaries == ["update Foo a/x resync 1", "update Foo a/y resync 1", "update Foo a/z resync 1"])
    #expect(Set(world.sent.map(\.sentAt)).count == 1)
    world.acknowledgeAll()
    world.advance(seconds: 101)
    #expect(world.summaries.count == 3)
    #expect(self.lists(world) == lists)
  }

  @Test("SEMANTICS 19: no two rounds have the same id, a retry has")
  func ids() {
    var world = world()
    world.advance(seconds: 101)
    let first = world.sent.map(\.eventID)
    world.answer(500)
    world.acknowledgeAll()
    world.advance(seconds: 2)
    #expect(world.only?.eventID == first[0])
    world.acknowledgeAll()
    world.advance(seconds: 101)
    #expect(Set(first + world.sent.map(\.eventID)).count == 6)
  }

  @Test("SEMANTICS 32: a key that waits, backs off or is under way is not doubled")
  func notDoubled() {
    var world = world([Specs.foos], ["delivery": ["concurrency": 1, "timeout": "1h"]])
    world.put("x")
    world.put("y")
    #expect(world.summaries == ["update Foo a/x change 1"])
    world.advance(seconds: 350)
    #expect(world.summaries == ["update Foo a/x change 1"])
    #expect(world.snapshot.queueDepth == 2)
    #expect(world.next() == "update Foo a/x change 1")
    #expect(world.next() == "update Foo a/y change 1")
    #expect(world.next() == "update Foo a/z resync 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 15, 18: a change beats a resync that waits, and goes before it")
  func changeFirst() {
    var world = world(period: "100s", ["delivery": ["concurrency": 1]])
    world.advance(seconds: 101)
    #expect(world.summaries == ["update Foo a/x resync 1"])
    world.put("z")
    #expect(world.next() == "update Foo a/x resync 1")
    #expect(world.next() == "update Foo a/z change 1")
    #expect(world.next() == "update Foo a/y resync 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 24: a parked key is sent again by a resync")
  func parked() {
    var world = world()
    world.put("x")
    world.answer(400)
    #expect(world.snapshot.parked == 1)
    world.advance(seconds: 101)
    #expect(world.summaries.contains { $0.hasPrefix("update Foo a/x") })
    #expect(world.snapshot.parked == 0)
  }

  @Test("SEMANTICS 32: spread, the keys come one after the other over the period, each once")
  func spread() {
    var world = world(spread: true)
    for number in 0..<40 { world.put("n\(number)") }
    world.acknowledgeAll()
    var batches: [Int] = []
    for _ in 0..<100 {
      world.advance(seconds: 1)
      batches.append(world.sent.count)
      world.acknowledgeAll()
    }
    #expect((43...60).contains(batches.reduce(0, +)))
    #expect(batches.max() ?? 0 <= 5)
    let resynced = world.history.filter { $0.header("ce-hubcause") == "resync" }
    #expect(Set(resynced.map(\.name)).count == 43)
  }

  @Test("SEMANTICS 32: subscriptions with one period do not go together for ever")
  func jitter() {
    var world = world()
    world.subscribe(
      "t",
      Specs.spec(
        [Specs.foos], ["resync": ["period": "100s"], "sink": ["uri": "http://127.0.0.1:9000/t"]]))
    world.acknowledgeAll()
    for _ in 0..<50 {
      world.advance(seconds: 10)
      world.acknowledgeAll()
    }
    let times = world.history.filter { $0.header("ce-hubcause") == "resync" }.map {
      ($0.request.url, $0.sentAt)
    }
    let first = Set(times.filter { $0.0.hasSuffix("foo") }.map(\.1))
    let second = Set(times.filter { $0.0.hasSuffix("/t") }.map(\.1))
    #expect(first.count >= 4 && second.count >= 4)
    #expect(first.isDisjoint(with: second))
  }

  @Test("SEMANTICS 5: the owners of children are resynced, each once for all its children")
  func controllers() {
    var world = World(following: [Specs.children], ["resync": ["period": "100s"]])
    for name in ["p", "q"] { world.put(FakeCluster.deployments, "a", name, Specs.owned(by: "x")) }
    world.acknowledgeAll()
    world.advance(seconds: 101)
    #expect(world.summaries == ["update Foo a/x resync 1"])
  }

  @Test(
    "SEMANTICS 32: in Resource mode the bodies come by one list, page by page, and none is read by itself")
  func bodies() {
    var world = world([Specs.foos], ["mode": "Resource"])
    let before = world.counters.bodiesRead
    let lists = lists(world)
    world.pageLimit = 2
    world.advance(seconds: 101)
    #expect(
      world.summaries == ["update Foo a/x resync 1", "update Foo a/y resync 1", "update Foo a/z resync 1"])
    #expect(world.sent.allSatisfy { $0.body["spec"]?["n"]?.string == "1" })
    #expect(world.counters.bodiesRead == before)
    #expect(self.lists(world) == lists + 2)
    let list = world.requests.last { $0.contains("/foos?limit") && !$0.contains("continue") }
    #expect(list?.contains("resourceVersionMatch=NotOlderThan") == true)
  }

  @Test("SEMANTICS 22, 32: where that list fails, each body is read by itself at its turn")
  func failedList() {
    var world = world([Specs.foos], ["mode": "Resource"])
    world.badAnswers = [("/apis/samplecontroller.k8s.io/v1alpha1/namespaces/a/foos?limit", 500, "no")]
    world.advance(seconds: 101)
    #expect(world.summaries.count == 3)
    #expect(world.counters.bodiesRead == 3)
  }

  @Test("a new period counts from the edit, none ends it, and a suspended subscription rests")
  func edits() {
    var world = world()
    world.subscribe("s", Specs.spec([Specs.foos], ["resync": ["period": "10s"]]))
    world.advance(seconds: 10.1)
    #expect(world.summaries.count == 3)
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos], ["resync": ["period": "10s"], "suspend": true]))
    world.advance(seconds: 25)
    #expect(world.snapshot.subscriptions.first?.pending == 0)
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.advance(seconds: 300)
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 1: operations gate a resync by the type it would have")
  func gated() {
    var world = world([Specs.with(Specs.foos, ["operations": ["Add", "Delete"]])])
    world.advance(seconds: 101)
    #expect(world.summaries == [])
  }
}
