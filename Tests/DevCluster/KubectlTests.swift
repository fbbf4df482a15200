import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// kubectl itself against the development cluster. Works with Debian's (1.20) and with newer ones: what is expected is
/// what both say.
@Suite("kubectl")
struct KubectlTests {
  /// A cluster with a namespace `demo`, and kubectl with a home of its own.
  private final class Stage: Sendable {
    let harness: ClusterHarness
    let home: URL
    let kubectl: String

    init() async throws {
      kubectl = try InstalledCommand.path("kubectl")
      harness = try ClusterHarness()
      home = FileManager.default.temporaryDirectory.appending(path: "kubectl-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
      _ = try await harness.namespace("demo")
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    func start(_ arguments: [String]) throws -> BuiltProcess {
      try BuiltProcess(
        kubectl, ["--server=\(harness.cluster.url)", "--namespace=demo"] + arguments,
        environment: ["HOME": home.path, "KUBECONFIG": "/dev/null", "PATH": "/usr/bin:/bin"],
        workingDirectory: home)
    }

    /// Runs kubectl and returns what it says on both outputs. Its exit code must be `code`.
    @discardableResult
    func run(
      _ line: String, exits code: Int32 = 0, _ location: SourceLocation = #_sourceLocation
    ) async throws -> String {
      let process = try start(line.split(separator: " ").map(String.init))
      let status = try await process.end(seconds: 120)
      let said = process.output + process.errors
      #expect(status == code, "kubectl \(line): \(said)", sourceLocation: location)
      return said
    }

    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: home.appending(path: name))
    }
  }

  private static let foo = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: foos.demo.example
    spec:
      group: demo.example
      scope: Namespaced
      names: {plural: foos, singular: foo, kind: Foo, shortNames: [fo]}
      versions:
      - name: v1
        served: true
        storage: true
        additionalPrinterColumns:
        - {name: Replicas, type: integer, jsonPath: .spec.replicas}
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                description: What is wanted.
                properties:
                  replicas: {type: integer, minimum: 1, maximum: 10, description: How many.}
              status:
                type: object
                x-kubernetes-preserve-unknown-fields: true
        subresources:
          status: {}
          scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
    """

  private static let web = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: web}}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: web
            image: nginx:1
            ports: [{containerPort: 80}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data: {k: "1"}
    """

