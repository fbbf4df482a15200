import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of matching")
struct MatchingTests {
  @Test("SEMANTICS 1: entering a selector is an add, leaving it a delete with the reason left")
  func selector() {
    var world = World(following: [Specs.foos(app: "1")])
    world.put("x", Specs.labelled("2"))
    #expect(world.summaries == [])
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "update Foo a/x change 1")
    world.put("x", Specs.labelled("2"))
    #expect(world.only?.header("ce-hubreason") == "left")
    #expect(world.next() == "delete Foo a/x change 1")
    world.put("x", Specs.labelled("2"))
    #expect(world.summaries == [])
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 1: membership is decided by namespace: absent means the subscription's own, {} means all")
  func namespaces() {
    var world = World(following: [Specs.foos])
    world.put(FakeCluster.foos, "b", "x")
    #expect(world.summaries == [])
    world.subscribe("s", Specs.spec([Specs.foos], ["namespaceSelector": [:]]))
    #expect(world.next() == "add Foo b/x initial 1")
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.next() == "delete Foo b/x change 1")
  }

  @Test("SEMANTICS 1: cluster-scoped objects are followed without a namespace")
  func clusterScoped() {
    var world = World(following: [["apiVersion": "v1", "kind": "Node"]])
    world.put(FakeCluster.nodes, "", "n")
    #expect(world.only?.header("ce-namespace") == "")
    #expect(world.next() == "add Node /n change 1")
  }

  @Test("SEMANTICS 1: an owner filter compares group and kind of the controller and ignores the version")
  func owner() {
    let entry = Specs.with(
      ["apiVersion": "apps/v1", "kind": "Deployment"],
      ["owner": ["apiVersion": "samplecontroller.k8s.io/v7", "kind": "Foo"]])
    var world = World(following: [entry])
    world.put(FakeCluster.deployments, "a", "other-kind", Specs.owned(by: "x", kind: "Bar"))
    world.put(FakeCluster.deployments, "a", "other-group", Specs.owned(by: "x", apiVersion: "apps/v1"))
    world.put(FakeCluster.deployments, "a", "no-controller", Specs.owned(by: "x", isController: false))
    world.put(FakeCluster.deployments, "a", "no-owner")
    #expect(world.summaries == [])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.next() == "add Deployment a/d change 1")
    world.put(FakeCluster.deployments, "a", "d")
    #expect(world.next() == "delete Deployment a/d change 1")
  }

  @Test("SEMANTICS 1: spec.owner holds for each resource without its own")
  func inheritedOwner() {
    let owner: JSONValue = ["apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"]
    let own = Specs.with(Specs.configMaps, ["owner": ["apiVersion": "v1", "kind": "Node"]])
    var world = World(following: [["apiVersion": "apps/v1", "kind": "Deployment"], own], ["owner": owner])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    world.put(FakeCluster.configMaps, "a", "c", Specs.owned(by: "x"))
    #expect(world.summaries == [])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    world.put(FakeCluster.configMaps, "a", "c", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    #expect(world.summaries == ["add Deployment a/d change 1", "add ConfigMap a/c change 1"])
  }

  @Test(
    "SEMANTICS 1: operations judge single events and never create one",
    arguments: ["Add", "Update", "Delete"])
  func operations(operation: String) {
    var world = World(following: [Specs.with(Specs.foos, ["operations": [.string(operation)]])])
    var told: [String] = []
    world.put("x")
    while !world.sent.isEmpty { told.append(world.next()) }
    world.put("x")
    while !world.sent.isEmpty { told.append(world.next()) }
    world.delete("x")
    while !world.sent.isEmpty { told.append(world.next()) }
    #expect(told == ["\(operation.lowercased()) Foo a/x change 1"])
    #expect(world.counters.gated == 2)
  }

  @Test(
    "SEMANTICS 1: two entries of one kind are one interest: what leaves one and stays in the other has not left"
  )
  func twoEntries() {
    var world = World(following: [Specs.foos(app: "1"), Specs.foos(app: "2")])
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
    world.put("x", Specs.labelled("2"))
    #expect(world.next() == "update Foo a/x change 1")
    world.put("x", Specs.labelled("3"))
    #expect(world.next() == "delete Foo a/x change 1")
  }

  @Test("SEMANTICS 1: each subscription judges for itself")
  func severalSubscriptions() {
    var world = World(following: [Specs.foos(app: "1")])
    world.subscribe("t", in: "b", Specs.spec([Specs.foos], ["namespaceSelector": [:]]))
    world.put("x", Specs.labelled("1"))
    #expect(world.summaries == ["add Foo a/x change 1", "add Foo a/x change 1"])
    #expect(world.sent.map { $0.header("Kn-Namespace") } == ["a", "b"])
    world.acknowledgeAll()
    world.put("x", Specs.labelled("2"))
    #expect(world.summaries.sorted() == ["delete Foo a/x change 1", "update Foo a/x change 1"])
  }

  @Test("SEMANTICS 7: a kind that is not served is accepted, shown and waited for")
  func notServed() {
    var world = World()
    world.cluster.served.removeAll { $0 == FakeCluster.foos }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.condition("ResourcesFound", of: "s") == "False NotServed")
    #expect(world.condition("Ready", of: "s") == "False NotServed")
    world.cluster.served.append(FakeCluster.foos)
    world.put("x")
    #expect(world.summaries == [])
    world.advance(seconds: 31)
    #expect(world.summaries == ["add Foo a/x initial 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
    #expect(world.condition("Ready", of: "s") == "True Ready")
  }

  @Test("SEMANTICS 7: a kind that goes is shown, and its known objects are not gone by that")
  func noLongerServed() {
    var world = World(following: [Specs.foos])
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.cluster.served.removeAll { $0 == FakeCluster.foos }
    world.cutWatches()
    world.advance(seconds: 60)
    #expect(world.condition("ResourcesFound", of: "s") == "False NotServed")
    #expect(world.summaries == [])
    world.cluster.served.append(FakeCluster.foos)
    world.put("x")
    world.advance(seconds: 120)
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
    #expect(world.summaries == ["update Foo a/x change 1"])
  }
}
