import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

/// A late subscriber on a resource that is watched already, while the cluster moves.
@Suite("Rules of late subscribers")
struct CatchUpTests {
  private static let foos = "/apis/samplecontroller.k8s.io/v1alpha1/foos"

  /// A world with a subscription to Foos p, q, r, s, all told, and a late one `t` whose catch-up list is asked for in
  /// pages of two.
  private func late(_ spec: JSONValue = Specs.spec([Specs.foos])) -> World {
    var world = World(following: [Specs.foos])
    for name in ["p", "q", "r", "s"] { world.put(name) }
    world.acknowledgeAll()
    world.pageLimit = 2
    world.isAnswering = false
    var late = spec
    late["sink"] = ["uri": "http://127.0.0.1:9000/late"]
    world.subscribe("t", late)
    return world
  }

  private func told(_ world: World) -> [String] {
    world.history.filter { $0.request.url.hasSuffix("late") }.map(\.summary)
  }

  private func finish(_ world: inout World) {
    world.isAnswering = true
    world.acknowledgeAll()
  }

  @Test("SEMANTICS 13: a late subscriber is told what exists, by one list and without a second watch")
  func catchUp() {
    var world = late()
    #expect(world.held.map(\.request.target).filter { $0.hasPrefix(Self.foos) }.count == 1)
    #expect(told(world) == [])
    finish(&world)
    #expect(told(world).sorted() == ["p", "q", "r", "s"].map { "add Foo a/\($0) initial 1" })
    #expect(world.watches.values.filter { $0.resource == FakeCluster.foos }.count == 1)
    #expect(world.requests.filter { $0.contains("/foos?watch=true&allow") }.count == 1)
  }

  @Test(
    "SEMANTICS 13: the interest is registered before its list: a change during it is told at once, and once")
  func changeDuringCatchUp() {
    var world = late()
    world.serve(world.heldIndex(Self.foos) ?? 0)
    world.put("p")
    #expect(told(world) == ["add Foo a/p change 1"])
    finish(&world)
    #expect(told(world).count == 4)
    #expect(told(world).filter { $0.contains("a/p") } == ["add Foo a/p change 1"])
  }

  @Test(
    "SEMANTICS 13: what was deleted during the list is no ghost, whether or not the watch told of it before")
  func deleteDuringCatchUp() {
    var world = late()
    world.serve(world.heldIndex(Self.foos) ?? 0)
    world.delete("p")
    world.isStreaming = false
    world.delete("q")
    world.release(world.heldIndex(Self.foos) ?? 0)
    world.isStreaming = true
    finish(&world)
    let known = told(world)
    #expect(known.filter { $0.contains("a/p") } == [])
    #expect(known.filter { $0.contains("a/q") }.last.map { $0.hasPrefix("delete") } ?? true)
    #expect(known.contains("add Foo a/r initial 1"))
  }

  @Test("SEMANTICS 13: what is created and what is deleted between two pages is neither lost nor a ghost")
  func betweenPages() {
    var world = late()
    world.release(world.heldIndex(Self.foos) ?? 0)
    #expect(told(world).count == 2)
    world.put("z")
    world.delete("s")
    world.delete("p")
    finish(&world)
    let known = told(world)
    #expect(known.filter { $0.contains("a/z") } == ["add Foo a/z change 1"])
    #expect(known.filter { $0.contains("a/s") } == [])
    #expect(known.filter { $0.contains("a/p") } == ["add Foo a/p initial 1", "delete Foo a/p change 1"])
    #expect(known.contains("add Foo a/r initial 1"))
  }

  @Test("SEMANTICS 13: items newer than the watch are left to it")
  func newerThanTheWatch() {
    var world = late()
    world.isStreaming = false
    world.put("p")
    world.put("new")
    finish(&world)
    #expect(told(world).sorted() == ["q", "r", "s"].map { "add Foo a/\($0) initial 1" })
    world.isStreaming = true
    world.acknowledgeAll()
    #expect(told(world).suffix(2) == ["add Foo a/p change 1", "add Foo a/new change 1"])
  }

  @Test("SEMANTICS 13: items of the list are skipped for everybody else")
  func othersHearNothing() {
    var world = late()
    let before = world.history.count
    finish(&world)
    #expect(world.history.count == before + 4)
    #expect(world.history[before...].allSatisfy { $0.request.url.hasSuffix("late") })
  }

