import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// What kubectl 1.32 and Debian's kubectl 1.20 send, as recorded between them and the development cluster.
@Suite("DevCluster answers the requests that kubectl sends")
struct KubectlRequestTests {
  static let protobuf = "application/vnd.kubernetes.protobuf"

  /// Bodies of `kubectl create namespace demo`, `create deployment x --image=nginx`, `create secret generic s
  /// --from-literal=a=b`.
  private static let namespace =
    "azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhwKFAoEZGVtbxIAGgAiACoAMgA4AEIAEgAaAgoAGgAiAA=="
  private static let deployment =
    "azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50EqcBCh8KAXgSABoEZGVtbyIAKgAyADgAQgBaCAoDYXBwEgF4EnYIARIKCggKA2FwcBIB"
    + "eBpeChoKABIAGgAiACoAMgA4AEIAWggKA2FwcBIBeBJAEiIKBW5naW54EgVuZ2lueCoAQgBqAHIAgAEAiAEAkAEAogEAGgAyAEIASgBS"
    + "AFgAYABoAIIBAIoBAJoBAMIBACICCgAoADgAGgwIABAAGAAgACgAOAAaACIA"
  private static let secret = "azhzAAoMCgJ2MRIGU2VjcmV0EiEKFQoBcxIAGgRkZW1vIgAqADIAOABCABIGCgFhEgFiGgAaACIA"

