import DevCluster
import HTTP
import HubEngine
import HubRuntime
import JSONScan
import TestSupport
import Testing

private let group = "rbac.authorization.k8s.io"
private let roles = "/apis/rbac.authorization.k8s.io/v1"

extension Stage {
  /// Lets the account `reader` of namespace `default` read ConfigMaps there.
  fileprivate func grant() async throws {
    try await send(
      "POST", roles + "/namespaces/default/rolebindings",
      [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": ["name": "reader"],
        "roleRef": ["apiGroup": .string(group), "kind": "Role", "name": "reader"],
        "subjects": [["kind": "ServiceAccount", "name": "reader", "namespace": "default"]],
      ])
  }

  fileprivate func revoke() async throws {
    try await send("DELETE", roles + "/namespaces/default/rolebindings/reader")
  }

  fileprivate func makeRole() async throws {
    try await send(
      "POST", roles + "/namespaces/default/roles",
      [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": ["name": "reader"],
        "rules": [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]]],
      ])
  }

  fileprivate func metrics() async throws -> String {
    let answer = try await client.send(
      HTTPClientRequest(url: hub.adminURL + "/metrics", deadlineMilliseconds: 30_000))
    return String(decoding: answer.body, as: UTF8.self)
  }
}

@Suite("Rights on a dev cluster, over real sockets", .timeLimit(.minutes(3)))
struct RightsTests {
  private func spec(_ stage: Stage, _ more: JSONValue = [:]) -> JSONValue {
    var spec = more
    spec["serviceAccountName"] = "reader"
    spec["resources"] = [["apiVersion": "v1", "kind": "ConfigMap"]]
    spec["sink"] = ["uri": .string(stage.sink.url)]
    return spec
  }

  @Test("SEMANTICS 29: a role that is given, taken away and given again decides what is told")
  func givenTakenGiven() async throws {
    let stage = try await Stage(areTenantsTrusted: false) { $0.limits.reviewSeconds = 1 }
    try await stage.makeRole()
    for name in ["kept", "gone"] {
      try await stage.send("POST", Stage.configMaps, Stage.configMap(name, "1"))
    }
    try await stage.subscribe("s", spec(stage))
    try await stage.waitForCondition("Authorized", of: "s", "False Denied")
    try await stage.waitForCondition("Ready", of: "s", "False Denied")
    #expect(stage.sink.events == [])

    try await stage.grant()
    try await stage.waitForCondition("Ready", of: "s", "True Ready")
    try await waitUntil("two adds") { stage.sink.events.count == 2 }
    #expect(
      Set(stage.sink.events) == [
        "add ConfigMap default/kept initial 1", "add ConfigMap default/gone initial 1",
      ])

    try await stage.revoke()
    // Whatever is told before the next review was allowed when it was reviewed.
    try await waitUntil("it is denied") {
      try await stage.send(
        "PATCH", Stage.configMaps + "/kept", ["data": ["value": .string("\(UInt64.random(in: 10...(.max)))")]]
      )
      return try await stage.condition("Authorized", of: "s") == "False Denied"
    }
    let told = stage.sink.events.count
    let forgotten = await stage.hub.snapshot().counters.forgotten
    try await stage.send("PATCH", Stage.configMaps + "/kept", ["data": ["value": "3"]])
    try await stage.send("DELETE", Stage.configMaps + "/gone")
    try await stage.send("POST", Stage.configMaps, Stage.configMap("new", "1"))
    try await waitUntil("the hub has seen that, and forgotten it") {
      await stage.hub.snapshot().counters.forgotten >= forgotten + 2
    }
    #expect(stage.sink.events.count == told)