  @Test("SEMANTICS 13: a list that expires or fails begins again, from its first page")
  func failures() {
    var world = late()
    world.release(world.heldIndex(Self.foos) ?? 0)
    world.put(FakeCluster.configMaps, "a", "unrelated")
    world.cluster.compact()
    world.release(world.heldIndex(Self.foos) ?? 0)
    world.isAnswering = true
    #expect(told(world).count == 2)
    world.stopAPIServer()
    world.advance(seconds: 10)
    world.startAPIServer()
    world.advance(seconds: 100)
    world.acknowledgeAll()
    #expect(told(world).sorted() == ["p", "q", "r", "s"].map { "add Foo a/\($0) initial 1" })
  }

  @Test("SEMANTICS 13: more changes during a list than the hub remembers begin it again, and nothing is lost")
  func tooManyTouched() {
    var world = World { $0.limits.catchUpTouched = 2 }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    for name in ["p", "q", "r"] { world.put(name) }
    world.acknowledgeAll()
    world.isAnswering = false
    world.subscribe("t", Specs.spec([Specs.foos(app: "1")]))
    world.serve(world.heldIndex(Self.foos) ?? 0)
    for name in ["p", "q", "r"] { world.put(name, Specs.labelled("1")) }
    world.isAnswering = true
    #expect(world.notices.contains { $0.message == "a catch-up list begins again" })
    world.advance(seconds: 2)
    world.acknowledgeAll()
    #expect(world.snapshot.subscriptions.allSatisfy { $0.pending == 0 })
    #expect(world.snapshot.subscriptions.first { $0.name == "t" }?.delivered == 3)
  }

  @Test("SEMANTICS 13: a relist during the catch-up covers it")
  func relistDuringCatchUp() {
    var world = late()
    world.release(world.heldIndex(Self.foos) ?? 0)
    world.isStreaming = false
    world.cluster.delete(FakeCluster.foos, "a", "p")
    world.cluster.compact()
    world.cutWatches()
    world.isStreaming = true
    world.isAnswering = true
    world.advance(seconds: 5)
    world.acknowledgeAll()
    let known = told(world)
    #expect(known.filter { $0.contains("a/p") } == ["add Foo a/p initial 1", "delete Foo a/p change 1"])
    #expect(["q", "r", "s"].allSatisfy { name in known.contains { $0.contains("add Foo a/\(name)") } })
  }

  @Test("SEMANTICS 13: several late subscriptions share one list; those later still get another")
  func sharedCatchUp() {
    var world = late()
    world.subscribe("u", Specs.spec([Specs.foos]))
    world.subscribe("v", Specs.spec([Specs.foos]))
    finish(&world)
    #expect(world.requests.filter { $0.contains("/foos?limit=500&resourceVersion=") }.count == 2)
    for name in ["t", "u", "v"] {
      #expect(world.snapshot.subscriptions.first { $0.name == name }?.delivered == 4)
    }
  }

  @Test("SEMANTICS 28: initial: false tells nothing of what exists, and its next change as an update")
  func initialFalse() {
    var world = late(Specs.spec([Specs.foos], ["initial": false]))
    finish(&world)
    #expect(told(world) == [])
    world.put("p")
    world.acknowledgeAll()
    #expect(told(world) == ["update Foo a/p change 1"])
    world.delete("q")
    world.acknowledgeAll()
    #expect(told(world).last == "delete Foo a/q change 1")
  }

  @Test(
    "SEMANTICS 28: initial: false is initial for all where a hub served the object and this one lost its state",
    arguments: [("SinkResolved", 2, true), ("Ready", 2, false), ("SinkResolved", 0, false)])
  func initialAfterLostState(_ type: String, _ generation: Int, _ isServed: Bool) {
    var world = World()
    for name in ["p", "q"] { world.put(name) }
    let condition: JSONValue = [
      "type": .string(type), "status": "True", "observedGeneration": .number(String(generation)),
    ]
    let spec = Specs.spec([Specs.foos], ["initial": false, "sink": ["uri": "http://127.0.0.1:9000/late"]])
    world.put(
      FakeCluster.subscriptions, "a", "late", ["spec": spec, "status": ["conditions": [condition]]])
    world.begin()
    world.acknowledgeAll()
    #expect(told(world) == (isServed ? ["add Foo a/p initial 1", "add Foo a/q initial 1"] : []))
  }
}
