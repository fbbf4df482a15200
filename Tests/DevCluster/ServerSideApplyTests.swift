import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster server-side apply")
struct ServerSideApplyTests {
  /// Who manages what, as `manager Operation`: the fields' JSON.
  private func managers(_ object: JSONValue) -> [String: JSONValue] {
    var managers: [String: JSONValue] = [:]
    for entry in object.value(at: ["metadata", "managedFields"])?.array ?? [] {
      let part = entry["subresource"]?.string.map { " " + $0 } ?? ""
      managers["\(entry["manager"]?.string ?? "") \(entry["operation"]?.string ?? "")\(part)"] =
        entry["fieldsV1"]
    }
    return managers
  }

  private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

  private func apply(
    _ harness: ClusterHarness, _ target: String, _ object: JSONValue, by manager: String,
    force: Bool = false
  ) async throws -> ClusterHarness.Reply {
    let separator = target.contains("?") ? "&" : "?"
    return try await harness.patch(
      "\(target)\(separator)fieldManager=\(manager)" + (force ? "&force=true" : ""), object, .apply)
  }

  private func configMap(_ data: JSONValue) -> JSONValue {
    ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "w"], "data": data]
  }

  @Test("an apply beside an update is answered as recorded")
  func recorded() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    _ = try await harness.post(path, ClusterHarness.configMap("w", labels: ["app": "b"], k: "2"))
    let reply = try await apply(
      harness, path + "/w", configMap(["k2": "ssa"]), by: "recorder", force: true)
    #expect(reply.status == 200)
    let recorded = try RecordedComparison.recorded("apply-ssa.json")
    #expect(RecordedComparison.differences(reply.json, recorded) == [])
  }

  @Test("an apply creates what is missing, and the same apply again changes nothing")
  func creates() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let created = try await apply(harness, path + "/w", configMap(["a": "1"]), by: "one")
    #expect(created.status == 201)
    #expect(managers(created.json) == ["one Apply": ["f:data": ["f:a": [:]]]])
    let again = try await apply(harness, path + "/w", configMap(["a": "1"]), by: "one")
    #expect(again.status == 200)
    #expect(again.json == created.json)
    let dry = try await apply(harness, path + "/w?dryRun=All", configMap(["a": "2"]), by: "one")
    #expect(dry.json["data"]?["a"] == "2")
    #expect(try await harness.get(path + "/w").json == created.json)
  }

  @Test("a field that another manager set otherwise is a conflict; force takes it, the same value shares it")
  func conflicts() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    _ = try await apply(harness, path + "/w", configMap(["a": "1", "b": "1", "c": "1"]), by: "one")
    let shared = try await apply(harness, path + "/w", configMap(["a": "1"]), by: "two")
    #expect(shared.status == 200)
    #expect(managers(shared.json)["two Apply"] == ["f:data": ["f:a": [:]]])
    #expect(managers(shared.json)["one Apply"] == ["f:data": ["f:a": [:], "f:b": [:], "f:c": [:]]])

    let refused = try await apply(harness, path + "/w", configMap(["b": "2"]), by: "two")
    #expect(refused.status == 409)
    #expect(
      RecordedComparison.differences(
        refused.json,
        try json(
          #"""
          {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
           "message":"Apply failed with 1 conflict: conflict with \"one\": .data.b","reason":"Conflict",
           "details":{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"one\"",
             "field":".data.b"}]},"code":409}
          """#)) == [])
    let several = try await apply(harness, path + "/w", configMap(["b": "2", "c": "2"]), by: "two")
    #expect(
      several.json["message"]
        == "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.b\n- .data.c")
    // With an updater the version of its API is named.
    _ = try await harness.patch(path + "/w?fieldManager=editor", ["data": ["d": "1"]])
    let edited = try await apply(harness, path + "/w", configMap(["d": "2"]), by: "two")
    #expect(edited.json["message"]?.string?.hasSuffix("conflict with \"editor\" using v1: .data.d") == true)

    let forced = try await apply(harness, path + "/w", configMap(["b": "2"]), by: "two", force: true)
    #expect(forced.status == 200)
    // What "two" applied before and does not now stays, since "one" has it.
    #expect(forced.json["data"] == ["a": "1", "b": "2", "c": "1", "d": "1"])
    #expect(managers(forced.json)["one Apply"] == ["f:data": ["f:a": [:], "f:c": [:]]])
    #expect(managers(forced.json)["two Apply"] == ["f:data": ["f:b": [:]]])
  }

  @Test("what a manager no longer applies goes, with the objects that become empty, unless others have it")
  func removes() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    var first = configMap(["a": "1", "b": "1"])
    first.set(["x": "1"], at: ["metadata", "labels"])
    _ = try await apply(harness, path + "/w", first, by: "one")
    let less = try await apply(harness, path + "/w", configMap(["b": "1"]), by: "one")
    #expect(less.json["data"] == ["b": "1"])
    #expect(less.json["metadata"]?["labels"] == nil)
    let nothing: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "w"]]
    let empty = try await apply(harness, path + "/w", nothing, by: "one")
    #expect(empty.status == 200)
    #expect(empty.json["data"] == nil)
  }

  @Test("containers are merged by name and ports by their number and protocol, defaults included")
  func keyedLists() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    func deployment(_ containers: String) throws -> JSONValue {
      try json(
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{
          "selector":{"matchLabels":{"app":"web"}},
          "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":\(containers)}}}}
        """)
    }
    let path = ClusterHarness.deployments + "/web"
    let made = try await apply(
      harness, path,
      try deployment(
        #"[{"name":"a","image":"a:1","ports":[{"containerPort":80}]},{"name":"b","image":"b:1"}]"#),
      by: "one")
    #expect(made.status == 201, "\(made.text)")
    let fields = managers(made.json)["one Apply"]?.value(at: [
      "f:spec", "f:template", "f:spec", "f:containers", #"k:{"name":"a"}"#,
    ])
    #expect(
      fields == [
        ".": [:], "f:image": [:], "f:name": [:],
        "f:ports": [
          #"k:{"containerPort":80,"protocol":"TCP"}"#: [".": [:], "f:containerPort": [:]]
        ],
      ])
    // Another manager's sidecar is merged in; the first then drops one of its own.
    let sidecar = try await apply(
      harness, path, try deployment(#"[{"name":"side","image":"s:1"}]"#), by: "two")
    #expect(sidecar.status == 200, "\(sidecar.text)")
    let dropped = try await apply(
      harness, path,
      try deployment(#"[{"name":"a","image":"a:2","ports":[{"containerPort":80},{"containerPort":81}]}]"#),
      by: "one")
    let containers = dropped.json.value(at: ["spec", "template", "spec", "containers"])?.array ?? []
    #expect(containers.map { $0["name"] } == ["a", "side"])
    #expect(containers.map { $0["image"] } == ["a:2", "s:1"])
    #expect(containers.first?["ports"]?.array?.count == 2)
    let conflict = try await apply(
      harness, path, try deployment(#"[{"name":"side","image":"s:2"}]"#), by: "one")
    #expect(
      conflict.json.value(at: ["details", "causes"])?.array?.first?["field"]
        == #".spec.template.spec.containers[name="side"].image"#)
    // The replicas are nobody's, so a scale makes them the scaler's, and an apply of others conflicts.
    _ = try await harness.patch(path + "/scale?fieldManager=scaler", ["spec": ["replicas": 3]])
    let scaled = try await apply(
      harness, path,
      try json(
        #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":1}}"#),
      by: "three")
    #expect(
      scaled.json["message"]
        == "Apply failed with 1 conflict: conflict with \"scaler\" with subresource \"scale\" using apps/v1: .spec.replicas"
    )
  }

  @Test("custom resources are applied by their schema; the status is applied through its own path")
  func customResources() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    var foo = ClusterHarness.foo("a", replicas: 2)
    foo["status"] = ["availableReplicas": 7]
    let path = ClusterHarness.foos + "/a"
    let made = try await apply(harness, path, foo, by: "one")
    #expect(made.status == 201, "\(made.text)")
    #expect(made.json["status"] == nil)
    #expect(
      managers(made.json) == ["one Apply": ["f:spec": ["f:deploymentName": [:], "f:replicas": [:]]]])
    let status = try await apply(harness, path + "/status", foo, by: "one")
    #expect(status.json["status"] == ["availableReplicas": 7])
    #expect(status.json["spec"] == made.json["spec"])
    #expect(
      managers(status.json)["one Apply status"] == ["f:status": ["f:availableReplicas": [:]]])
    #expect(status.json["metadata"]?["generation"] == 1)
    foo.set(true, at: ["spec", "surprise"])
    let unknown = try await apply(harness, path, foo, by: "one")
    #expect(unknown.status == 500)
    #expect(
      unknown.json["message"]?.string
        == "failed to create typed patch object (rec/a; samplecontroller.k8s.io/v1alpha1, Kind=Foo): "
        + ".spec.surprise: field not declared in schema")
    #expect(
      try await apply(harness, ClusterHarness.foos + "/b/status", ClusterHarness.foo("b"), by: "one").status
        == 404)
  }

  @Test(
    "an apply may be YAML; without a manager, with the fields of another object or managedFields it is refused"
  )
  func bodies() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps/w"
    func send(_ target: String, _ text: String) async throws -> ClusterHarness.Reply {
      try await harness.send(
        "PATCH", target, Array(text.utf8), headers: [("Content-Type", "application/apply-patch+yaml")])
    }
    let yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: w\ndata:\n  k: \"1\"\n"
    #expect(try await send(path + "?fieldManager=y", yaml).json["data"] == ["k": "1"])
    let nobody = try await send(path, yaml)
    #expect(nobody.status == 422)
    #expect(
      nobody.json["message"]?.string
        == "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
    )
    for text in [
      "a: [", "- 1", "kind: Secret\napiVersion: v1", yaml.replacing("name: w", with: "name: v"),
      yaml.replacing("name: w", with: "name: w\n  managedFields: [{manager: x}]"), yaml + "---\n" + yaml,
    ] {
      #expect(try await send(path + "?fieldManager=y", text).status == 400, "\(text)")
    }
    // Objects may be created from YAML too.
    let created = try await harness.send(
      "POST", "/api/v1/namespaces/rec/configmaps", Array(yaml.replacing("name: w", with: "name: z").utf8),
      headers: [("Content-Type", "application/yaml")])
    #expect(created.status == 201)
  }

  @Test("an update may hand fields to another manager, as kubectl does before its first server-side apply")
  func handover() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let made = try await harness.post(
      path + "?fieldManager=kubectl-client-side-apply", ClusterHarness.configMap("w"))
    var fields = made.json.value(at: ["metadata", "managedFields"])?.array ?? []
    fields[0]["manager"] = "kubectl"
    fields[0]["operation"] = "Apply"
    let moved = try await harness.patch(
      path + "/w",
      [
        ["op": "replace", "path": "/metadata/managedFields", "value": .array(fields)],
        [
          "op": "replace", "path": "/metadata/resourceVersion", "value": .string(made.json.resourceVersion),
        ],
      ], .json)
    #expect(managers(moved.json) == ["kubectl Apply": ["f:data": [".": [:], "f:k": [:]]]])
    let applied = try await apply(harness, path + "/w", configMap(["k": "2"]), by: "kubectl")
    #expect(applied.status == 200)
    let reset = try await harness.patch(path + "/w", ["metadata": ["managedFields": [[:]]]])
    #expect(reset.json.value(at: ["metadata", "managedFields"]) == nil)
    let kept = try await harness.patch(path + "/w", ["metadata": ["managedFields": ["rubbish"]]])
    #expect(kept.status == 400)
  }
}
