import JSONScan
import Testing

@testable import DevCluster

@Suite("Strategic merge patch")
struct StrategicMergeTests {
  private func apply(_ patch: JSONValue, to object: JSONValue) throws -> JSONValue {
    try StrategicMergePatch().apply(
      patch, to: object, of: APICatalog.standard["io.k8s.api.apps.v1.Deployment"])
  }

  private func pod(_ spec: JSONValue) -> JSONValue { ["spec": ["template": ["spec": spec]]] }

  private func names(_ object: JSONValue, _ list: String = "containers") -> [String] {
    object.value(at: ["spec", "template", "spec", list])?.array?.compactMap { $0["name"]?.string } ?? []
  }

  @Test("containers and their env are merged by name, other members stay")
  func byName() throws {
    let old = pod([
      "containers": [
        ["name": "a", "image": "i:1", "env": [["name": "X", "value": "1"]]], ["name": "b", "image": "j:1"],
      ]
    ])
    let new = try apply(
      pod([
        "containers": [
          ["name": "a", "env": [["name": "Y", "value": "2"], ["name": "X", "value": "3"]]],
          ["name": "c", "image": "k:1"],
        ]
      ]), to: old)
    #expect(
      new
        == pod([
          "containers": [
            [
              "name": "a", "image": "i:1",
              "env": [["name": "X", "value": "3"], ["name": "Y", "value": "2"]],
            ], ["name": "b", "image": "j:1"], ["name": "c", "image": "k:1"],
          ]
        ]))
  }

  @Test(
    "lists have their own keys: ports containerPort, mounts mountPath, owners uid, conditions type",
    arguments: [
      ("containers", "ports", "containerPort", JSONValue.number("80")),
      ("containers", "volumeMounts", "mountPath", "/a"),
    ])
  func keys(list: String, inner: String, key: String, value: JSONValue) throws {
    let old = pod([list: [["name": "a", inner: [[key: value, "name": "old"]]]]])
    let new = try apply(pod([list: [["name": "a", inner: [[key: value, "name": "new"]]]]]), to: old)
    #expect(new == pod([list: [["name": "a", inner: [[key: value, "name": "new"]]]]]))
  }

  @Test("metadata and status: owners by uid, conditions by type, finalizers as a set")
  func metadata() throws {
    let old: JSONValue = [
      "metadata": ["ownerReferences": [["uid": "1", "name": "a"]], "finalizers": ["x", "y"]],
      "status": ["conditions": [["type": "Available", "status": "False"]]],
    ]
    let new = try apply(
      [
        "metadata": [
          "ownerReferences": [["uid": "2", "name": "b"]], "finalizers": ["z", "x"],
          "$deleteFromPrimitiveList/finalizers": ["y"],
        ], "status": ["conditions": [["type": "Available", "status": "True"]]],
      ], to: old)
    #expect(
      new == [
        "metadata": [
          "ownerReferences": [["uid": "1", "name": "a"], ["uid": "2", "name": "b"]],
          "finalizers": ["x", "z"],
        ], "status": ["conditions": [["type": "Available", "status": "True"]]],
      ])
  }

  @Test("tolerations and args are replaced: they have no key")
  func atomicLists() throws {
    let old = pod(["tolerations": [["key": "a"]], "containers": [["name": "a", "args": ["1", "2"]]]])
    let new = try apply(
      pod(["tolerations": [["key": "b"]], "containers": [["name": "a", "args": ["3"]]]]), to: old)
    #expect(new == pod(["tolerations": [["key": "b"]], "containers": [["name": "a", "args": ["3"]]]]))
  }

  @Test("$patch deletes an element, replaces a list, replaces or empties an object")
  func directives() throws {
    let old = pod(["containers": [["name": "a"], ["name": "b"]], "nodeSelector": ["x": "1", "y": "2"]])
    #expect(names(try apply(pod(["containers": [["name": "a", "$patch": "delete"]]]), to: old)) == ["b"])
    #expect(
      names(try apply(pod(["containers": [["name": "c"], ["$patch": "replace"]]]), to: old)) == ["c"])
    let replaced = try apply(pod(["nodeSelector": ["$patch": "replace", "z": "3"]]), to: old)
    #expect(replaced.value(at: ["spec", "template", "spec", "nodeSelector"]) == ["z": "3"])
    let emptied = try apply(pod(["nodeSelector": ["$patch": "delete"]]), to: old)
    #expect(emptied.value(at: ["spec", "template", "spec", "nodeSelector"]) == [:])
    #expect(throws: StrategicMergePatch.Failure.malformed("Unknown patch type found: x")) {
      try apply(pod(["nodeSelector": ["$patch": "x"]]), to: old)
    }
  }

  @Test("$setElementOrder orders what the patch names; what only the server has keeps its place")
  func elementOrder() throws {
    let old = pod(["containers": [["name": "a"], ["name": "s"], ["name": "b"]]])
    let new = try apply(
      pod([
        "$setElementOrder/containers": [["name": "b"], ["name": "c"], ["name": "a"]],
        "containers": [["name": "c"]],
      ]), to: old)
    #expect(names(new) == ["s", "b", "c", "a"])
    let reordered = try apply(
      pod(["$setElementOrder/containers": [["name": "b"], ["name": "a"]]]), to: old)
    #expect(names(reordered) == ["s", "b", "a"])
  }

  @Test("$retainKeys removes members that it does not name")
  func retainKeys() throws {
    let old: JSONValue = [
      "spec": ["strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1]]]
    ]
    let new = try apply(["spec": ["strategy": ["$retainKeys": ["type"], "type": "Recreate"]]], to: old)
    #expect(new == ["spec": ["strategy": ["type": "Recreate"]]])
  }

  @Test("an element without its key is refused and names the key")
  func noKey() throws {
    #expect(throws: StrategicMergePatch.Failure.noMergeKey("name", list: "containers")) {
      try apply(pod(["containers": [["image": "x"]]]), to: pod([:]))
    }
  }
}
