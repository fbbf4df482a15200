import DevCluster
import Foundation
import HTTP
import HubEngine
import JSONScan
import TestSupport
import Testing

/// A dev cluster and subscriptions in files, for commands that end or are ended.
final class CommandStage: Sendable {
  let cluster: DevCluster
  let client = HTTPClientThread()
  let directory: URL

  init() async throws {
    cluster = try DevCluster(DevClusterConfiguration())
    directory = FileManager.default.temporaryDirectory.appending(path: "hub-command-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    cluster.start()
    try await send("POST", Stage.definitions, JSONValue(parsing: SubscriptionCRD.json))
  }

  func stop() {
    client.stop()
    cluster.stop()
    try? FileManager.default.removeItem(at: directory)
  }

  @discardableResult
  func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    var request = HTTPClientRequest(
      method: method, url: cluster.url + path,
      headers: ["Content-Type": method == "PATCH" ? "application/merge-patch+json" : "application/json"],
      body: body?.serialized())
    request.deadlineMilliseconds = 30_000
    let answer = try await client.send(request)
    guard answer.status < 400 else {
      throw Stage.Refused(
        description: "\(method) \(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
    }
    return try JSONValue(parsing: answer.body)
  }

  func create(_ name: String, labels: JSONValue = [:]) async throws {
    var object = Stage.configMap(name, "1")
    object["metadata"]?["labels"] = labels
    try await send("POST", Stage.configMaps, object)
  }

  /// Lets every service account of namespace `default` read ConfigMaps there.
  func grant() async throws {
    let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/"
    try await send(
      "POST", roles + "roles",
      [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": ["name": "reader"],
        "rules": [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]]],
      ])
    try await send(
      "POST", roles + "rolebindings",
      [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": ["name": "reader"],
        "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"],
        "subjects": [
          [
            "kind": "Group", "name": "system:serviceaccounts:default",
            "apiGroup": "rbac.authorization.k8s.io",
          ]
        ],
      ])
  }

  /// A file that goes with the stage.
  func write(_ name: String, _ text: String) throws -> String {
    let url = directory.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  /// A subscription of ConfigMaps whose label `app` is `a`, with this in its spec besides.
  static func subscription(_ more: String = "", name: String = "s") -> String {
    """
    apiVersion: frugalhub.dev/v1alpha1
    kind: OperatorSubscription
    metadata:
      name: \(name)
      namespace: default
    spec:
      resources:
        - apiVersion: v1
          kind: ConfigMap
          selector:
            matchLabels:
              app: a
      sink:
        ref:
          apiVersion: v1
          kind: Service
          name: not-there-yet
    \(more)
    """
  }

  func tail(_ arguments: String...) throws -> BuiltProcess {
    try BuiltProcess("hub", ["tail", "--server", cluster.url] + arguments)
  }
}

extension BuiltProcess {
  /// The lines so far, without their times.
  fileprivate var events: [String] {
    output.split(separator: "\n").map { String($0.drop { $0 != " " }.dropFirst()) }
  }
}

