import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Kinds that come later")
struct LaterKindTests {
  @Test("SEMANTICS 7: a kind that is not served is waited for, and found within the recheck's longest wait")
  func laterKind() {
    var world = World()
    world.cluster.served.removeAll { $0 == FakeCluster.foos }
    world.begin()
    world.subscribe(
      "s",
      [
        "resources": [["apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"]],
        "sink": ["uri": "http://127.0.0.1:9000/"],
      ])
    world.advance(seconds: 7)
    #expect(world.condition("ResourcesFound", of: "s") == "False NotServed")
    world.cluster.served.append(FakeCluster.foos)
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.advance(seconds: 11)
    #expect(world.summaries == ["add Foo a/x initial 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
  }
}
