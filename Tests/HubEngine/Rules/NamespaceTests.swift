import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of namespaces selected by labels")
struct NamespaceTests {
  private static let blue: JSONValue = ["namespaceSelector": ["matchLabels": ["team": "blue"]]]

  private static func team(_ team: String) -> JSONValue { ["metadata": ["labels": ["team": .string(team)]]] }

  private func world(
    _ spec: JSONValue = blue, following: [JSONValue] = [Specs.foos], keepsJournal: Bool = false
  ) -> World {
    var world = World { $0.keepsJournal = keepsJournal }
    world.cluster.served.append(FakeCluster.namespaces)
    world.cluster.put(FakeCluster.namespaces, "", "a", Self.team("blue"))
    world.cluster.put(FakeCluster.namespaces, "", "b", Self.team("red"))
    for namespace in ["a", "b"] { world.cluster.put(FakeCluster.foos, namespace, "x") }
    world.begin()
    world.subscribe("s", Specs.spec(following, spec))
    return world
  }

  private func lists(_ world: World) -> Int { world.requests.count { $0.contains("/foos?") } }

  @Test("SEMANTICS 1, 4: only objects of selected namespaces are told; what exists is initial")
  func initial() {
    var world = world()
    #expect(world.next() == "add Foo a/x initial 1")
    #expect(world.summaries == [])
    world.put(FakeCluster.foos, "b", "x")
    #expect(world.summaries == [])
    world.put(FakeCluster.foos, "a", "x")
    #expect(world.next() == "update Foo a/x change 1")
  }

  @Test(
    "SEMANTICS 1, 4: a namespace that is relabelled enters as adds and leaves as deletes, without a new list")
  func relabelled() {
    var world = world()
    world.acknowledgeAll()
    let before = lists(world)
    world.put(FakeCluster.namespaces, "", "b", Self.team("blue"))
    let entered = world.sent.first?.eventID
    #expect(world.next() == "add Foo b/x change 1")
    world.put(FakeCluster.foos, "b", "x")
    #expect(world.next() == "update Foo b/x change 1")
    world.put(FakeCluster.namespaces, "", "b", Self.team("red"))
    #expect(world.only?.header("ce-hubreason") == "left")
    #expect(world.next() == "delete Foo b/x change 1")
    world.put(FakeCluster.foos, "b", "x")
    world.delete(FakeCluster.foos, "b", "y")
    #expect(world.summaries == [])
    world.put(FakeCluster.namespaces, "", "b", Self.team("blue"))
    #expect(world.sent.first?.eventID != entered)
    #expect(world.next() == "add Foo b/x change 1")
    #expect(lists(world) == before)
  }

  @Test("SEMANTICS 4: a label that is not selected by changes nothing")
  func otherLabel() {
    var world = world()
    world.acknowledgeAll()
    world.put(FakeCluster.namespaces, "", "a", ["metadata": ["labels": ["team": "blue", "x": "y"]]])
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 4: a namespace that comes after its objects is entered then; one that is deleted is left")
  func lateAndGone() {
    var world = world()
    world.acknowledgeAll()
    world.put(FakeCluster.foos, "c", "x")
    #expect(world.summaries == [])
    world.put(FakeCluster.namespaces, "", "c", Self.team("blue"))
    #expect(world.next() == "add Foo c/x change 1")
    world.delete(FakeCluster.namespaces, "", "c")
    #expect(world.next() == "delete Foo c/x change 1")
  }

  @Test("SEMANTICS 1, 28: an edit of the selector lets in and out")
  func edited() {
    var world = world()
    world.acknowledgeAll()
    world.subscribe(
      "s", Specs.spec([Specs.foos], ["namespaceSelector": ["matchLabels": ["team": "red"]]]))
    #expect(world.summaries.sorted() == ["add Foo b/x initial 1", "delete Foo a/x change 1"])
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.summaries.sorted() == ["add Foo a/x initial 1", "delete Foo b/x change 1"])
    world.acknowledgeAll()
    #expect(!world.watches.values.contains { $0.resource == FakeCluster.namespaces })
    world.subscribe("s", Specs.spec([Specs.foos], Self.blue))
    #expect(world.summaries == [])
    #expect(world.watches.values.contains { $0.resource == FakeCluster.namespaces && $0.isPartial })
    world.unsubscribe("s")
    #expect(!world.watches.values.contains { $0.resource == FakeCluster.namespaces })
  }

