import HubRuntime
import JSONScan
import Testing

@Suite("The manifests say what the executables do")
struct ManifestTests {
  private static let inPod = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"]

  private func statefulSet() throws -> JSONValue {
    try #require(try Repository.object("StatefulSet", "frugalhub", in: "deploy/hub"))
  }

  private func container() throws -> JSONValue {
    try #require(try statefulSet().at("spec.template.spec.containers.0"))
  }

  @Test("hub serve takes the StatefulSet's arguments, and listens where ports, probes and annotations say")
  func arguments() throws {
    let arguments = try #require(try container().at("args")?.strings)
    #expect(arguments.first == "serve")
    let parsed = try ServeSettings.grammar.parse(Array(arguments.dropFirst()))
    let configuration = try ServeSettings(parsed).configuration(environment: Self.inPod)
    #expect(configuration.listen == ListenAddress(host: "", port: 8080))
    #expect(try container().at("ports.0.containerPort") == 8080)
    #expect(try container().at("livenessProbe.httpGet") == ["path": "/healthz", "port": "http"])
    #expect(try container().at("readinessProbe.httpGet") == ["path": "/readyz", "port": "http"])
    let service = try #require(try Repository.object("Service", "frugalhub", in: "deploy/hub"))
    #expect(service.at("spec.ports.0.targetPort") == "http")
    let annotations = service.at("metadata.annotations")
    #expect(annotations?["prometheus.io/path"] == "/metrics")
    #expect(annotations?["prometheus.io/port"] == "8080")
    let policy = try #require(try Repository.object("NetworkPolicy", "frugalhub", in: "deploy/hub"))
    #expect(policy.at("spec.ingress.0.ports.0.port") == 8080)
  }

  @Test("the pod has time to drain before it is killed")
  func grace() throws {
    let configuration = HubConfiguration(api: try APIAccess(url: "http://127.0.0.1:1"))
    let seconds = try #require(try statefulSet().at("spec.template.spec.terminationGracePeriodSeconds")?.int)
    #expect(seconds * 1000 > configuration.drainMilliseconds)
  }

  @Test("the state directory is a volume that outlives the pod, and the only place that can be written")
  func state() throws {
    let mounts = try container().at("volumeMounts")?.array ?? []
    #expect(mounts == [["name": "state", "mountPath": "/var/lib/frugalhub"]])
    #expect(try statefulSet().at("spec.volumeClaimTemplates.0.metadata.name") == "state")
    let arguments = try container().at("args")?.strings ?? []
    let flag = ["--state-dir", "/var/lib/frugalhub"]
    // As soon as hub serve has the flag, the StatefulSet must use it.
    let parsed = try ServeSettings.grammar.parse(flag)
    let isServed = (try? ServeSettings(parsed).configuration(environment: Self.inPod)) != nil
    #expect(arguments.joined(separator: " ").contains(flag.joined(separator: " ")) == isServed)
  }

  @Test(
    "every pod runs as nobody, on a read-only root, without capabilities, within limits",
    arguments: [
      ("deploy/hub", "StatefulSet", "frugalhub"), ("deploy/foo-plain", "Deployment", "foo-reconciler"),
      ("deploy/foo", "Service", "foo-reconciler"),
    ])
  func security(folder: String, kind: String, name: String) throws {
    let pod = try #require(try Repository.object(kind, name, in: folder)?.at("spec.template.spec"))
    let container = try #require(pod.at("containers.0"))
    let context = try #require(container["securityContext"])
    #expect(context["allowPrivilegeEscalation"] == false)
    #expect(context["readOnlyRootFilesystem"] == true)
    #expect(context["capabilities"] == ["drop": ["ALL"]])
    #expect((pod["securityContext"] ?? context)["runAsNonRoot"] == true)
    #expect((pod["securityContext"] ?? context)["seccompProfile"] == ["type": "RuntimeDefault"])
    #expect(container.at("resources.requests.cpu") != nil)
    #expect(container.at("resources.requests.memory") != nil)
    #expect(container.at("resources.limits.memory") != nil)
    #expect(container["readinessProbe"] != nil)
  }

  @Test("the hub's role is the sum of the roles with the label, and the sample adds its own")
  func aggregation() throws {
    let label = "rbac.frugalhub.dev/aggregate-to-hub"
    let role = try #require(try Repository.object("ClusterRole", "frugalhub", in: "deploy/hub"))
    #expect(role.at("aggregationRule.clusterRoleSelectors.0.matchLabels") == [label: "true"])
    #expect(role["rules"] == nil)
    for (folder, name) in [("deploy/hub", "frugalhub-base"), ("deploy/foo", "frugalhub-watch-foos")] {
      let part = try Repository.object("ClusterRole", name, in: folder)
      #expect(part?.at("metadata.labels")?[label] == "true")
    }
  }

  @Test("the hub may write Events on subscriptions, and no more than write them")
  func events() throws {
    let role = try Repository.object("ClusterRole", "frugalhub-base", in: "deploy/hub")
    let rules = role?["rules"]?.array?.filter { $0["resources"]?.strings.contains("events") ?? false }
    #expect(rules == [["apiGroups": [""], "resources": ["events"], "verbs": ["create"]]])
  }

  @Test("the sample without Knative has the same kind, roles and subscription, but for the sink's kind")
  func plain() throws {
    for file in ["crd.yaml", "rbac.yaml"] {
      #expect(try Repository.text("deploy/foo/" + file) == Repository.text("deploy/foo-plain/" + file))
    }
    var subscription = try #require(try Repository.objects("deploy/foo-plain/subscription.yaml").first)
    #expect(subscription.at("spec.sink.ref.apiVersion") == "v1")
    subscription["spec"]?["sink"]?["ref"]?["apiVersion"] = "serving.knative.dev/v1"
    #expect(try Repository.objects("deploy/foo/subscription.yaml") == [subscription])
  }
}
