import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// The whole way through the API, as the hub and kubectl go it.
@Suite("Knative Services through the API", .timeLimit(.minutes(2)))
struct KnativeEndToEndTests {
  private let client = HTTPClientThread()
  private let service: JSONValue = [
    "apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": ["name": "echo"],
    "spec": [
      "template": [
        "metadata": ["annotations": ["autoscaling.knative.dev/window": "3s"]],
        "spec": ["containers": [["image": "sink", "command": ["/ko-app/test-sink"]]]],
      ]
    ],
  ]

  private func call(_ method: String, _ url: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    let answer = try await client.send(
      HTTPClientRequest(
        method: method, url: url, headers: ["Content-Type": "application/json"], body: body?.serialized(),
        deadlineMilliseconds: 30_000))
    return try JSONValue(parsing: answer.body)
  }

  @Test("created, addressed, called, asleep, awake, deleted; and stop leaves no process")
  func wholeLife() async throws {
    var configuration = DevClusterConfiguration()
    configuration.executableDirectories = [
      URL(filePath: KnativeHarness.sink).deletingLastPathComponent().path
    ]
    configuration.processOutput = .discarded
    let cluster = try DevCluster(configuration)
    cluster.start()
    defer { cluster.stop() }
    let services = cluster.url + "/apis/serving.knative.dev/v1/namespaces/default/services"
    let pods = cluster.url + "/api/v1/namespaces/default/pods"
    #expect(try await call("POST", services, service)["kind"] == "Service")
    let address = try await waitFor("the address") {
      try await call("GET", services + "/echo")["status"]?["address"]?["url"]?.string
    }

    let first = try await event(to: address, id: "a")
    #expect(KnativeChildTests.isRunning(first))
    #expect(try await call("GET", pods)["items"]?.array?.count == 1)
    try await waitUntil("it sleeps") { try await call("GET", pods)["items"]?.array?.isEmpty == true }
    #expect(!KnativeChildTests.exists(first))
    let second = try await event(to: address, id: "b")
    #expect(cluster.knativeRequests(service: "echo").map(\.id) == ["a", "b"])
    #expect(cluster.knativeRequests(service: "echo").map(\.pid) == [first, second])
    #expect(
      cluster.knativeRequests(service: "echo").map(\.outcome)
        == Array(repeating: .answered(status: 200), count: 2))
    cluster.stop()
    #expect(!KnativeChildTests.exists(second))
  }

  /// Sends an event; the pid that answered.
  private func event(to url: String, id: String) async throws -> Int32 {
    let answer = try await client.send(
      HTTPClientRequest(
        method: "POST", url: url, headers: ["ce-id": id], body: Array("{}".utf8), deadlineMilliseconds: 30_000
      ))
    #expect(answer.status == 200)
    return try #require(answer.pid)
  }
}
