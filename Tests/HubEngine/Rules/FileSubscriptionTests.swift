import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Subscriptions from files")
struct FileSubscriptionTests {
  private func object(_ name: String, _ spec: JSONValue) -> JSONValue {
    [
      "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
      "metadata": ["name": .string(name), "namespace": "a"], "spec": spec,
    ]
  }

  private func file(_ name: String, _ objects: JSONValue...) -> SubscriptionFile {
    SubscriptionFile(
      name: name, bytes: (objects.count == 1 ? objects[0] : .array(objects)).serialized())
  }

  private func world(_ files: SubscriptionFile...) -> World {
    var world = World { configuration in
      configuration.followsClusterSubscriptions = false
    }
    world.begin()
    world.give([.subscriptionFiles(files)])
    return world
  }

  @Test("SEMANTICS 27: a file's subscription is accepted, needs no review, and its status is written nowhere")
  func accepted() {
    var world = world(file("f.json", object("s", Specs.spec([Specs.foos]))))
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.statusWrites == 0)
    #expect(world.snapshot.subscriptions.first?.origin == "f.json")
    #expect(
      world.snapshot.subscriptions.first?.conditions.first { $0.type == "Authorized" }?.reason
        == "Administrator")
    #expect(world.snapshot.isSynced)
  }

  @Test("SEMANTICS 27: the same file again changes nothing; another content is an edit")
  func changed() {
    var world = world(file("f.json", object("s", Specs.spec([Specs.foos(app: "1")]))))
    world.put("x", Specs.labelled("1"))
    world.acknowledgeAll()
    world.give([.subscriptionFiles([file("f.json", object("s", Specs.spec([Specs.foos(app: "1")])))])])
    #expect(world.summaries == [])
    world.give([.subscriptionFiles([file("f.json", object("s", Specs.spec([Specs.foos(app: "2")])))])])
    #expect(world.summaries == ["delete Foo a/x change 1"])
  }

  @Test("SEMANTICS 19: edits of a file have events of their own, though a file has no generation")
  func idsOfEdits() {
    var world = world(file("f.json", object("s", Specs.spec([Specs.foos(app: "1")]))))
    world.put("x", Specs.labelled("1"))
    world.acknowledgeAll()
    for app in ["2", "1", "2", "1"] {
      world.give([.subscriptionFiles([file("f.json", object("s", Specs.spec([Specs.foos(app: app)])))])])
      world.acknowledgeAll()
    }
    #expect(world.history.count == 5)
    #expect(Set(world.history.map(\.eventID)).count == 5)
  }

  @Test(
    "SEMANTICS 27: a file that turns bad leaves its subscriptions in force and says so",
    arguments: [
      "{", "[]x", "{\"kind\":\"Other\",\"apiVersion\":\"v1\"}",
    ])
  func bad(text: String) {
    var world = world(file("f.json", object("s", Specs.spec([Specs.foos]))))
    world.give([.subscriptionFiles([SubscriptionFile(name: "f.json", bytes: Array(text.utf8))])])
    #expect(world.notices.contains { $0.message == "a subscription in a file is not accepted" })
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 27: a bad field in one object of a file leaves that one's last form in force")
  func badObject() {
    let good = object("s", Specs.spec([Specs.foos]))
    var world = world(file("f.json", good, object("t", Specs.spec([Specs.configMaps]))))
    world.give([.subscriptionFiles([file("f.json", good, object("t", Specs.spec([])))])])
    #expect(world.snapshot.subscriptions.count == 2)
    #expect(world.snapshot.refused.count == 1)
    world.put(FakeCluster.configMaps, "a", "c")
    world.put("x")
    #expect(world.summaries.sorted() == ["add ConfigMap a/c change 1", "add Foo a/x change 1"])
  }

  @Test("A file that is withdrawn, or an object that is no longer in it, is forgotten")
  func withdrawn() {
    let s = object("s", Specs.spec([Specs.foos]))
    let t = object("t", Specs.spec([Specs.configMaps]))
    var world = world(file("f.json", s, t))
    #expect(world.snapshot.subscriptions.count == 2)
    world.give([.subscriptionFiles([file("f.json", s)])])
    #expect(world.snapshot.subscriptions.map(\.name) == ["s"])
    world.give([.subscriptionFiles([])])
    #expect(world.snapshot.subscriptions == [])
    #expect(world.snapshot.watches == [])
    world.give([.subscriptionFiles([file("f.json", s)])])
    #expect(world.snapshot.subscriptions.map(\.name) == ["s"])
  }

  @Test("An object of another kind beside subscriptions keeps none of them that is removed")
  func otherKind() {
    let s = object("s", Specs.spec([Specs.foos]))
    let other: JSONValue = ["apiVersion": "v1", "kind": "ServiceAccount"]
    var world = world(file("f.json", s, object("t", Specs.spec([Specs.configMaps])), other))
    #expect(world.snapshot.subscriptions.count == 2)
    world.give([.subscriptionFiles([file("f.json", s, other)])])
    #expect(world.snapshot.subscriptions.map(\.name) == ["s"])
    world.give([.subscriptionFiles([file("f.json", other, other)])])
    #expect(world.snapshot.subscriptions.map(\.name) == ["s"])
  }

  @Test("An object that moves to another file stays the same subscription")
  func moved() {
    let s = object("s", Specs.spec([Specs.foos]))
    var world = world(file("f.json", s))
    world.put("x")
    world.acknowledgeAll()
    world.give([.subscriptionFiles([file("g.json", s)])])
    #expect(world.snapshot.subscriptions.count == 1)
    #expect(world.summaries == [])
  }

  @Test("Of two files with one object the first by name counts; the other takes over when it goes")
  func repeatedName() {
    var world = world(
      file("f.json", object("s", Specs.spec([Specs.foos]))),
      file("g.json", object("s", Specs.spec([Specs.configMaps]))))
    #expect(world.snapshot.watches.map(\.resource) == ["foos.samplecontroller.k8s.io/v1alpha1"])
    #expect(
      world.notices.contains {
        $0.fields.contains { $0.value.contains("f.json") && $0.value.contains("name") }
      })
    world.give([.subscriptionFiles([file("g.json", object("s", Specs.spec([Specs.configMaps])))])])
    #expect(world.snapshot.watches.map(\.resource) == ["configmaps.v1"])
  }
}
