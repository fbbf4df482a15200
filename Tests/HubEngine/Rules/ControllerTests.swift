import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of controller: true")
struct ControllerTests {
  @Test(
    "SEMANTICS 5: the event is the owner's: body, subject, kind, apiversion, name, namespace, type and uid")
  func event() {
    var world = World(following: [Specs.children], ["mode": "Resource"])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    let sent = world.only
    #expect(sent?.type == "dev.knative.apiserver.ref.update")
    #expect(sent?.header("ce-subject") == "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/a/foos/x")
    #expect(sent?.header("ce-kind") == "Foo")
    #expect(sent?.header("ce-apiversion") == "samplecontroller.k8s.io/v1alpha1")
    #expect(sent?.header("ce-name") == "x")
    #expect(sent?.header("ce-namespace") == "a")
    #expect(sent?.header("ce-hubvia") == "Deployment")
    #expect(sent?.uid == "11111111-0000-4000-8000-000000000000")
    #expect(
      sent?.body == [
        "kind": "Foo", "namespace": "a", "name": "x", "apiVersion": "samplecontroller.k8s.io/v1alpha1",
      ])
  }

  @Test("SEMANTICS 5: the old and the new controller are both told when it changes")
  func changeOfController() {
    var world = World(following: [Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.next() == "update Foo a/x change 1")
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "y"))
    #expect(world.summaries == ["update Foo a/x change 1", "update Foo a/y change 1"])
  }

  @Test("SEMANTICS 5: an owner made anew under its name is told with its own uid")
  func sameNameNewOwner() {
    let second = "22222222-0000-4000-8000-000000000000"
    var world = World(following: [Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.next() == "update Foo a/x change 1")
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x", uid: second))
    #expect(world.only?.uid == second)
    #expect(world.next() == "update Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 5: without a controller there is no event; losing it tells the old one")
  func noController() {
    var world = World(following: [Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x", isController: false))
    #expect(world.summaries == [])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.next() == "update Foo a/x change 1")
    world.put(FakeCluster.deployments, "a", "d")
    #expect(world.next() == "update Foo a/x change 1")
    world.put(FakeCluster.deployments, "a", "d")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 5: operations and selectors judge the child")
  func gates() {
    let entry = Specs.with(
      Specs.children, ["operations": ["Delete"], "selector": ["matchLabels": ["app": "1"]]])
    var child = Specs.owned(by: "x")
    child["metadata"]?["labels"] = ["app": "1"]
    var world = World(following: [entry])
    world.put(FakeCluster.deployments, "a", "d", child)
    world.put(FakeCluster.deployments, "a", "d", child)
    world.put(FakeCluster.deployments, "a", "unlabelled", Specs.owned(by: "y"))
    world.delete(FakeCluster.deployments, "a", "unlabelled")
    #expect(world.summaries == [])
    world.delete(FakeCluster.deployments, "a", "d")
    #expect(world.next() == "update Foo a/x change 1")
    world.put(FakeCluster.deployments, "a", "d", child)
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.next() == "update Foo a/x change 1")
  }

  @Test("SEMANTICS 5: the namespace is empty if the owner's kind is cluster-scoped")
  func clusterScopedOwner() {
    var world = World(following: [Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    #expect(world.only?.key == "Node /n")
    #expect(world.only?.body == ["kind": "Node", "name": "n", "apiVersion": "v1"])
  }

  @Test("SEMANTICS 5: a child whose owner's kind is not known yet is held until discovery answers")
  func heldChild() {
    var world = World(following: [Specs.children])
    world.isAnswering = false
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    #expect(world.summaries == [])
    #expect(world.engine.heldChildren.count == 1)
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    #expect(world.engine.heldChildren.count == 1)
    world.isAnswering = true
    #expect(world.summaries == ["update Node /n change 1"])
    #expect(world.engine.heldChildren.count == 0)
  }

  @Test("SEMANTICS 5: what is held for a subscription goes with it")
  func heldChildOfNobody() {
    var world = World(following: [Specs.children])
    world.isAnswering = false
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    world.unsubscribe("s")
    #expect(world.engine.heldChildren.count == 0)
    world.isAnswering = true
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 5: an owner's kind that was not served is looked up again before its key is made")
  func ownerServedLater() {
    var world = World(following: [Specs.children])
    world.cluster.served.removeAll { $0 == FakeCluster.nodes }
    world.put(FakeCluster.deployments, "a", "c", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    #expect(world.only?.key == "Node a/n")
    #expect(world.only?.header("ce-subject") == "/apis/v1/namespaces/a/nodes/n")
    world.acknowledgeAll()
    world.cluster.served.append(FakeCluster.nodes)
    world.advance(seconds: 31)
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "n", kind: "Node", apiVersion: "v1"))
    #expect(world.only?.key == "Node /n")
  }

  @Test("SEMANTICS 5: it merges with the owner's own key, whose add gives the type")
  func mergesWithAdd() {
    var world = World(following: [Specs.foos, Specs.children], ["delivery": ["concurrency": 1]])
    world.put("blocker")
    world.put("x")
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.next() == "add Foo a/blocker change 1")
    #expect(world.only?.header("ce-hubvia") == "Deployment")
    #expect(world.only?.sequence != nil)
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 5: it merges with the owner's own key, whose update gives the type")
  func mergesWithUpdate() {
    var world = World(following: [Specs.foos, Specs.children])
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.only?.uid == world.cluster.object(FakeCluster.foos, "a", "x")?["metadata"]?["uid"]?.string)
    #expect(world.next() == "update Foo a/x change 1")
  }

  @Test("SEMANTICS 5: it merges with the owner's own key, whose delete gives the type")
  func mergesWithDelete() {
    var world = World(following: [Specs.foos, Specs.children], ["delivery": ["concurrency": 1]])
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.next() == "update Foo a/x change 1")
    world.put("blocker")
    world.delete("x")
    world.delete(FakeCluster.deployments, "a", "d")
    #expect(world.next() == "add Foo a/blocker change 1")
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.summaries == [])
  }

  @Test(
    "SEMANTICS 5, 19: each telling of an owner's key after a success has an id of its own, whatever merged into it"
  )
  func ids() {
    var world = World(following: [Specs.children], ["delivery": ["concurrency": 1, "timeout": "1h"]])
    var ids: [String] = []
    func tell(_ changes: ((inout World) -> Void)...) {
      // What waits behind another key merges.
      world.put(FakeCluster.deployments, "a", "other", Specs.owned(by: "blocker"))
      for change in changes { change(&world) }
      let blocker = world.next()
      #expect(blocker == "update Foo a/blocker change 1")
      ids.append(world.only?.eventID ?? "none")
      let told = world.next()
      #expect(told.hasPrefix("update Foo a/x"))
    }
    let put: (String) -> (inout World) -> Void = { name in
      { $0.put(FakeCluster.deployments, "a", name, Specs.owned(by: "x")) }
    }
    let delete: (String) -> (inout World) -> Void = { name in
      { $0.delete(FakeCluster.deployments, "a", name) }
    }
    tell(put("d"))
    tell(put("d"), put("e"))
    tell(put("d"), delete("e"))
    tell(delete("d"), put("e"))
    tell(put("e"), delete("e"), put("e"))
    tell(delete("e"))
    #expect(Set(ids).count == 6)
  }

  @Test("SEMANTICS 5: children that exist at the start are told as initial, once for each owner")
  func initial() {
    var world = World()
    world.cluster.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    world.cluster.put(FakeCluster.deployments, "a", "e", Specs.owned(by: "x"))
    world.begin()
    world.subscribe("s", Specs.spec([Specs.children]))
    #expect(world.summaries == ["update Foo a/x initial 1"])
  }

  @Test("SEMANTICS 5: an owner reference without a valid apiVersion is left out, and said so")
  func badOwner() {
    var world = World(following: [Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x", apiVersion: "a/b/c"))
    #expect(world.summaries == [])
    #expect(world.notices.contains { $0.message == "an owner reference has no valid apiVersion" })
  }
}
