import HTTP
import JSONScan
import TestSupport
import Testing

@testable import ReconcilerKit

@Suite("Kubernetes Events")
struct EventRecorderTests {
  static let second: Int64 = 1_000_000_000

  private func event(_ message: String = "m", object: String = "o", at seconds: Int64 = 0) -> RecordedEvent {
    RecordedEvent(
      identity: .init(
        kind: "Foo", apiVersion: "g/v1", namespace: "ns", name: object, uid: "u", type: "Normal", reason: "R",
        message: message),
      objectVersion: "1", name: "\(object).\(seconds)", firstTimestamp: seconds * Self.second,
      lastTimestamp: seconds * Self.second)
  }

  @Test("The same Event again counts up the first; another message is another Event")
  func countsUp() {
    var correlator = EventCorrelator()
    #expect(correlator.correlate(event(at: 1)) == .create(event(at: 1)))
    var second = event(at: 1)
    second.count = 2
    second.lastTimestamp = 9 * Self.second
    #expect(correlator.correlate(event(at: 9)) == .increment(second))
    #expect(correlator.correlate(event("other", at: 9)) == .create(event("other", at: 9)))
    var anotherVersion = event(at: 10)
    anotherVersion.objectVersion = "2"
    guard case .increment(let third) = correlator.correlate(anotherVersion) else {
      Issue.record("the object's version does not make it another Event")
      return
    }
    #expect(third.count == 3)
  }

  @Test(
    "The tenth message within ten minutes is combined with what follows; after ten quiet minutes it starts anew"
  )
  func combinesSimilar() {
    var correlator = EventCorrelator()
    for index in 1..<EventCorrelator.aggregateAfter {
      #expect(correlator.correlate(event("m\(index)")) == .create(event("m\(index)")))
    }
    guard case .create(let combined) = correlator.correlate(event("m10")) else {
      Issue.record("the combined Event is new")
      return
    }
    #expect(combined.identity.message == "(combined from similar events): m10")
    guard case .increment(let more) = correlator.correlate(event("m11")) else {
      Issue.record("the combined Event is counted up")
      return
    }
    #expect(more.count == 2)
    #expect(more.name == combined.name)
    #expect(correlator.correlate(event("m12", at: 601)) == .create(event("m12", at: 601)))
  }