@Suite("hub tail", .timeLimit(.minutes(3)))
struct TailTests {
  @Test(
    "prints live what a subscription would get and why, although its sink is not there; SIGINT ends it with 0"
  )
  func live() async throws {
    let stage = try await CommandStage()
    try await stage.grant()
    try await stage.create("one", labels: ["app": "a"])
    let tail = try stage.tail("-f", try stage.write("s.yaml", CommandStage.subscription("  suspend: true")))
    try await waitUntil("what exists") { tail.events.count == 1 }
    try await stage.create("two", labels: ["app": "a"])
    try await waitUntil("a new one") { tail.events.count == 2 }
    try await stage.send("PATCH", Stage.configMaps + "/two", ["data": ["value": "2"]])
    try await waitUntil("an update") { tail.events.count == 3 }
    try await stage.send("PATCH", Stage.configMaps + "/two", ["metadata": ["labels": ["app": "b"]]])
    try await waitUntil("one that leaves") { tail.events.count == 4 }
    try await stage.send("DELETE", Stage.configMaps + "/one")
    try await waitUntil("a delete") { tail.events.count == 5 }
    kill(tail.pid, SIGINT)
    #expect(try await tail.end() == 0)
    #expect(
      tail.events == [
        "add    v1 ConfigMap default/one: initial: it exists and matches",
        "add    v1 ConfigMap default/two: change: it was made, or matches from now on",
        "update v1 ConfigMap default/two: change: it is another than it was",
        "delete v1 ConfigMap default/two: change: it matches no more",
        "delete v1 ConfigMap default/one: change: it was deleted",
      ])
    #expect(tail.errors == "")
    stage.stop()
  }

  @Test("--explain says of everything else why it is not sent; --once ends when all that exists was told")
  func explain() async throws {
    let stage = try await CommandStage()
    try await stage.grant()
    try await stage.create("one", labels: ["app": "a"])
    try await stage.create("two", labels: ["app": "b"])
    let gated = "  filters:\n    - not:\n        exact:\n          name: one"
    let file = try stage.write("s.yaml", CommandStage.subscription(gated))
    let tail = try stage.tail("-f", file, "--explain", "--once")
    #expect(try await tail.end() == 0)
    #expect(
      tail.events.filter { $0.contains("default/") && !$0.contains("kube-root-ca") }.sorted() == [
        "-      v1 ConfigMap default/one: not sent, by filters: the event does not pass",
        "-      v1 ConfigMap default/two: not sent, by selector: its labels do not match",
      ])
    stage.stop()
  }

  @Test("--json prints an object a line, with the event's attributes and data, and the field that decides")
  func json() async throws {
    let stage = try await CommandStage()
    try await stage.create("one", labels: ["app": "a"])
    try await stage.create("two")
    let file = try stage.write("s.yaml", CommandStage.subscription("  mode: Resource"))
    let tail = try stage.tail("-f", file, "--explain", "--once", "--json", "--ignore-rights")
    #expect(try await tail.end() == 0)
    let lines = try tail.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    let sent = try #require(lines.first { $0["sent"] == true })
    #expect(sent["operation"] == "add" && sent["cause"] == "initial" && sent["subscription"] == "default/s")
    #expect(sent["apiVersion"] == "v1" && sent["kind"] == "ConfigMap" && sent["name"] == "one")
    #expect(sent["attributes"]?["type"] == "dev.knative.apiserver.resource.add")
    #expect(sent["data"]?["data"]?["value"] == "1")
    let untold = try #require(lines.first { $0["name"] == "two" })
    #expect(untold["sent"] == false && untold["field"] == "selector" && untold["sight"] == "listed")
    stage.stop()
  }

  @Test("a subscription of the cluster is told with the rights of its account, and nothing is written")
  func rights() async throws {
    let stage = try await CommandStage()
    try await stage.create("one", labels: ["app": "a"])
    let spec = try JSONValue(
      parsing: Array(
        #"{"resources":[{"apiVersion":"v1","kind":"ConfigMap"}],"sink":{"uri":"http://x.y.svc"}}"#.utf8))
    let created = try await stage.send(
      "POST", Stage.subscriptions,
      [
        "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription", "metadata": ["name": "s"],
        "spec": spec,
      ])
    let denied = try stage.tail("--subscription", "default/s", "--once")
    #expect(try await denied.end() == 1)
    #expect(denied.output == "")
    #expect(
      denied.errors.contains(
        "hub tail: default/s: Authorized is False: service account default/default may not"))
    try await stage.grant()
    let allowed = try stage.tail("--subscription", "default/s", "--once")
    #expect(try await allowed.end() == 0)
    #expect(allowed.events.contains("add    v1 ConfigMap default/one: initial: it exists and matches"))
    let after = try await stage.send("GET", Stage.subscriptions + "/s")
    #expect(after["metadata"]?["resourceVersion"] == created["metadata"]?["resourceVersion"])
    stage.stop()
  }

  @Test(
    "what is in the way is said: no such subscription, a kind that is not served, a spec that is not accepted"
  )
  func obstacles() async throws {
    let stage = try await CommandStage()
    let missing = try stage.tail("--subscription", "default/s")
    #expect(try await missing.end() == 1)
    #expect(missing.errors == "hub tail: default/s: there is no such OperatorSubscription\n")
    let text = CommandStage.subscription().replacingOccurrences(of: "kind: ConfigMap", with: "kind: Foo")
    let unserved = try stage.tail("-f", try stage.write("s.yaml", text), "--once")
    #expect(try await unserved.end() == 1)
    #expect(unserved.errors.contains("hub tail: default/s: ResourcesFound is False: "))
    let bad = try stage.write("bad.yaml", CommandStage.subscription("  mode: Both"))
    let refused = try stage.tail("-f", bad)
    #expect(try await refused.end() == 1)
    #expect(refused.errors.hasPrefix("\(bad):18:9: spec.mode: is 'Both', not Reference or Resource"))
    stage.stop()
  }

  @Test("of a file with several subscriptions each line names the one that it is of")
  func several() async throws {
    let stage = try await CommandStage()
    try await stage.create("one", labels: ["app": "a"])
    let text = CommandStage.subscription(name: "s") + "\n---\n" + CommandStage.subscription(name: "t")
    let tail = try stage.tail("-f", try stage.write("s.yaml", text), "--once", "--ignore-rights")
    #expect(try await tail.end() == 0)
    #expect(
      tail.events.sorted() == [
        "[default/s] add    v1 ConfigMap default/one: initial: it exists and matches",
        "[default/t] add    v1 ConfigMap default/one: initial: it exists and matches",
      ])
    stage.stop()
  }
}
