import DevCluster
import HTTP
import HubEngine
import HubRuntime
import JSONScan
import TestSupport
import Testing

private let configMaps: JSONValue = ["resources": [["apiVersion": "v1", "kind": "ConfigMap"]]]

private func spec(_ stage: Stage, _ members: JSONValue = configMaps) -> JSONValue {
  var spec = members
  spec["sink"] = ["uri": .string(stage.sink.url)]
  return spec
}

@Suite("A hub on a dev cluster, over real sockets", .timeLimit(.minutes(2)))
struct FollowingTests {
  @Test("Changes become events, with the headers and the body that a sink of ApiServerSource expects")
  func wireForm() async throws {
    let stage = try await Stage()
    try await stage.subscribe("s", spec(stage))
    try await stage.waitForCondition("Ready", of: "s", "True Ready")
    try await stage.send("POST", Stage.configMaps, Stage.configMap("c3", "1"))
    try await stage.sink.waitForEvents(["add ConfigMap default/c3 change 1"])
    let event = try #require(stage.sink.requests.first)
    #expect(event.method == "POST")
    #expect(event.target == "/events")
    let expected = [
      "ce-apiversion": "v1", "ce-kind": "ConfigMap", "ce-name": "c3", "ce-namespace": "default",
      "ce-source": stage.cluster.url, "ce-specversion": "1.0",
      "ce-subject": "/apis/v1/namespaces/default/configmaps/c3",
      "ce-type": "dev.knative.apiserver.ref.add", "content-type": "application/json",
      "kn-namespace": "default", "content-length": "72",
    ]
    for (name, value) in expected { #expect(event.headers[first: name] == value, "\(name)") }
    #expect(
      String(decoding: event.body, as: UTF8.self)
        == #"{"kind":"ConfigMap","namespace":"default","name":"c3","apiVersion":"v1"}"#)
    try await stage.send("PATCH", Stage.configMaps + "/c3", ["data": ["value": "2"]])
    try await stage.send("DELETE", Stage.configMaps + "/c3")
    try await waitUntil("the delete") { stage.sink.events.last == "delete ConfigMap default/c3 change 1" }
    await stage.stop()
  }

  @Test("Everything that exists at the start is told once, over many pages")
  func initialPages() async throws {
    let stage = try await Stage()
    for index in 0..<1200 {
      try await stage.send("POST", Stage.configMaps, Stage.configMap("c\(index)", "1"))
    }
    try await stage.subscribe("s", spec(stage))
    try await waitUntil("1,200 adds") { stage.sink.requests.count >= 1200 }
    let names = Set(stage.sink.requests.compactMap { $0.headers[first: "ce-name"] })
    #expect(names.count == 1200)
    #expect(stage.sink.requests.count == 1200)
    #expect(stage.sink.requests.allSatisfy { $0.headers[first: "ce-hubcause"] == "initial" })
    await stage.stop()
  }

  @Test("Versions that expire while the watch is cut lose nothing: a relist finds adds, updates and deletes")
  func relist() async throws {
    let stage = try await Stage()
    try await stage.send("POST", Stage.configMaps, Stage.configMap("gone", "1"))
    try await stage.send("POST", Stage.configMaps, Stage.configMap("kept", "1"))
    try await stage.subscribe("s", spec(stage))
    try await waitUntil("both adds") { stage.sink.requests.count == 2 }
    let hold = stage.cluster.faults.hold(method: "GET", pathContains: "configmaps?")
    stage.cluster.faults.cutWatches()
    try await waitUntil("the hub asks for its watch again") { hold.held > 0 }
    try await stage.send("DELETE", Stage.configMaps + "/gone")
    try await stage.send("PATCH", Stage.configMaps + "/kept", ["data": ["value": "2"]])
    try await stage.send("POST", Stage.configMaps, Stage.configMap("new", "1"))
    stage.cluster.faults.compact()
    stage.cluster.faults.release(hold)
    try await waitUntil("delete, update and add") { stage.sink.requests.count == 5 }
    #expect(
      Set(stage.sink.events.suffix(3)) == [
        "delete ConfigMap default/gone change 1", "update ConfigMap default/kept change 1",
        "add ConfigMap default/new change 1",
      ])
    await stage.stop()
  }

