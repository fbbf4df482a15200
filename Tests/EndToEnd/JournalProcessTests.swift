import DevCluster
import Foundation
import HTTP
import HubEngine
import JSONScan
import Synchronization
import TestSupport
import Testing

/// `hub serve --state-dir` as a process that can be killed, on a dev cluster and with a sink that outlive it.
private final class JournalStage: Sendable {
  let stage: HubWithoutEngine
  private let directory: URL
  private let settings: [String]

  /// The cluster, the sink and a client; no hub.
  struct HubWithoutEngine: Sendable {
    let cluster: DevCluster
    let sink: RecordingSink
    let client: HTTPClientThread
  }

  init() throws {
    let cluster = try DevCluster(DevClusterConfiguration())
    stage = HubWithoutEngine(cluster: cluster, sink: try RecordingSink(), client: HTTPClientThread())
    cluster.start()
    stage.sink.start()
    directory = FileManager.default.temporaryDirectory.appending(path: "hub-journal-\(UUID().uuidString)")
    let subscriptions = directory.appending(path: "subscriptions")
    try FileManager.default.createDirectory(at: subscriptions, withIntermediateDirectories: true)
    settings = [
      "serve", "--listen", "127.0.0.1:0", "--allow-sinks", "127.0.0.0/8", "--subscriptions",
      subscriptions.path,
    ]
    try Data(
      """
      {"apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
       "metadata": {"name": "s", "namespace": "default"},
       "spec": {"resources": [{"apiVersion": "v1", "kind": "ConfigMap"}], "sink": {"uri": "\(stage.sink.url)"},
                "initial": true}}
      """.utf8
    ).write(to: subscriptions.appending(path: "s.json"))
  }

  deinit {
    stage.client.stop()
    stage.sink.stop()
    stage.cluster.stop()
    try? FileManager.default.removeItem(at: directory)
  }

  var state: URL { directory.appending(path: "state") }

  var arguments: [String] { settings + ["--api-server", stage.cluster.url, "--state-dir", state.path] }

  func startHub() throws -> BuiltProcess { try BuiltProcess("hub", arguments) }

  /// A hub whose files may have at most so many blocks of 512 bytes, as `ulimit -f` has it.
  func startHub(blocks: Int) throws -> BuiltProcess {
    try BuiltProcess(
      "/bin/sh",
      [
        "-c", "ulimit -f \(blocks); exec \"$0\" \"$@\"", BuiltProcess.directory.appending(path: "hub").path,
      ] + arguments)
  }

  /// Returns the object's version.
  @discardableResult
  func send(_ method: String, _ name: String, _ value: String? = nil) async throws -> String {
    let isNew = method == "POST"
    let body: JSONValue? = value.map { isNew ? Stage.configMap(name, $0) : ["data": ["value": .string($0)]] }
    var request = HTTPClientRequest(
      method: method, url: stage.cluster.url + Stage.configMaps + (isNew ? "" : "/" + name),
      headers: HTTPHeaders([
        ("Content-Type", method == "PATCH" ? "application/merge-patch+json" : "application/json")
      ]), body: body?.serialized())
    request.deadlineMilliseconds = 30_000
    let answer = try await stage.client.send(request)
    if answer.status >= 400 { throw Stage.Refused(description: "\(method) \(name): \(answer.status)") }
    return try JSONValue(parsing: answer.body)["metadata"]?["resourceVersion"]?.string ?? ""
  }

  /// What the sink was told last of each object that it was told of: its version, or that it is gone.
  var told: [String: String] {
    var told: [String: String] = [:]
    for event in stage.sink.requests {
      let name = event.headers[first: "ce-name"] ?? ""
      let type = event.headers[first: "ce-type"]?.split(separator: ".").last.map(String.init)
      let version = event.headers[first: "ce-sequence"]?.split(separator: ".").last?.drop { $0 == "0" }
      told[name] = type == "delete" ? "gone" : version.map(String.init) ?? "?"
    }
    return told
  }

  func get(_ path: String, of hub: BuiltProcess) async throws -> HTTPResponse {
    try await stage.client.send(
      HTTPClientRequest(url: try await hub.field("admin") + path, deadlineMilliseconds: 30_000))
  }

  func waitUntilReady(_ hub: BuiltProcess) async throws {
    try await waitUntil("the hub is ready") { try await self.get("/readyz", of: hub).status == 200 }
  }
}

