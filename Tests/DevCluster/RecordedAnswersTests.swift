import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// The requests of Tests/Fixtures/kube-apiserver-1.36/README.md, sent to the development cluster in the order
/// of the recording; each answer is held to the recorded one.
@Suite("DevCluster answers as recorded")
struct RecordedAnswersTests {
  private func expect(
    _ reply: ClusterHarness.Reply, is name: String, status: Int, ignoring: Set<String> = [],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(reply.status == status, sourceLocation: location)
    #expect(reply.contentType == "application/json", sourceLocation: location)
    let differences = RecordedComparison.differences(
      reply.json, try RecordedComparison.recorded(name), ignoring: ignoring)
    #expect(differences == [], "\(name)", sourceLocation: location)
  }

  /// The ConfigMaps of the recording: seven made by a client, two by a real cluster's controllers.
  private func recordedConfigMaps(_ harness: ClusterHarness) async throws -> String {
    let path = try await harness.namespace() + "/configmaps"
    let all = try ["page1", "page2", "page3"].flatMap {
      try RecordedComparison.recorded("list-configmaps-\($0).json")["items"]?.array ?? []
    }
    for item in all {
      let manager = item.value(at: ["metadata", "managedFields"])?.array?.first?["manager"]?.string ?? ""
      var object: JSONValue = ["metadata": ["name": .string(item.name)]]
      for name in ["labels", "annotations"] {
        object.set(item["metadata"]?[name], at: ["metadata", name])
      }
      object["data"] = item["data"]
      let reply = try await harness.post(path + "?fieldManager=\(manager)", object)
      #expect(reply.status == 201)
    }
    return path
  }

  @Test("a list in pages of three shows the recorded pages, whole and as metadata")
  func pages() async throws {
    let harness = try ClusterHarness()
    let path = try await recordedConfigMaps(harness)
    var token = ""
    for page in 1...3 {
      let target = path + "?limit=3" + (token.isEmpty ? "" : "&continue=\(token)")
      let reply = try await harness.get(target, accept: "application/json")
      try expect(reply, is: "list-configmaps-page\(page).json", status: 200)
      token = reply.json["metadata"]?["continue"]?.string ?? ""
    }
    let partial = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    try expect(
      try await harness.get(path + "?limit=3", accept: partial), is: "list-configmaps-partial.json",
      status: 200)
    try expect(
      try await harness.get(
        "/api/v1/configmaps?resourceVersion=0&labelSelector=app%20in%20%28a%2Cc%29%2Cnote"),
      is: "list-cluster-wide.json", status: 200)
    try expect(try await harness.get("/api/v1/namespaces/rec/pods"), is: "list-pods.json", status: 200)
    let old = try await harness.get(path + "?limit=3&resourceVersion=1&resourceVersionMatch=Exact")
    try expect(old, is: "list-rv-exact-old.json", status: 200)
  }

  @Test("refused lists and watches have the recorded status, reason and message")
  func refusedReads() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    try expect(
      try await harness.get(path + "?limit=3&continue=abc"), is: "list-bad-continue.json", status: 400)
    try expect(
      try await harness.get(path + "?fieldSelector=spec.x%3D1"), is: "list-bad-field-selector.json",
      status: 400)
    try expect(
      try await harness.get(path + "?labelSelector=a%20in"), is: "list-bad-selector.json", status: 400)
    try expect(
      try await harness.get(path + "?watch=true&resourceVersion=abc"), is: "watch-bad-rv.json", status: 500)
    try expect(
      try await harness.get(path + "?watch=true&sendInitialEvents=true&timeoutSeconds=2"),
      is: "watch-list-refused.json", status: 422)
    try expect(try await harness.get(path, accept: "text/html"), is: "not-acceptable.json", status: 406)
    try expect(try await harness.get(path + "/nope"), is: "get-missing.json", status: 404)