  @Test("A kind that is not served yet is shown, waited for, and followed once its CRD is there")
  func laterKind() async throws {
    let stage = try await Stage()
    try await stage.send("DELETE", Stage.definitions + "/foos.samplecontroller.k8s.io")
    try await stage.subscribe(
      "s", spec(stage, ["resources": [["apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"]]]))
    try await stage.waitForCondition("ResourcesFound", of: "s", "False NotServed")
    try await stage.send("POST", Stage.definitions, Stage.fooDefinition)
    try await stage.send("POST", Stage.foos, Stage.foo("x"))
    try await stage.sink.waitForEvents(["add Foo default/x initial 1"])
    try await stage.waitForCondition("Ready", of: "s", "True Ready")
    await stage.stop()
  }

  @Test("A sink that fails gets the same event again; one that rejects it parks the key until it changes")
  func failingSink() async throws {
    let stage = try await Stage()
    stage.sink.answerNext([500, 503, 200, 422])
    try await stage.subscribe("s", spec(stage))
    try await stage.waitForCondition("Ready", of: "s", "True Ready")
    try await stage.send("POST", Stage.configMaps, Stage.configMap("x", "1"))
    try await waitUntil("three attempts") { stage.sink.requests.count == 3 }
    #expect(Set(stage.sink.requests.compactMap { $0.headers[first: "ce-id"] }).count == 1)
    #expect(stage.sink.requests.compactMap { $0.headers[first: "ce-hubattempt"] } == ["1", "2", "3"])
    try await stage.send("POST", Stage.configMaps, Stage.configMap("y", "1"))
    try await stage.waitForCondition("Delivering", of: "s", "False Parked")
    try await stage.send("PATCH", Stage.configMaps + "/y", ["data": ["value": "2"]])
    try await stage.waitForCondition("Delivering", of: "s", "True Delivering")
    #expect(stage.sink.requests.count == 5)
    await stage.stop()
  }

  @Test("Subscriptions come, change and go while the hub runs; a bad edit leaves the accepted form in force")
  func subscriptions() async throws {
    let stage = try await Stage()
    try await stage.send("POST", Stage.configMaps, Stage.configMap("x", "1"))
    try await stage.subscribe("s", spec(stage))
    try await stage.sink.waitForEvents(["add ConfigMap default/x initial 1"])
    try await stage.send("PATCH", Stage.subscriptions + "/s", ["spec": ["resync": ["period": "1ms"]]])
    try await stage.waitForCondition("Ready", of: "s", "False NotAccepted")
    try await stage.send("POST", Stage.configMaps, Stage.configMap("y", "1"))
    try await waitUntil("y in the accepted form") {
      stage.sink.events.last == "add ConfigMap default/y change 1"
    }
    try await stage.send(
      "PATCH", Stage.subscriptions + "/s",
      [
        "spec": [
          "resync": .null,
          "resources": [
            ["apiVersion": "v1", "kind": "ConfigMap", "selector": ["matchLabels": ["app": "a"]]]
          ],
        ]
      ])
    try await waitUntil("x and y have left") {
      Set(stage.sink.events.suffix(2)) == [
        "delete ConfigMap default/x change 1", "delete ConfigMap default/y change 1",
      ]
    }
    #expect(stage.sink.requests.suffix(2).allSatisfy { $0.headers[first: "ce-hubreason"] == "left" })
    try await stage.send("DELETE", Stage.subscriptions + "/s")
    try await waitUntil("no subscription") { await stage.hub.snapshot().subscriptions.isEmpty }
    try await waitUntil("no watch but that of the subscriptions") {
      await stage.hub.snapshot().watches.allSatisfy {
        $0.resource.contains("definitions.") || $0.resource.hasPrefix("operatorsub")
      }
    }
    await stage.stop()
  }

  @Test("A hub that starts before the API server waits, says why, and follows once it is there")
  func lateAPIServer() async throws {
    let stage = try await Stage({ configuration in configuration.followsClusterSubscriptions = true })
    stage.cluster.faults.failNext(pathContains: "configmaps", status: 503, count: 3)
    try await stage.subscribe("s", spec(stage))
    try await stage.send("POST", Stage.foos, Stage.foo("unrelated"))
    try await waitUntil("synced") { await stage.hub.snapshot().isSynced }
    await stage.stop()
  }
}
