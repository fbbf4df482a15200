import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of bodies in Resource mode")
struct BodyTests {
  private static let foo = "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/a/foos/"

  /// A world in which no body fits, and nothing is read before the test lets it.
  private func tight(_ entry: JSONValue = Specs.foos, reads: Int = 16, concurrency: Int = 8) -> World {
    var world = World { configuration in
      configuration.limits.waitingBodyBytes = 10
      configuration.limits.readsInFlight = reads
    }
    world.begin()
    world.subscribe(
      "s",
      Specs.spec(
        [entry], ["mode": "Resource", "delivery": ["concurrency": .number(String(concurrency))]]))
    world.isAnswering = false
    return world
  }

  private func version(_ world: World, _ name: String) -> JSONValue? {
    world.cluster.object(FakeCluster.foos, "a", name)?["metadata"]?["resourceVersion"]
  }

  @Test("SEMANTICS 22: the body is the object, and the type says resource")
  func body() {
    var world = World(following: [Specs.foos], ["mode": "Resource"])
    world.put("x", ["spec": ["n": 1]])
    #expect(world.only?.type == "dev.knative.apiserver.resource.add")
    #expect(world.only?.body == world.cluster.object(FakeCluster.foos, "a", "x"))
  }

  @Test("SEMANTICS 22: items of lists get their kind and apiVersion")
  func listItems() {
    var world = World()
    world.cluster.put(FakeCluster.foos, "a", "x", ["spec": ["n": 1]])
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["mode": "Resource"]))
    #expect(world.only?.body == world.cluster.object(FakeCluster.foos, "a", "x"))
  }

  @Test("SEMANTICS 22: bodies beyond the byte budget are read again at their turn")
  func readAgain() {
    var world = tight()
    world.put("x", ["spec": ["n": 1]])
    #expect(world.summaries == [])
    #expect(world.snapshot.waitingBodyBytes == 0)
    world.isAnswering = true
    #expect(world.only?.body["spec"] == ["n": 1])
    world.acknowledgeAll()
    #expect(world.counters.bodiesRead == 1)
    #expect(world.snapshot.waitingBodyBytes == 0)
  }

  @Test("SEMANTICS 22: a body that fits is within the budget, one byte less of it and the body is read again")
  func budget() {
    for missing in [0, 1] {
      var world = World()
      let size = world.cluster.put(FakeCluster.foos, "a", "x").serialized().count
      world = World { $0.limits.waitingBodyBytes = size - missing }
      world.begin()
      world.subscribe("s", Specs.spec([Specs.foos], ["mode": "Resource"]))
      world.put("x")
      #expect(world.summaries.count == 1)
      #expect(world.counters.bodiesRead == missing)
    }
  }

  @Test("SEMANTICS 22: a key whose body was read is sent before the next body is read")
  func oneAfterTheOther() {
    var world = tight(concurrency: 1)
    for number in 0..<20 { world.put("x\(number)") }
    world.isAnswering = true
    #expect(world.summaries.count == 1)
    #expect(world.counters.bodiesRead == 1)
    world.answer(200)
    #expect(world.counters.bodiesRead == 2)
  }

  @Test("SEMANTICS 22: no more reads at once than the limit; all keys are told in the end")
  func readLimit() {
    var world = tight(reads: 3)
    world.subscribe("t", Specs.spec([Specs.foos], ["mode": "Resource"]))
    world.isAnswering = true
    world.isAnswering = false
    for number in 0..<10 { world.put("x\(number)") }
    #expect(world.held.filter { $0.request.target.hasPrefix(Self.foo) }.count == 3)
    world.isAnswering = true
    world.acknowledgeAll()
    #expect(world.counters.delivered == 20)
  }

  @Test("SEMANTICS 22: what was read and does not match any more is left to the watch")
  func noLongerMatching() {
    var world = tight(Specs.foos(app: "1"))
    world.put("x", Specs.labelled("1"))
    world.isStreaming = false
    world.put("x", Specs.labelled("2"))
    world.release(world.heldIndex(Self.foo) ?? 0)
    #expect(world.summaries == [])
    #expect(world.snapshot.subscriptions.first?.pending == 0)
    world.put("x", Specs.labelled("1"))
    world.isStreaming = true
    world.isAnswering = true
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 22: an answer of the predecessor does not make the hub forget the successor")
  func successor() {
    var world = tight()
    world.isAnswering = true
    world.put("x")
    world.acknowledgeAll()
    world.isAnswering = false
    world.put("x")
    world.serve(world.heldIndex(Self.foo) ?? 0)
    world.delete("x")
    world.put("x")
    world.isAnswering = true
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.only?.uid == world.cluster.object(FakeCluster.foos, "a", "x")?["metadata"]?["uid"]?.string)
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 22: a 404 from between a delete and a create does not make the hub forget the new object")
  func notFoundBetween() {
    var world = tight()
    world.isAnswering = true
    world.put("x")
    world.acknowledgeAll()
    world.isAnswering = false
    world.put("x")
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.serve(world.heldIndex(Self.foo) ?? 0)
    world.put("x")
    world.isAnswering = true
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 22: an answer that is older than a change seen meanwhile is not sent as that change")
  func olderAnswer() {
    var world = tight()
    world.put("x")
    world.serve(world.heldIndex(Self.foo) ?? 0)
    world.put("x")
    world.release(world.heldIndex(Self.foo) ?? 0)
    #expect(world.summaries == [])
    world.isAnswering = true
    #expect(world.only?.body["metadata"]?["resourceVersion"] == version(world, "x"))
  }

  @Test("SEMANTICS 22: a gated update leaves no old body behind")
  func gatedUpdate() {
    let entry = Specs.with(Specs.foos, ["operations": ["Add", "Delete"]])
    var world = World(following: [entry], ["mode": "Resource", "delivery": ["concurrency": 1]])
    world.put("blocker")
    world.put("x")
    world.put("x")
    world.answer(200)
    #expect(world.only?.body["metadata"]?["resourceVersion"] == version(world, "x"))
    #expect(world.only?.sequence?.hasSuffix("0\(version(world, "x")?.string ?? "?")") == true)
  }

  @Test("SEMANTICS 22: a read that fails is tried again with growing waits")
  func failingRead() {
    var world = tight()
    world.put("x")
    world.stopAPIServer()
    world.isAnswering = true
    #expect(world.summaries == [])
    world.startAPIServer()
    world.advance(seconds: 1)
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("SEMANTICS 22: a child's change outlives an owner that cannot be read")
  func childOfUnreadable() {
    var world = tight(Specs.foos(app: "1"))
    world.isAnswering = true
    world.subscribe("s", Specs.spec([Specs.foos(app: "1"), Specs.children], ["mode": "Resource"]))
    world.isAnswering = false
    world.put("x", Specs.labelled("1"))
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    world.isStreaming = false
    world.put("x", Specs.labelled("2"))
    world.release(world.heldIndex(Self.foo) ?? 0)
    world.isStreaming = true
    world.isAnswering = true
    world.advance(seconds: 2)
    #expect(world.summaries == ["update Foo a/x change 1"])
    #expect(world.only?.header("ce-hubvia") == "Deployment")
  }

  @Test(
    "SEMANTICS 22: reads under way for a subscription that goes are given back, also those of keys that went before"
  )
  func readsOfTheGone() {
    var world = tight(reads: 2)
    world.put("x")
    world.put("y")
    #expect(world.engine.readsInFlight == 2)
    world.delete("x")
    world.unsubscribe("s")
    #expect(world.engine.readsInFlight == 0)
    world.isAnswering = true
    world.subscribe("t", Specs.spec([Specs.foos], ["mode": "Resource"]))
    world.acknowledgeAll()
    #expect(world.counters.delivered == 1)
  }

  @Test("SEMANTICS 28: a change of mode holds for what waits")
  func modeChange() {
    var world = World(following: [Specs.foos], ["delivery": ["concurrency": 1]])
    world.put("blocker")
    world.put("x", ["spec": ["n": 1]])
    world.put("y", ["spec": ["n": 2]])
    world.subscribe("s", Specs.spec([Specs.foos], ["mode": "Resource", "delivery": ["concurrency": 1]]))
    world.answer(200)
    #expect(world.only?.body["spec"] == ["n": 1])
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["concurrency": 1]]))
    world.answer(200)
    #expect(world.only?.type == "dev.knative.apiserver.ref.add")
    #expect(world.only?.body["spec"] == nil)
    #expect(world.snapshot.waitingBodyBytes == 0)
  }

  @Test("SEMANTICS 15, 22: a read that finds nothing does not make the hub forget what the sink was told of")
  func notFoundButAttempted() {
    var world = tight()
    world.isAnswering = true
    world.put("x")
    world.answer(500)
    world.put("x")
    world.isStreaming = false
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.advance(seconds: 5)
    #expect(world.summaries == [])
    world.isStreaming = true
    world.advance(seconds: 5)
    #expect(world.summaries == ["delete Foo a/x change 1"])
  }
}
