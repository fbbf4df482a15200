import Foundation
import HTTP
import JSONScan
import Synchronization
import TestSupport

@testable import DevCluster

/// A development cluster that serves on a port of its own, and a client.
final class ClusterHarness: Sendable {
  struct Reply {
    let status: Int
    let contentType: String
    let body: [UInt8]

    /// The body as JSON; null if it is none.
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  let cluster: DevCluster
  let client = HTTPClientThread()

  init(_ change: (inout DevClusterConfiguration) -> Void = { _ in }) throws {
    var configuration = DevClusterConfiguration()
    configuration.deploymentReadyMilliseconds = 20
    configuration.futureVersionWaitMilliseconds = 100
    configuration.seed = 1
    change(&configuration)
    cluster = try DevCluster(configuration)
    cluster.start()
  }

  deinit {
    client.stop()
    cluster.stop()
  }

  // MARK: Requests

  func send(
    _ method: String, _ target: String, _ body: [UInt8]? = nil, headers: [(String, String)] = []
  ) async throws -> Reply {
    var fields = headers
    if !headers.contains(where: { $0.0 == "User-Agent" }) { fields.append(("User-Agent", "frugalhub/0.1")) }
    if body != nil, !headers.contains(where: { $0.0 == "Content-Type" }) {
      fields.append(("Content-Type", "application/json"))
    }
    let response = try await client.send(
      HTTPClientRequest(
        method: method, url: cluster.url + target, headers: HTTPHeaders(fields), body: body,
        deadlineMilliseconds: 20_000))
    return Reply(
      status: response.status, contentType: response.headers[first: "Content-Type"] ?? "",
      body: response.body)
  }

  func get(_ target: String, accept: String? = nil) async throws -> Reply {
    try await send("GET", target, headers: accept.map { [("Accept", $0)] } ?? [])
  }

  func post(_ target: String, _ object: JSONValue) async throws -> Reply {
    try await send("POST", target, object.serialized())
  }

  func put(_ target: String, _ object: JSONValue) async throws -> Reply {
    try await send("PUT", target, object.serialized())
  }

  func delete(_ target: String, _ options: JSONValue? = nil) async throws -> Reply {
    try await send("DELETE", target, options?.serialized())
  }

  enum PatchType: String {
    case merge = "application/merge-patch+json"
    case json = "application/json-patch+json"
    case strategic = "application/strategic-merge-patch+json"
    case apply = "application/apply-patch+yaml"
  }

  func patch(_ target: String, _ patch: JSONValue, _ type: PatchType = .merge) async throws -> Reply {
    try await send("PATCH", target, patch.serialized(), headers: [("Content-Type", type.rawValue)])
  }

  // MARK: Objects for tests

  /// Makes a namespace and returns the path of its core resources.
  func namespace(_ name: String = "rec") async throws -> String {
    _ = try await post("/api/v1/namespaces", ["metadata": ["name": .string(name)]])
    return "/api/v1/namespaces/\(name)"
  }

  /// Waits until the cluster writes nothing more of itself: every namespace has its account, the initial ones too, and the
  /// roles that are made of others, `admin` of `edit` of `view`, have their rules.
  func settled() async throws {
    try await waitUntil("the cluster is settled") {
      let accounts = try await get("/api/v1/serviceaccounts").json["items"]?.array?.count
      guard try await get("/api/v1/namespaces").json["items"]?.array?.count == accounts else { return false }
      let (view, edit, admin) = (try await rules("view"), try await rules("edit"), try await rules("admin"))
      return !view.isEmpty && view.allSatisfy(edit.contains) && edit.allSatisfy(admin.contains)
    }
  }

  private func rules(_ role: String) async throws -> [JSONValue] {
    let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/"
    return try await get(path + role).json["rules"]?.array ?? []
  }

  static func configMap(_ name: String, labels: JSONValue? = nil, k: String = "1") -> JSONValue {
    var metadata: JSONObject = ["name": .string(name)]
    metadata["labels"] = labels
    return [
      "apiVersion": "v1", "kind": "ConfigMap", "metadata": .object(metadata), "data": ["k": .string(k)],
    ]
  }

  /// The sample controller's CRD, as it was recorded.
  static let fooCRD: JSONValue = [
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": [
      "name": "foos.samplecontroller.k8s.io",
      "annotations": ["api-approved.kubernetes.io": "unapproved, a recording"],
    ],
    "spec": [
      "group": "samplecontroller.k8s.io", "scope": "Namespaced", "names": ["plural": "foos", "kind": "Foo"],
      "versions": [
        [
          "name": "v1alpha1", "served": true, "storage": true,
          "schema": [
            "openAPIV3Schema": [
              "type": "object",
              "properties": [
                "spec": [
                  "type": "object",
                  "properties": [
                    "deploymentName": ["type": "string"],
                    "replicas": ["type": "integer", "maximum": 10, "minimum": 1],
                  ],
                ],
                "status": ["type": "object", "properties": ["availableReplicas": ["type": "integer"]]],
              ],
            ]
          ],
          "subresources": ["status": [:]],
        ]
      ],
    ],
  ]