  @Test("applies, shows, patches, scales, waits for, replaces and deletes a Deployment")
  func deployment() async throws {
    let stage = try await Stage()
    try stage.write("web.yaml", Self.web)
    #expect(try await stage.run("apply -f web.yaml").contains("deployment.apps/web created"))
    #expect(try await stage.run("apply -f web.yaml").contains("deployment.apps/web unchanged"))
    #expect(
      try await stage.run("rollout status deployment/web --timeout=60s").contains("successfully rolled out"))
    let shown = try await stage.run("get deployments -o wide")
    #expect(shown.contains("READY") && shown.contains("2/2") && shown.contains("app=web"))
    let described = try await stage.run("describe deployment web")
    #expect(described.contains("2 desired | 2 updated | 2 total | 2 available | 0 unavailable"))
    #expect(described.contains("nginx:1"))
    let sidecar = #"{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"b:1"}]}}}}"#
    try await stage.run("patch deployment web --type=strategic -p \(sidecar)")
    let images = try await stage.run(
      "get deploy web -o jsonpath={.spec.template.spec.containers[*].image}")
    #expect(images == "nginx:1 b:1" || images == "b:1 nginx:1")
    try await stage.run("scale deployment/web --replicas=4")
    #expect(
      try await stage.run("wait --for=condition=Available deployment/web --timeout=60s")
        .contains("condition met"))
    // The scaler manages the replicas now.
    let conflict = try await stage.run("apply --server-side -f web.yaml", exits: 1)
    #expect(conflict.contains("Apply failed with 1 conflict") && conflict.contains(".spec.replicas"))
    try await stage.run("apply --server-side --force-conflicts -f web.yaml")
    #expect(try await stage.run("get deploy web -o jsonpath={.spec.replicas}") == "2")
    try stage.write("two.yaml", Self.web.replacing("replicas: 2", with: "replicas: 1"))
    #expect(try await stage.run("replace -f two.yaml").contains("deployment.apps/web replaced"))
    #expect(try await stage.run("delete -f web.yaml").contains("deployment.apps \"web\" deleted"))
    #expect(try await stage.run("get deployments").contains("No resources found"))
    #expect(try await stage.run("get deployment web", exits: 1).contains("(NotFound)"))
  }

  @Test("knows a custom kind: discovers, explains, applies, watches, scales and describes it")
  func customResource() async throws {
    let stage = try await Stage()
    try stage.write("crd.yaml", Self.foo)
    try stage.write(
      "foo.yaml", "apiVersion: demo.example/v1\nkind: Foo\nmetadata: {name: a}\nspec: {replicas: 2}\n")
    try await stage.run("apply -f crd.yaml")
    try await stage.run("wait --for=condition=Established crd/foos.demo.example --timeout=60s")
    let resources = try await stage.run("api-resources")
    #expect(resources.contains("foos") && resources.contains("demo.example/v1"))
    #expect(resources.contains("deploy ") && resources.contains("rolebindings"))
    let explained = try await stage.run("explain foo.spec")
    #expect(explained.contains("What is wanted.") && explained.contains("How many."))
    #expect(try await stage.run("explain deployment.spec.template.spec.containers").contains("image"))

    let watching = try stage.start(["get", "foos", "-w"])
    try await stage.run("apply -f foo.yaml")
    try await waitUntil("the watch shows the Foo") { watching.output.contains("a      2") }
    try await stage.run("scale foo/a --replicas=3")
    try await waitUntil("the watch shows the change") { watching.output.contains("a      3") }
    #expect(watching.output.contains("NAME   REPLICAS"))
    withExtendedLifetime(watching) {}
    #expect(try await stage.run("describe fo a").contains("Replicas:  3"))
    try stage.write(
      "bad.yaml", "apiVersion: demo.example/v1\nkind: Foo\nmetadata: {name: b}\nspec: {replicas: 11}\n")
    #expect(
      try await stage.run("apply -f bad.yaml", exits: 1)
        .contains(
          "spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10"))
    #expect(try await stage.run("delete foo a").contains("foo.demo.example \"a\" deleted"))
  }

  @Test("asks what it may do, as itself, as others and with a token")
  func access() async throws {
    let stage = try await Stage()
    #expect(try await stage.run("auth can-i delete nodes").contains("yes"))
    #expect(try await stage.run("auth can-i list pods --as=ada", exits: 1).contains("no"))
    try await stage.run("create serviceaccount robot")
    try await stage.run("create role reader --verb=get,list,watch --resource=configmaps")
    try await stage.run("create rolebinding reader --role=reader --serviceaccount=demo:robot")
    let robot = "--as=system:serviceaccount:demo:robot"
    #expect(try await stage.run("auth can-i list configmaps \(robot)").contains("yes"))
    #expect(try await stage.run("auth can-i list configmaps -n default \(robot)", exits: 1).contains("no"))
    #expect(try await stage.run("auth can-i --list \(robot)").contains("configmaps"))
    let made = try await stage.harness.post("/api/v1/namespaces/demo/serviceaccounts/robot/token", [:])
    let token = made.json.value(at: ["status", "token"])?.string ?? ""
    // kubectl sends a token over https only, so the server is asked for what it would be told.
    let refused = try await stage.harness.send(
      "GET", "/api/v1/namespaces/demo/secrets", headers: [("Authorization", "Bearer " + token)])
    let said = try await stage.run("get secrets \(robot)", exits: 1)
    #expect(said.contains(refused.json["message"]?.string ?? "?"))
  }

  @Test("is told clearly that pods have no logs here")
  func logs() async throws {
    let stage = try await Stage()
    try stage.write(
      "pod.yaml",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: i}]\n")
    try await stage.run("apply -f pod.yaml")
    #expect(try await stage.run("get pods").contains("Pending"))
    #expect(try await stage.run("logs p", exits: 1).contains("keeps pods as objects only"))
    #expect(try await stage.run("logs q", exits: 1).contains("pods \"q\" not found"))
  }
}
