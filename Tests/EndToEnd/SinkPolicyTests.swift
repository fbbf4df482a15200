import DevCluster
import HubEngine
import HubRuntime
import JSONScan
import TestSupport
import Testing

@Suite("Sink policy over real sockets", .timeLimit(.minutes(3)))
struct SinkPolicyTests {
  private func spec(_ url: String) -> JSONValue {
    ["resources": [["apiVersion": "v1", "kind": "ConfigMap"]], "sink": ["uri": .string(url)]]
  }

  @Test("a name that leads where no rule lets events go gets no connection, and the status says why")
  func rebinding() async throws {
    let rule = SinkRule(
      hosts: [HostPattern("localhost")].compactMap { $0 }, cidrs: [try AddressRange("127.0.0.2/32")])
    let stage = try await Stage { configuration in configuration.sinkPolicy = SinkPolicy(allow: [rule]) }
    try await stage.send("POST", Stage.configMaps, Stage.configMap("a", "1"))
    let url = stage.sink.url.replacing("127.0.0.1", with: "localhost")
    try await stage.subscribe("s", spec(url))
    try await stage.waitForCondition("SinkResolved", of: "s", "False NotAllowed")
    #expect(stage.sink.events == [])
    let object = try await stage.send("GET", Stage.subscriptions + "/s")
    let message = object["status"]?["conditions"]?.array?.first { $0["type"]?.string == "SinkResolved" }?[
      "message"]
    #expect(message?.string?.contains("spec.sink leads where nothing may be sent: ") == true)
    let uid = object["metadata"]?["uid"]?.string ?? ""
    let selector = "involvedObject.kind=OperatorSubscription,involvedObject.uid=\(uid)"
    var events: [JSONValue] = []
    try await waitUntil("an Event on the object") {
      let list = try await stage.send(
        "GET", "/api/v1/namespaces/default/events?fieldSelector=" + selector)
      events = list["items"]?.array ?? []
      return !events.isEmpty
    }
    #expect(events.map { $0["reason"] } == ["NotAllowed"])
    #expect(events.first?["type"] == "Warning")
    #expect(events.first?["message"] == message)
    await stage.stop()
  }

  @Test("loopback needs a rule with its addresses; the API server is no sink, whatever rule there is")
  func loopback() async throws {
    let stage = try await Stage { configuration in
      configuration.sinkPolicy = SinkPolicy(allow: [SinkRule(hosts: [HostPattern("*")].compactMap { $0 })])
    }
    try await stage.send("POST", Stage.configMaps, Stage.configMap("a", "1"))
    try await stage.subscribe("s", spec(stage.sink.url))
    try await stage.waitForCondition("SinkResolved", of: "s", "False NotAllowed")
    await stage.stop()

    let open = try await Stage()
    try await open.send("POST", Stage.configMaps, Stage.configMap("a", "1"))
    try await open.subscribe("api", spec(open.cluster.url))
    try await open.subscribe("s", spec(open.sink.url))
    try await open.waitForCondition("SinkResolved", of: "api", "False NotAllowed")
    try await open.sink.waitForEvents(["add ConfigMap default/a initial 1"])
    await open.stop()
  }
}