    try await stage.grant()
    try await stage.waitForCondition("Ready", of: "s", "True Ready")
    try await waitUntil("what was missed") { stage.sink.events.count >= told + 3 }
    #expect(
      Set(stage.sink.events[told...]) == [
        "update ConfigMap default/kept initial 1", "delete ConfigMap default/gone change 1",
        "add ConfigMap default/new initial 1",
      ])
    await stage.stop()
  }

  @Test("SEMANTICS 6: the statuses that the hub writes are not told to those who follow subscriptions")
  func ownWrites() async throws {
    let stage = try await Stage()
    var following = spec(stage, ["serviceAccountName": "reader"])
    following["resources"] = [["apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription"]]
    try await stage.subscribe("watcher", following)
    try await stage.waitForCondition("Ready", of: "watcher", "True Ready")
    try await waitUntil("the watcher is told of itself") { !stage.sink.events.isEmpty }
    // Its statuses are written while the watcher is told live of it.
    try await stage.subscribe("other", spec(stage))
    try await stage.waitForCondition("Ready", of: "other", "True Ready")
    try await stage.send("PATCH", Stage.subscriptions + "/other", ["metadata": ["labels": ["a": "b"]]])
    try await waitUntil("a change by somebody else") {
      stage.sink.events.contains { $0.hasPrefix("update OperatorSubscription default/other") }
    }
    let told = stage.sink.events.filter { $0.contains("OperatorSubscription default/other") }
    #expect(
      told == [
        "add OperatorSubscription default/other change 1",
        "update OperatorSubscription default/other change 1",
      ])
    await stage.stop()
  }

  @Test("SEMANTICS 6, 31: a refusal is an Event on the object, which those who follow Events are not told of")
  func refusal() async throws {
    let stage = try await Stage()
    var following = spec(stage)
    following["resources"] = [["apiVersion": "v1", "kind": "Event"]]
    try await stage.subscribe("watcher", following)
    try await stage.waitForCondition("Ready", of: "watcher", "True Ready")
    // The CRD's rules let this pass; the hub does not.
    var refused = spec(stage)
    refused["sink"] = ["uri": "http://169.254.169.254/"]
    try await stage.subscribe("refused", refused)
    let path = "/api/v1/namespaces/default/events"
    var events: [JSONValue] = []
    try await waitUntil("the Event") {
      events = try await stage.send("GET", path)["items"]?.array ?? []
      return !events.isEmpty
    }
    let object = try await stage.send("GET", Stage.subscriptions + "/refused")
    #expect(events.map { $0["involvedObject"]?["uid"] } == [object["metadata"]?["uid"]])
    #expect(events.map { $0["reason"] } == ["NotAccepted"])
    #expect(events.map { $0["source"]?["component"] } == ["frugalhub.dev/hub"])
    var other = events[0]
    other["metadata"] = ["name": "other", "namespace": "default"]
    try await stage.send("POST", path, other)
    try await waitUntil("an Event of somebody else") { !stage.sink.events.isEmpty }
    #expect(stage.sink.events == ["add Event default/other change 1"])
    await stage.stop()
  }

  @Test("SEMANTICS 29, 31: no event, no metric and no status tells a tenant of what it may not read")
  func tenants() async throws {
    let stage = try await Stage(areTenantsTrusted: false) { $0.limits.reviewSeconds = 1 }
    try await stage.makeRole()
    try await stage.grant()
    try await stage.send("POST", "/api/v1/namespaces", ["metadata": ["name": "other"]])
    for number in 0..<5 {
      try await stage.send(
        "POST", "/api/v1/namespaces/other/configmaps", Stage.configMap("secret\(number)", "hidden"))
    }
    try await stage.subscribe("own", spec(stage))
    try await stage.subscribe("greedy", spec(stage, ["namespaceSelector": [:]]))
    try await stage.waitForCondition("Ready", of: "own", "True Ready")
    try await stage.waitForCondition("Authorized", of: "greedy", "False Denied")
    try await stage.send("POST", Stage.configMaps, Stage.configMap("mine", "1"))
    try await stage.sink.waitForEvents(["add ConfigMap default/mine change 1"])
    #expect(try await !stage.metrics().contains("secret"))
    let greedy = try await stage.send("GET", Stage.subscriptions + "/greedy")
    #expect(!String(decoding: greedy.serialized(), as: UTF8.self).contains("secret"))
    #expect(greedy["status"]?["pending"]?.int == 0)
    await stage.stop()
  }
}
