import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of Kubernetes Events on subscriptions")
struct AnnouncementTests {
  private static let invalid: JSONValue = [
    "resources": [["apiVersion": "v1", "kind": ""]], "sink": Specs.sink,
  ]

  /// Type, reason and name of the object of each Event so far.
  private func told(_ world: World) -> [String] {
    world.announced.map { event in
      [event["type"], event["reason"], event["involvedObject"]?["name"]].map { $0?.string ?? "" }
        .joined(separator: " ")
    }
  }

  private func failing(seconds: Int = 200) -> World {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.answer(200)
    world.put("x")
    fail(&world, seconds: seconds)
    return world
  }

  private func fail(_ world: inout World, seconds: Int) {
    for _ in 0..<seconds {
      while !world.sent.isEmpty { world.answer(503) }
      world.advance(seconds: 1)
    }
  }

  @Test(
    "SEMANTICS 31: a form that is not accepted is told by one Event on the object, of the condition's words")
  func refused() throws {
    var world = World()
    world.begin()
    world.subscribe("s", Self.invalid)
    #expect(told(world) == ["Warning NotAccepted s"])
    let event = try #require(world.announced.first)
    let object = try #require(world.cluster.object(FakeCluster.subscriptions, "a", "s"))
    #expect(
      event["involvedObject"] == [
        "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription", "namespace": "a", "name": "s",
        "uid": object["metadata"]?["uid"] ?? .null,
      ])
    #expect(event["message"]?.string == world.message("Ready", of: "s"))
    #expect(event["metadata"]?["namespace"] == "a")
    #expect(event["reportingComponent"] == "frugalhub.dev/hub")
    #expect(event["firstTimestamp"] == event["lastTimestamp"])
    #expect(event["firstTimestamp"]?.string?.hasPrefix("2025-") == true)
    #expect(world.requests.contains("POST /api/v1/namespaces/a/events?fieldManager=frugalhub"))
    #expect(world.counters.announcements == 1)
  }

  @Test("SEMANTICS 31: an Event is written again only when its words change, or when it was over meanwhile")
  func again() {
    var world = World()
    world.begin()
    world.subscribe("s", Self.invalid)
    world.subscribe("s", Specs.with(Self.invalid, ["suspend": true]))
    world.advance(seconds: 700)
    #expect(told(world).count == 1)
    world.subscribe("s", Specs.with(Self.invalid, ["mode": "Other"]))
    #expect(told(world).count == 2)
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(told(world).count == 2)
    world.subscribe("s", Specs.spec([], ["sink": ["uri": "ftp://x"]]))
    #expect(told(world).count == 3)
  }

  @Test("SEMANTICS 31: quotas, missing rights and sinks that policy forbids are told")
  func refusals() {
    var world = World {
      $0.limits.tenant.subscriptions = 2
      $0.sinkPolicy = .standard
    }
    world.rights.grants = []
    world.begin()
    world.subscribe("sink", Specs.spec([Specs.configMaps]))
    world.subscribe("other", Specs.spec([Specs.configMaps]))
    world.subscribe("quota", Specs.spec([Specs.foos]))
    world.put(FakeCluster.configMaps, "a", "c")
    world.advance(seconds: 5)
    #expect(
      Set(told(world)) == [
        "Warning NotAllowed sink", "Warning NotAllowed other", "Warning QuotaExceeded quota",
        "Warning Denied sink", "Warning Denied other",
      ])
    world.advance(seconds: 300)
    #expect(told(world).count == 5)
  }

  @Test("SEMANTICS 31: a sink that has been failing for five minutes is told once, and its recovery once")
  func longFailure() {
    var world = failing()
    #expect(world.condition("Delivering", of: "s") == "False SinkFailing")
    #expect(told(world) == [])
    fail(&world, seconds: 120)
    #expect(told(world) == ["Warning SinkFailing s"])
    fail(&world, seconds: 1000)
    #expect(told(world) == ["Warning SinkFailing s"])
    world.advance(seconds: 301)
    world.acknowledgeAll()
    #expect(told(world) == ["Warning SinkFailing s", "Normal Delivering s"])
    // A second spell.
    world.put("x")
    fail(&world, seconds: 600)
    #expect(told(world).count == 3)
  }

  @Test("SEMANTICS 31: a sink that fails for less than five minutes is not told, nor is its recovery")
  func shortFailure() {
    var world = failing(seconds: 20)
    #expect(world.condition("Delivering", of: "s") == "False SinkFailing")
    world.advance(seconds: 61)
    world.acknowledgeAll()
    world.advance(seconds: 600)
    #expect(world.condition("Delivering", of: "s") == "True Delivering")
    #expect(told(world) == [])
  }

  @Test("SEMANTICS 31: after a restart nothing is told again that the API server still has")
  func restart() {
    var world = World { $0.keepsJournal = true }
    world.begin()
    world.subscribe("s", Self.invalid)
    world.subscribe("t", Specs.spec([Specs.foos]))
    world.syncJournal()
    world.crash()
    world.advance(seconds: 5)
    #expect(told(world) == ["Warning NotAccepted s"])
    #expect(world.counters.announcementsDropped == 0)
    world.subscribe("t", Self.invalid)
    #expect(told(world) == ["Warning NotAccepted s", "Warning NotAccepted t"])
  }

  @Test("Events that the API server refuses are dropped, counted, and told once with the rule to add")
  func forbidden() {
    var world = World()
    world.announcementAnswer = 403
    world.begin()
    for name in ["s", "t"] { world.subscribe(name, Self.invalid) }
    world.advance(seconds: 60)
    #expect(world.counters.announcementsDropped == 2)
    let notices = world.notices.filter { $0.message == "Events on subscriptions cannot be written" }
    #expect(notices.count == 1)
    #expect(notices.first?.fields.last?.value == "verb create on events of the core group")
    world.announcementAnswer = 201
    world.subscribe("s", Specs.spec([], ["sink": ["uri": "ftp://x"]]))
    #expect(told(world).count == 1)
  }

  @Test("SEMANTICS 31: Events go at the rate of the status writes, and all are written in the end")
  func pacing() {
    var world = World()
    for number in 0..<50 {
      world.cluster.put(FakeCluster.subscriptions, "a", "s\(number)", ["spec": Self.invalid])
    }
    world.begin()
    #expect(world.announced.count + world.statusWrites <= Int(StatusPacer.burst))
    world.advance(seconds: 1)
    #expect(world.announced.count + world.statusWrites <= Int(StatusPacer.burst + StatusPacer.perSecond))
    world.advance(seconds: 60)
    #expect(world.announced.count == 50 && world.statuses.count == 50)
  }

  @Test("subscriptions of files get no Events")
  func files() {
    var world = World()
    world.begin()
    let text = #"""
      {"apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
       "metadata": {"name": "f", "namespace": "a"}, "spec": {"resources": []}}
      """#
    world.give([.subscriptionFiles([SubscriptionFile(name: "f.json", bytes: Array(text.utf8))])])
    world.advance(seconds: 60)
    #expect(world.snapshot.refused.count == 1)
    #expect(world.announced.isEmpty)
  }

  @Test(
    "SEMANTICS 6: Events that the hub wrote are not told to those who follow Events, whole or by metadata",
    arguments: ["Reference", "Resource"])
  func ownEvents(mode: String) {
    var world = World()
    world.cluster.served.append(FakeCluster.objectEvents)
    world.begin()
    world.subscribe(
      "s", Specs.spec([["apiVersion": "v1", "kind": "Event"]], ["mode": .string(mode)]))
    world.subscribe("t", Self.invalid)
    #expect(told(world) == ["Warning NotAccepted t"])
    #expect(world.summaries == [])
    world.put(FakeCluster.objectEvents, "a", "other", ["reason": "NotAccepted"])
    #expect(world.next() == "add Event a/other change 1")
    let name = world.announced.first?["metadata"]?["name"]?.string ?? ""
    world.delete(FakeCluster.objectEvents, "a", name)
    // Nor by a list.
    world.subscribe("t", Specs.spec([], ["sink": ["uri": "ftp://x"]]))
    world.subscribe(
      "u", Specs.spec([["apiVersion": "v1", "kind": "Event"]], ["mode": .string(mode)]))
    #expect(world.announced.count == 2)
    #expect(world.summaries == ["add Event a/other initial 1"])
  }
}
