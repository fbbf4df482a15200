import JSONScan
import Kubernetes
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of filters and added attributes")
struct FilterTests {
  private func world(_ filters: JSONValue, _ spec: JSONValue = [:], following: [JSONValue] = [Specs.foos])
    -> World
  {
    var spec = spec
    spec["filters"] = filters
    return World(following: following, spec)
  }

  private static func type(_ operation: String) -> JSONValue {
    [["suffix": ["type": .string("." + operation)]]]
  }

  /// Everything that a Foo's life tells while the sink takes events at once.
  private func life(_ world: inout World) -> [String] {
    var told: [String] = []
    world.put("x")
    while !world.sent.isEmpty { told.append(world.next()) }
    world.put("x")
    while !world.sent.isEmpty { told.append(world.next()) }
    world.delete("x")
    while !world.sent.isEmpty { told.append(world.next()) }
    return told
  }

  @Test(
    "SEMANTICS 1: filters judge single events and never create one", arguments: ["add", "update", "delete"])
  func types(operation: String) {
    var world = world(Self.type(operation))
    let told1 = life(&world)
    #expect(told1 == ["\(operation) Foo a/x change 1"])
    #expect(world.counters.gated == 2)
  }

  @Test("SEMANTICS 1: no filter lets everything pass, and all filters must")
  func all() {
    var none = world([])
    let told2 = life(&none)
    #expect(told2.count == 3)
    var both = world([["cesql": "name = 'x'"], ["not": ["suffix": ["type": "update"]]]])
    let told3 = life(&both)
    #expect(told3 == ["add Foo a/x change 1", "delete Foo a/x change 1"])
  }

  @Test(
    "SEMANTICS 1: an update that follows an add which does not pass is told, though nothing was sent meanwhile"
  )
  func mergedUpdate() {
    var world = world(Self.type("update"), ["suspend": true])
    world.put("x")
    world.put("x")
    world.subscribe("s", Specs.spec([Specs.foos], ["filters": Self.type("update")]))
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 1, 15: what is sent is judged again: an update that follows an add in flight")
  func inFlight() {
    var world = world(Self.type("add"))
    world.put("x")
    #expect(world.summaries == ["add Foo a/x change 1"])
    world.put("x")
    world.acknowledgeAll()
    #expect(world.summaries == [])
    #expect(world.counters.gated == 1)
  }

  @Test("SEMANTICS 1: a delete that does not pass takes with it what waits")
  func deleteGated() {
    var world = world([["not": ["suffix": ["type": ".delete"]]]])
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.delete("x")
    #expect(world.summaries == [])
    world.put("x")
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("SEMANTICS 1: leaving is a delete, and judged as one")
  func leaving() {
    var world = world(Self.type("delete"), following: [Specs.foos(app: "1")])
    world.put("x", Specs.labelled("1"))
    world.put("x", Specs.labelled("2"))
    #expect(world.summaries == ["delete Foo a/x change 1"])
    #expect(world.only?.header("ce-hubreason") == "left")
  }

  @Test(
    "SEMANTICS 1: filters see neither id, time, sequence and traceparent nor the hub's own attributes",
    arguments: ["id", "time", "sequence", "traceparent", "hubcause", "hubattempt"])
  func unseen(_ name: String) {
    var world = world([["prefix": [name: "0"]]])
    let told4 = life(&world)
    #expect(told4 == [])
    var without = self.world([["not": ["prefix": [name: "0"]]]])
    let told5 = life(&without)
    #expect(told5.count == 3)
  }

  @Test("filters see the attributes of the event as it is sent")
  func seen() throws {
    var all = world([])
    all.put("x")
    let sent = try #require(all.only)
    let names = [
      "specversion", "source", "type", "subject", "kind", "apiversion", "name", "namespace", "uid",
    ]
    let exact: JSONObject = names.reduce(into: [:]) { $0[$1] = sent.header("ce-" + $1).map { .string($0) } }
    #expect(exact.count == names.count)
    var world = world(
      [["exact": .object(exact)], ["exact": ["datacontenttype": "application/json", "team": "a"]]],
      ["ceOverrides": ["extensions": ["team": "a"]]])
    world.put("x")
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("an error in an expression means false and is shown until the subscription is edited")
  func failing() {
    var world = world([["cesql": "team = 'a'"]])
    world.put("x")
    #expect(world.summaries == [])
    #expect(world.counters.filterFailures == 1)
    world.subscribe("s", Specs.spec([Specs.foos], ["filters": [["cesql": "name = 'x'"]]]))
    world.put("x")
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 5: the change of a child is judged by its owner's attributes")
  func children() {
    var world = world(
      [["exact": ["kind": "Foo", "name": "x"]], ["suffix": ["type": "ref.update"]]],
      following: [Specs.children])
    world.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "x"))
    world.put(FakeCluster.deployments, "a", "e", Specs.owned(by: "y"))
    #expect(world.summaries.count == 1)
    #expect(world.only?.header("ce-name") == "x")
  }

  @Test("SEMANTICS 32: a resync is judged by the type that it has")
  func resync() {
    var world = world(Self.type("add"), ["resync": ["period": "60s"]])
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.advance(seconds: 61)
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 26: in Resource mode, too, each key ends once")
  func bodies() {
    var world = world(Self.type("update"), ["mode": "Resource"])
    let told6 = life(&world)
    #expect(told6 == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 1, 36: what did not pass counts as told after a crash too")
  func crash() {
    var world = World { $0.keepsJournal = true }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["filters": Self.type("update")]))
    world.put("x")
    world.syncJournal()
    world.crash()
    #expect(world.summaries == [])
    world.put("x")
    #expect(world.summaries == ["update Foo a/x change 1"])
    world.syncJournal()
    world.crash()
    #expect(world.summaries == ["update Foo a/x change 2"])
  }

  @Test("ceOverrides are added to every event, percent-encoded")
  func overrides() {
    var world = World(
      following: [Specs.foos], ["ceOverrides": ["extensions": ["team": "a b", "region": "eü"]]])
    world.put("x")
    #expect(world.only?.header("ce-team") == "a%20b")
    #expect(world.only?.header("ce-region") == "e%C3%BC")
    _ = world.next()
    world.delete("x")
    #expect(world.only?.header("ce-team") == "a%20b")
  }
}
