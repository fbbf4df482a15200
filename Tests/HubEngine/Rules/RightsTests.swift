import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

private let foos = "foos.samplecontroller.k8s.io"
private let mine = FakeRights.Grant("a/default", foos, in: "a")

@Suite("Rules of rights")
struct RightsTests {
  /// A world whose accounts have these rights only, with one subscription `s` of namespace `a`.
  private func world(_ grants: Set<FakeRights.Grant>, _ more: JSONValue = [:]) -> World {
    var world = World()
    world.rights.grants = grants
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], more))
    return world
  }

  @Test(
    "SEMANTICS 29: the service account is reviewed for get, list and watch, cluster-wide first, then in its namespace"
  )
  func questions() throws {
    let world = world([mine], ["serviceAccountName": "default"])
    #expect(
      world.rights.asked == [
        "a/default get \(foos)", "a/default list \(foos)", "a/default watch \(foos)",
        "a/default get \(foos) in a", "a/default list \(foos) in a", "a/default watch \(foos) in a",
      ])
    let review = try #require(world.rights.reviews.last)
    #expect(review["kind"]?.string == "SubjectAccessReview")
    #expect(review["apiVersion"]?.string == "authorization.k8s.io/v1")
    #expect(review["spec"]?["user"]?.string == "system:serviceaccount:a:default")
    #expect(
      review["spec"]?["groups"] == [
        "system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated",
      ])
    #expect(
      review["spec"]?["resourceAttributes"]
        == ["verb": "watch", "group": "samplecontroller.k8s.io", "resource": "foos", "namespace": "a"])
    #expect(world.condition("Authorized", of: "s") == "True Allowed")
    #expect(world.condition("Ready", of: "s") == "True Ready")
  }

  @Test("SEMANTICS 29: rights in the whole cluster need no second question")
  func clusterWide() {
    var world = world([FakeRights.Grant("a/default", foos)])
    world.put("x")
    #expect(world.rights.asked.count == 3)
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("SEMANTICS 29: reviewed again only when something is to be sent and the answer is older than 60 s")
  func lazy() {
    var world = world([mine])
    world.put("x")
    world.acknowledgeAll()
    world.advance(seconds: 59)
    world.put("x")
    world.acknowledgeAll()
    #expect(world.rights.asked.count == 6)
    world.advance(seconds: 3600)
    #expect(world.rights.asked.count == 6, "nothing was to be sent")
    world.put("x")
    #expect(world.rights.asked.count == 12)
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 29: without rights nothing is sent, and the condition says what to do")
  func denied() {
    var world = world([FakeRights.Grant("b/default", foos, in: "a"), FakeRights.Grant("a/other", foos)])
    world.put("x")
    world.advance(seconds: 10)
    #expect(world.history.isEmpty)
    #expect(world.condition("Authorized", of: "s") == "False Denied")
    #expect(world.condition("Ready", of: "s") == "False Denied")
    #expect(world.condition("Delivering", of: "s") == "False NotAuthorized")
    #expect(
      world.message("Authorized", of: "s")
        == "service account a/default may not get, list, watch \(foos) in namespace a: nothing is sent until a Role by a "
        + "RoleBinding lets it; reviewed again every minute")
    #expect(world.counters.forgotten == 1)
    #expect(world.snapshot.subscriptions[0].pending == 0)
  }

  @Test("SEMANTICS 29: each of get, list and watch is needed", arguments: ["get", "list", "watch"])
  func verbs(missing: String) {
    let rest = ["get", "list", "watch"].filter { $0 != missing }
    var world = world([FakeRights.Grant("a/default", foos, in: "a", verbs: rest)])
    world.put("x")
    #expect(world.history.isEmpty)
    #expect(world.message("Authorized", of: "s").contains("may not \(missing) \(foos)"))
  }

  @Test("SEMANTICS 29: all namespaces and cluster-scoped kinds need rights in the whole cluster")
  func everywhere() {
    var world = world([mine], ["namespaceSelector": [:]])
    world.put("x")
    #expect(world.history.isEmpty)
    #expect(world.rights.asked.count == 3)
    #expect(world.message("Authorized", of: "s").contains("in the whole cluster"))
    world.rights.grants?.insert(FakeRights.Grant("a/default", foos))
    world.advance(seconds: 61)
    #expect(world.summaries == ["add Foo a/x initial 1"])
  }

  @Test("SEMANTICS 29: one kind of several that may not be read stops all")
  func oneOfTwo() {
    var world = World()
    world.rights.grants = [mine]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos, Specs.configMaps]))
    world.put("x")
    #expect(world.history.isEmpty)
    #expect(world.message("Authorized", of: "s").contains("configmaps in namespace a"))
    #expect(!world.message("Authorized", of: "s").contains("foos"))
  }

  @Test(
    "SEMANTICS 29: taken away, deliveries stop within a minute; what waits is forgotten, the known set kept")
  func takenAway() {
    var world = world([mine])
    for name in ["x", "y", "z"] { world.put(name) }
    world.acknowledgeAll()
    world.rights.grants = []
    world.advance(seconds: 61)
    world.put("x")
    world.delete("y")
    world.put("new")
    world.advance(seconds: 30)
    #expect(world.summaries == [])
    #expect(world.counters.forgotten == 2)
    world.rights.grants = [mine]
    world.advance(seconds: 60)
    #expect(
      world.summaries.sorted() == [
        "add Foo a/new initial 1", "delete Foo a/y change 1", "update Foo a/x initial 1",
        "update Foo a/z initial 1",
      ])
    world.acknowledgeAll()
    #expect(world.condition("Authorized", of: "s") == "True Allowed")
    #expect(world.snapshot.queueDepth == 0)
  }

  @Test("SEMANTICS 29: an object that came and went without rights is never told")
  func neverSeen() {
    var world = world([])
    world.put("x")
    world.delete("x")
    world.rights.grants = [mine]
    world.advance(seconds: 61)
    #expect(world.history.isEmpty)
    #expect(world.condition("Authorized", of: "s") == "True Allowed")
  }

  @Test("SEMANTICS 29: an object that was attempted before the rights went is deleted after they are back")
  func attempted() {
    var world = world([mine], ["delivery": ["backoffPolicy": "linear", "backoffDelay": "PT90S"]])
    world.put("x")
    world.answer(500)
    world.rights.grants = []
    world.advance(seconds: 200)
    // Its backoff ended, and it was not sent again.
    #expect(world.condition("Authorized", of: "s") == "False Denied")
    #expect(world.history.count == 1)
    world.delete("x")
    world.rights.grants = [mine]
    world.advance(seconds: 61)
    #expect(world.summaries == ["delete Foo a/x change 1"])
  }

  @Test("SEMANTICS 29: a child that went while rights were denied is told to its owner when they are back")
  func child() {
    var world = World()
    let rights = FakeRights.Grant("a/default", "deployments.apps", in: "a")
    world.rights.grants = [rights]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.children]))
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "f"))
    world.put(FakeCluster.deployments, "a", "e", Specs.owned(by: "g"))
    world.acknowledgeAll()
    world.rights.grants = []
    world.advance(seconds: 61)
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "f"))
    world.delete(FakeCluster.deployments, "a", "d")
    world.rights.grants = [rights]
    let before = world.history.count
    world.advance(seconds: 61)
    world.acknowledgeAll()
    #expect(Set(world.history[before...].map(\.name)) == ["f", "g"])
  }

  @Test("SEMANTICS 19, 29: what is told again has another id each time that rights come back")
  func ids() {
    var world = world([mine])
    world.put("x")
    world.acknowledgeAll()
    for _ in 0..<2 {
      world.rights.grants = []
      world.advance(seconds: 61)
      world.put(FakeCluster.foos, "a", "other")
      world.delete(FakeCluster.foos, "a", "other")
      world.rights.grants = [mine]
      world.advance(seconds: 61)
      world.acknowledgeAll()
    }
    let ids = world.history.filter { $0.name == "x" }.compactMap { $0.header("ce-id") }
    #expect(ids.count == 3)
    #expect(Set(ids).count == 3)
  }

  @Test("SEMANTICS 29: what is under way when rights go is answered, and what changed meanwhile is forgotten")
  func underWay() {
    var world = world([mine])
    world.put("x")
    world.rights.grants = []
    world.advance(seconds: 61)
    world.put("x")
    world.put("y")
    #expect(world.condition("Authorized", of: "s") == "False Denied")
    world.answer(200)
    #expect(world.summaries == [])
    #expect(world.snapshot.queueDepth == 0)
    world.rights.grants = [mine]
    world.advance(seconds: 61)
    #expect(world.summaries.sorted() == ["add Foo a/y initial 1", "update Foo a/x initial 1"])
  }

  @Test("SEMANTICS 29: a review that is not available pauses, forgets nothing, and says the rule to add")
  func notAvailable() {
    var world = world([mine])
    world.put("x")
    world.acknowledgeAll()
    world.rights.status = 403
    world.advance(seconds: 61)
    world.put("x")
    world.advance(seconds: 300)
    #expect(world.summaries == [])
    #expect(world.condition("Authorized", of: "s") == "Unknown ReviewNotAvailable")
    #expect(
      world.message("Authorized", of: "s").contains("create subjectaccessreviews of authorization.k8s.io"))
    #expect(world.counters.forgotten == 0)
    world.rights.status = 201
    world.advance(seconds: 61)
    #expect(world.summaries == ["update Foo a/x change 1"])
    #expect(world.condition("Authorized", of: "s") == "True Allowed")
  }

  @Test("SEMANTICS 29: questions that cannot be answered are asked ever more seldom")
  func pacing() {
    var world = world([mine])
    world.rights.status = 500
    world.advance(seconds: 61)
    world.put("x")
    let before = world.rights.asked.count
    world.advance(seconds: 600)
    #expect(world.rights.asked.count - before <= 3 * 18)
    #expect(world.condition("Authorized", of: "s") == "Unknown ReviewNotAvailable")
  }

  @Test("SEMANTICS 29: subscriptions of one account share the answers")
  func shared() {
    var world = World()
    world.rights.grants = [mine]
    world.begin()
    for number in 0..<20 { world.subscribe("s\(number)", Specs.spec([Specs.foos])) }
    world.put("x")
    #expect(world.rights.asked.count == 6)
    #expect(world.sent.count == 20)
    world.acknowledgeAll()
    world.advance(seconds: 61)
    world.put("x")
    #expect(world.rights.asked.count == 12)
    #expect(world.sent.count == 20)
  }

  @Test("SEMANTICS 29: no more questions under way than the limit, and all are answered in the end")
  func inFlight() {
    var world = World { $0.limits.reviewsInFlight = 2 }
    world.begin()
    world.isAnswering = false
    for number in 0..<6 { world.subscribe("s\(number)", in: "n\(number)", Specs.spec([Specs.foos])) }
    world.put(FakeCluster.foos, "n0", "x")
    let isReview = { (held: World.Held) in held.request.target == FakeRights.path }
    while let other = world.held.firstIndex(where: { !isReview($0) }) { world.release(other) }
    #expect(world.held.filter(isReview).count == 6)
    world.isAnswering = true
    world.advance(seconds: 10)
    #expect((0..<6).allSatisfy { world.condition("Authorized", of: "s\($0)") == "True Allowed" })
  }

  @Test("SEMANTICS 29: beyond the limit of answers kept a subscription waits, and is served later")
  func bounded() {
    var world = World { $0.limits.reviewsKept = 2 }
    world.begin()
    for number in 0..<3 { world.subscribe("s\(number)", in: "n\(number)", Specs.spec([Specs.foos])) }
    world.put(FakeCluster.foos, "n2", "x")
    #expect(world.condition("Authorized", of: "s2") == "Unknown ReviewNotAvailable")
    #expect(world.engine.reviews.count == 2)
    world.advance(seconds: 70)
    #expect(world.summaries == ["add Foo n2/x change 1"])
    #expect(world.engine.reviews.count <= 2)
  }

  @Test("SEMANTICS 29: another service account is another question, at once")
  func edited() {
    var world = world([FakeRights.Grant("a/reader", foos, in: "a")])
    world.put("x")
    #expect(world.condition("Authorized", of: "s") == "False Denied")
    world.subscribe("s", Specs.spec([Specs.foos], ["serviceAccountName": "reader"]))
    #expect(world.summaries == ["add Foo a/x initial 1"])
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos], ["serviceAccountName": "default"]))
    world.put("x")
    #expect(world.summaries == [])
    #expect(world.condition("Authorized", of: "s") == "False Denied")
  }

  @Test("SEMANTICS 29: a kind that is added by an edit is reviewed before anything of it is sent")
  func widened() {
    var world = world([mine])
    world.put(FakeCluster.configMaps, "a", "c")
    world.subscribe("s", Specs.spec([Specs.foos, Specs.configMaps]))
    #expect(world.summaries == [])
    #expect(world.condition("Authorized", of: "s") == "False Denied")
  }

  @Test(
    "SEMANTICS 29: after a restart rights are reviewed before anything is sent, and a denial is remembered")
  func restart() {
    var world = World { $0.keepsJournal = true }
    world.rights.grants = [mine]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    for name in ["x", "y"] { world.put(name) }
    world.syncJournal()
    world.acknowledgeAll()
    world.rights.grants = []
    world.advance(seconds: 61)
    world.put("x")
    world.delete("y")
    world.syncJournal()
    #expect(world.summaries == [])
    world.crash()
    world.put("x")
    world.advance(seconds: 10)
    #expect(world.summaries == [])
    #expect(world.condition("Authorized", of: "s") == "False Denied")
    world.syncJournal()
    world.rights.grants = [mine]
    world.crash()
    world.advance(seconds: 61)
    world.syncJournal()
    #expect(world.summaries.sorted() == ["delete Foo a/y change 1", "update Foo a/x initial 1"])
  }

  @Test("SEMANTICS 29: what waits at a restart is not sent if the rights went meanwhile")
  func restartDenied() {
    var world = World { $0.keepsJournal = true }
    world.rights.grants = [mine]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.put("x")
    world.syncJournal()
    world.rights.grants = []
    world.crash()
    world.advance(seconds: 30)
    world.syncJournal()
    #expect(world.sent.isEmpty)
    #expect(world.condition("Authorized", of: "s") == "False Denied")
  }

  @Test("SEMANTICS 29: requeues and resyncs of a subscription without rights tell nothing")
  func timed() {
    var world = world([mine], ["resync": ["period": "5m"]])
    world.put("x")
    world.answer(world.sent[0].id, .requeue(200, after: "2m"))
    world.rights.grants = []
    world.advance(seconds: 61)
    world.put("y")
    world.advance(seconds: 1200)
    #expect(world.history.count == 1)
    #expect(world.snapshot.queueDepth == 0)
  }

  @Test("DESIGN 4: file subscriptions are the administrator's: not reviewed")
  func files() {
    var world = World()
    world.rights.grants = []
    world.begin()
    let object: JSONValue = [
      "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
      "metadata": ["name": "f", "namespace": "a"], "spec": Specs.spec([Specs.foos]),
    ]
    world.give([.subscriptionFiles([SubscriptionFile(name: "f.yaml", bytes: object.serialized())])])
    world.put("x")
    #expect(world.summaries == ["add Foo a/x change 1"])
    #expect(world.rights.asked.isEmpty)
  }

  @Test("SEMANTICS 29, 31: one tenant's rights say nothing to another, not even how much there is")
  func tenants() {
    var world = World()
    world.rights.grants = [mine]
    for number in 0..<10 { world.cluster.put(FakeCluster.foos, "b", "secret\(number)") }
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.cluster.put(FakeCluster.subscriptions, "a", "good", ["spec": Specs.spec([Specs.foos])])
    world.cluster.put(
      FakeCluster.subscriptions, "a", "greedy", ["spec": Specs.spec([Specs.foos], ["namespaceSelector": [:]])]
    )
    world.begin()
    world.acknowledgeAll()
    world.advance(seconds: 700)
    #expect(world.history.map(\.summary) == ["add Foo a/x initial 1"])
    let status = String(decoding: (world.statuses["greedy"] ?? [:]).serialized(), as: UTF8.self)
    #expect(!status.contains("secret"))
    #expect(world.statuses["greedy"]?["status"]?["pending"]?.int == 0)
    #expect(!world.notices.contains { $0.fields.contains { $0.value.contains("secret") } })
  }
}
