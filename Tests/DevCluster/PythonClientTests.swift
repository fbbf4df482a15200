import Foundation
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// The public Python client and kopf (`.ci/python-packages`) against the development cluster; their scripts are in
/// `Tests/Clients`.
@Suite("Python clients")
struct PythonClientTests {
  private static let scripts = Fixtures.directory.deletingLastPathComponent().appending(path: "Clients")

  private func start(
    _ harness: ClusterHarness, _ arguments: [String], in home: URL
  ) throws -> BuiltProcess {
    let config = home.appending(path: "kubeconfig")
    try Data(
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: dev, cluster: {server: "\(harness.cluster.url)"}}]
      contexts: [{name: dev, context: {cluster: dev, user: admin, namespace: demo}}]
      users: [{name: admin, user: {}}]
      current-context: dev
      """.utf8
    ).write(to: config)
    return try BuiltProcess(
      InstalledCommand.python(), arguments,
      environment: [
        "HOME": home.path, "KUBECONFIG": config.path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
      ], workingDirectory: home)
  }

  private func withHome(_ body: (URL) async throws -> Void) async throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "python-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    try await body(home)
  }

  @Test(
    "the kubernetes package lists, watches, patches, applies, scales, discovers, takes leases, elects leaders and uses tokens"
  )
  func kubernetesPackage() async throws {
    try await withHome { home in
      let harness = try ClusterHarness()
      let script = try start(
        harness, [Self.scripts.appending(path: "python_client.py").path, harness.cluster.url], in: home)
      let status = try await script.end(seconds: 300)
      #expect(status == 0, "\(script.output)\(script.errors)")
      let steps = script.output.split(separator: "\n").map(String.init)
      #expect(
        steps == [
          "ok config maps", "ok watch", "ok workloads", "ok dynamic client", "ok leases",
          "ok leader election", "ok tokens",
        ])
    }
  }

  @Test(
    "a kopf operator makes, changes and cleans up what a Foo owns, and goes on after its watches were cut")
  func kopf() async throws {
    try await withHome { home in
      let harness = try ClusterHarness()
      let namespace = try await harness.namespace("demo")
      _ = try await harness.post(ClusterHarness.crds, Self.fooCRD)
      let foos = "/apis/demo.example/v1/namespaces/demo/foos"
      let deployments = "/apis/apps/v1/namespaces/demo/deployments"
      let script = Self.scripts.appending(path: "foo_operator.py").path
      let kopf = try start(
        harness, ["-m", "kopf", "run", "--namespace=demo", "--verbose", script], in: home)
      func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        do {
          try await waitUntil(what, seconds: 120, condition)
        } catch {
          Issue.record("\(kopf.output)\(kopf.errors)")
          throw error
        }
      }
      try await wait("kopf watches the Foos") {
        (kopf.errors + kopf.output).contains("watch-stream for foos.v1.demo.example")
      }
      _ = try await harness.post(
        foos,
        [
          "apiVersion": "demo.example/v1", "kind": "Foo", "metadata": ["name": "a"],
          "spec": ["replicas": 2],
        ])
      try await wait("the Foo says what was seen") {
        try await harness.get(foos + "/a").json.value(at: ["status", "created", "seen"]) == 2
      }
      let child = try await harness.get(deployments + "/a").json
      #expect(child.value(at: ["spec", "replicas"]) == 2)
      #expect(child.ownerReferences.first?["kind"] == "Foo")

      harness.cluster.faults.cutWatches()
      _ = try await harness.patch(foos + "/a", ["spec": ["replicas": 5]])
      try await wait("the Deployment follows") {
        try await harness.get(deployments + "/a").json.value(at: ["spec", "replicas"]) == 5
      }
      _ = try await harness.delete(foos + "/a")
      try await wait("the operator lets the Foo go") { try await harness.get(foos + "/a").status == 404 }
      #expect(try await harness.get(namespace + "/configmaps/gone-a").status == 200)
      try await wait("the Deployment goes with its owner") {
        try await harness.get(deployments + "/a").status == 404
      }
      withExtendedLifetime(kopf) {}
    }
  }

  private static let fooCRD: JSONValue = [
    "metadata": ["name": "foos.demo.example"], "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "spec": [
      "group": "demo.example", "scope": "Namespaced", "names": ["plural": "foos", "kind": "Foo"],
      "versions": [
        [
          "name": "v1", "served": true, "storage": true,
          "schema": [
            "openAPIV3Schema": [
              "type": "object",
              "properties": [
                "spec": ["type": "object", "properties": ["replicas": ["type": "integer"]]],
                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
              ],
            ]
          ],
          "subresources": ["status": [:]],
        ]
      ],
    ],
  ]
}
