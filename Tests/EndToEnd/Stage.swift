import DevCluster
import Foundation
import HTTP
import HubEngine
import HubRuntime
import JSONScan
import Synchronization
import TestSupport

/// A dev cluster, a hub that follows it, and a sink, over real sockets in one process.
final class Stage: Sendable {
  let cluster: DevCluster
  let hub: Hub
  let sink: RecordingSink
  let client: HTTPClientThread

  /// `configure` may change what the hub is told. Every service account may read everything, unless `areTenantsTrusted`
  /// is false.
  init(
    areTenantsTrusted: Bool = true,
    _ configure: (inout HubConfiguration) -> Void = { _ in },
    cluster configureCluster: (inout DevClusterConfiguration) -> Void = { _ in }
  ) async throws {
    var clusterConfiguration = DevClusterConfiguration()
    clusterConfiguration.deploymentReadyMilliseconds = 20
    configureCluster(&clusterConfiguration)
    cluster = try DevCluster(clusterConfiguration)
    sink = try RecordingSink()
    client = HTTPClientThread()
    var configuration = HubConfiguration(api: try APIAccess(url: cluster.url))
    configuration.sinkPolicy.allow.append(.loopback)
    configuration.log = .silent
    configure(&configuration)
    hub = try Hub(configuration)
    cluster.start()
    sink.start()
    try await install(SubscriptionCRD.json)
    try await install(Self.fooDefinition.serialized())
    if areTenantsTrusted { try await letAllRead() }
    hub.start()
  }

  func stop() async {
    await hub.shutdown()
    client.stop()
    sink.stop()
    cluster.stop()
  }

  struct Refused: Error, CustomStringConvertible { let description: String }

  // MARK: The API server

  static let foos = "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/default/foos"
  static let subscriptions = "/apis/frugalhub.dev/v1alpha1/namespaces/default/operatorsubscriptions"
  static let configMaps = "/api/v1/namespaces/default/configmaps"
  static let deployments = "/apis/apps/v1/namespaces/default/deployments"
  static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

  @discardableResult
  func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    var request = HTTPClientRequest(
      method: method, url: cluster.url + path,
      headers: HTTPHeaders([
        ("Content-Type", method == "PATCH" ? "application/merge-patch+json" : "application/json")
      ]), body: body?.serialized())
    request.deadlineMilliseconds = 20_000
    let response = try await client.send(request)
    guard response.status < 400 else {
      throw Refused(
        description: "\(method) \(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))"
      )
    }
    return try JSONValue(parsing: response.body)
  }

  private func install(_ definition: [UInt8]) async throws {
    try await send("POST", Self.definitions, JSONValue(parsing: definition))
  }

  private static let roles = "/apis/rbac.authorization.k8s.io/v1"

  private func letAllRead() async throws {
    try await send(
      "POST", Self.roles + "/clusterroles",
      [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "reader"],
        "rules": [["apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]]],
      ])
    try await send(
      "POST", Self.roles + "/clusterrolebindings",
      [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": ["name": "reader"],
        "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"],
        "subjects": [
          ["kind": "Group", "name": "system:serviceaccounts", "apiGroup": "rbac.authorization.k8s.io"]
        ],
      ])
  }

  func subscribe(_ name: String, _ spec: JSONValue) async throws {
    try await send(
      "POST", Self.subscriptions,
      [
        "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
        "metadata": ["name": .string(name)], "spec": spec,
      ])
  }

  /// The status of a condition, once the hub has written it.
  func condition(_ type: String, of name: String) async throws -> String? {
    let object = try await send("GET", Self.subscriptions + "/" + name)
    let found = object["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
    return found.map { "\($0["status"]?.string ?? "") \($0["reason"]?.string ?? "")" }
  }

  func waitForCondition(_ type: String, of name: String, _ expected: String) async throws {
    do {
      try await waitUntil("\(type) of \(name)") { try await self.condition(type, of: name) == expected }
    } catch {
      let found = try await condition(type, of: name) ?? "no condition"
      throw WaitTimedOut(
        description: "expected \(type) of \(name) to be \(expected), it is \(found); events: \(sink.events)")
    }
  }

  static func configMap(_ name: String, _ value: String) -> JSONValue {
    [
      "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
      "data": ["value": .string(value)],
    ]
  }

  static func foo(_ name: String) -> JSONValue {
    [
      "apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo", "metadata": ["name": .string(name)],
      "spec": ["deploymentName": .string(name), "replicas": 1],
    ]
  }

  static let fooDefinition: JSONValue = [
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": [
      "name": "foos.samplecontroller.k8s.io",
      "annotations": ["api-approved.kubernetes.io": "unapproved, experimental-only"],
    ],
    "spec": [
      "group": "samplecontroller.k8s.io", "scope": "Namespaced",
      "names": ["kind": "Foo", "listKind": "FooList", "plural": "foos", "singular": "foo"],
      "versions": [
        [
          "name": "v1alpha1", "served": true, "storage": true,
          "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
          "subresources": ["status": [:]],
        ]
      ],
    ],
  ]
}