  @Test("An object has 25 Events at once and then one each five minutes; other objects are not touched by it")
  func throttles() {
    var correlator = EventCorrelator()
    for _ in 0..<25 { #expect(correlator.correlate(event()) != .skip) }
    #expect(correlator.correlate(event()) == .skip)
    #expect(correlator.correlate(event(object: "p")) != .skip)
    #expect(correlator.correlate(event(at: 299)) == .skip)
    guard case .increment(let event) = correlator.correlate(event(at: 301)) else {
      Issue.record("after five minutes there is one more")
      return
    }
    #expect(event.count == 28, "what was skipped is counted")
    #expect(correlator.correlate(self.event(at: 302)) == .skip)
  }

  @Test("The memory of Events is bounded, and what was used last stays")
  func isBounded() {
    var cache = RecencyCache<Int, Int>(capacity: 8)
    for key in 0..<8 { cache[key] = key }
    #expect(cache[0] == 0)
    cache[100] = 100
    #expect(cache.count <= 8)
    #expect(cache[0] == 0)
    #expect(cache[100] == 100)
    #expect(cache[1] == nil)
    cache[0] = nil
    #expect(cache[0] == nil)
    var single = RecencyCache<Int, Int>(capacity: 1)
    for key in 0..<5 { single[key] = key }
    #expect(single.count == 1)
    #expect(single[4] == 4)
  }

  private static let foo: JSONValue = [
    "kind": "Foo", "apiVersion": "samplecontroller.k8s.io/v1alpha1",
    "metadata": ["name": "example-foo", "namespace": "rec", "uid": "u-1", "resourceVersion": "7"],
  ]

  private func api(_ server: FakeAPIServer, _ lines: Lines, _ now: TestClock) throws -> KubernetesAPI {
    KubernetesAPI(
      try KubernetesConfiguration(url: server.url, component: "sample-controller"),
      log: ReconcilerLog(level: .debug, write: lines.append),
      clock: Clock(wall: { now.value }, monotonic: { 0 }))
  }

  @Test("An Event is written member by member as client-go writes it, and counted up by a patch")
  func writesAsClientGo() async throws {
    let server = try FakeAPIServer()
    let now = TestClock(1_767_225_600_000_000_001)
    let api = try api(server, Lines(), now)
    await api.recordEvent(.normal, reason: "Synced", message: "Foo synced successfully", about: Self.foo)
    let sent = String(decoding: try #require(server.exchanges.first).body, as: UTF8.self)
    #expect(
      sent
        == #"{"kind":"Event","apiVersion":"v1","metadata":{"name":"example-foo.18867251edfa0001","namespace":"rec"},"#
        + #""involvedObject":{"kind":"Foo","namespace":"rec","name":"example-foo","uid":"u-1","#
        + #""apiVersion":"samplecontroller.k8s.io/v1alpha1","resourceVersion":"7"},"reason":"Synced","#
        + #""message":"Foo synced successfully","source":{"component":"sample-controller"},"#
        + #""firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:00:00Z","count":1,"type":"Normal","#
        + #""eventTime":null,"reportingComponent":"sample-controller","reportingInstance":""}"#)
    now.advance(61 * Self.second)
    await api.recordEvent(.normal, reason: "Synced", message: "Foo synced successfully", about: Self.foo)
    #expect(server.calls.last == "PATCH /api/v1/namespaces/rec/events/example-foo.18867251edfa0001")
    #expect(server.events.count == 1)
    #expect(server.events.first?["count"]?.int == 2)
    #expect(server.events.first?["firstTimestamp"]?.string == "2026-01-01T00:00:00Z")
    #expect(server.events.first?["lastTimestamp"]?.string == "2026-01-01T00:01:01Z")
  }

  @Test(
    "An Event that expired is created again with its count; one that can't be written is logged and no more")
  func survivesFailures() async throws {
    let (server, lines) = (try FakeAPIServer(), Lines())
    let api = try api(server, lines, TestClock(5))
    func record() async {
      await api.recordEvent(.warning, reason: "R", message: "m", about: Self.foo)
    }
    await record()
    server.put("/api/v1/namespaces/rec/events/example-foo.5", nil)
    await record()
    #expect(server.calls.map { $0.prefix(5) } == ["POST ", "PATCH", "POST "])
    #expect(server.events.first?["count"]?.int == 2)
    #expect(lines.values == [])
    server.fail(.init(method: "PATCH", pathContains: "events", answer: HTTPResponse(status: 500)))
    await record()
    #expect(lines.values.count == 1)
    #expect(lines.values.first?.contains("an Event was not written") == true)
  }

  @Test("Events about cluster-scoped objects go to default; a name too long for an Event is a UUID")
  func names() async throws {
    let server = try FakeAPIServer()
    let api = try api(server, Lines(), TestClock(5))
    let node: JSONValue = ["kind": "Node", "apiVersion": "v1", "metadata": ["name": "n"]]
    await api.recordEvent(.normal, reason: "R", message: "m", about: node)
    #expect(server.calls == ["POST /api/v1/namespaces/default/events"])
    #expect(server.exchanges.first?.json["involvedObject"]?["namespace"] == nil)
    #expect(KubernetesAPI.eventName(about: "a", at: 255) == "a.ff")
    #expect(KubernetesAPI.eventName(about: String(repeating: "a", count: 250), at: 255).utf8.count == 253)
    #expect(KubernetesAPI.eventName(about: String(repeating: "a", count: 251), at: 255).utf8.count == 36)
  }
}
