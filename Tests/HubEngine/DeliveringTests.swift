import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

private let sink: JSONValue = ["uri": "http://127.0.0.1:9000/foo"]
private let foos: JSONValue = ["apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"]
private let children: JSONValue = ["apiVersion": "apps/v1", "kind": "Deployment", "controller": true]

/// A Deployment's metadata with a Foo as its controller.
private func owned(by name: String, uid: String = "11111111-0000-4000-8000-000000000000") -> JSONValue {
  [
    "metadata": [
      "ownerReferences": [
        [
          "apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo", "name": .string(name),
          "uid": .string(uid), "controller": true,
        ]
      ]
    ]
  ]
}

@Suite("Following and delivering")
struct DeliveringTests {
  @Test("A Foo that is created is watched, delivered and acknowledged")
  func thinnestPath() {
    var world = World()
    world.begin()
    world.subscribe("s", ["resources": [foos], "sink": sink])
    #expect(world.summaries == [])
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.give()
    #expect(world.summaries == ["add Foo a/x change 1"])
    #expect(world.sent.first?.type == "dev.knative.apiserver.ref.add")
    world.answer(200)
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.give()
    #expect(world.summaries == ["update Foo a/x change 1"])
    world.answer(200)
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.give()
    #expect(world.summaries == ["delete Foo a/x change 1"])
    world.answer(200)
    #expect(world.engine.snapshot(at: world.now).counters.delivered == 3)
    #expect(world.condition("Ready", of: "s") == "True Ready")
  }

  @Test("An object that exists when the subscription starts is told as initial")
  func initial() {
    var world = World()
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.cluster.put(FakeCluster.foos, "b", "y")
    world.begin()
    world.subscribe("s", ["resources": [foos], "sink": sink])
    #expect(world.summaries == ["add Foo a/x initial 1"])
  }

  @Test("SEMANTICS 5: a child's change is told to its controlling owner's key")
  func controller() {
    var world = World()
    world.begin()
    world.subscribe("s", ["resources": [children], "sink": sink])
    world.cluster.put(FakeCluster.deployments, "a", "d", owned(by: "x"))
    world.give()
    #expect(world.summaries == ["update Foo a/x change 1"])
    #expect(world.sent.first?.header("ce-hubvia") == "Deployment")
    #expect(world.sent.first?.header("ce-type") == "dev.knative.apiserver.ref.update")
    #expect(
      world.sent.first?.header("ce-subject")
        == "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/a/foos/x")
    world.answer(200)
    world.cluster.delete(FakeCluster.deployments, "a", "d")
    world.give()
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("The same id comes again with a higher attempt after a failure")
  func retry() {
    var world = World()
    world.begin()
    world.subscribe("s", ["resources": [foos], "sink": sink])
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.give()
    let first = world.sent.first?.header("ce-id")
    world.answer(503)
    #expect(world.summaries == [])
    world.advance(seconds: 1)
    #expect(world.summaries == ["add Foo a/x change 2"])
    #expect(world.sent.first?.header("ce-id") == first)
  }
}