/// A sink over HTTP that keeps every event it gets and answers as it is told.
final class RecordingSink: Sendable {
  private struct State {
    var events: [HTTPRequest] = []
    var answers: [Int] = []
    var standard = 200
    var isHolding = false
    var held: [HTTPResponder] = []
  }

  private let state: Mutex<State>
  private let server: HTTPServer
  let url: String

  init() throws {
    let state = SharedState()
    self.server = try HTTPServer(HTTPServerConfiguration(host: "127.0.0.1", port: 0)) { request, responder in
      state.sink?.take(request, responder)
    }
    self.state = Mutex(State())
    url = "http://127.0.0.1:\(server.port)/events"
    state.set(self)
  }

  private final class SharedState: Sendable {
    private let stored = Mutex<WeakSink>(WeakSink())
    var sink: RecordingSink? { stored.withLock { $0.sink } }
    func set(_ sink: RecordingSink) { stored.withLock { $0.sink = sink } }
  }

  private struct WeakSink { weak var sink: RecordingSink? }

  func start() { server.start() }
  func stop() { server.stop() }

  private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
    let status = state.withLock { state -> Int? in
      state.events.append(request)
      if state.isHolding {
        state.held.append(responder)
        return nil
      }
      return state.answers.isEmpty ? state.standard : state.answers.removeFirst()
    }
    if let status { responder.send(HTTPResponse(status: status)) }
  }

  /// The next answers; then 200 again.
  func answerNext(_ statuses: [Int]) { state.withLock { $0.answers += statuses } }

  /// All further answers.
  func answer(_ status: Int) { state.withLock { $0.standard = status } }

  func hold() { state.withLock { $0.isHolding = true } }

  func release() {
    let held = state.withLock { state in
      defer { state.held = [] }
      state.isHolding = false
      return state.held
    }
    for responder in held { responder.send(HTTPResponse(status: 200)) }
  }

  var requests: [HTTPRequest] { state.withLock { $0.events } }

  /// As `add ConfigMap default/x change 1`.
  var events: [String] { requests.map(Self.summary) }

  static func summary(_ request: HTTPRequest) -> String {
    func header(_ name: String) -> String { request.headers[first: "ce-" + name] ?? "" }
    let operation = header("type").split(separator: ".").last.map(String.init) ?? ""
    return
      "\(operation) \(header("kind")) \(header("namespace"))/\(header("name")) \(header("hubcause")) \(header("hubattempt"))"
  }

  func waitForEvents(_ expected: [String]) async throws {
    do {
      try await waitUntil("events") { self.events == expected }
    } catch {
      throw WaitTimedOut(description: "expected \(expected), got \(events)")
    }
  }
}
