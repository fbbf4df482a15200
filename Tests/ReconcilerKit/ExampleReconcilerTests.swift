import JSONScan
import ReconcilerKit
import Testing

// A whole operator: each ConfigMap with the label `copy-to` gets a copy of that name. With
// `ReconcilerProcess.run(Copier(), as: "copier")` in main.swift it is a program.
private struct Copier: Reconciler {
  static let configMaps = KubernetesResource(apiVersion: "v1", kind: "ConfigMap", plural: "configmaps")

  func reconcile(_ request: ReconcileRequest, using api: KubernetesAPI) async throws -> ReconcileResult {
    let namespace = request.namespace
    guard let original = try await api.find(Self.configMaps, namespace: namespace, name: request.name),
      let name = original["metadata"]?["labels"]?["copy-to"]?.string
    else { return .done }
    let copy: JSONValue = [
      "metadata": ["name": .string(name), "namespace": .string(namespace)], "data": original["data"] ?? [:],
    ]
    if try await api.find(Self.configMaps, namespace: namespace, name: name) == nil {
      _ = try await api.create(copy, as: Self.configMaps)
    } else {
      _ = try await api.update(copy, as: Self.configMaps)
    }
    return .done
  }
}

@Suite("A reconciler of one's own")
struct ExampleReconcilerTests {
  @Test("It is one method of about twenty lines")
  func copies() async throws {
    let server = try FakeAPIServer()
    let api = KubernetesAPI(try KubernetesConfiguration(url: server.url, component: "copier"))
    let path = "/api/v1/namespaces/ns/configmaps/"
    let request = ReconcileRequest(
      apiVersion: "v1", kind: "ConfigMap", namespace: "ns", name: "a",
      event: ReconcileEvent(id: "1", source: "s", operation: .add))
    for value in ["one", "two"] {
      server.put(
        path + "a", ["metadata": ["name": "a", "labels": ["copy-to": "b"]], "data": ["k": .string(value)]])
      #expect(try await Copier().reconcile(request, using: api) == .done)
      #expect(server.object(path + "b")?["data"]?["k"]?.string == value)
    }
    server.put(path + "a", nil)
    #expect(try await Copier().reconcile(request, using: api) == .done)
  }
}
