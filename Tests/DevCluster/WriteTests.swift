import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster writes")
struct WriteTests {
  private func managers(_ object: JSONValue) -> [String: JSONValue] {
    var managers: [String: JSONValue] = [:]
    for entry in object["metadata"]?["managedFields"]?.array ?? [] {
      let part = entry["subresource"]?.string.map { "/\($0)" } ?? ""
      managers[(entry["manager"]?.string ?? "") + part] = entry["fieldsV1"]
    }
    return managers
  }

  @Test("a stale version or another uid is a conflict, the current ones or none are not")
  func conflicts() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let first = try await harness.post(path, ClusterHarness.configMap("a")).json
    var change = first
    change.set("2", at: ["data", "k"])
    #expect(try await harness.put(path + "/a", change).status == 200)
    #expect(try await harness.put(path + "/a", change).status == 409)
    change.set(nil, at: ["metadata", "resourceVersion"])
    change.set("3", at: ["data", "k"])
    #expect(try await harness.put(path + "/a", change).status == 200)
    change.set("00000000-0000-4000-8000-000000000000", at: ["metadata", "uid"])
    let wrongUID = try await harness.put(path + "/a", change)
    #expect(wrongUID.status == 409)
    #expect(wrongUID.json["message"]?.string?.contains("Precondition failed: UID") == true)

