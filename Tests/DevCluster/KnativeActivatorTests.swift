import Foundation
import HTTP
import TestSupport
import Testing

@testable import DevCluster

/// The activator with real sockets and processes, and no store.
@Suite("The activator of a Knative Service", .timeLimit(.minutes(2)))
struct KnativeActivatorTests {
  @Test("the first request is held until the process is ready, and the next goes to the same process")
  func coldStart() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision(["--slow-start", "200"]))
    #expect(harness.started.isEmpty)
    let first = try await harness.send()
    #expect(first.status == 200)
    let pid = try #require(first.pid)
    #expect(harness.started.map(\.pid) == [pid])
    #expect(KnativeChildTests.isRunning(pid))
    #expect(try await harness.send().pid == pid)
    harness.stop()
    #expect(!KnativeChildTests.exists(pid))
  }

  @Test("method, path, query, headers and body reach the process, and its answer comes back whole")
  func passesThrough() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision(["--status", "418"]))
    let answer = try await harness.send(
      "a%20b/c?x=1&y=%2F",
      headers: [("ce-id", "7"), ("Connection", "X-Hop"), ("X-Hop", "1"), ("X-End", "2")],
      body: "the body")
    #expect(answer.status == 418)
    #expect(answer.text == "the body")
    #expect(answer.headers[first: "X-Method"] == "POST")
    #expect(answer.headers[first: "X-Target"] == "/a%20b/c?x=1&y=%2F")
    #expect(answer.headers[first: "X-Revision"] == "sink-00001")
    #expect(answer.headers[first: "Got-ce-id"] == "7")
    #expect(answer.headers[first: "Got-X-End"] == "2")
    #expect(answer.headers[first: "Got-X-Hop"] == nil)
    #expect(answer.headers.values(for: "Content-Length").count == 1)
    #expect(answer.headers.values(for: "Date").count == 1)
  }

  @Test("requests that come together during a cold start get one process")
  func together() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision(["--slow-start", "100"]))
    let pids = try await withThrowingTaskGroup(of: Int32?.self) { group in
      for _ in 0..<8 { group.addTask { try await harness.send().pid } }
      return try await group.reduce(into: Set<Int32?>()) { $0.insert($1) }
    }
    #expect(pids.count == 1)
    #expect(harness.started.count == 1)
  }

  @Test("a process is ended after its idle window, and a later request starts another")
  func sleepsAndWakes() async throws {
    let revision = KnativeHarness.revision { $0.scaling.window = 100_000_000 }
    let harness = try await KnativeHarness(revision)
    let first = try #require(try await harness.send().pid)
    try await waitUntil("the process is gone") { harness.ended == [first] }
    #expect(!KnativeChildTests.exists(first))
    let second = try #require(try await harness.send().pid)
    #expect(second != first)
  }

  @Test("a process that ignores SIGTERM is killed after the grace")
  func stubborn() async throws {
    let revision = KnativeHarness.revision(["--ignore-term"]) { $0.scaling.window = 50_000_000 }
    let harness = try await KnativeHarness(revision)
    let pid = try #require(try await harness.send().pid)
    try await waitUntil("the process is gone") { !harness.ended.isEmpty }
    let info = try #require(harness.started.first { $0.pid == pid })
    #expect(harness.reported.contains(.processEnded(info, .killed(signal: SIGKILL))))
  }

  @Test("a process that is killed while it has a request: 502, and the next request starts another")
  func killed() async throws {
    let mark = FileManager.default.temporaryDirectory.appending(path: "knative-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: mark) }
    let harness = try await KnativeHarness(KnativeHarness.revision(["--hang", "--mark", mark]))
    async let answer = harness.send(headers: [("ce-id", "a"), ("ce-hubattempt", "1")])
    try await waitUntil("the request to be in the process") { FileManager.default.fileExists(atPath: mark) }
    let pid = try #require(harness.requests.first?.pid)
    #expect(harness.requests.first?.outcome == .forwarded)
    kill(pid, SIGKILL)
    #expect(try await answer.status == 502)
    let first = try #require(harness.requests.first)
    #expect(first.outcome == .died)
    #expect(first.pid == pid)
    #expect(first.id == "a")
    #expect(first.hubAttempt == 1)
    #expect(first.sequence == 1)

    // Until it is gone altogether, its socket may still take a connection, and lose it.
    try await waitUntil("the process is gone") { harness.ended == [pid] }
    let again = Task { try await harness.send(headers: [("Ce-Id", "a"), ("Ce-HubAttempt", "2")]) }
    let other = try await waitFor("the request to be in another process") {
      harness.requests.last { $0.outcome == .forwarded && $0.pid != pid }?.pid
    }
    #expect(other != pid)
    #expect(harness.requests.map(\.hubAttempt) == [1, 2])
    kill(other, SIGKILL)
    harness.stop()
    _ = await again.result
  }

  @Test("a request that a process refuses was never sent: it gets the successor, and the process is ended")
  func refusesConnections() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision(["--once"]))
    let first = try #require(try await harness.send().pid)
    let port = try #require(harness.started.first?.port)
    try await waitUntil("it stops listening") {
      do throws(HTTPClientFailure) {
        _ = try await harness.client.send(HTTPClientRequest(url: "http://127.0.0.1:\(port)/healthz"))
        return false
      } catch {
        if case .connect = error { return true } else { return false }
      }
    }
    #expect(KnativeChildTests.isRunning(first))
    let answer = try await harness.send()
    #expect(answer.status == 200)
    #expect(answer.pid != first)
    #expect(harness.ended == [first])
    #expect(harness.requests.map(\.pid) == [first, answer.pid])
  }

  @Test("a process that exits on a request, or cuts its answer in the middle: 502", arguments: [true, false])
  func rude(exits: Bool) async throws {
    let harness = try await KnativeHarness(
      KnativeHarness.revision(exits ? ["--exit-on-request", "1"] : ["--cut"]))
    let answer = try await harness.send()
    #expect(answer.status == 502)
    #expect(answer.text.contains("sink-00001 gave no whole answer"))
    #expect(harness.requests.map(\.outcome) == [.died])
  }

  @Test("a process that does not answer within timeoutSeconds: 504")
  func mute() async throws {
    let revision = KnativeHarness.revision(["--hang"]) { $0.scaling.requestTimeout = 10_000_000_000 }
    let harness = try await KnativeHarness(revision)
    let answer = try await harness.send()
    #expect(answer.status == 504)
    #expect(answer.text.contains("timeoutSeconds, 10 s"))
    #expect(harness.requests.map(\.outcome) == [.timedOut])
  }

  @Test("a process that ends before it is ready: 503 with its exit code, and each request tries again")
  func endsEarly() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision(["--exit-at-start", "7"]))
    for _ in 0..<2 {
      let answer = try await harness.send()
      #expect(answer.status == 503)
      #expect(answer.text.contains("exited with code 7 before it was ready"))
    }
    let problem = StartProblem.endedEarly(executable: KnativeHarness.sink, .exited(code: 7))
    #expect(harness.problems == [problem, problem])
    #expect(harness.requests.map(\.outcome) == [.refused(status: 503), .refused(status: 503)])
  }

  @Test("an executable that cannot be run: 503 that says why")
  func cannotRun() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision { $0.executable = "/etc/passwd" })
    let answer = try await harness.send()
    #expect(answer.status == 503)
    #expect(answer.text.contains("cannot run /etc/passwd: Permission denied"))
    #expect(harness.started.isEmpty)
  }

  @Test("a process that never becomes ready: 503, and it is ended")
  func neverReady() async throws {
    let revision = KnativeHarness.revision(["--health", "500"]) { $0.scaling.startTimeout = 300_000_000 }
    let harness = try await KnativeHarness(revision)
    let answer = try await harness.send()
    #expect(answer.status == 503)
    #expect(answer.text.contains("did not answer 200 to GET /healthz"))
    try await waitUntil("the process is gone") { harness.ended.count == 1 }
    #expect(harness.problems.map(\.reason) == ["ProgressDeadlineExceeded"])
  }

  @Test("a new revision gets new requests while the old one answers what it has, then ends")
  func newRevision() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision(["--delay", "500"]))
    async let slow = harness.send()
    try await waitUntil("the request is in the process") { harness.requests.first?.outcome == .forwarded }
    await harness.onHome { $0.serve(KnativeHarness.revision(name: "sink-00002")) }
    let new = try await harness.send()
    #expect(new.headers[first: "X-Revision"] == "sink-00002")
    let old = try await slow
    #expect(old.status == 200)
    #expect(old.headers[first: "X-Revision"] == "sink-00001")
    let pid = try #require(old.pid)
    try await waitUntil("the old process is gone") { harness.ended == [pid] }
  }

  @Test("a request that waits for a revision that is replaced is served by the new one")
  func handsOver() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision(["--health", "500"]))
    async let held = harness.send()
    try await waitUntil("the process has started") { harness.started.count == 1 }
    await harness.onHome { $0.serve(KnativeHarness.revision(name: "sink-00002")) }
    #expect(try await held.headers[first: "X-Revision"] == "sink-00002")
  }

  @Test("a deleted Service ends its processes and closes its port; what waits gets 404")
  func deletes() async throws {
    let harness = try await KnativeHarness(KnativeHarness.revision())
    let pid = try #require(try await harness.send().pid)
    await harness.delete()
    try await waitUntil("the process is gone") { harness.ended == [pid] }
    try await waitUntil("the port is closed") {
      do throws(HTTPClientFailure) {
        return try await harness.send().status == 0
      } catch {
        if case .connect = error { return true } else { return false }
      }
    }
  }

  @Test("without a revision: 503 that points to the Ready condition")
  func noRevision() async throws {
    let harness = try await KnativeHarness()
    let answer = try await harness.send()
    #expect(answer.status == 503)
    #expect(answer.text.contains("Ready condition"))
  }

  @Test("containerConcurrency 1 and maxScale 2: three requests use two processes")
  func scalesOut() async throws {
    let revision = KnativeHarness.revision(["--delay", "100"]) {
      $0.scaling.containerConcurrency = 1
      $0.scaling.maxScale = 2
    }
    let harness = try await KnativeHarness(revision)
    let pids = try await withThrowingTaskGroup(of: Int32?.self) { group in
      for _ in 0..<3 { group.addTask { try await harness.send().pid } }
      return try await group.reduce(into: Set<Int32?>()) { $0.insert($1) }
    }
    #expect(harness.started.count == 2)
    #expect(pids.count <= 2)
  }

  @Test("a process gets its port, names, namespace and API server, over what the container says")
  func environment() {
    var revision = KnativeHarness.revision()
    revision.environment = [
      EnvironmentVariable(name: "PORT", value: "1"), EnvironmentVariable(name: "OWN", value: "x"),
    ]
    var settings = KnativeSettings()
    settings.apiURL = "http://127.0.0.1:8001"
    settings.inheritedVariables = ["PATH"]
    let variables = ProcessEnvironment.variables(
      revision, of: KnativeHarness.service, port: 20_001, settings)
    var values: [String: String] = [:]
    for variable in variables { values[variable.name] = variable.value }
    values["PATH"] = nil
    #expect(
      values == [
        "PORT": "20001", "OWN": "x", "K_SERVICE": "sink", "K_CONFIGURATION": "sink",
        "K_REVISION": "sink-00001", "POD_NAMESPACE": "default", "KUBERNETES_API_URL": "http://127.0.0.1:8001",
      ])
  }

  @Test(
    "the request log keeps the last requests of each Service, and a late outcome of an old one is dropped")
  func boundedLog() {
    let log = RequestLog(limit: 2)
    let service = KnativeHarness.service
    for _ in 0..<3 { _ = log.arrived(at: service, cloudEvent: []) }
    log.note(service, 1, outcome: .died)
    log.note(service, 3, outcome: .answered(status: 200), pid: 9)
    #expect(log.requests(of: service).map(\.sequence) == [2, 3])
    #expect(log.requests(of: service).map(\.outcome) == [.held, .answered(status: 200)])
    #expect(log.requests(of: service).map(\.pid) == [nil, 9])
    #expect(log.requests(of: ServiceKey(namespace: "other", name: "sink")).isEmpty)
  }
}
