import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Why an object is not told")
struct ExplainingTests {
  private func world(_ resources: [JSONValue], _ more: JSONValue = [:]) -> World {
    var world = World { $0.explains = true }
    world.begin()
    world.subscribe("s", Specs.spec(resources, more))
    return world
  }

  /// What was explained so far: `changed a/x labels`.
  private func explained(_ world: World) -> [String] {
    world.untold.map { "\($0.sight.rawValue) \($0.namespace)/\($0.name) \($0.reason.field)" }
  }

  @Test("nothing is explained where nobody asks")
  func silent() {
    var world = World(following: [Specs.foos(app: "1")])
    world.put("x", Specs.labelled("2"))
    #expect(world.untold == [] && world.summaries == [])
  }

  @Test("membership: namespace, labels, name, field and owner, each by its field of the subscription")
  func membership() {
    let cases: [(JSONValue, String)] = [
      (Specs.foos(app: "1"), "selector"), (Specs.with(Specs.foos, ["names": ["y"]]), "names"),
      (Specs.with(Specs.foos, ["fieldSelector": "metadata.name=y"]), "fieldSelector"),
      (Specs.with(Specs.foos, ["fieldSelector": "metadata.namespace!=a"]), "fieldSelector"),
      (Specs.with(Specs.foos, ["owner": ["apiVersion": "apps/v1", "kind": "Deployment"]]), "owner"),
      (Specs.with(Specs.foos, ["controller": true]), "owner"),
    ]
    for (resource, field) in cases {
      var world = world([resource])
      world.put("x", Specs.labelled("2"))
      #expect(explained(world) == ["changed a/x \(field)"])
      #expect(world.summaries == [])
      world.delete("x")
      #expect(explained(world).last == "deleted a/x \(field)")
    }
    var other = world([Specs.with(Specs.foos, ["owner": ["apiVersion": "apps/v1", "kind": "Deployment"]])])
    other.put("x", Specs.owned(by: "f"))
    #expect(other.untold.map(\.reason) == [.otherOwner])
  }

  @Test("membership: the own namespace, and namespaces by their labels")
  func namespaces() {
    var own = world([Specs.foos])
    own.put(FakeCluster.foos, "b", "x")
    #expect(own.untold.map(\.reason) == [.otherNamespace])
    var selected = World { $0.explains = true }
    selected.cluster.served.append(FakeCluster.namespaces)
    selected.cluster.put(FakeCluster.namespaces, "", "b", ["metadata": ["labels": ["team": "red"]]])
    selected.begin()
    selected.subscribe(
      "s", Specs.spec([Specs.foos], ["namespaceSelector": ["matchLabels": ["team": "blue"]]]))
    for _ in 0..<2 { selected.put(FakeCluster.foos, "b", "x") }
    #expect(selected.untold.map(\.reason) == [.namespaceNotSelected, .namespaceNotSelected])
  }

  @Test(
    "what one entry matches is not explained by another that does not; what leaves is told, not explained")
  func entries() {
    var world = world([Specs.foos(app: "1"), Specs.foos(app: "2")])
    world.put("x", Specs.labelled("2"))
    #expect(world.next() == "add Foo a/x change 1")
    world.put("x", Specs.labelled("3"))
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.untold == [])
    world.put("x", Specs.labelled("4"))
    #expect(explained(world) == ["changed a/x selector"])
  }

  @Test("gates: operations, changes, ignoreManagers and filters")
  func gates() {
    var operations = world([Specs.with(Specs.foos, ["operations": ["Delete"]])])
    operations.put("x")
    operations.put("x", Specs.labelled("1"))
    #expect(operations.untold.map(\.reason) == [.operation("Add"), .operation("Update")])
    var adds = world([Specs.with(Specs.foos, ["operations": ["Add"]])])
    adds.put("x")
    adds.acknowledgeAll()
    adds.delete("x")
    #expect(adds.untold.map(\.reason) == [.operation("Delete")])

    var changes = world([Specs.with(Specs.configMaps, ["changes": ["data"]])])
    changes.put(FakeCluster.configMaps, "a", "x", ["data": ["n": "1"]])
    changes.acknowledgeAll()
    changes.put(FakeCluster.configMaps, "a", "x", ["data": ["n": "1"], "metadata": ["labels": ["a": "b"]]])
    #expect(changes.untold.map(\.reason) == [.unchanged])
    changes.put(FakeCluster.configMaps, "a", "x", ["data": ["n": "2"]])
    #expect(changes.untold.count == 1 && changes.next() == "update ConfigMap a/x change 1")

    var filters = world([Specs.foos], ["filters": [["suffix": ["type": ".delete"]]]])
    filters.put("x")
    #expect(filters.untold.map(\.reason) == [.filters(failure: nil)])
    #expect(filters.untold.map(\.sight) == [.event])
    var failing = world([Specs.foos], ["filters": [["cesql": "missing = 'a'"]]])
    failing.put("x")
    guard case .filters(let failure?) = failing.untold.first?.reason else {
      Issue.record("\(failing.untold)")
      return
    }
    #expect(failure.contains("missing"))
  }

  @Test("gates: an update that only an ignored manager made")
  func managers() {
    func managed(_ managers: (String, Int)...) -> JSONValue {
      [
        "metadata": [
          "managedFields": .array(
            managers.map { name, time in
              [
                "manager": .string(name), "operation": "Update",
                "time": .string("2026-01-01T00:00:0\(time)Z"),
              ]
            })
        ]
      ]
    }
    var world = world([Specs.with(Specs.foos, ["ignoreManagers": ["me"]])])
    world.put("x", managed(("me", 1), ("you", 1)))
    world.acknowledgeAll()
    world.put("x", managed(("me", 2), ("you", 1)))
    #expect(world.untold.map(\.reason) == [.ignoredManagers])
  }

  @Test("gates: what existed before, with initial: false")
  func existing() {
    var world = World { $0.explains = true }
    world.begin()
    world.put("x")
    world.subscribe("s", Specs.spec([Specs.foos], ["initial": false]))
    #expect(world.untold.map(\.reason) == [.existedBefore])
    #expect(world.untold.map(\.sight) == [.listed])
  }
}