    let stalePatch: JSONValue = [
      "metadata": ["resourceVersion": .string(first.resourceVersion)], "data": ["k": "9"],
    ]
    #expect(try await harness.patch(path + "/a", stalePatch).status == 409)
    #expect(try await harness.get(path + "/a").json.value(at: ["data", "k"]) == "3")
    #expect(try await harness.put(path + "/none", ClusterHarness.configMap("none")).status == 404)
    #expect(try await harness.put(path + "/a", ClusterHarness.configMap("b")).status == 400)
  }

  @Test("custom resources can't be replaced without a version")
  func unconditionalUpdate() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a"))
    let reply = try await harness.put(ClusterHarness.foos + "/a", ClusterHarness.foo("a", replicas: 2))
    #expect(reply.status == 422)
    #expect(
      reply.json["message"]
        == "Foo.samplecontroller.k8s.io \"a\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"
    )
  }

  @Test("the generation counts changes of the spec only; each path changes its own part only")
  func generationAndStatus() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    var sent = ClusterHarness.foo("a")
    sent["status"] = ["availableReplicas": 7]
    let path = ClusterHarness.foos + "/a"
    var foo = try await harness.post(ClusterHarness.foos, sent).json
    #expect(foo.generation == 1)
    #expect(foo["status"] == nil, "a status sent with the object is dropped")

    foo = try await harness.patch(path, ["metadata": ["labels": ["x": "y"]]]).json
    #expect(foo.generation == 1)
    foo = try await harness.patch(
      path, ["spec": ["replicas": 3], "status": ["availableReplicas": 7]]
    ).json
    #expect(foo.generation == 2)
    #expect(foo["status"] == nil)
    foo = try await harness.patch(
      path + "/status",
      ["spec": ["replicas": 5], "metadata": ["labels": ["x": "z"]], "status": ["availableReplicas": 2]]
    ).json
    #expect(foo.generation == 2)
    #expect(foo.value(at: ["spec", "replicas"]) == 3)
    #expect(foo.labels["x"] == "y")
    #expect(foo.value(at: ["status", "availableReplicas"]) == 2)

    var replaced = foo
    replaced.set(9, at: ["status", "availableReplicas"])
    let put = try await harness.put(path + "/status", replaced)
    #expect(put.status == 200)
    #expect(put.json.value(at: ["status", "availableReplicas"]) == 9)
    #expect(try await harness.get(path + "/status").json == put.json)
    #expect(try await harness.send("DELETE", path + "/status").status == 405)
    let configMaps = try await harness.namespace() + "/configmaps"
    #expect(try await harness.post(configMaps, ClusterHarness.configMap("c")).json.generation == 0)
    #expect(try await harness.get(configMaps + "/c/status").text == "404 page not found\n")
  }

  @Test("managedFields tell which manager last set a field, by fieldManager or User-Agent")
  func managedFields() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    _ = try await harness.post(path, ClusterHarness.configMap("a", labels: ["app": "x"]))
    var object = try await harness.patch(path + "/a?fieldManager=other", ["data": ["k": "2", "m": "1"]]).json
    #expect(
      managers(object) == [
        "frugalhub": ["f:data": [:], "f:metadata": ["f:labels": [".": [:], "f:app": [:]]]],
        "other": ["f:data": ["f:k": [:], "f:m": [:]]],
      ])
    object = try await harness.patch(path + "/a?fieldManager=third", ["data": ["m": nil]]).json
    #expect(managers(object)["other"] == ["f:data": ["f:k": [:]]])
    #expect(managers(object)["third"] == nil, "who only removes owns nothing")
    let reply = try await harness.send(
      "PATCH", path + "/a", Array(#"{"data":{"z":"1"}}"#.utf8),
      headers: [
        ("Content-Type", "application/merge-patch+json"), ("User-Agent", "kubectl/v1.36.2 (linux/amd64) x"),
      ])
    #expect(managers(reply.json)["kubectl"] == ["f:data": ["f:z": [:]]])
  }

  @Test("a scale to zero leaves replicas without a manager, another scale has one")
  func scaleManagers() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.deployments, ClusterHarness.deployment("d"))
    let path = ClusterHarness.deployments + "/d"
    _ = try await harness.patch(path + "/scale?fieldManager=hub", ["spec": ["replicas": 0]])
    var deployment = try await harness.get(path).json
    #expect(deployment.value(at: ["spec", "replicas"]) == 0)
    #expect(deployment.generation == 2)
    #expect(managers(deployment)["hub/scale"] == nil)
    #expect(managers(deployment)["frugalhub"]?.value(at: ["f:spec", "f:replicas"]) == nil)
    let scaled = try await harness.put(
      path + "/scale?fieldManager=hub", ["metadata": ["name": "d"], "spec": ["replicas": 3]])
    #expect(scaled.json.value(at: ["spec", "replicas"]) == 3)
    deployment = try await harness.get(path).json
    #expect(managers(deployment)["hub/scale"] == ["f:spec": ["f:replicas": [:]]])
    var stale = try await harness.get(path + "/scale").json
    stale.set("1", at: ["metadata", "resourceVersion"])
    #expect(try await harness.put(path + "/scale", stale).status == 409)
    #expect(try await harness.patch(path + "/scale", ["spec": ["replicas": -1]]).status == 422)
  }

  @Test("a write that changes nothing makes no version and no event")
  func noOp() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    try await harness.settled()
    let object = try await harness.post(path, ClusterHarness.configMap("a")).json
    let version = try await harness.get(path).json.resourceVersionOfList
    #expect(try await harness.put(path + "/a?fieldManager=other", object).json == object)
    #expect(try await harness.patch(path + "/a", ["metadata": ["annotations": [:]]]).json == object)
    #expect(try await harness.patch(path + "/a", [], .json).json == object)
    #expect(try await harness.patch(path + "/a", ["data": ["k": "1"]], .strategic).json == object)
    #expect(try await harness.get(path).json.resourceVersionOfList == version)
  }

  @Test("a dry run is checked and answered, and changes nothing")
  func dryRun() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let created = try await harness.post(path + "?dryRun=All", ClusterHarness.configMap("a"))
    #expect(created.status == 201)
    #expect(created.json.uid != "")
    #expect(try await harness.get(path + "/a").status == 404)
    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    #expect(
      try await harness.patch(path + "/a?dryRun=All", ["data": ["k": "2"]]).json.value(at: ["data", "k"])
        == "2")
    #expect(try await harness.delete(path + "/a?dryRun=All").status == 200)
    #expect(try await harness.get(path + "/a").json.value(at: ["data", "k"]) == "1")
    #expect(try await harness.post(path + "?dryRun=Some", ClusterHarness.configMap("b")).status == 422)
  }

  @Test("names are generated, or refused with the field and the reason")
  func names() async throws {
    let harness = try ClusterHarness()
    let namespace = try await harness.namespace()
    let path = namespace + "/configmaps"
    var generated = ClusterHarness.configMap("")
    generated.set("job-", at: ["metadata", "generateName"])
    let names = [
      try await harness.post(path, generated).json.name, try await harness.post(path, generated).json.name,
    ]
    #expect(names.allSatisfy { $0.hasPrefix("job-") && $0.utf8.count == 9 })
    #expect(names[0] != names[1])

    let none = try await harness.post(path, ClusterHarness.configMap(""))
    #expect(none.status == 422)
    #expect(
      none.json["message"]
        == "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required")
    var both = ClusterHarness.configMap("Bad_", labels: ["-x": "ok", "y": "not ok"])
    both.set("v", at: ["metadata", "annotations", "a b"])
    let causes = try await harness.post(path, both).json.value(at: ["details", "causes"])?.array ?? []
    #expect(
      causes.compactMap { $0["field"]?.string } == [
        "metadata.name", "metadata.labels", "metadata.labels", "metadata.annotations",
      ])
    #expect(try await harness.post("/api/v1/namespaces", ["metadata": ["name": "a.b"]]).status == 422)
    #expect(try await harness.post(namespace + "/services", ["metadata": ["name": "1a"]]).status == 422)
    let long = String(repeating: "a", count: 253)
    #expect(try await harness.post(path, ClusterHarness.configMap(long)).status == 201)
    #expect(try await harness.post(path, ClusterHarness.configMap(long + "a")).status == 422)
  }

  @Test("bodies of another kind, namespace or format are refused")
  func refusedBodies() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    #expect(try await harness.post(path, ["kind": "Secret", "metadata": ["name": "a"]]).status == 400)
    #expect(try await harness.post(path, ["apiVersion": "v2", "metadata": ["name": "a"]]).status == 400)
    var elsewhere = ClusterHarness.configMap("a")
    elsewhere.set("other", at: ["metadata", "namespace"])
    #expect(try await harness.post(path, elsewhere).status == 400)
    #expect(try await harness.send("POST", path, Array("[1]".utf8)).status == 400)
    #expect(try await harness.post("/api/v1/configmaps", ClusterHarness.configMap("a")).status == 405)
    #expect(try await harness.put(path, ClusterHarness.configMap("a")).status == 405)
    let nowhere = try await harness.post("/api/v1/namespaces/none/configmaps", ClusterHarness.configMap("a"))
    #expect(nowhere.status == 404)
    #expect(nowhere.json["message"] == "namespaces \"none\" not found")
    var versioned = ClusterHarness.configMap("a")
    versioned.set("1", at: ["metadata", "resourceVersion"])
    #expect(try await harness.post(path, versioned).status == 500)

    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    #expect(try await harness.patch(path + "/a", "x", .json).status == 400)
    #expect(try await harness.patch(path + "/a", "x").status == 400)
    #expect(try await harness.patch(path + "/a", ["metadata": ["name": "b"]]).status == 400)
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a"))
    #expect(try await harness.patch(ClusterHarness.foos + "/a", [:], .strategic).status == 415)
    #expect(try await harness.post(ClusterHarness.foos, ["metadata": ["name": "b"]]).status == 400)
  }

  @Test("kinds get the values that a real server fills in")
  func defaults() async throws {
    let harness = try ClusterHarness()
    let namespace = try await harness.namespace()
    let secret = try await harness.post(
      namespace + "/secrets", ["metadata": ["name": "s"], "stringData": ["p": "pass"]]
    ).json
    #expect(secret["type"] == "Opaque")
    #expect(secret.value(at: ["data", "p"]) == "cGFzcw==")
    #expect(secret["stringData"] == nil)
    let service = try await harness.post(
      namespace + "/services", ["metadata": ["name": "s"], "spec": ["ports": [["port": 80]]]]
    ).json
    #expect(service.value(at: ["spec", "type"]) == "ClusterIP")
    #expect(service.value(at: ["spec", "ports"]) == [["port": 80, "protocol": "TCP", "targetPort": 80]])
    let rec = try await harness.get(namespace).json
    #expect(rec.labels["kubernetes.io/metadata.name"] == "rec")
    #expect(rec.value(at: ["spec", "finalizers"]) == ["kubernetes"])
    #expect(rec.value(at: ["status", "phase"]) == "Active")
    try await waitUntil("the namespace has its ServiceAccount") {
      try await harness.get(namespace + "/serviceaccounts/default").status == 200
    }
    for name in ["default", "kube-system"] {
      #expect(try await harness.get("/api/v1/namespaces/\(name)").status == 200)
    }
    var unmatched = ClusterHarness.deployment("d")
    unmatched.set("other", at: ["spec", "template", "metadata", "labels", "app"])
    #expect(try await harness.post(ClusterHarness.deployments, unmatched).status == 422)
  }
}
