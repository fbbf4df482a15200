import DevCluster
import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@Suite("hub check against a cluster", .timeLimit(.minutes(3)))
struct ClusterCheckTests {
  private func check(_ stage: CommandStage, _ arguments: String...) throws -> BuiltProcess {
    let config = try stage.write(
      "kubeconfig",
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: dev, cluster: {server: "\(stage.cluster.url)"}}]
      contexts: [{name: dev, context: {cluster: dev, user: admin}}]
      users: [{name: admin, user: {}}]
      current-context: dev
      """)
    return try BuiltProcess("hub", ["check", "--kubeconfig", config] + arguments)
  }

  private func account(_ stage: CommandStage, _ name: String, in namespace: String = "default") async throws {
    try await stage.send(
      "POST", "/api/v1/namespaces/\(namespace)/serviceaccounts", ["metadata": ["name": .string(name)]])
  }

  private func service(_ stage: CommandStage, _ name: String) async throws {
    try await stage.send(
      "POST", "/api/v1/namespaces/default/services",
      ["metadata": ["name": .string(name)], "spec": ["ports": [["port": 80]]]])
  }

  private func findings(_ process: BuiltProcess, in file: String) -> [String] {
    process.output.split(separator: "\n").filter { $0.hasPrefix(file) }
      .map { String($0.dropFirst(file.count)) }
  }

  @Test("a subscription for which all is there is valid; what cannot be known is a note")
  func good() async throws {
    let stage = try await CommandStage()
    try await stage.grant()
    try await account(stage, "reader")
    try await service(stage, "not-there-yet")
    let file = try stage.write("s.yaml", CommandStage.subscription("  serviceAccountName: reader"))
    let process = try check(stage, file)
    #expect(try await process.end() == 0, "\(process.output)")
    #expect(process.errors == "")
    #expect(
      process.output.contains(
        "note: the rights of the hub are not known: there is no service account frugalhub/frugalhub\n"))
    #expect(findings(process, in: file).count == 1, "only what would be watched")
    stage.stop()
  }

  @Test("each thing that the cluster lacks is a finding with its place and a remedy")
  func lacking() async throws {
    let stage = try await CommandStage()
    try await account(stage, "reader")
    try await account(stage, "hub")
    let file = try stage.write(
      "s.yaml",
      """
      apiVersion: frugalhub.dev/v1alpha1
      kind: OperatorSubscription
      metadata:
        name: s
      spec:
        serviceAccountName: reader
        namespaceSelector:
          matchLabels:
            team: blue
        resources:
          - apiVersion: apps/v1
            kind: Deploymnet
          - apiVersion: samplecontroller.k8s.io/v1alpha1
            kind: Foo
          - apiVersion: v1
            kind: ConfigMap
        sink:
          ref:
            apiVersion: v1
            kind: Service
            name: missing
        delivery:
          deadLetterSink:
            ref:
              apiVersion: eventing.knative.dev/v1
              kind: Broker
              name: default
      """)
    let process = try check(stage, file, "--hub-account", "default/hub")
    #expect(try await process.end() == 1)
    let label = #"by a ClusterRole with the label rbac.frugalhub.dev/aggregate-to-hub: "true""#
    let found = findings(process, in: file).filter { $0.contains("; ") }
    #expect(
      found == [
        ":12:13: spec.resources[0].kind: the cluster serves no 'Deploymnet' at 'apps/v1'; did you mean Deployment?",
        ":13:19: spec.resources[1].apiVersion: the cluster serves nothing at 'samplecontroller.k8s.io/v1alpha1'; install the kind, or correct apiVersion; the hub waits for it",
        ":16:13: spec.resources[2].kind: service account default/reader may not get, list, watch configmaps in the whole cluster; bind a ClusterRole that lets it by a ClusterRoleBinding",
        ":15:7: spec.resources[2]: the hub may not get, list and watch configmaps; add the rule {apiGroups: [\"\"], resources: [\"configmaps\"], verbs: [\"get\", \"list\", \"watch\"]} \(label)",
        ":8:5: spec.namespaceSelector: the hub may not get, list and watch namespaces; add the rule {apiGroups: [\"\"], resources: [\"namespaces\"], verbs: [\"get\", \"list\", \"watch\"]} \(label)",
        ":21:13: spec.sink.ref.name: Service default/missing does not exist; create it, or correct the reference; the hub waits for it",
        ":25:21: spec.delivery.deadLetterSink.ref.apiVersion: the cluster serves nothing at 'eventing.knative.dev/v1'; install the kind, or correct apiVersion; the hub waits for it",
      ], "\(process.output)")
    stage.stop()
  }

  @Test(
    "rights in the own namespace suffice for what is followed there; a missing account is said by its field")
  func accounts() async throws {
    let stage = try await CommandStage()
    try await account(stage, "reader")
    try await service(stage, "not-there-yet")
    let file = try stage.write("s.yaml", CommandStage.subscription("  serviceAccountName: reader"))
    let denied = try check(stage, file)
    #expect(try await denied.end() == 1)
    #expect(
      findings(denied, in: file).first
        == ":9:13: spec.resources[0].kind: service account default/reader may not get, list, watch configmaps in namespace default; bind a Role that lets it by a RoleBinding"
    )
    try await stage.grant()
    #expect(try await check(stage, file).end() == 0)
    let other = try stage.write("t.yaml", CommandStage.subscription("  serviceAccountName: nobody"))
    let missing = try check(stage, other, "--json")
    #expect(try await missing.end() == 1)
    let json = try JSONValue(parsing: Array(missing.output.utf8))
    #expect(json["valid"] == false)
    let finding = json["findings"]?.array?.first
    #expect(finding?["field"] == "spec.serviceAccountName" && finding?["line"] == 18)
    #expect(finding?["reason"] == "service account default/nobody does not exist")
    #expect(finding?["remedy"] == "create it, or name another in spec.serviceAccountName")
    #expect(json["notes"]?.array?.count == 1)
    stage.stop()
  }

  @Test("a cluster that does not answer is said once; a wrong --hub-account is a fault of usage")
  func unreachable() async throws {
    let stage = try await CommandStage()
    let file = try stage.write("s.yaml", CommandStage.subscription())
    let wrong = try check(stage, file, "--hub-account", "hub")
    #expect(try await wrong.end() == 2)
    #expect(wrong.errors == "hub check: --hub-account: \"hub\" is not NAMESPACE/NAME\n")
    let alone = try BuiltProcess("hub", ["check", file, "--hub-account", "a/b"])
    #expect(try await alone.end() == 2)
    stage.cluster.stop()
    let silent = try check(stage, file)
    #expect(try await silent.end() == 1)
    #expect(silent.output.contains("the API server"))
    #expect(!silent.output.contains("note: "))
    stage.client.stop()
  }
}