@Suite("hub serve with a state directory", .timeLimit(.minutes(5)))
struct JournalProcessTests {
  @Test("a restart tells what was added, changed and deleted meanwhile, and nothing else")
  func restart() async throws {
    let stage = try JournalStage()
    for name in ["same", "changed", "deleted"] { try await stage.send("POST", name, "1") }
    var hub = try stage.startHub()
    try await waitUntil("three adds") { stage.told.count == 3 }
    try await stage.waitUntilReady(hub)
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    #expect(!hub.errors.contains("no state directory"))
    let before = stage.stage.sink.events.count
    try await stage.send("POST", "added", "1")
    try await stage.send("PATCH", "changed", "2")
    try await stage.send("DELETE", "deleted")
    hub = try stage.startHub()
    try await waitUntil("three events") { stage.stage.sink.events.count >= before + 3 }
    try await stage.waitUntilReady(hub)
    let events = Set(stage.stage.sink.events[before...])
    #expect(
      events == [
        "add ConfigMap default/added change 1", "update ConfigMap default/changed change 1",
        "delete ConfigMap default/deleted change 1",
      ])
    #expect(stage.stage.sink.events.count == before + 3)
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }

  @Test("a second hub on the directory ends with 1 and names the first; so does one with damaged state")
  func refused() async throws {
    let stage = try JournalStage()
    try await stage.send("POST", "c", "1")
    let hub = try stage.startHub()
    try await waitUntil("an add") { stage.told.count == 1 }
    let second = try stage.startHub()
    #expect(try await second.end() == 1)
    #expect(
      second.errors
        == "hub serve: --state-dir: \(stage.state.path) is in use by another hub (process \(hub.pid)); stop that"
        + " one, or give each its own directory\n")
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: stage.state.path)
    let name = try #require(files.first { $0.hasSuffix(".log") })
    let file = stage.state.appending(path: name)
    var bytes = try Data(contentsOf: file)
    bytes[60] ^= 1
    try bytes.write(to: file)
    let third = try stage.startHub()
    #expect(try await third.end() == 1)
    #expect(third.errors.hasPrefix("hub serve: --state-dir: \(file.path) is damaged at byte 48"))
  }

  @Test("the state of another cluster: the hub ends with 1 and says so")
  func foreign() async throws {
    let first = try JournalStage()
    var hub = try first.startHub()
    try await first.waitUntilReady(hub)
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    let second = try JournalStage()
    try FileManager.default.copyItem(at: first.state, to: second.state)
    hub = try second.startHub()
    #expect(try await hub.end() == 1)
    #expect(hub.errors.contains("hub serve: --state-dir: the state directory is of another cluster"))
  }

  @Test("a file that may not grow (a full disk): the hub says so and delivers on; with room it is well again")
  func full() async throws {
    let stage = try JournalStage()
    var hub = try stage.startHub(blocks: 4)
    try await stage.waitUntilReady(hub)
    for index in 0..<60 { try await stage.send("POST", "c\(index)", "1") }
    try await waitUntil("60 adds") { stage.told.count == 60 }
    try await waitUntil("the failure") { hub.errors.contains("ERROR the journal fails: ") }
    #expect(hub.errors.contains("File too large"))
    // Once each time: what is written anew may fit once more before the file grows again.
    let errors = hub.errors
    let recoveries = errors.components(separatedBy: "the journal is well again").count - 1
    #expect(errors.components(separatedBy: "the journal fails").count - 1 <= recoveries + 1)
    let metrics = String(decoding: try await stage.get("/metrics", of: hub).body, as: UTF8.self)
    #expect(metrics.contains("\nfrugalhub_journal_failing 1\n"))
    #expect(try await stage.get("/readyz", of: hub).status == 200)
    try await stage.send("POST", "late", "1")
    try await waitUntil("a late add") { stage.told["late"] != nil }
    kill(hub.pid, SIGKILL)
    _ = try await hub.end()
    try await stage.send("DELETE", "c3")
    hub = try stage.startHub()
    try await stage.waitUntilReady(hub)
    try await stage.send("PATCH", "c4", "2")
    try await waitUntil("the end of c4") {
      stage.stage.sink.events.last { $0.contains("default/c4") } == "update ConfigMap default/c4 change 1"
    }
    #expect(!hub.errors.contains("the journal fails"))
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }
}
