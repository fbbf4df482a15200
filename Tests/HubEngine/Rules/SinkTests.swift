import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Sinks that are referred to")
struct SinkTests {
  private static let service: JSONValue = [
    "ref": ["apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "svc"]
  ]

  private func address(_ url: String, _ more: JSONValue = [:]) -> JSONValue {
    Specs.with(more, ["status": ["address": ["url": .string(url)]]])
  }

  @Test("A Knative Service without an address is waited for, and served once it has one")
  func addressComesLater() {
    var world = World()
    world.cluster.put(FakeCluster.services, "a", "svc")
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": Self.service]))
    world.put("x")
    #expect(world.condition("SinkResolved", of: "s") == "False NotAddressable")
    #expect(world.condition("Ready", of: "s") == "False NotAddressable")
    world.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7000/"))
    world.advance(seconds: 31)
    #expect(world.only?.request.url == "http://127.0.0.1:7000/")
    #expect(world.condition("SinkResolved", of: "s") == "True Resolved")
    #expect(world.statuses["s"]?["status"]?["sinkUri"] == "http://127.0.0.1:7000/")
  }

  @Test("A sink that does not exist yet, or no more, holds deliveries and is shown")
  func deleted() {
    var world = World()
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": Self.service]))
    #expect(world.condition("SinkResolved", of: "s") == "False NotFound")
    world.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7000/"))
    world.advance(seconds: 31)
    world.put("x")
    world.acknowledgeAll()
    world.delete(FakeCluster.services, "a", "svc")
    world.advance(seconds: 31)
    #expect(world.condition("SinkResolved", of: "s") == "False NotFound")
    world.put("x")
    #expect(world.summaries == [])
    world.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7001/"))
    world.advance(seconds: 31)
    #expect(world.only?.request.url == "http://127.0.0.1:7001/")
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("An address that moves is found within half a second of a failure")
  func moved() {
    var world = World()
    world.cluster.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7000/"))
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": Self.service]))
    world.put("x")
    world.cluster.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7001/"))
    world.answer(world.sent[0].id, .noAnswer("connection refused"))
    world.advance(seconds: 0.7)
    world.answer(world.sent.first?.id ?? DeliveryID(rawValue: 0), .noAnswer("connection refused"))
    world.advance(seconds: 2)
    #expect(world.only?.request.url == "http://127.0.0.1:7001/")
  }

  @Test("An API server that is away leaves a known address in use")
  func apiServerAway() {
    var world = World()
    world.cluster.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7000/"))
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": Self.service]))
    world.put("x")
    world.stopAPIServer()
    // Within the minute for which the answer about rights holds.
    world.advance(seconds: 50)
    world.answer(500)
    world.advance(seconds: 1)
    #expect(world.summaries == ["add Foo a/x change 2"])
  }

  @Test("A uri beside a ref is relative to the address")
  func relative() {
    var world = World()
    world.cluster.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7000/base/"))
    world.begin()
    var sink = Self.service
    sink["uri"] = "events?x=1"
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": sink]))
    world.put("x")
    #expect(world.only?.request.url == "http://127.0.0.1:7000/base/events?x=1")
  }

  @Test("A core Service is its DNS name")
  func coreService() {
    var world = World()
    world.cluster.served.append(FakeCluster.Resource(apiVersion: "v1", plural: "services", kind: "Service"))
    world.cluster.put(
      FakeCluster.Resource(apiVersion: "v1", plural: "services", kind: "Service"), "a", "svc")
    world.begin()
    world.subscribe(
      "s",
      Specs.spec([Specs.foos], ["sink": ["ref": ["apiVersion": "v1", "kind": "Service", "name": "svc"]]]))
    world.put("x")
    #expect(world.only?.request.url == "http://svc.a.svc.cluster.local")
  }

  @Test("A kind of sink that is not served is waited for")
  func kindNotServed() {
    var world = World()
    world.cluster.served.removeAll { $0 == FakeCluster.services }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": Self.service]))
    #expect(world.condition("SinkResolved", of: "s") == "False KindNotServed")
    world.cluster.served.append(FakeCluster.services)
    world.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7000/"))
    world.put("x")
    world.advance(seconds: 62)
    #expect(world.only?.request.url == "http://127.0.0.1:7000/")
  }

  @Test("DESIGN 4: a sink outside of the cluster is not allowed to a tenant, also if a ref leads there")
  func policy() {
    var world = World { $0.sinkPolicy = .standard }
    world.cluster.put(FakeCluster.services, "a", "svc", address("http://example.com/"))
    world.begin()
    world.subscribe("loopback", Specs.spec([Specs.foos]))
    world.subscribe("outside", Specs.spec([Specs.foos], ["sink": ["uri": "http://example.com/"]]))
    world.subscribe("ref", Specs.spec([Specs.foos], ["sink": Self.service]))
    world.subscribe("api", Specs.spec([Specs.foos], ["sink": ["uri": "http://api.test:6443/"]]))
    world.subscribe("inside", Specs.spec([Specs.foos], ["sink": ["uri": "http://svc.a.svc.cluster.local/"]]))
    world.put("x")
    for name in ["loopback", "outside", "ref", "api"] {
      #expect(world.condition("SinkResolved", of: name) == "False NotAllowed", "\(name)")
    }
    #expect(world.sent.map(\.request.url) == ["http://svc.a.svc.cluster.local/"])
  }

  @Test("An address that policy forbids gets nothing more for a while, and is shown until one is allowed")
  func forbiddenAddress() {
    var world = World { $0.sinkPolicy = .standard }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": ["uri": "http://svc.a.svc/"]]))
    world.put("x")
    let words = world.only?.request.route.objection(to: .ipv4(0x7F00_0001)) ?? ""
    #expect(words.hasPrefix("127.0.0.1 is loopback"))
    world.answer(world.sent[0].id, .notAllowed(words))
    #expect(world.sent.isEmpty)
    #expect(world.condition("SinkResolved", of: "s") == "False NotAllowed")
    #expect(world.condition("Ready", of: "s") == "False NotAllowed")
    #expect(world.counters.noAnswer == 1)
    // The waits grow: a minute sees few attempts, and no second line in the log.
    var attempts = 1
    for _ in 0..<600 {
      world.advance(seconds: 0.1)
      while let sent = world.sent.first {
        attempts += 1
        world.answer(sent.id, .notAllowed(words))
      }
    }
    #expect((4...12).contains(attempts), "\(attempts)")
    #expect(world.notices.filter { $0.message == "policy forbids the address that a sink has" }.count == 1)
    world.advance(seconds: 300)
    world.acknowledgeAll()
    #expect(world.condition("SinkResolved", of: "s") == "True Resolved")
    #expect(world.condition("Ready", of: "s") == "True Ready")
  }

  @Test("A forbidden dead letter sink is shown, also by its address, and events are delivered")
  func forbiddenDeadLetterSink() {
    var world = World { $0.sinkPolicy = .standard }
    world.begin()
    let sink: JSONValue = ["uri": "http://svc.a.svc/"]
    world.subscribe(
      "s",
      Specs.spec(
        [Specs.foos], ["sink": sink, "delivery": ["deadLetterSink": ["uri": "http://svc.b.svc/"]]]))
    world.put("x")
    #expect(world.condition("SinkResolved", of: "s") == "False DeadLetterSinkNotAllowed")
    world.answer(200)
    world.subscribe(
      "s",
      Specs.spec(
        [Specs.foos], ["sink": sink, "delivery": ["deadLetterSink": ["uri": "http://dead.a.svc/"]]]))
    world.put("x")
    world.answer(422)
    let letter = world.only?.request
    #expect(letter?.url == "http://dead.a.svc/")
    world.answer(world.sent[0].id, .notAllowed(letter?.route.objection(to: .ipv4(0xA9FE_A9FE)) ?? ""))
    #expect(world.condition("SinkResolved", of: "s") == "False DeadLetterSinkNotAllowed")
  }

  @Test("The data of Secrets goes in mode Resource only where a rule lets it, also after an edit of the mode")
  func secrets() {
    var rule = SinkRule(hosts: [HostPattern("vault.a.svc")].compactMap { $0 })
    rule.secrets = true
    var world = World { $0.sinkPolicy = SinkPolicy(allow: SinkPolicy.standard.allow + [rule]) }
    let secrets = FakeCluster.Resource(apiVersion: "v1", plural: "secrets", kind: "Secret")
    world.cluster.served.append(secrets)
    world.cluster.put(secrets, "a", "key")
    world.begin()
    let resource: JSONValue = ["apiVersion": "v1", "kind": "Secret"]
    func spec(_ host: String, _ mode: String) -> JSONValue {
      Specs.spec([resource], ["sink": ["uri": .string("http://\(host)/")], "mode": .string(mode)])
    }
    world.subscribe("vault", spec("vault.a.svc", "Resource"))
    world.subscribe("references", spec("svc.a.svc", "Reference"))
    world.subscribe("data", spec("svc.a.svc", "Resource"))
    #expect(world.condition("SinkResolved", of: "data") == "False SecretsNotAllowed")
    #expect(Set(world.sent.map(\.request.url)) == ["http://vault.a.svc/", "http://svc.a.svc/"])
    world.acknowledgeAll()
    world.subscribe("references", spec("svc.a.svc", "Resource"))
    #expect(world.condition("SinkResolved", of: "references") == "False SecretsNotAllowed")
    world.put(secrets, "a", "key", ["data": ["a": "Yg=="]])
    #expect(world.sent.map(\.request.url) == ["http://vault.a.svc/"])
    world.subscribe("references", spec("svc.a.svc", "Reference"))
    #expect(world.sent.contains { $0.request.url == "http://svc.a.svc/" })
  }

  @Test("SEMANTICS 28: an answer about the sink before an edit is not taken for the new one's")
  func answerOfOldReference() {
    var world = World()
    world.cluster.put(FakeCluster.services, "a", "svc", address("http://127.0.0.1:7000/"))
    world.cluster.put(FakeCluster.services, "a", "new", address("http://127.0.0.1:7001/"))
    world.begin()
    world.put("x")
    world.isAnswering = false
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": Self.service]))
    let services = "/apis/serving.knative.dev/v1/namespaces/a/services/"
    while world.heldIndex(services) == nil, !world.held.isEmpty { world.release(0) }
    world.subscribe(
      "s",
      Specs.spec(
        [Specs.foos],
        ["sink": ["ref": ["apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "new"]]]))
    #expect(world.heldIndex(services + "svc") == nil)
    world.isAnswering = true
    world.acknowledgeAll()
    #expect(world.history.map(\.request.url) == ["http://127.0.0.1:7001/"])
  }

  @Test("A Knative Service's own limits cap the concurrency")
  func concurrencyLimit() {
    var world = World()
    let template: JSONValue = [
      "metadata": ["annotations": ["autoscaling.knative.dev/max-scale": "2"]],
      "spec": ["containerConcurrency": 1],
    ]
    world.cluster.put(
      FakeCluster.services, "a", "svc",
      address("http://127.0.0.1:7000/", ["spec": ["template": template]]))
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": Self.service]))
    for number in 0..<5 { world.put("x\(number)") }
    #expect(world.sent.count == 2)
  }
}
