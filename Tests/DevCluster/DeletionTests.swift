import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster deletions")
struct DeletionTests {
  /// A Foo, and ConfigMaps that it owns.
  private func family(
    _ harness: ClusterHarness, children: [String] = ["a", "b"]
  ) async throws -> (foo: JSONValue, configMaps: String) {
    let path = try await harness.namespace() + "/configmaps"
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    let foo = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("owner")).json
    for child in children {
      var object = ClusterHarness.configMap(child)
      object.ownerReferences = [reference(foo)]
      _ = try await harness.post(path, object)
    }
    return (foo, path)
  }

  private func reference(_ owner: JSONValue) -> JSONValue {
    [
      "apiVersion": owner["apiVersion"] ?? .null, "kind": owner["kind"] ?? .null, "name": .string(owner.name),
      "uid": .string(owner.uid), "controller": true, "blockOwnerDeletion": true,
    ]
  }

  private func names(_ harness: ClusterHarness, _ path: String) async throws -> [String] {
    try await harness.get(path).json["items"]?.array?.map(\.name) ?? []
  }

  @Test("an object with finalizers stays, takes no new ones, and goes with its last one")
  func finalizers() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    var object = ClusterHarness.configMap("a")
    object.finalizers = ["example.com/one", "example.com/two"]
    _ = try await harness.post(path, object)
    let watch = WatchReader(harness, path + "?watch=true")
    _ = try await watch.wait(for: 1)
    let marked = try await harness.delete(path + "/a")
    #expect(marked.status == 200)
    #expect(marked.json["kind"] == "ConfigMap")
    #expect(marked.json.deletionTimestamp != nil)
    #expect(try await harness.delete(path + "/a").json == marked.json, "a second deletion changes nothing")
    let added = try await harness.patch(
      path + "/a",
      ["metadata": ["finalizers": ["example.com/one", "example.com/two", "example.com/three"]]])
    #expect(added.status == 422)
    #expect(try await harness.post(path, object).status == 409)
    _ = try await harness.patch(path + "/a", ["metadata": ["finalizers": ["example.com/two"]]])
    #expect(try await harness.get(path + "/a").json.finalizers == ["example.com/two"])
    _ = try await harness.patch(path + "/a", ["metadata": ["finalizers": nil]])
    #expect(try await harness.get(path + "/a").status == 404)
    _ = try await watch.wait(for: 4)
    #expect(watch.summary == ["ADDED a", "MODIFIED a", "MODIFIED a", "DELETED a"])
  }

  @Test(
    "marking an object for deletion counts as one change of what is desired, however often it is asked for")
  func markedOnce() async throws {
    let harness = try ClusterHarness()
    _ = try await family(harness, children: [])
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("f", finalizers: ["example.com/hold"]))
    for _ in 0..<3 {
      #expect(try await harness.delete(ClusterHarness.foos + "/f").json.generation == 2)
    }
  }

  @Test("preconditions on uid and version are kept")
  func preconditions() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let object = try await harness.post(path, ClusterHarness.configMap("a")).json
    #expect(try await harness.delete(path + "/a", ["preconditions": ["uid": "x"]]).status == 409)
    #expect(
      try await harness.delete(path + "/a", ["preconditions": ["resourceVersion": "1"]]).status == 409)
    #expect(try await harness.delete(path + "/a?propagationPolicy=Sideways").status == 422)
    let right: JSONValue = [
      "kind": "DeleteOptions", "apiVersion": "v1",
      "preconditions": [
        "uid": .string(object.uid), "resourceVersion": .string(object.resourceVersion),
      ],
    ]
    #expect(try await harness.delete(path + "/a", right).status == 200)
    #expect(try await harness.delete(path + "/a").status == 404)
  }

  @Test("what an object owns goes after it, also what comes too late; what has another owner stays")
  func background() async throws {
    let harness = try ClusterHarness()
    let (foo, path) = try await family(harness)
    let second = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("second")).json
    var shared = ClusterHarness.configMap("shared")
    var other = reference(second)
    other.set(nil, at: ["controller"])
    shared.ownerReferences = [reference(foo), other]
    _ = try await harness.post(path, shared)
    _ = try await harness.post(path, ClusterHarness.configMap("free"))
    #expect(try await harness.delete(ClusterHarness.foos + "/owner").json["status"] == "Success")
    try await waitUntil("the owned objects are gone") {
      try await names(harness, path) == ["free", "shared"]
    }
    try await waitUntil("the reference to the gone owner is gone") {
      try await harness.get(path + "/shared").json.ownerReferences.count == 1
    }
    var late = ClusterHarness.configMap("late")
    late.ownerReferences = [reference(foo)]
    #expect(try await harness.post(path, late).status == 201)
    try await waitUntil("the late object is gone") { try await harness.get(path + "/late").status == 404 }

    var unknown = reference(foo)
    unknown.set("Bar", at: ["kind"])
    var kept = ClusterHarness.configMap("kept")
    kept.ownerReferences = [unknown]
    _ = try await harness.post(path, kept)
    _ = try await harness.post(path, ClusterHarness.configMap("after"))
    try await waitUntil("later changes are through") { try await harness.get(path + "/after").status == 200 }
    #expect(try await harness.get(path + "/kept").status == 200, "the kind of its owner is not served")
  }

  @Test("foreground: the owner stays until what it owns is gone")
  func foreground() async throws {
    let harness = try ClusterHarness()
    let (foo, path) = try await family(harness)
    var held = ClusterHarness.configMap("held")
    held.ownerReferences = [reference(foo)]
    held.finalizers = ["example.com/hold"]
    _ = try await harness.post(path, held)
    let marked = try await harness.delete(ClusterHarness.foos + "/owner?propagationPolicy=Foreground")
    #expect(marked.json.finalizers == ["foregroundDeletion"])
    try await waitUntil("the others are gone") { try await names(harness, path) == ["held"] }
    #expect(try await harness.get(ClusterHarness.foos + "/owner").status == 200)
    _ = try await harness.patch(path + "/held", ["metadata": ["finalizers": nil]])
    try await waitUntil("the owner is gone") {
      try await harness.get(ClusterHarness.foos + "/owner").status == 404
    }
  }

  @Test("orphan: the owner goes, what it owned stays without it")
  func orphan() async throws {
    let harness = try ClusterHarness()
    let (_, path) = try await family(harness)
    _ = try await harness.delete(ClusterHarness.foos + "/owner", ["propagationPolicy": "Orphan"])
    try await waitUntil("the owner is gone") {
      try await harness.get(ClusterHarness.foos + "/owner").status == 404
    }
    let items = try await harness.get(path).json["items"]?.array ?? []
    #expect(items.map(\.name) == ["a", "b"])
    #expect(items.allSatisfy { $0.ownerReferences.isEmpty })
  }

  @Test("a namespace goes with all that is in it, and takes nothing new meanwhile")
  func namespace() async throws {
    let harness = try ClusterHarness()
    let (_, path) = try await family(harness)
    var held = ClusterHarness.configMap("held")
    held.finalizers = ["example.com/hold"]
    _ = try await harness.post(path, held)
    let marked = try await harness.delete("/api/v1/namespaces/rec")
    #expect(marked.json.value(at: ["status", "phase"]) == "Terminating")
    try await waitUntil("all but the held object is gone") { try await names(harness, path) == ["held"] }
    #expect(try await names(harness, ClusterHarness.foos) == [])
    let refused = try await harness.post(path, ClusterHarness.configMap("new"))
    #expect(refused.status == 403)
    #expect(
      refused.json["message"]
        == "configmaps \"new\" is forbidden: unable to create new content in namespace rec because it is being terminated"
    )
    _ = try await harness.patch(path + "/held", ["metadata": ["finalizers": nil]])
    try await waitUntil("the namespace is gone") {
      try await harness.get("/api/v1/namespaces/rec").status == 404
    }
    #expect(try await harness.post(path, ClusterHarness.configMap("new")).status == 404)
    _ = try await harness.namespace()
    #expect(try await harness.post(path, ClusterHarness.configMap("new")).status == 201)
  }

  @Test("a collection is deleted by selector")
  func collection() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    for (name, label) in [("a", "x"), ("b", "y"), ("c", "x")] {
      _ = try await harness.post(path, ClusterHarness.configMap(name, labels: ["l": .string(label)]))
    }
    let reply = try await harness.delete(path + "?labelSelector=l%3Dx")
    #expect(reply.status == 200)
    #expect(reply.json["kind"] == "ConfigMapList")
    #expect(try await names(harness, path) == ["b"])
    #expect(try await harness.delete("/api/v1/namespaces").status == 405)
  }

  @Test("a CRD that is made again serves again, without the old objects")
  func crdAgain() async throws {
    let harness = try ClusterHarness()
    _ = try await family(harness)
    _ = try await harness.delete(ClusterHarness.crds + "/foos.samplecontroller.k8s.io")
    try await waitUntil("the CRD is made again") {
      try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD).status == 201
    }
    try await waitUntil("the kind is established") {
      try await harness.get(ClusterHarness.crds + "/foos.samplecontroller.k8s.io").json
        .value(at: ["status", "conditions"])?.array?
        .contains { $0["type"] == "Established" && $0["status"] == "True" } == true
    }
    #expect(try await names(harness, ClusterHarness.foos) == [])
    #expect(try await harness.post(ClusterHarness.foos, ClusterHarness.foo("new")).status == 201)
  }
}
