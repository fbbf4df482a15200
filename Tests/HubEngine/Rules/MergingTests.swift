import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of merging and order")
struct MergingTests {
  /// One delivery at a time, and one is in flight: everything else waits.
  private func busy(_ more: JSONValue = [:]) -> World {
    var spec = more
    spec["delivery"] = Specs.with(more["delivery"] ?? [:], ["concurrency": 1])
    var world = World(following: [Specs.foos], spec)
    world.put("blocker")
    return world
  }

  @Test("SEMANTICS 14: changes to a waiting key merge into its latest state")
  func merge() {
    var world = busy()
    world.put("x")
    world.put("x")
    world.put("x")
    let version = world.cluster.version
    world.answer(200)
    #expect(world.only?.sequence?.hasSuffix(String(version)) == true)
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.summaries == [])
    #expect(world.counters.merged == 2)
  }

  @Test("SEMANTICS 14: an incarnation that was never attempted vanishes with its end")
  func neverAttempted() {
    var world = busy()
    world.put("x")
    world.delete("x")
    world.answer(200)
    #expect(world.summaries == [])
    #expect(world.counters.superseded == 1)
  }

  @Test("SEMANTICS 14: the delete of what was told waits, and the next incarnation after it")
  func deleteThenCreate() {
    var world = busy()
    world.put("x")
    world.acknowledgeAll()
    let old = world.cluster.object(FakeCluster.foos, "a", "x")?["metadata"]?["uid"]?.string
    world.put("blocker")
    world.delete("x")
    world.put("x")
    world.put("x")
    #expect(world.next() == "update Foo a/blocker change 1")
    #expect(world.only?.uid == old)
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.only?.uid != old)
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 14: of several incarnations only the oldest that was attempted has its delete told")
  func oldestDelete() {
    var world = busy()
    world.put("x")
    world.acknowledgeAll()
    let first = world.cluster.object(FakeCluster.foos, "a", "x")?["metadata"]?["uid"]?.string
    world.put("blocker")
    for _ in 0..<3 {
      world.delete("x")
      world.put("x")
    }
    world.delete("x")
    world.answer(200)
    #expect(world.only?.uid == first)
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 14: of one incarnation that left, came back and was deleted the last end is told")
  func lastEnd() {
    var world = World(following: [Specs.foos(app: "1")], ["delivery": ["concurrency": 1]])
    world.put("x", Specs.labelled("1"))
    world.acknowledgeAll()
    world.put("blocker", Specs.labelled("1"))
    world.put("x", Specs.labelled("2"))
    world.put("x", Specs.labelled("1"))
    world.delete("x")
    let version = world.cluster.version
    world.answer(200)
    #expect(world.only?.header("ce-hubreason") == "deleted")
    #expect(world.only?.sequence?.hasSuffix("0\(version)") == true)
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 15: gone is a delete also when its add never succeeded but was attempted")
  func deleteOfAttempted() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.answer(500)
    world.delete("x")
    world.advance(seconds: 1)
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 15: the type is decided at dispatch: add until it was acknowledged, update after")
  func typeAtDispatch() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.put("x")
    world.answer(500)
    world.advance(seconds: 1)
    #expect(world.summaries == ["add Foo a/x change 1"])
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.next() == "update Foo a/x change 1")
  }

  @Test("SEMANTICS 15: a yes to what was deleted and made again in flight says nothing of the new one")
  func recreatedInFlight() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.delete("x")
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test(
    "SEMANTICS 15: a yes to what left the selector in flight and came back says nothing of what came back")
  func leftInFlight() {
    var world = World(following: [Specs.foos(app: "1")])
    world.subscribe("other", Specs.spec([Specs.foos], ["suspend": true]))
    world.put("x", Specs.labelled("1"))
    world.put("x", Specs.labelled("2"))
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 15: a change beats initial, and initial never takes back a change")
  func causes() {
    var world = World()
    for name in ["x", "y"] { world.cluster.put(FakeCluster.foos, "a", name) }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["concurrency": 1]]))
    #expect(world.summaries == ["add Foo a/x initial 1"])
    world.put("y")
    #expect(world.next() == "add Foo a/x initial 1")
    #expect(world.summaries == ["add Foo a/y change 1"])
    // A new sink has everything told again; what was a change stays one.
    var spec = Specs.spec([Specs.foos], ["delivery": ["concurrency": 1]])
    spec["sink"] = ["uri": "http://127.0.0.1:9000/other"]
    world.subscribe("s", spec)
    world.advance(seconds: 1)
    var told: Set<String> = []
    while !world.sent.isEmpty { told.insert(world.next()) }
    #expect(told == ["add Foo a/y change 1", "add Foo a/x initial 1"])
  }

  @Test(
    "SEMANTICS 15: of two causes the stronger is told",
    arguments: [
      (Cause.change, Cause.requeue), (.requeue, .initial), (.initial, .resync), (.change, .resync),
    ])
  func precedence(strong: Cause, weak: Cause) {
    for (first, second) in [(strong, weak), (weak, strong)] {
      var queue = WorkQueue()
      let key = ObjectKey(kind: 0, namespace: "a", name: "x")
      _ = queue.enqueue(KeyChange(key: key, what: .live(body: nil), cause: first), at: World.start)
      _ = queue.enqueue(KeyChange(key: key, what: .live(body: nil), cause: second), at: World.start)
      #expect(queue.takeNext().flatMap { queue[$0] }?.stamp.cause == strong)
      #expect(queue.takeNext() == nil)
    }
  }

  @Test("SEMANTICS 16: one delivery of a key at once; a change meanwhile is sent after it")
  func oneInFlight() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.put("x")
    world.put("y")
    #expect(world.summaries == ["add Foo a/x change 1", "add Foo a/y change 1"])
    let version = world.cluster.object(FakeCluster.foos, "a", "x")?["metadata"]?["resourceVersion"]?.string
    #expect(world.next() == "add Foo a/x change 1")
    let update = world.sent.first { $0.name == "x" }
    #expect(update?.summary == "update Foo a/x change 1")
    #expect(update?.sequence?.hasSuffix(version ?? "?") == true)
  }

  @Test("SEMANTICS 17: a newer change resets the attempts")
  func attemptsReset() {
    var world = World(following: [Specs.foos])
    world.put("x")
    for attempt in 1...3 {
      #expect(world.summaries == ["add Foo a/x change \(attempt)"])
      world.answer(500)
      world.advance(seconds: 2)
    }
    world.answer(500)
    world.put("x")
    world.advance(seconds: 4)
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("SEMANTICS 17: a newer change never shortens the backoff, also not one during the failing delivery")
  func backoffStays() {
    var world = World(following: [Specs.foos], ["delivery": ["backoffDelay": "10s"]])
    world.put("x")
    world.answer(500)
    world.advance(seconds: 4)
    world.put("x")
    #expect(world.summaries == [])
    world.advance(seconds: 7)
    #expect(world.summaries.count == 1)
    world.put("x")
    world.answer(500)
    // The second wait in a row is 10 to 20 s.
    world.advance(seconds: 9)
    #expect(world.summaries == [])
    world.advance(seconds: 12)
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("SEMANTICS 18: stale work waits behind fresh changes, and gets a tenth of the dispatches")
  func freshBeforeStale() {
    var world = World()
    for number in 0..<40 { world.cluster.put(FakeCluster.foos, "a", "old\(number)") }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["concurrency": 1]]))
    for number in 0..<27 { world.put("new\(number)") }
    world.answer(200)
    var causes: [String] = []
    for _ in 0..<30 {
      causes.append(world.only?.header("ce-hubcause") ?? "")
      world.answer(200)
    }
    #expect(causes.filter { $0 == "initial" }.count == 3)
    #expect(causes.prefix(9).allSatisfy { $0 == "change" })
  }

  @Test("SEMANTICS 15: a fresh change promotes a key that waits with stale work")
  func promotion() {
    var world = World()
    for number in 0..<20 { world.cluster.put(FakeCluster.foos, "a", "old\(number)") }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["concurrency": 1]]))
    world.put("old9")
    world.answer(200)
    #expect(world.summaries == ["add Foo a/old9 change 1"])
  }
}
