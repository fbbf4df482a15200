import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@Suite("The manifests, applied by kubectl to a dev cluster", .serialized, .timeLimit(.minutes(5)))
struct ApplyTests {
  private static let hub = [
    "namespace/frugalhub",
    "customresourcedefinition.apiextensions.k8s.io/operatorsubscriptions.frugalhub.dev",
    "serviceaccount/frugalhub", "clusterrole.rbac.authorization.k8s.io/frugalhub",
    "clusterrole.rbac.authorization.k8s.io/frugalhub-base",
    "clusterrolebinding.rbac.authorization.k8s.io/frugalhub", "statefulset.apps/frugalhub",
    "service/frugalhub",
    "networkpolicy.networking.k8s.io/frugalhub", "poddisruptionbudget.policy/frugalhub",
  ]
  private static let foo = [
    "customresourcedefinition.apiextensions.k8s.io/foos.samplecontroller.k8s.io",
    "serviceaccount/foo-subscription",
    "serviceaccount/foo-reconciler", "role.rbac.authorization.k8s.io/foo-subscription",
    "rolebinding.rbac.authorization.k8s.io/foo-subscription", "role.rbac.authorization.k8s.io/foo-reconciler",
    "rolebinding.rbac.authorization.k8s.io/foo-reconciler",
    "clusterrole.rbac.authorization.k8s.io/frugalhub-watch-foos", "operatorsubscription.frugalhub.dev/foo",
  ]

  /// `kubectl apply -k` says of each object that it was created, and the second time no more than that it is there.
  private func apply(_ folder: String, _ objects: [String], on stage: KubectlStage) async throws {
    let lines = try await stage.kubectl("apply", "-k", folder).split(separator: "\n").map(String.init)
    #expect(Set(lines) == Set(objects.map { $0 + " created" }))
    let again = try await stage.kubectl("apply", "-k", folder)
    #expect(!again.contains("created"), "\(again)")
  }

  @Test("deploy/hub and deploy/foo: all objects are accepted, and the hub serves the Foo of the example")
  func knative() async throws {
    let stage = try await KubectlStage()
    try await apply("deploy/hub", Self.hub, on: stage)
    try await apply("deploy/foo", Self.foo + ["service.serving.knative.dev/foo-reconciler"], on: stage)
    let hub = try stage.startHub()
    try await stage.kubectl("apply", "-n", "default", "-f", "deploy/foo/example-foo.yaml")
    #expect(try await stage.value(".spec.replicas", of: "deployment", "example-foo") == "1")
    try await waitUntil("the Foo's status") {
      try await stage.value(".status.availableReplicas", of: "foo", "example-foo") == "1"
    }
    try await waitUntil("the subscription is ready") {
      try await stage.kubectl("get", "opsub", "foo", "-n", "default").contains(#/foo +True +Ready +http:/#)
    }
    let admin = try await hub.field("admin")
    let client = HTTPClientThread()
    for path in ["/healthz", "/readyz", "/metrics"] {
      let answer = try await client.send(HTTPClientRequest(url: admin + path, deadlineMilliseconds: 20_000))
      #expect(answer.status == 200)
    }
    client.stop()
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    try await stage.stop()
  }

  @Test("deploy/foo-plain: all objects are accepted, and the sink is the Service")
  func plain() async throws {
    let stage = try await KubectlStage()
    try await stage.kubectl("apply", "-k", "deploy/hub")
    try await apply(
      "deploy/foo-plain", Self.foo + ["deployment.apps/foo-reconciler", "service/foo-reconciler"], on: stage)
    let hub = try stage.startHub()
    #expect(
      try await stage.value(".status.sinkUri", of: "opsub", "foo")
        == "http://foo-reconciler.default.svc.cluster.local")
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    try await stage.stop()
  }

  @Test("deploy/monitoring is optional, and its kinds come with the Prometheus operator")
  func monitoring() throws {
    let kinds = try Repository.kustomization("deploy/monitoring").compactMap { $0["kind"]?.string }
    #expect(Set(kinds) == ["ServiceMonitor", "PrometheusRule"])
    let core = try Repository.kustomization("deploy/hub").compactMap { $0["kind"]?.string }
    #expect(Set(core).isDisjoint(with: kinds))
  }
}
