import HTTP
import HubEngine
import JSONScan
import TestSupport
import Testing

@testable import HubRuntime

@Suite("The admin port")
struct AdminServerTests {
  /// An admin port before a scripted loop whose engine is synced after the first answer of the API server.
  private final class Harness: Sendable {
    let loop: RunningLoop
    let admin: AdminServer
    let client = HTTPClientThread()

    init(api: String, _ script: @escaping @Sendable (String, EngineTime) -> [EngineEffect]) throws {
      loop = try RunningLoop(api: api, script)
      admin = try AdminServer(ListenAddress(host: "127.0.0.1", port: 0), source: api, inbox: loop.inbox)
      admin.start()
    }

    deinit {
      admin.stop()
      client.stop()
    }

    func send(_ method: String, _ path: String, _ headers: HTTPHeaders = HTTPHeaders()) async throws
      -> HTTPResponse
    {
      try await client.send(
        HTTPClientRequest(
          method: method, url: admin.url + path, headers: headers, deadlineMilliseconds: 20_000))
    }

    func text(_ path: String) async throws -> String {
      String(decoding: try await send("GET", path).body, as: UTF8.self)
    }
  }

  private static let read: @Sendable (String, EngineTime) -> [EngineEffect] = { input, _ in
    let request = APIRequest(get: "/x", deadlineSeconds: 600, maxBytes: 100)
    return input == "start" ? [.request(RequestID(rawValue: 1), request)] : []
  }

  @Test("readyz is 503 and says what is waited for, then 200; healthz is 200 all the time")
  func readiness() async throws {
    let held = LoopHolder()
    let peer = try RecordingServer { _, responder in held.hold(responder) }
    let harness = try Harness(api: peer.url, Self.read)
    try await waitUntil("the request") { held.isHeld }
    var answer = try await harness.send("GET", "/readyz")
    #expect(answer.status == 503)
    #expect(String(decoding: answer.body, as: UTF8.self) == "not ready; waiting for:\n- the list of foos\n")
    #expect(try await harness.send("GET", "/healthz").status == 200)
    held.release(.text(200, ""))
    try await waitUntil("readiness") { try await harness.send("GET", "/readyz").status == 200 }
    answer = try await harness.send("GET", "/healthz")
    #expect(answer.body == [UInt8]("ok\n".utf8))
  }

  @Test("no API server: readyz says why")
  func noServer() async throws {
    let port = try HTTPServer(HTTPServerConfiguration()) { _, _ in }.port
    let harness = try Harness(api: "http://127.0.0.1:\(port)", Self.read)
    try await waitUntil("the reason") {
      try await harness.text("/readyz").contains("- the API server does not answer: no connection: ")
    }
    #expect(try await harness.text("/").contains("does not answer: no connection: "))
  }

  @Test("metrics come in the format that is asked for, and keep its rules")
  func metrics() async throws {
    let harness = try Harness(api: "http://127.0.0.1:1") { _, _ in [] }
    let plain = try await harness.send("GET", "/metrics")
    #expect(plain.headers[first: "Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    let open = try await harness.send(
      "GET", "/metrics", ["Accept": "application/openmetrics-text; version=1.0.0"])
    #expect(
      open.headers[first: "Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    for (response, isOpen) in [(plain, false), (open, true)] {
      let page = String(decoding: response.body, as: UTF8.self)
      #expect(MetricsFormatChecker.problems(page, openMetrics: isOpen) == [])
    }
  }

  @Test("the status page is HTML that loads nothing, the status is JSON; neither is cached")
  func status() async throws {
    let harness = try Harness(api: "http://127.0.0.1:1") { _, _ in [] }
    let page = try await harness.send("GET", "/")
    #expect(page.headers[first: "Content-Type"] == "text/html; charset=utf-8")
    #expect(page.headers[first: "Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
    let status = try await harness.send("GET", "/api/v1/status?x=1")
    #expect(status.headers[first: "Content-Type"] == "application/json")
    #expect(status.headers[first: "Cache-Control"] == "no-store")
    #expect(try JSONValue(parsing: status.body)["apiServer"]?["url"]?.string == "http://127.0.0.1:1")
  }

  @Test("HEAD has no body, other methods are 405, other paths 404 with what there is")
  func others() async throws {
    let harness = try Harness(api: "http://127.0.0.1:1") { _, _ in [] }
    let head = try await harness.send("HEAD", "/healthz")
    #expect(head.status == 200 && head.body.isEmpty)
    let post = try await harness.send("POST", "/metrics")
    #expect(post.status == 405 && post.headers[first: "Allow"] == "GET, HEAD")
    #expect(try await harness.send("GET", "/nothing").status == 404)
    #expect(try await harness.text("/nothing").contains("/api/v1/status"))
  }

  @Test("an address that is taken is an error that names it")
  func taken() throws {
    let server = try HTTPServer(HTTPServerConfiguration()) { _, _ in }
    do {
      _ = try AdminServer(
        ListenAddress(host: "127.0.0.1", port: server.port), source: "", inbox: LoopInbox())
      Issue.record("it was bound twice")
    } catch {
      #expect("\(error)" == "--listen: cannot listen on 127.0.0.1:\(server.port): Address already in use")
    }
  }
}

@Suite("A hub in a process")
struct HubTests {
  private func configuration() throws -> HubConfiguration {
    var configuration = HubConfiguration(api: try APIAccess(url: "http://127.0.0.1:1"))
    configuration.log = .silent
    return configuration
  }

  @Test("it starts without an API server, shows that it waits, and ends")
  func lifetime() async throws {
    let hub = try Hub(configuration())
    hub.start()
    hub.start()
    #expect(!(await hub.snapshot()).isSynced)
    let client = HTTPClientThread()
    defer { client.stop() }
    let request = HTTPClientRequest(url: hub.adminURL + "/readyz", deadlineMilliseconds: 20_000)
    #expect(try await client.send(request).status == 503)
    await hub.shutdown()
    #expect(!(await hub.snapshot()).isSynced)
    await #expect(throws: HTTPClientFailure.self) { try await client.send(request) }
  }

  @Test("one that was never started ends too")
  func neverStarted() async throws {
    let hub = try Hub(configuration())
    await hub.shutdown()
    #expect(!(await hub.snapshot()).isSynced)
    await hub.shutdown()
  }

  @Test("a directory that cannot be read is an error that names it")
  func badDirectory() throws {
    var configuration = try configuration()
    configuration.subscriptionsDirectory = "/nowhere"
    do {
      _ = try Hub(configuration)
      Issue.record("it was accepted")
    } catch {
      #expect("\(error)" == "--subscriptions: cannot read /nowhere: No such file or directory")
    }
  }
}