  private func bytes(_ base64: String) throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: base64)))
  }

  private func post(_ harness: ClusterHarness, _ path: String, _ base64: String) async throws
    -> ClusterHarness.Reply
  {
    try await harness.send(
      "POST", path + "?fieldManager=kubectl-create&fieldValidation=Strict", try bytes(base64),
      headers: [
        ("Content-Type", Self.protobuf), ("Accept", "application/vnd.kubernetes.protobuf,application/json"),
      ])
  }

  @Test("kubectl create sends protobuf: a Namespace, a Deployment and a Secret are made of it")
  func createsFromProtobuf() async throws {
    let harness = try ClusterHarness()
    let namespace = try await post(harness, "/api/v1/namespaces", Self.namespace)
    #expect(namespace.status == 201)
    #expect(namespace.json.name == "demo")
    let deployment = try await post(
      harness, "/apis/apps/v1/namespaces/demo/deployments", Self.deployment)
    #expect(deployment.status == 201)
    let spec = try #require(deployment.json["spec"])
    #expect(spec["replicas"] == 1)
    #expect(spec["selector"] == ["matchLabels": ["app": "x"]])
    let container = spec.value(at: ["template", "spec", "containers"])?.array?.first
    #expect(container?["image"] == "nginx")
    // Go's zero values are left out.
    #expect(container?["tty"] == nil)
    #expect(container?["workingDir"] == nil)
    #expect(spec.value(at: ["template", "spec", "nodeName"]) == nil)
    let secret = try await post(harness, "/api/v1/namespaces/demo/secrets", Self.secret)
    #expect(secret.json["data"] == ["a": "Yg=="])
    #expect(secret.json["type"] == "Opaque")
  }

  @Test("protobuf that is cut anywhere is refused and makes nothing")
  func truncatedProtobuf() async throws {
    let harness = try ClusterHarness()
    let whole = try bytes(Self.namespace)
    for count in [0, 1, 3, 4, 5, 10, 20, whole.count - 1] {
      let reply = try await harness.send(
        "POST", "/api/v1/namespaces", Array(whole.prefix(count)), headers: [("Content-Type", Self.protobuf)])
      #expect([400, 422].contains(reply.status), "\(count) bytes: \(reply.text)")
    }
    #expect(try await harness.get("/api/v1/namespaces/demo").status == 404)
  }

  @Test("kubectl apply's second request merges by key and touches nothing else")
  func applyPatch() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    let old = try await harness.post(ClusterHarness.deployments, ClusterHarness.deployment("web"))
    let reply = try await harness.patch(
      ClusterHarness.deployments + "/web?fieldManager=kubectl-client-side-apply&fieldValidation=Strict",
      [
        "spec": [
          "template": [
            "spec": [
              "$setElementOrder/containers": [["name": "nginx"]],
              "containers": [
                [
                  "$setElementOrder/env": [["name": "A"]], "env": [["name": "A", "value": "2"]],
                  "name": "nginx",
                ]
              ],
            ]
          ]
        ]
      ], .strategic)
    #expect(reply.status == 200)
    var expected = old.json.value(at: ["spec", "template", "spec", "containers"])?.array?.first ?? .null
    expected["env"] = [["name": "A", "value": "2"]]
    #expect(reply.json.value(at: ["spec", "template", "spec", "containers"]) == [expected])
    #expect(reply.json.generation == old.json.generation + 1)
  }

  @Test("an unknown field is refused by fieldValidation=Strict, warned of by default, ignored by Ignore")
  func fieldValidation() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    func object(_ name: String) -> JSONValue {
      var object = ClusterHarness.configMap(name)
      object["dat"] = ["x": "1"]
      return object
    }
    let strict = try await harness.post(path + "?fieldValidation=Strict", object("a"))
    #expect(strict.status == 400)
    #expect(
      strict.json["message"]
        == "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dat\""
    )
    let warned = try await harness.client.send(
      HTTPClientRequest(
        method: "POST", url: harness.cluster.url + path,
        headers: HTTPHeaders([("Content-Type", "application/json")]), body: object("b").serialized(),
        deadlineMilliseconds: 20_000))
    #expect(warned.status == 201)
    #expect(warned.headers[first: "Warning"] == "299 - \"unknown field \\\"dat\\\"\"")
    let ignored = try await harness.post(path + "?fieldValidation=Ignore", object("c"))
    #expect(ignored.status == 201)
    #expect(ignored.json["dat"] == nil)
    #expect(try await harness.post(path + "?fieldValidation=Maybe", object("d")).status == 422)
    let patch = try await harness.patch(path + "/b?fieldValidation=Strict", ["dat": ["x": "1"]])
    #expect(patch.status == 422)
    #expect(patch.json["message"]?.string?.hasSuffix("strict decoding error: unknown field \"dat\"") == true)
  }

  @Test("a value of a wrong kind is refused in the words of Go's decoder")
  func wrongKind() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    var deployment = ClusterHarness.deployment("web")
    deployment.set("two", at: ["spec", "replicas"])
    let reply = try await harness.post(ClusterHarness.deployments, deployment)
    #expect(reply.status == 400)
    let message: String =
      "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go "
      + "struct field spec.replicas of type int32"
    #expect(reply.json["message"]?.string == message)
  }

  @Test("OpenAPI 3 names kind, merge keys and fieldValidation where kubectl looks for them")
  func openAPI3() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    let root = try await harness.get("/openapi/v3").json
    let url = try #require(root["paths"]?["apis/apps/v1"]?["serverRelativeURL"]?.string)
    let apps = try await harness.get(url).json
    let patch = apps["paths"]?["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]?["patch"]
    #expect(
      patch?["x-kubernetes-group-version-kind"] == ["group": "apps", "kind": "Deployment", "version": "v1"])
    #expect(patch?["parameters"]?.array?.contains { $0["name"] == "fieldValidation" } == true)
    #expect(patch?["requestBody"]?["content"]?["application/strategic-merge-patch+json"] != nil)
    let schemas = apps["components"]?["schemas"]
    let containers = schemas?["io.k8s.api.core.v1.PodSpec"]?["properties"]?["containers"]
    #expect(containers?["x-kubernetes-patch-merge-key"] == "name")
    #expect(containers?["x-kubernetes-list-map-keys"] == ["name"])
    let foo = try await harness.get("/openapi/v3/apis/samplecontroller.k8s.io/v1alpha1").json
    let name = "io.k8s.samplecontroller.v1alpha1.Foo"
    let spec = foo["components"]?["schemas"]?[name]?["properties"]?["spec"]
    #expect(spec?["properties"]?["replicas"]?["maximum"] == 10)
    #expect(try await harness.get("/openapi/v3/apis/none/v1").status == 404)
  }

  @Test("every reference of the OpenAPI documents has its definition")
  func references() async throws {
    let harness = try ClusterHarness()
    let root = try await harness.get("/openapi/v3").json
    var documents = [try await harness.get("/openapi/v2").json]
    for (_, path) in root["paths"]?.object ?? JSONObject() {
      documents.append(try await harness.get(path["serverRelativeURL"]?.string ?? "").json)
    }
    #expect(documents.count > 5)
    for document in documents {
      let defined = document["definitions"] ?? document["components"]?["schemas"]
      for name in Self.references(document) { #expect(defined?[name] != nil, "\(name)") }
    }
  }

  private static func references(_ value: JSONValue) -> Set<String> {
    switch value {
    case .object(let members):
      members.reduce(into: Set()) { names, member in
        if member.key == "$ref", let name = member.value.string?.split(separator: "/").last {
          names.insert(String(name))
        }
        names.formUnion(references(member.value))
      }
    case .array(let elements): elements.reduce(into: Set()) { $0.formUnion(references($1)) }
    default: []
    }
  }

  @Test("OpenAPI 2 is served in the protobuf that kubectl asks for, under a media type that Go can parse")
  func openAPI2() async throws {
    let harness = try ClusterHarness()
    let reply = try await harness.get(
      "/openapi/v2?timeout=32s", accept: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")
    #expect(reply.status == 200)
    #expect(reply.contentType == "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
    var reader = ProtobufReader(reply.body[...])
    var fields: [Int] = []
    while let (number, _) = try reader.next() { fields.append(number) }
    #expect(fields == [1, 2, 8, 9])
    let json = try await harness.get("/openapi/v2").json
    #expect(json["definitions"]?["io.k8s.api.apps.v1.Deployment"]?["properties"]?["spec"] != nil)
  }
}