  @Test("until the namespaces are known the subscription waits, and says why")
  func unknown() {
    var world = World()
    world.cluster.served.append(FakeCluster.namespaces)
    world.cluster.put(FakeCluster.namespaces, "", "a", Self.team("blue"))
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.forbidden = [FakeCluster.namespaces]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], Self.blue))
    #expect(world.summaries == [])
    #expect(world.condition("ResourcesFound", of: "s") == "False NamespacesNotKnown")
    #expect(world.message("ResourcesFound", of: "s").contains("namespaces"))
    world.forbidden = []
    world.advance(seconds: 120)
    #expect(world.summaries == ["add Foo a/x initial 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
  }

  @Test("SEMANTICS 5: the owners of children in a namespace are told when it enters and when it leaves")
  func children() {
    var world = world(following: [Specs.children])
    world.put(FakeCluster.deployments, "b", "d", Specs.owned(by: "x"))
    #expect(world.summaries == [])
    world.put(FakeCluster.namespaces, "", "b", Self.team("blue"))
    #expect(world.next() == "update Foo b/x change 1")
    world.put(FakeCluster.namespaces, "", "b", Self.team("red"))
    #expect(world.next() == "update Foo b/x change 1")
  }

  @Test("SEMANTICS 1: operations judge entering and leaving too", arguments: ["Add", "Delete"])
  func operations(operation: String) {
    var world = world(following: [Specs.with(Specs.foos, ["operations": [.string(operation)]])])
    world.acknowledgeAll()
    let told = world.history.count
    world.put(FakeCluster.namespaces, "", "b", Self.team("blue"))
    world.acknowledgeAll()
    world.put(FakeCluster.namespaces, "", "b", Self.team("red"))
    world.acknowledgeAll()
    #expect(world.history[told...].map(\.operation) == [operation.lowercased()])
  }

  @Test(
    "SEMANTICS 4, 36: what changed about namespaces while the hub was down is told after it; nothing else is",
    arguments: [false, true])
  func restart(withImage: Bool) {
    var world = world(keepsJournal: true)
    world.put(FakeCluster.namespaces, "", "c", Self.team("blue"))
    world.put(FakeCluster.foos, "c", "x")
    world.put(FakeCluster.namespaces, "", "d", Self.team("blue"))
    world.put(FakeCluster.foos, "d", "x")
    world.acknowledgeAll()
    if withImage { world.give([.writeImage]) }
    world.syncJournal()
    world.cluster.put(FakeCluster.namespaces, "", "a", Self.team("red"))
    world.cluster.put(FakeCluster.namespaces, "", "b", Self.team("blue"))
    world.cluster.delete(FakeCluster.namespaces, "", "c")
    world.crash()
    #expect(
      world.summaries.sorted() == [
        "add Foo b/x change 1", "delete Foo a/x change 1", "delete Foo c/x change 1",
      ])
    world.acknowledgeAll()
    world.put(FakeCluster.foos, "d", "x")
    #expect(world.summaries == ["update Foo d/x change 1"])
  }

  @Test("SEMANTICS 9: a relist of the namespaces finds by comparison which are gone and relabelled")
  func relist() {
    var world = world()
    world.acknowledgeAll()
    world.cluster.delete(FakeCluster.namespaces, "", "a")
    world.cluster.put(FakeCluster.namespaces, "", "b", Self.team("blue"))
    world.cluster.compact()
    world.cutWatches()
    world.advance(seconds: 60)
    #expect(world.summaries.sorted() == ["add Foo b/x change 1", "delete Foo a/x change 1"])
  }
}
