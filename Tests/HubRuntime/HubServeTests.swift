import Foundation
import HTTP
import JSONScan
import Synchronization
import TestSupport
import Testing

/// `hub serve` and `hub devcluster` as processes, and a sink in this one that holds its requests or answers them.
private final class ServeHarness: Sendable {
  /// What the sink has seen.
  final class Sink: Sendable {
    private let state = Mutex<(requests: [HTTPRequest], held: [HTTPResponder], holds: Bool)>(([], [], false))

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var heldCount: Int { state.withLock { $0.held.count } }
    func holdAll() { state.withLock { $0.holds = true } }
    func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
      let isHeld = state.withLock { state in
        state.requests.append(request)
        if state.holds { state.held.append(responder) }
        return state.holds
      }
      if !isHeld { responder.send(.text(200, "")) }
    }
    func answerHeld() { for responder in state.withLock({ $0.held }) { responder.send(.text(200, "")) } }
  }

  let sink = Sink()
  let client = HTTPClientThread()
  let files: TemporaryDirectory
  private let sinkServer: HTTPServer

  init() throws {
    files = try TemporaryDirectory()
    let sink = sink
    sinkServer = try HTTPServer(HTTPServerConfiguration()) { sink.take($0, $1) }
    sinkServer.start()
  }

  deinit {
    sinkServer.stop()
    client.stop()
  }

  func cluster(port: Int = 0) async throws -> (process: BuiltProcess, url: String) {
    let process = try BuiltProcess("hub", ["devcluster", "--listen", "127.0.0.1:\(port)"])
    let url = try await waitFor("the cluster's URL") {
      process.output.split(separator: "\n").first.map { String($0.dropFirst("serving ".count)) }
    }
    return (process, url)
  }

  func hub(_ api: String) async throws -> (process: BuiltProcess, admin: String) {
    let process = try BuiltProcess(
      "hub",
      [
        "serve", "--api-server", api, "--listen", "127.0.0.1:0", "--subscriptions", files.path,
        "--allow-sinks", "127.0.0.0/8",
      ])
    return (process, try await process.field("admin"))
  }

  func subscribe() throws {
    try files.replace(
      "sub.json",
      """
      {"apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
       "metadata": {"name": "maps", "namespace": "default"},
       "spec": {"resources": [{"apiVersion": "v1", "kind": "ConfigMap"}],
                "sink": {"uri": "http://127.0.0.1:\(sinkServer.port)/"}}}
      """)
  }

  func get(_ url: String) async throws -> HTTPResponse {
    try await client.send(HTTPClientRequest(url: url, deadlineMilliseconds: 20_000))
  }

  func createMap(_ api: String, _ name: String) async throws {
    let body = #"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "\#(name)"}}"#
    let answer = try await client.send(
      HTTPClientRequest(
        method: "POST", url: api + "/api/v1/namespaces/default/configmaps",
        headers: ["Content-Type": "application/json"], body: [UInt8](body.utf8), deadlineMilliseconds: 20_000)
    )
    #expect(answer.status == 201)
  }

  /// Waits until the hub follows ConfigMaps for the subscription.
  func waitUntilFollowing(_ admin: String) async throws {
    try await waitUntil("ConfigMaps are followed") {
      let status = try JSONValue(parsing: try await get(admin + "/api/v1/status").body)
      return status["watches"]?.array?.contains {
        $0["resource"]?.string?.hasPrefix("configmaps") == true && $0["synced"]?.bool == true
      } == true
    }
  }
}

@Suite("hub serve before a cluster")
struct HubServeTests {
  @Test("a file that is written subscribes, one that is removed unsubscribes, while the hub runs")
  func subscriptionFile() async throws {
    let harness = try ServeHarness()
    let (cluster, api) = try await harness.cluster()
    let (hub, admin) = try await harness.hub(api)
    try await waitUntil("readiness") { try await harness.get(admin + "/readyz").status == 200 }
    try harness.subscribe()
    try await harness.waitUntilFollowing(admin)
    try await harness.createMap(api, "one")
    try await waitUntil("the event") {
      harness.sink.requests.contains { $0.headers[first: "ce-name"] == "one" }
    }
    try harness.files.remove("sub.json")
    try await waitUntil("nothing is subscribed") {
      let status = try JSONValue(parsing: try await harness.get(admin + "/api/v1/status").body)
      return status["subscriptions"]?.array?.isEmpty == true
    }
    for process in [hub, cluster] {
      kill(process.pid, SIGTERM)
      #expect(try await process.end() == 0)
    }
  }

  @Test("the API server comes after the hub: it says that it waits, then it is ready")
  func lateServer() async throws {
    let harness = try ServeHarness()
    let port = try HTTPServer(HTTPServerConfiguration()) { _, _ in }.port
    let (hub, admin) = try await harness.hub("http://127.0.0.1:\(port)")
    try await waitUntil("the reason") {
      let answer = try await harness.get(admin + "/readyz")
      return answer.status == 503
        && String(decoding: answer.body, as: UTF8.self).contains(
          "the API server does not answer: no connection")
    }
    #expect(hub.errors.contains("WARN the API server does not answer"))
    let (cluster, _) = try await harness.cluster(port: port)
    try await waitUntil("readiness", seconds: 60) { try await harness.get(admin + "/readyz").status == 200 }
    #expect(hub.errors.contains("INFO the API server answers again"))
    for process in [hub, cluster] {
      kill(process.pid, SIGTERM)
      #expect(try await process.end() == 0)
    }
  }

  @Test("SIGTERM waits for the delivery in flight; a second one does not", arguments: [false, true])
  func termination(isImpatient: Bool) async throws {
    let harness = try ServeHarness()
    harness.sink.holdAll()
    try harness.subscribe()
    let (cluster, api) = try await harness.cluster()
    try await harness.createMap(api, "one")
    let (hub, admin) = try await harness.hub(api)
    try await waitUntil("the delivery") { harness.sink.heldCount == 1 }
    kill(hub.pid, SIGTERM)
    try await waitUntil("the drain") { hub.errors.contains("draining deliveriesInFlight=1") }
    #expect(
      String(decoding: try await harness.get(admin + "/readyz").body, as: UTF8.self)
        .contains("the hub is shutting down"))
    if isImpatient {
      kill(hub.pid, SIGTERM)
    } else {
      harness.sink.answerHeld()
    }
    #expect(try await hub.end() == (isImpatient ? 128 + SIGTERM : 0))
    kill(cluster.pid, SIGTERM)
    #expect(try await cluster.end() == 0)
  }
}