  static let crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
  static let foos = "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/rec/foos"
  static let deployments = "/apis/apps/v1/namespaces/rec/deployments"

  static func foo(_ name: String, replicas: Int? = 1, finalizers: [String] = []) -> JSONValue {
    var metadata: JSONObject = ["name": .string(name)]
    if !finalizers.isEmpty { metadata["finalizers"] = .array(finalizers.map { .string($0) }) }
    var spec: JSONObject = ["deploymentName": .string(name)]
    if let replicas { spec["replicas"] = .integer(replicas) }
    return [
      "apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo", "metadata": .object(metadata),
      "spec": .object(spec),
    ]
  }

  /// The Deployment that the sample controller makes for a Foo.
  static func deployment(_ name: String, replicas: Int = 1, owner: JSONValue? = nil) -> JSONValue {
    var metadata: JSONObject = ["name": .string(name)]
    if let owner {
      metadata["ownerReferences"] = [
        [
          "apiVersion": owner["apiVersion"] ?? .null, "kind": owner["kind"] ?? .null,
          "name": .string(owner.name), "uid": .string(owner.uid), "controller": true,
          "blockOwnerDeletion": true,
        ]
      ]
    }
    let labels: JSONValue = ["app": "nginx", "controller": .string(name)]
    return [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": .object(metadata),
      "spec": [
        "replicas": .integer(replicas), "selector": ["matchLabels": labels],
        "template": [
          "metadata": ["labels": labels],
          "spec": ["containers": [["name": "nginx", "image": "nginx:latest"]]],
        ],
      ],
    ]
  }
}

/// A watch that is read in the background.
final class WatchReader: Sendable {
  private struct State {
    var status: Int?
    var lines: [JSONValue] = []
    var ending: String?
  }

  private let state: Mutex<State>
  private let task: Mutex<Task<Void, Never>?>

  init(_ harness: ClusterHarness, _ target: String, accept: String? = nil) {
    state = Mutex(State())
    task = Mutex(nil)
    var headers: [(String, String)] = [("User-Agent", "frugalhub/0.1")]
    if let accept { headers.append(("Accept", accept)) }
    let request = HTTPClientRequest(
      url: harness.cluster.url + target, headers: HTTPHeaders(headers), streaming: true)
    let stream = harness.client.stream(request)
    let reading = Task { [weak self] in
      var rest: [UInt8] = []
      do {
        for try await event in stream {
          switch event {
          case .head(_, let status, _): self?.state.withLock { $0.status = status }
          case .bytes(_, let bytes):
            rest += bytes
            while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
              let line = Array(rest[..<newline])
              rest.removeFirst(newline + 1)
              let json = (try? JSONValue(parsing: line)) ?? .string(String(decoding: line, as: UTF8.self))
              self?.state.withLock { $0.lines.append(json) }
            }
          case .end(_, .success): self?.finish("end")
          case .end(_, .failure(let failure)): self?.finish("\(failure)")
          }
        }
        self?.finish("end")
      } catch {
        self?.finish("\(error)")
      }
    }
    task.withLock { $0 = reading }
  }

  deinit { task.withLock { $0?.cancel() } }

  private func finish(_ how: String) {
    state.withLock { if $0.ending == nil { $0.ending = how } }
  }

  var lines: [JSONValue] { state.withLock { $0.lines } }
  var status: Int? { state.withLock { $0.status } }
  /// How the watch ended; nil while it is open.
  var ending: String? { state.withLock { $0.ending } }

  /// The types of the events so far with the names of their objects: `ADDED w`.
  var summary: [String] {
    lines.map { "\($0["type"]?.string ?? "?") \($0["object"]?.name ?? "")" }
  }

  /// Waits until the watch has begun.
  func opened() async throws {
    try await waitUntil("the watch begins") { self.status != nil }
  }

  /// Waits for so many events and returns them.
  func wait(for count: Int) async throws -> [JSONValue] {
    try await waitFor("\(count) events, has \(summary)") { self.lines.count >= count ? self.lines : nil }
  }

  /// Waits for the end of the watch and returns all events.
  func waitForEnd() async throws -> [JSONValue] {
    try await waitUntil("the watch ends") { self.ending != nil }
    return lines
  }
}