    let tooLarge = try await harness.get(path + "?resourceVersion=99999999999")
    let current = try await harness.get(path).json.resourceVersionOfList
    try expect(tooLarge, is: "list-rv-too-large.json", status: 504, ignoring: ["message"])
    #expect(
      tooLarge.json["message"]?.string
        == "Timeout: Too large resource version: 99999999999, current: \(current)")

    let unserved = try await harness.get("/apis/samplecontroller.k8s.io/v1alpha1/foos")
    #expect(unserved.status == 404)
    #expect(unserved.contentType == "text/plain; charset=utf-8")
    #expect(unserved.body == (try Fixtures.recorded("list-foos-before-crd.json")))
  }

  @Test("the life of a ConfigMap is answered as recorded: created, refused, patched, deleted")
  func configMap() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let object = ClusterHarness.configMap("w", labels: ["app": "a"])
    #expect(try await harness.post(path, object).status == 201)
    try expect(try await harness.post(path, object), is: "create-conflict-exists.json", status: 409)
    try expect(
      try await harness.send("POST", path, Array("{\"apiVersion\":".utf8)), is: "create-invalid-json.json",
      status: 400)
    try expect(
      try await harness.post(path, ClusterHarness.configMap("Not Valid")), is: "create-invalid-name.json",
      status: 422)
    try expect(
      try await harness.send("POST", path, object.serialized(), headers: [("Content-Type", "text/plain")]),
      is: "create-wrong-content-type.json", status: 415)

    let merged = try await harness.patch(path + "/w", ["data": ["k": "2"]])
    try expect(merged, is: "patch-merge.json", status: 200)
    let again = try await harness.patch(path + "/w", ["data": ["k": "2"]])
    try expect(again, is: "patch-noop.json", status: 200)
    #expect(again.json.resourceVersion == merged.json.resourceVersion)
    try expect(
      try await harness.patch(path + "/w", [["op": "test", "path": "/data/k", "value": "x"]], .json),
      is: "patch-json-failing-test.json", status: 422)
    try expect(
      try await harness.patch(
        path + "/w", [["op": "replace", "path": "/metadata/labels/app", "value": "b"]], .json),
      is: "patch-json.json", status: 200)
    var stale = object
    stale.set(.string(merged.json.resourceVersion), at: ["metadata", "resourceVersion"])
    try expect(try await harness.put(path + "/w", stale), is: "update-conflict.json", status: 409)
    try expect(try await harness.delete(path + "/w"), is: "delete-object.json", status: 200)
  }

  @Test("the life of a Foo and its Deployment is answered as recorded: status, scale, finalizers, deletion")
  func foo() async throws {
    let harness = try ClusterHarness { $0.deploymentReadyMilliseconds = 60_000 }
    _ = try await harness.namespace()
    #expect(try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD).status == 201)
    let created = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("example-foo"))
    #expect(created.status == 201)

    let deployment = try await harness.post(
      ClusterHarness.deployments, ClusterHarness.deployment("example-foo", owner: created.json))
    try expect(deployment, is: "create-deployment.json", status: 201)
    let scale = ClusterHarness.deployments + "/example-foo/scale"
    try await waitUntil("the Deployment has a replica") {
      try await harness.get(scale).json["status"]?["replicas"] == 1
    }
    try expect(try await harness.get(scale), is: "scale-get.json", status: 200)
    try expect(
      try await harness.patch(scale, ["spec": ["replicas": 0]]), is: "scale-patch.json", status: 200)

    #expect(
      try await harness.patch(ClusterHarness.foos + "/example-foo", ["spec": ["replicas": 2]]).status == 200)
    try expect(
      try await harness.patch(
        ClusterHarness.foos + "/example-foo/status", ["status": ["availableReplicas": 0]]),
      is: "patch-status.json", status: 200)
    try expect(
      try await harness.delete(ClusterHarness.foos + "/example-foo?propagationPolicy=Background"),
      is: "delete-foo-background.json", status: 200)

    var held = ClusterHarness.foo("fin", replicas: nil, finalizers: ["example.com/hold"])
    held.set("x", at: ["spec", "deploymentName"])
    #expect(try await harness.post(ClusterHarness.foos, held).status == 201)
    let marked = try await harness.delete(ClusterHarness.foos + "/fin")
    try expect(marked, is: "delete-with-finalizer.json", status: 200)
    let released = try await harness.patch(
      ClusterHarness.foos + "/fin", ["metadata": ["finalizers": nil]])
    try expect(released, is: "remove-finalizer.json", status: 200)
    #expect(released.json.resourceVersion == marked.json.resourceVersion)
  }

  @Test("Leases and Events are created as recorded")
  func leaseAndEvent() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace()
    let lease = try await harness.post(
      "/apis/coordination.k8s.io/v1/namespaces/rec/leases",
      [
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "shard-0"],
        "spec": [
          "holderIdentity": "hub-0", "leaseDurationSeconds": 15, "acquireTime": "2026-01-01T00:00:00.000000Z",
          "renewTime": "2026-01-01T00:00:00.000000Z", "leaseTransitions": 0,
        ],
      ])
    try expect(lease, is: "lease-create.json", status: 201)
    let event = try await harness.post(
      path + "/events",
      [
        "apiVersion": "v1", "kind": "Event", "metadata": ["generateName": "example-foo."],
        "involvedObject": [
          "kind": "Foo", "namespace": "rec", "name": "example-foo",
          "apiVersion": "samplecontroller.k8s.io/v1alpha1",
        ], "reason": "Synced", "message": "Foo synced successfully",
        "source": ["component": "sample-controller"], "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:00Z", "count": 1, "type": "Normal",
      ])
    // The generated name differs.
    try expect(event, is: "event-create.json", status: 201, ignoring: ["name"])
    #expect(event.json.name.hasPrefix("example-foo.") && event.json.name.utf8.count == 17)
  }

  @Test("/version has the recorded members")
  func version() async throws {
    let harness = try ClusterHarness()
    let version = try await harness.get("/version")
    let recorded = try RecordedComparison.recorded("version.json")
    #expect(version.json.object?.keys == recorded.object?.keys)
    #expect(version.json["minor"] == recorded["minor"])
    for path in ["/healthz", "/readyz", "/livez"] {
      let health = try await harness.get(path)
      #expect(health.status == 200)
      #expect(health.text == "ok")
    }
  }
}

extension JSONValue {
  /// The version that a list shows.
  var resourceVersionOfList: String { self["metadata"]?["resourceVersion"]?.string ?? "" }
}
