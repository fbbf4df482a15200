import Foundation
import HTTP
import JSONScan
import TestSupport

/// `hub serve --state-dir` as a process that can be killed, with an API server and a sink that outlive it.
final class ServeStage: Sendable {
  let api: String
  let client = HTTPClientThread()
  private let directory: URL

  /// A hub with one subscription.
  init(api: String, subscription spec: String) throws {
    self.api = api
    directory = FileManager.default.temporaryDirectory.appending(path: "hub-serve-\(UUID().uuidString)")
    let subscriptions = directory.appending(path: "subscriptions")
    try FileManager.default.createDirectory(at: subscriptions, withIntermediateDirectories: true)
    try Data(
      """
      {"apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
       "metadata": {"name": "s", "namespace": "default"}, "spec": \(spec)}
      """.utf8
    ).write(to: subscriptions.appending(path: "s.json"))
  }

  deinit {
    client.stop()
    try? FileManager.default.removeItem(at: directory)
  }

  /// A file that goes with the stage.
  func path(_ name: String) -> String { directory.appending(path: name).path }

  func startHub() throws -> BuiltProcess {
    try BuiltProcess(
      "hub",
      [
        "serve", "--listen", "127.0.0.1:0", "--allow-sinks", "127.0.0.0/8", "--api-server", api,
        "--subscriptions", path("subscriptions"), "--state-dir", path("state"),
      ])
  }

  func waitUntilReady(_ hub: BuiltProcess) async throws {
    let admin = try await hub.field("admin")
    try await waitUntil("the hub is ready") {
      try await self.client.send(
        HTTPClientRequest(url: admin + "/readyz", deadlineMilliseconds: 30_000)
      ).status == 200
    }
  }

  func status(_ hub: BuiltProcess) async throws -> JSONValue {
    let url = try await hub.field("admin") + "/api/v1/status"
    let answer = try await client.send(HTTPClientRequest(url: url, deadlineMilliseconds: 30_000))
    return try JSONValue(parsing: answer.body)
  }

  /// All is followed, and nothing waits, is under way, backs off or is parked.
  func hasNothingToTell(_ hub: BuiltProcess) async throws -> Bool {
    let status = try await status(hub)
    let queue = ["waiting", "inFlight", "backingOff", "parked"].map { status["queue"]?[$0]?.int }
    let pending = status["subscriptions"]?.array?.map { $0["pending"]?.int }
    return status["synced"]?.bool == true && queue.allSatisfy { $0 == 0 } && pending == [0]
  }

  // MARK: The API server

  @discardableResult
  func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    var request = HTTPClientRequest(
      method: method, url: api + path,
      headers: [
        "Content-Type": method == "PATCH" ? "application/merge-patch+json" : "application/json"
      ], body: body?.serialized())
    request.deadlineMilliseconds = 30_000
    let answer = try await client.send(request)
    if answer.status >= 400 { throw Stage.Refused(description: "\(method) \(path): \(answer.status)") }
    return try JSONValue(parsing: answer.body)
  }

  func create(_ name: String, _ value: Int) async throws {
    try await send("POST", Stage.configMaps, Stage.configMap(name, "\(value)"))
  }

  func update(_ name: String, _ value: Int) async throws {
    try await send("PATCH", Stage.configMaps + "/" + name, ["data": ["value": .string("\(value)")]])
  }

  func delete(_ name: String) async throws { try await send("DELETE", Stage.configMaps + "/" + name) }

  // MARK: What must be true in the end

  /// What the sink should have acknowledged and has not: the last state of each object that there is, and the end of each
  /// incarnation that it was told of.
  func missing(at sink: FaultySink) async throws -> [String] {
    var live: [String: (uid: String, version: String)] = [:]
    for item in try await send("GET", Stage.configMaps)["items"]?.array ?? [] {
      let metadata = item["metadata"]
      live[metadata?["name"]?.string ?? ""] = (
        metadata?["uid"]?.string ?? "", metadata?["resourceVersion"]?.string ?? ""
      )
    }
    let acknowledged = sink.acknowledged
    let last = Dictionary(acknowledged.map { ($0.name, $0) }) { $1 }
    var missing: [String] = []
    for (name, object) in live {
      let told = last[name]
      let isTold = told.map {
        $0.operation != "delete" && $0.uid == object.uid && $0.version == object.version
      }
      if isTold != true { missing.append("\(name) \(object), told: \(told.map { "\($0)" } ?? "nothing")") }
    }
    let ended = Set(acknowledged.filter { $0.operation == "delete" }.map(\.uid))
    let living = Set(live.values.map(\.uid))
    for told in Set(sink.received.map { [$0.name, $0.uid] }) where !living.contains(told[1]) {
      if !ended.contains(told[1]) { missing.append("the end of \(told)") }
      if live[told[0]] == nil, last[told[0]]?.operation != "delete" {
        missing.append("\(told[0]) is not gone")
      }
    }
    return missing
  }

  /// Waits until all that must be told is, and the hub has nothing in doubt.
  func waitUntilSettled(_ hub: BuiltProcess, _ sink: FaultySink, _ when: String) async throws {
    var missing = ["the hub never had nothing to tell"]
    do {
      try await waitUntil("all is told") {
        guard try await hasNothingToTell(hub) else { return false }
        missing = try await self.missing(at: sink)
        return missing.isEmpty
      }
    } catch let timeout as WaitTimedOut {
      let status = try await status(hub)
      let queue = status["queue"].map { String(decoding: $0.serialized(), as: UTF8.self) } ?? ""
      let waiting = status["waitingFor"].map { String(decoding: $0.serialized(), as: UTF8.self) } ?? ""
      throw WaitTimedOut(
        description:
          "\(when): \(timeout): \(missing.prefix(5)); queue: \(queue); the hub waits for: \(waiting); "
          + "its log: \(hub.errors.suffix(500))")
    }
  }
}
