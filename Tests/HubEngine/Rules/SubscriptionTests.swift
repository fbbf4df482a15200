import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of subscriptions from the cluster")
struct SubscriptionTests {
  private static let other: JSONValue = ["uri": "http://127.0.0.1:9000/other"]

  @Test("SEMANTICS 27: a bad edit leaves the accepted form in force and says so; a good one ends that")
  func badEdit() {
    var world = World(following: [Specs.foos])
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["timeout": "soon"]]))
    #expect(world.condition("Ready", of: "s") == "False NotAccepted")
    #expect(world.message("Ready", of: "s").contains("delivery.timeout"))
    #expect(world.message("Ready", of: "s").contains("stays in force"))
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.condition("Ready", of: "s") == "True Ready")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 27: what was never accepted follows nothing, and begins when it is corrected")
  func neverAccepted() {
    var world = World()
    world.begin()
    world.subscribe("s", Specs.spec([]))
    #expect(world.condition("Ready", of: "s") == "False NotAccepted")
    #expect(world.snapshot.watches.count == 1)
    #expect(world.snapshot.refused.count == 1)
    world.put("x")
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.summaries == ["add Foo a/x initial 1"])
    #expect(world.snapshot.refused == [])
  }

  @Test("SEMANTICS 27: the identity is the uid: the same name made anew is another subscription")
  func newUID() {
    var world = World(following: [Specs.foos])
    world.put("x")
    let first = world.only?.eventID
    world.answer(200)
    world.isStreaming = false
    world.cluster.delete(FakeCluster.subscriptions, "a", "s")
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.isStreaming = true
    #expect(world.only?.summary == "add Foo a/x initial 1")
    #expect(world.only?.eventID != first)
  }

  @Test("SEMANTICS 27: the same found by a relist")
  func newUIDAfterRelist() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.acknowledgeAll()
    world.isStreaming = false
    world.cluster.delete(FakeCluster.subscriptions, "a", "s")
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.cluster.compact()
    world.cutWatches()
    world.isStreaming = true
    world.advance(seconds: 10)
    #expect(world.only?.summary == "add Foo a/x initial 1")
    #expect(world.snapshot.subscriptions.count == 1)
  }

  @Test(
    "SEMANTICS 28: an edited selector compares known sets: entered is an add, left a delete, the rest is silent"
  )
  func selectorEdit() {
    var world = World(following: [Specs.foos(app: "1")])
    world.put("one", Specs.labelled("1"))
    world.put("two", Specs.labelled("2"))
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos(app: "2")]))
    #expect(world.summaries.sorted() == ["add Foo a/two initial 1", "delete Foo a/one change 1"])
    #expect(world.sent.first { $0.operation == "delete" }?.header("ce-hubreason") == "left")
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.summaries == ["add Foo a/one initial 1"])
    world.acknowledgeAll()
    world.put("two", Specs.labelled("2"))
    #expect(world.summaries == ["update Foo a/two change 1"])
  }

  @Test("SEMANTICS 28: what an edit lets in is told also with initial: false")
  func enteringWithoutInitial() {
    var world = World(following: [Specs.foos(app: "1")], ["initial": false])
    world.put("two", Specs.labelled("2"))
    world.isAnswering = false
    world.subscribe("s", Specs.spec([Specs.foos], ["initial": false]))
    // One more edit before its list has come.
    world.subscribe("s", Specs.spec([Specs.foos], ["initial": false, "mode": "Resource"]))
    world.isAnswering = true
    #expect(world.summaries == ["add Foo a/two initial 1"])
  }

  @Test("SEMANTICS 28: a kind that is taken out leaves, one that is added comes")
  func kinds() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.put(FakeCluster.configMaps, "a", "c")
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.configMaps]))
    #expect(world.summaries.sorted() == ["add ConfigMap a/c initial 1", "delete Foo a/x change 1"])
    let gone = world.sent.first { $0.operation == "delete" }
    #expect(gone?.header("ce-hubreason") == "left")
    #expect(gone?.header("ce-apiversion") == "samplecontroller.k8s.io/v1alpha1")
    #expect(gone?.header("ce-subject") == "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/a/foos/x")
    world.acknowledgeAll()
    #expect(
      world.snapshot.watches.map(\.resource).sorted() == [
        "configmaps.v1", "operatorsubscriptions.frugalhub.dev/v1alpha1",
      ])
    world.put("x")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 28: an owner of children that are followed no more is told")
  func controllerTakenOut() {
    var world = World(following: [Specs.foos, Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 28: a new sink is told everything again as initial: objects and the owners of children")
  func newSink() {
    var world = World(following: [Specs.foos, Specs.children])
    world.put("x")
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "y"))
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos, Specs.children], ["sink": Self.other]))
    #expect(world.summaries.sorted() == ["add Foo a/x initial 1", "update Foo a/y initial 1"])
    #expect(world.sent.allSatisfy { $0.request.url.hasSuffix("other") })
  }

  @Test("SEMANTICS 28: what waits, and what is in flight, must be acknowledged by the new sink")
  func pendingAtNewSink() {
    var world = World(following: [Specs.foos], ["delivery": ["concurrency": 1]])
    world.put("x")
    world.put("y")
    let old = world.sent[0].id
    world.subscribe(
      "s", Specs.spec([Specs.foos], ["sink": Self.other, "delivery": ["concurrency": 1]]))
    world.give([.sinkAnswer(old, .status(200, retryAfterSeconds: nil))])
    #expect(world.counters.delivered == 0)
    #expect(world.sent.count == 1)
    world.acknowledgeAll()
    let told = world.history.filter { $0.request.url.hasSuffix("other") }
    #expect(Set(told.map(\.name)) == ["x", "y"])
    #expect(told.allSatisfy { $0.operation == "add" })
  }

  @Test("SEMANTICS 28: a new sink with initial: false gets what waits, and no more")
  func newSinkWithoutInitial() {
    var world = World(following: [Specs.foos], ["initial": false])
    world.put("x")
    world.acknowledgeAll()
    world.put("y")
    world.subscribe("s", Specs.spec([Specs.foos], ["initial": false, "sink": Self.other]))
    world.acknowledgeAll()
    #expect(world.history.filter { $0.request.url.hasSuffix("other") }.map(\.key) == ["Foo a/y"])
  }

  @Test("SEMANTICS 28: an edit of the delivery alone tells nothing again")
  func deliveryEdit() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["timeout": "10s"]]))
    #expect(world.summaries == [])
    world.put("x")
    #expect(world.only?.request.timeoutMilliseconds == 10_000)
  }

  @Test(
    "SEMANTICS 15: a place that an edit gave to another subscription is not counted as told by a late answer")
  func memberGivenAway() {
    var world = World(following: [Specs.foos, Specs.configMaps])
    world.subscribe("keeps", Specs.spec([Specs.foos], ["suspend": true]))
    world.put("x")
    let late = world.sent[0].id
    world.subscribe("s", Specs.spec([Specs.configMaps]))
    world.subscribe("takes", Specs.spec([Specs.foos], ["sink": Self.other]))
    world.answer(late, .status(200, retryAfterSeconds: nil))
    let taken = world.sent.first { $0.request.url.hasSuffix("other") }
    #expect(taken?.summary == "add Foo a/x initial 1")
    if let taken { world.answer(taken.id, .status(503, retryAfterSeconds: nil)) }
    world.advance(seconds: 1)
    #expect(world.sent.first { $0.request.url.hasSuffix("other") }?.operation == "add")
  }

  @Test("SEMANTICS 26: a subscription that is deleted is forgotten: deliveries, queue, watch")
  func deleted() {
    var world = World(following: [Specs.foos], ["delivery": ["concurrency": 1]])
    for number in 0..<5 { world.put("x\(number)") }
    world.unsubscribe("s")
    #expect(world.summaries == [])
    #expect(world.counters.forgotten == 5)
    #expect(world.snapshot.subscriptions == [])
    #expect(world.snapshot.watches.count == 1)
    #expect(world.engine.deliveries.count == 0)
    world.advance(seconds: 1000)
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 26: a deletion that only a relist shows is one")
  func deletedDuringGap() {
    var world = World(following: [Specs.foos])
    world.isStreaming = false
    world.cluster.delete(FakeCluster.subscriptions, "a", "s")
    world.cluster.compact()
    world.cutWatches()
    world.isStreaming = true
    world.advance(seconds: 10)
    #expect(world.snapshot.subscriptions == [])
  }

  @Test("The API server is down at the start: the hub waits, says so, and begins when it is there")
  func downAtStart() {
    var world = World()
    world.stopAPIServer()
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.advance(seconds: 100)
    #expect(world.snapshot.isSynced == false)
    #expect(world.snapshot.waitingFor.first?.contains("connection refused") == true)
    world.startAPIServer()
    world.advance(seconds: 100)
    #expect(world.snapshot.isSynced)
    #expect(world.summaries == ["add Foo a/x initial 1"])
  }

  @Test("SEMANTICS 15, 28: what was attempted, and waits again, is told to have left after an edit")
  func attemptedLeaves() {
    var world = World(
      following: [Specs.configMaps], ["delivery": ["concurrency": 1, "backoffDelay": "100ms"]])
    world.put(FakeCluster.configMaps, "a", "x")
    world.answer(500)
    world.isAnswering = false
    world.subscribe(
      "s", Specs.spec([Specs.with(Specs.configMaps, ["controller": true])], ["delivery": ["concurrency": 1]]))
    world.advance(seconds: 2)
    #expect(world.summaries == [])
    world.isAnswering = true
    world.advance(seconds: 2)
    #expect(world.summaries == ["delete ConfigMap a/x change 1"])
  }
}
