import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of the event")
struct EventTests {
  @Test(
    "SEMANTICS 19: the id repeats over retries, and differs for another operation, version, key, uid or subscription"
  )
  func ids() {
    var world = World(following: [Specs.foos])
    world.subscribe("t", Specs.spec([Specs.foos]))
    world.put("x")
    world.put("y")
    let first = world.sent.map(\.eventID)
    #expect(Set(first).count == 4)
    while !world.sent.isEmpty { world.answer(500) }
    world.advance(seconds: 1)
    #expect(Set(world.sent.map(\.eventID)) == Set(first))
    #expect(world.sent.allSatisfy { $0.header("ce-hubattempt") == "2" })
    world.acknowledgeAll()
    world.put("x")
    world.acknowledgeAll()
    world.delete("x")
    world.acknowledgeAll()
    world.put("x")
    world.acknowledgeAll()
    #expect(Set(world.history.map(\.eventID)).count == 10)
    #expect(first.allSatisfy { $0.count == 32 })
  }

  @Test("SEMANTICS 19: the id is the same in another process")
  func stableID() {
    var first = World(following: [Specs.foos])
    var second = World { $0.seed = 7 }
    second.begin()
    second.subscribe("s", Specs.spec([Specs.foos]))
    first.put("x")
    second.put("x")
    #expect(first.only?.eventID == second.only?.eventID)
    #expect(first.only?.eventID == "fb989539ab63a16af15b4e3427773a8e")
  }

  @Test("SEMANTICS 19: children's events differ although their owner's version is the same")
  func childIDs() {
    var world = World(following: [Specs.foos, Specs.children])
    world.put("x")
    world.acknowledgeAll()
    for _ in 0..<3 {
      world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
      world.acknowledgeAll()
    }
    world.put(FakeCluster.deployments, "a", "e", Specs.owned(by: "x"))
    world.acknowledgeAll()
    world.delete(FakeCluster.deployments, "a", "d")
    world.acknowledgeAll()
    #expect(world.history.count == 6)
    #expect(Set(world.history.map(\.eventID)).count == 6)
  }

  @Test(
    "SEMANTICS 19: what edits let in, out and in again is told under new ids, though the version is the same")
  func idsOfEdits() {
    var world = World(following: [Specs.foos])
    world.put("x", Specs.labelled("1"))
    world.acknowledgeAll()
    for _ in 0..<2 {
      world.subscribe("s", Specs.spec([Specs.foos(app: "2")]))
      world.acknowledgeAll()
      world.subscribe("s", Specs.spec([Specs.foos(app: "1")]))
      world.acknowledgeAll()
    }
    // Now by the whole kind, and by the sink.
    world.subscribe("s", Specs.spec([Specs.configMaps]))
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.acknowledgeAll()
    for path in ["p", "q", "p"] {
      world.subscribe(
        "s", Specs.spec([Specs.foos], ["sink": ["uri": .string("http://127.0.0.1:9000/\(path)")]]))
      world.acknowledgeAll()
    }
    #expect(world.history.count == 10)
    #expect(Set(world.history.map(\.eventID)).count == 10)
  }

  @Test("SEMANTICS 20: sequence is the epoch in 8 digits and the version in 39")
  func sequence() {
    var world = World(following: [Specs.foos])
    world.put("x")
    let digits = String(world.cluster.version)
    #expect(
      world.only?.sequence == "00000000." + String(repeating: "0", count: 39 - digits.count) + digits)
    #expect(world.only?.sequence?.count == 48)
  }

  @Test("SEMANTICS 20: a delete found by a relist carries the list's version")
  func sequenceOfRelist() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.acknowledgeAll()
    world.isStreaming = false
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.cluster.put(FakeCluster.configMaps, "a", "unrelated")
    world.cluster.compact()
    let version = world.cluster.version
    world.cutWatches()
    world.isStreaming = true
    world.advance(seconds: 5)
    #expect(world.only?.operation == "delete")
    #expect(world.only?.sequence?.hasSuffix("0\(version)") == true)
  }

  @Test("SEMANTICS 20: there is no sequence on controller: true events, nor for opaque versions")
  func noSequence() {
    var world = World(following: [Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    #expect(world.only?.sequence == nil)
    var opaque = World()
    opaque.cluster.hasOpaqueVersions = true
    opaque.begin()
    opaque.subscribe("s", Specs.spec([Specs.foos]))
    opaque.put("x")
    #expect(opaque.only != nil)
    #expect(opaque.only?.sequence == nil)
  }

  @Test("SEMANTICS 20: uid is the object's, in whatever form it has one")
  func uid() {
    var world = World(following: [Specs.foos])
    world.put("x")
    #expect(world.only?.uid == world.cluster.object(FakeCluster.foos, "a", "x")?["metadata"]?["uid"]?.string)
  }

  @Test("SEMANTICS 21: hubreason is on deletes only: deleted or left")
  func reasons() {
    var world = World(following: [Specs.foos(app: "1")])
    world.put("x", Specs.labelled("1"))
    #expect(world.only?.header("ce-hubreason") == nil)
    world.acknowledgeAll()
    world.put("x", Specs.labelled("2"))
    #expect(world.only?.header("ce-hubreason") == "left")
    world.acknowledgeAll()
    world.put("x", Specs.labelled("1"))
    world.acknowledgeAll()
    world.delete("x")
    #expect(world.only?.header("ce-hubreason") == "deleted")
  }

  @Test("SEMANTICS 21: a Resource-mode delete carries the last state, or says that it is partial")
  func partial() {
    var world = World(following: [Specs.foos], ["mode": "Resource"])
    for name in ["x", "y"] { world.put(name, ["spec": ["n": 1]]) }
    world.acknowledgeAll()
    world.delete("x")
    #expect(world.only?.body["spec"] == ["n": 1])
    #expect(world.only?.header("ce-hubpartial") == nil)
    world.acknowledgeAll()
    let uid = world.cluster.object(FakeCluster.foos, "a", "y")?["metadata"]?["uid"] ?? ""
    world.isStreaming = false
    world.cluster.delete(FakeCluster.foos, "a", "y")
    world.cluster.compact()
    world.cutWatches()
    world.isStreaming = true
    world.advance(seconds: 5)
    #expect(world.only?.header("ce-hubpartial") == "true")
    #expect(
      world.only?.body == [
        "apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo",
        "metadata": ["name": "y", "namespace": "a", "uid": uid],
      ])
  }
}
