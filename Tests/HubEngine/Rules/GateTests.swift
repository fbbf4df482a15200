import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of names, changes and ignoreManagers")
struct GateTests {
  private static let configMapGate = ["data", "metadata.labels"]

  private func world(_ entry: JSONValue, _ members: JSONValue, keepsJournal: Bool = false) -> World {
    var world = World { $0.keepsJournal = keepsJournal }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.with(entry, members)]))
    return world
  }

  private static func paths(_ paths: String...) -> JSONValue {
    ["changes": .array(paths.map { .string($0) })]
  }

  private static func data(_ value: JSONValue) -> JSONValue { ["data": value] }

  // MARK: Names

  @Test("SEMANTICS 1: membership is decided by names; an edit of them lets in and out")
  func names() {
    var world = world(Specs.foos, ["names": ["x", "z"]])
    for name in ["x", "y", "xx"] { world.put(name) }
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.summaries == [])
    world.subscribe("s", Specs.spec([Specs.with(Specs.foos, ["names": ["y"]])]))
    #expect(world.summaries.sorted() == ["add Foo a/y initial 1", "delete Foo a/x change 1"])
    world.acknowledgeAll()
    world.delete("x")
    world.put("y")
    #expect(world.summaries == ["update Foo a/y change 1"])
  }

  @Test("SEMANTICS 1: names and labels must both match")
  func namesAndLabels() {
    var world = world(Specs.foos(app: "1"), ["names": ["x"]])
    world.put("x", Specs.labelled("2"))
    world.put("y", Specs.labelled("1"))
    #expect(world.summaries == [])
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 1: membership is decided by field selectors: name and namespace, equal or not")
  func fields() {
    var world = World()
    world.begin()
    let entry = Specs.with(
      Specs.foos, ["fieldSelector": "metadata.name!=x,metadata.namespace==b,metadata.name!=y"])
    world.subscribe("s", Specs.spec([entry], ["namespaceSelector": [:]]))
    for namespace in ["a", "b"] {
      for name in ["x", "y", "z"] { world.put(FakeCluster.foos, namespace, name) }
    }
    #expect(world.summaries == ["add Foo b/z change 1"])
    world.acknowledgeAll()
    let one = Specs.with(Specs.foos, ["fieldSelector": "metadata.name=x", "names": ["x", "z"]])
    world.subscribe("s", Specs.spec([one], ["namespaceSelector": [:]]))
    #expect(
      world.summaries.sorted() == [
        "add Foo a/x initial 1", "add Foo b/x initial 1", "delete Foo b/z change 1",
      ])
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.with(one, ["names": ["z"]])], ["namespaceSelector": [:]]))
    #expect(world.summaries.sorted() == ["delete Foo a/x change 1", "delete Foo b/x change 1"])
  }

  @Test("SEMANTICS 6: the hub's own writes of status are not told to those who follow subscriptions")
  func ownWrites() {
    let kind: JSONValue = ["apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription"]
    var world = world(kind, [:])
    world.acknowledgeAll()
    let before = world.statusWrites
    world.subscribe("t", Specs.spec([Specs.foos]))
    #expect(world.next() == "add OperatorSubscription a/t change 1")
    world.advance(seconds: 5)
    #expect(world.statusWrites > before)
    #expect(world.summaries == [])
    world.subscribe("t", Specs.spec([Specs.configMaps]))
    #expect(world.next() == "update OperatorSubscription a/t change 1")
  }

  // MARK: Changes

  @Test("SEMANTICS 2: changes: [spec] goes by metadata.generation, and asks for metadata only")
  func generation() {
    var world = world(Specs.foos, Self.paths("spec"))
    world.put("x", ["spec": ["n": 1]])
    #expect(world.next() == "add Foo a/x change 1")
    world.change { $0.putStatus(FakeCluster.foos, .init(namespace: "a", name: "x"), ["ready": true]) }
    world.put("x", ["spec": ["n": 1], "metadata": ["labels": ["a": "b"]]])
    #expect(world.summaries == [])
    #expect(world.counters.gated == 2)
    world.put("x", ["spec": ["n": 2]])
    #expect(world.next() == "update Foo a/x change 1")
    #expect(world.watches.values.first { $0.resource == FakeCluster.foos }?.isPartial == true)
  }

  @Test(
    "SEMANTICS 2: without a generation the value of spec is compared, for which whole objects are asked for")
  func noGeneration() {
    var world = world(Specs.configMaps, Self.paths("spec"))
    func put(_ n: JSONValue, _ label: String) {
      world.put(
        FakeCluster.configMaps, "a", "c", ["spec": n, "metadata": ["labels": ["l": .string(label)]]])
    }
    put(1, "a")
    #expect(world.next() == "add ConfigMap a/c change 1")
    #expect(world.watches.values.first { $0.resource == FakeCluster.configMaps }?.isPartial == false)
    // What was known came without its spec.
    put(1, "b")
    #expect(world.next() == "update ConfigMap a/c change 1")
    put(1, "c")
    #expect(world.summaries == [])
    put(2, "c")
    #expect(world.next() == "update ConfigMap a/c change 1")
  }

  @Test("SEMANTICS 2: any path: maps, lists, elements, quoted names; a missing value is one like others")
  func paths() {
    var world = world(
      Specs.configMaps, Self.paths("data", "list[1].n", "metadata.annotations['example.com/x']", "odd.deep"))
    func put(_ members: JSONValue) -> [String] {
      world.put(FakeCluster.configMaps, "a", "c", members)
      let told = world.summaries
      world.acknowledgeAll()
      return told
    }
    let update = ["update ConfigMap a/c change 1"]
    #expect(put(["data": ["a": "1", "b": "2"]]) == ["add ConfigMap a/c change 1"])
    #expect(put(["data": ["b": "2", "a": "1"]]) == [], "the order of members does not count")
    #expect(put(["data": ["a": "1", "b": "2"], "list": [["n": 1]]]) == [], "another element")
    #expect(put(["data": ["a": "1", "b": "2"], "list": [["n": 1], ["n": 2]]]) == update, "it came")
    #expect(put(["data": ["a": "1", "b": "2"], "list": [["n": 5], ["n": 2, "m": 3]]]) == [])
    #expect(put(["data": ["a": "1", "b": "2"], "list": []]) == update, "it went")
    #expect(
      put(["data": ["a": "1", "b": "3"]]) == update, "a list that was empty has gone, and a map changed")
    #expect(
      put(["metadata": ["annotations": ["example.com/x": "1"]], "data": ["a": "1", "b": "3"]]) == update)
    #expect(
      put(["metadata": ["annotations": ["example.com/x": "1", "y": "2"]], "data": ["a": "1", "b": "3"]]) == []
    )
    #expect(put(["data": ["a": "1", "b": "3"]]) == update)
    #expect(put(["data": ["a": "1", "b": "3"], "odd": 7]) == [], "no way through a number")
    #expect(put(["data": ["a": "1", "b": "3"], "odd": ["deep": .null]]) == update)
  }

  @Test(
    "SEMANTICS 1, 2: an update that passes no entry of its subscription is gated, one that passes any is told"
  )
  func twoEntries() {
    var world = World(following: [
      Specs.with(Specs.configMaps, Self.paths("data")),
      Specs.with(Specs.configMaps, Self.paths("binaryData")),
    ])
    world.put(FakeCluster.configMaps, "a", "c", ["data": ["a": "1"]])
    world.acknowledgeAll()
    world.put(FakeCluster.configMaps, "a", "c", ["data": ["a": "1"], "other": 1])
    #expect(world.summaries == [])
    world.put(FakeCluster.configMaps, "a", "c", ["data": ["a": "1"], "binaryData": ["b": "2"]])
    #expect(world.next() == "update ConfigMap a/c change 1")
  }

  @Test("SEMANTICS 1: entering and leaving are not gated by changes")
  func membership() {
    var world = world(Specs.foos(app: "1"), Self.paths("spec"))
    world.put("x", Specs.labelled("2"))
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
    world.put("x", Specs.labelled("2"))
    #expect(world.next() == "delete Foo a/x change 1")
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
    world.delete("x")
    #expect(world.next() == "delete Foo a/x change 1")
  }

  @Test("SEMANTICS 2: a relist compares too: what changed elsewhere meanwhile is gated")
  func relist() {
    var world = world(Specs.configMaps, Self.paths("data"))
    for name in ["c", "d"] { world.put(FakeCluster.configMaps, "a", name, Self.data(["a": "1"])) }
    world.acknowledgeAll()
    world.cluster.put(
      FakeCluster.configMaps, "a", "c", ["data": ["a": "1"], "metadata": ["labels": ["l": "m"]]])
    world.cluster.put(FakeCluster.configMaps, "a", "d", Self.data(["a": "2"]))
    world.cluster.compact()
    world.cutWatches()
    world.advance(seconds: 60)
    #expect(world.summaries == ["update ConfigMap a/d change 1"])
  }

  @Test(
    "SEMANTICS 2, 36: the journal keeps the hashes: after a restart they are compared with",
    arguments: [
      false, true,
    ])
  func restart(withImage: Bool) {
    var world = world(Specs.configMaps, Self.paths("data"), keepsJournal: true)
    for name in ["c", "d"] { world.put(FakeCluster.configMaps, "a", name, Self.data(["a": "1"])) }
    world.acknowledgeAll()
    if withImage { world.give([.writeImage]) }
    world.syncJournal()
    world.crash()
    #expect(world.summaries == [])
    world.put(FakeCluster.configMaps, "a", "c", ["data": ["a": "1"], "metadata": ["labels": ["l": "m"]]])
    #expect(world.summaries == [])
    world.put(FakeCluster.configMaps, "a", "d", Self.data(["a": "2"]))
    #expect(world.summaries == ["update ConfigMap a/d change 1"])
  }

  @Test("SEMANTICS 2: no old hash counts as changed; from then on there is one")
  func edited() {
    // Whole objects are watched already, so only the list of the edit is waited for.
    var world = World(following: [Specs.configMaps], ["mode": "Resource"])
    world.put(FakeCluster.configMaps, "a", "c", Self.data(["a": "1"]))
    world.acknowledgeAll()
    world.isAnswering = false
    world.subscribe(
      "s", Specs.spec([Specs.with(Specs.configMaps, Self.paths("data"))], ["mode": "Resource"]))
    world.put(FakeCluster.configMaps, "a", "c", ["data": ["a": "1"], "other": 1])
    #expect(world.next() == "update ConfigMap a/c change 1")
    world.isAnswering = true
    world.acknowledgeAll()
    world.put(FakeCluster.configMaps, "a", "c", ["data": ["a": "1"], "other": 2])
    world.acknowledgeAll()
    let told = world.history.count
    world.put(FakeCluster.configMaps, "a", "c", ["data": ["a": "1"], "other": 3])
    #expect(world.history.count == told)
  }

  @Test("SEMANTICS 5: changes judge the child; its controllers are told when it moves, whatever changes say")
  func children() {
    var world = world(Specs.children, Self.paths("spec"))
    func put(_ owner: String, _ n: JSONValue) {
      var object = Specs.owned(by: owner)
      object["spec"] = ["n": n]
      world.put(FakeCluster.deployments, "a", "d", object)
    }
    put("x", 1)
    #expect(world.next() == "update Foo a/x change 1")
    world.change { $0.putStatus(FakeCluster.deployments, .init(namespace: "a", name: "d"), ["ready": 1]) }
    #expect(world.summaries == [])
    put("x", 2)
    #expect(world.next() == "update Foo a/x change 1")
    put("y", 2)
    #expect(world.summaries.sorted() == ["update Foo a/x change 1", "update Foo a/y change 1"])
  }

  @Test("what waits is told as it is now, though its last change was gated")
  func waiting() {
    var world = World(following: [Specs.with(Specs.foos, Self.paths("spec"))], ["mode": "Resource"])
    world.put("w", ["spec": ["n": 1]])
    world.subscribe(
      "s", Specs.spec([Specs.with(Specs.foos, Self.paths("spec"))], ["mode": "Resource", "suspend": true]))
    world.acknowledgeAll()
    world.put("x", ["spec": ["n": 1]])
    world.change { $0.putStatus(FakeCluster.foos, .init(namespace: "a", name: "x"), ["ready": true]) }
    world.subscribe("s", Specs.spec([Specs.with(Specs.foos, Self.paths("spec"))], ["mode": "Resource"]))
    #expect(world.only?.body["status"]?["ready"]?.bool == true)
  }

  // MARK: Managers

  private static func managed(_ managers: (String, Int)...) -> JSONValue {
    [
      "metadata": [
        "managedFields": .array(
          managers.map { name, time in
            ["manager": .string(name), "operation": "Update", "time": .string("2026-01-01T00:00:0\(time)Z")]
          })
      ]
    ]
  }

  @Test("SEMANTICS 3: an update is ignored only if a listed manager's entry changed and no other's did")
  func managers() {
    var world = world(Specs.foos, ["ignoreManagers": ["me", "myself"]])
    func put(_ object: JSONValue) -> Int {
      world.put("x", object)
      defer { world.acknowledgeAll() }
      return world.sent.count
    }
    #expect(put(Self.managed(("kubectl", 1))) == 1)
    #expect(put(Self.managed(("kubectl", 1), ("me", 1))) == 0, "it came")
    #expect(put(Self.managed(("kubectl", 1), ("me", 2))) == 0)
    #expect(put(Self.managed(("kubectl", 1), ("me", 2), ("myself", 2))) == 0)
    #expect(put(Self.managed(("kubectl", 3), ("me", 2), ("myself", 2))) == 1)
    #expect(put(Self.managed(("kubectl", 4), ("me", 4), ("myself", 2))) == 1, "both")
    #expect(put(Self.managed(("kubectl", 4), ("me", 4), ("myself", 2))) == 1, "nobody: labels, say")
    #expect(put(Self.managed(("myself", 5), ("kubectl", 4), ("me", 4))) == 0, "in another order")
    #expect(put(Self.managed(("kubectl", 4))) == 0, "they own nothing any more")
    #expect(put(Self.managed(("myself", 6))) == 1, "the other's went")
  }

  @Test("SEMANTICS 3: never after a gap: what a list brings is told")
  func managersAfterGap() {
    var world = world(Specs.foos, ["ignoreManagers": ["me"]])
    world.put("x", Self.managed(("kubectl", 1), ("me", 1)))
    world.acknowledgeAll()
    world.cluster.put(FakeCluster.foos, "a", "x", Self.managed(("kubectl", 1), ("me", 2)))
    world.cluster.compact()
    world.cutWatches()
    world.advance(seconds: 60)
    #expect(world.next() == "update Foo a/x change 1")
    world.put("x", Self.managed(("kubectl", 1), ("me", 3)))
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 3, 36: after a restart the watch goes on, and the journal's hashes are compared with")
  func managersAfterRestart() {
    var world = world(Specs.foos, ["ignoreManagers": ["me"]], keepsJournal: true)
    world.put("x", Self.managed(("kubectl", 1), ("me", 1)))
    world.acknowledgeAll()
    world.syncJournal()
    world.crash()
    world.put("x", Self.managed(("kubectl", 1), ("me", 2)))
    #expect(world.summaries == [])
    world.put("x", Self.managed(("kubectl", 2), ("me", 2)))
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("changes and ignoreManagers of one entry must both let an update pass")
  func both() {
    var world = world(Specs.configMaps, ["changes": ["data"], "ignoreManagers": ["me"]])
    func put(_ value: String, _ managers: JSONValue) -> Int {
      var object = managers
      object["data"] = ["a": .string(value)]
      world.put(FakeCluster.configMaps, "a", "c", object)
      defer { world.acknowledgeAll() }
      return world.sent.count
    }
    #expect(put("1", Self.managed(("kubectl", 1))) == 1)
    #expect(put("1", Self.managed(("kubectl", 2))) == 0)
    #expect(put("2", Self.managed(("kubectl", 2), ("me", 1))) == 0)
    #expect(put("3", Self.managed(("kubectl", 3), ("me", 1))) == 1)
  }
}
