import HTTP
import HubEngine
import Synchronization
import TestSupport
import Testing

@testable import HubRuntime

@Suite("The loop")
struct EventLoopTests {
  private static func get(_ target: String, streaming: Bool = false) -> APIRequest {
    APIRequest(get: target, isStreaming: streaming, deadlineSeconds: 30, maxBytes: 1000)
  }

  private static func send(_ id: UInt64, _ url: String, milliseconds: Int = 30_000) -> EngineEffect {
    .send(
      DeliveryID(rawValue: id),
      SinkRequest(
        url: url, headers: [HeaderField("ce-id", "\(id)")], body: [UInt8]("body".utf8),
        timeoutMilliseconds: milliseconds))
  }

  private static func request(_ id: UInt64) -> RequestID { RequestID(rawValue: id) }

  @Test("start comes first; a request goes to the API server and comes back as head, bytes, end")
  func request() async throws {
    let peer = try RecordingServer { _, responder in responder.send(.json(200, [1, 2])) }
    let loop = try RunningLoop(api: peer.url) { input, _ in
      input == "start" ? [.request(Self.request(1), Self.get("/api/v1/foos?limit=500"))] : []
    }
    try await waitUntil("the end") { loop.record.inputs.contains("end 1 complete") }
    #expect(loop.record.inputs == ["start", "head 1 200 nil", "bytes 1 [1, 2]", "end 1 complete"])
    #expect(peer.requests.first?.target == "/api/v1/foos?limit=500")
    #expect(peer.requests.first?.headers[first: "User-Agent"] == HubVersion.userAgent)
    let report = await loop.report()
    #expect(report.api.requests == [.init(code: "200", method: "GET"): 1])
    #expect(report.engine.isSynced)
  }

  @Test("a watch is handed on while it is open, and cancel closes its connection")
  func watch() async throws {
    let stream = Mutex<HTTPBodyStream?>(nil)
    let closed = Mutex(false)
    let peer = try RecordingServer { _, responder in
      let body = responder.stream(status: 200)
      body.onClose { closed.withLock { $0 = true } }
      body.write([1])
      stream.withLock { $0 = body }
    }
    let loop = try RunningLoop(api: peer.url) { input, _ in
      switch input {
      case "start": [.request(Self.request(1), Self.get("/watch", streaming: true))]
      case "bytes 1 [2]": [.cancel(Self.request(1))]
      default: []
      }
    }
    try await waitUntil("the first bytes") { loop.record.inputs.contains("bytes 1 [1]") }
    stream.withLock { $0?.write([2]) }
    try await waitUntil("the connection's end") { closed.withLock { $0 } }
    #expect(!loop.record.inputs.contains { $0.hasPrefix("end") })
    #expect(await loop.report().api.inFlight == 0)
  }

  @Test("a delivery is a POST, and its answer an input; a number may be a request's too")
  func delivery() async throws {
    // Two servers: the API server is nobody's sink.
    let answer: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
      var response = HTTPResponse.text(request.path == "/sink" ? 503 : 200, "")
      response.headers.add("Retry-After", "4")
      responder.send(response)
    }
    let (api, peer) = (try RecordingServer(answer), try RecordingServer(answer))
    let url = peer.url
    let loop = try RunningLoop(api: api.url) { input, _ in
      input == "start" ? [Self.send(1, url + "/sink"), .request(Self.request(1), Self.get("/x"))] : []
    }
    try await waitUntil("both") { loop.record.inputs.count == 4 }
    #expect(loop.record.inputs.contains("answer 1 503 4"))
    #expect(loop.record.inputs.contains("end 1 complete"))
    let request = try #require(peer.requests("/sink").first)
    #expect(request.method == "POST" && request.body == [UInt8]("body".utf8))
    #expect(request.headers[first: "ce-id"] == "1")
  }

  @Test("nobody there: the request is refused, the delivery has no answer, and the log says why once")
  func nobody() async throws {
    let lines = Mutex<[String]>([])
    let log = Log(level: .info) { line in lines.withLock { $0.append(line) } }
    // Ports that were free a moment ago.
    let servers = try (0..<2).map { _ in try HTTPServer(HTTPServerConfiguration()) { _, _ in } }
    let (port, sinkPort) = (servers[0].port, servers[1].port)
    for server in servers { server.stop() }
    let loop = try RunningLoop(api: "http://127.0.0.1:\(port)", log: log) { input, _ in
      switch input {
      case "start":
        [.request(Self.request(1), Self.get("/x")), Self.send(1, "http://127.0.0.1:\(sinkPort)/")]
      case _ where input.hasPrefix("end 1"): [.request(Self.request(2), Self.get("/x"))]
      default: []
      }
    }
    try await waitUntil("all") { loop.record.inputs.count == 4 }
    #expect(loop.record.inputs.contains { $0.hasPrefix("end 1 refused no connection: ") })
    #expect(loop.record.inputs.contains { $0.hasPrefix("no answer 1: no connection: ") })
    #expect(lines.withLock { $0.count { $0.contains("WARN the API server does not answer url=") } } == 1)
    #expect(await loop.report().api.problem?.phrase.hasPrefix("does not answer: no connection: ") == true)
  }

  @Test("an answer with an endless body counts by its status, and the connection is closed")
  func endlessAnswer() async throws {
    let closed = Mutex(false)
    let peer = try RecordingServer { _, responder in
      let body = responder.stream(status: 200)
      body.onClose { closed.withLock { $0 = true } }
      body.write([UInt8](repeating: 0, count: SinkTransport.maxAnswerBytes + 1))
    }
    let url = peer.url
    let loop = try RunningLoop(api: url) { input, _ in input == "start" ? [Self.send(1, url)] : [] }
    try await waitUntil("the answer") { loop.record.inputs.contains("answer 1 200 nil") }
    try await waitUntil("the connection's end") { closed.withLock { $0 } }
  }

  @Test("a cancelled delivery closes its connection and has no answer")
  func cancelSend() async throws {
    let held = Mutex<HTTPBodyStream?>(nil)
    let closed = Mutex(false)
    let peer = try RecordingServer { request, responder in
      guard request.path == "/slow" else { return responder.send(.text(200, "")) }
      let body = responder.stream(status: 200)
      body.onClose { closed.withLock { $0 = true } }
      held.withLock { $0 = body }
    }
    let url = peer.url
    let loop = try RunningLoop(api: url) { input, _ in
      switch input {
      case "start": [Self.send(1, url + "/slow")]
      case "files []": [.cancelSend(DeliveryID(rawValue: 1))]
      default: []
      }
    }
    try await waitUntil("the request") { held.withLock { $0 != nil } }
    loop.inbox.post(.input(.subscriptionFiles([])))
    try await waitUntil("the connection's end") { closed.withLock { $0 } }
    #expect(loop.record.inputs == ["start", "files []"])
  }

  @Test("a deadline brings a tick, not before its time")
  func tick() async throws {
    let due = Mutex<UInt64>(0)
    let tickedAt = Mutex<UInt64>(0)
    let loop = try RunningLoop(api: "http://127.0.0.1:1") { input, now in
      if input == "tick" { tickedAt.withLock { $0 = now.monotonic } }
      return []
    }
    _ = await loop.report()
    let deadline = LoopClock.now().monotonic + 20_000_000
    due.withLock { $0 = deadline }
    loop.record.deadline = deadline
    // The loop looks at the deadline when it is woken.
    _ = await loop.report()
    try await waitUntil("the tick") { loop.record.inputs.contains("tick") }
    #expect(tickedAt.withLock { $0 } >= due.withLock { $0 })
    #expect(loop.record.inputs == ["start", "tick"])
  }

  @Test("notices become lines of the log")
  func notices() async throws {
    let lines = Mutex<[String]>([])
    let log = Log(level: .debug) { line in lines.withLock { $0.append(String(line.dropFirst(25))) } }
    let loop = try RunningLoop(api: "http://127.0.0.1:1", log: log) { input, _ in
      input == "start" ? [.notice(Notice(.warning, "look here", [HeaderField("k", "a b")]))] : []
    }
    _ = await loop.report()
    #expect(lines.withLock { $0 } == ["WARN look here k=\"a b\""])
  }

  @Test("a drain ends watches and waits for deliveries; their status is still written, nothing new is sent")
  func drain() async throws {
    let held = Mutex<HTTPResponder?>(nil)
    let sink = try RecordingServer { _, responder in held.withLock { $0 = responder } }
    let peer = try RecordingServer { request, responder in
      switch request.path {
      case "/watch": responder.stream(status: 200).write([1])
      default: responder.send(.text(200, ""))
      }
    }
    let url = sink.url
    let loop = try RunningLoop(api: peer.url) { input, _ in
      switch input {
      case "start":
        [.request(Self.request(1), Self.get("/watch", streaming: true)), Self.send(1, url + "/sink")]
      case "answer 1 200 nil":
        {
          var write = Self.get("/status")
          write.method = "PATCH"
          return [
            .request(Self.request(2), write), .request(Self.request(3), Self.get("/read")),
            Self.send(2, url + "/sink"),
          ]
        }()
      default: []
      }
    }
    try await waitUntil("the watch and the delivery") {
      loop.record.inputs.contains("bytes 1 [1]") && held.withLock { $0 != nil }
    }
    loop.inbox.post(.drain(milliseconds: 60_000))
    #expect(await loop.report().isDraining)
    held.withLock { $0?.send(.text(200, "")) }
    await loop.end(milliseconds: 60_000)
    #expect(peer.requests.map(\.path).sorted() == ["/status", "/watch"])
    #expect(sink.requests.map(\.path) == ["/sink"])
    #expect(loop.record.inputs.last == "end 2 complete")
    #expect(await loop.report().isDraining)
  }

  @Test("a drain does not wait beyond its bound, and says how many deliveries it gave up")
  func drainBound() async throws {
    let seen = Mutex<HTTPResponder?>(nil)
    let lines = Mutex<[String]>([])
    let log = Log(level: .info) { line in lines.withLock { $0.append(String(line.dropFirst(25))) } }
    let peer = try RecordingServer { _, responder in seen.withLock { $0 = responder } }
    let url = peer.url
    let loop = try RunningLoop(api: url, log: log) { input, _ in input == "start" ? [Self.send(1, url)] : [] }
    try await waitUntil("the delivery") { seen.withLock { $0 != nil } }
    await loop.end(milliseconds: 1)
    #expect(
      lines.withLock { $0 } == [
        "INFO draining deliveriesInFlight=1", "WARN deliveries given up at the end of the drain count=1",
      ])
  }

  @Test("inputs posted from many threads arrive once each, in the order of each thread")
  func posts() async throws {
    let loop = try RunningLoop(api: "http://127.0.0.1:1") { _, _ in [] }
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          for number in 0..<500 {
            let file = SubscriptionFile(name: "\(thread)/\(number)", bytes: [])
            loop.inbox.post(.input(.subscriptionFiles([file])))
          }
        }
      }
    }
    _ = await loop.report()
    let names = loop.record.inputs.dropFirst()
    #expect(names.count == 2000)
    for thread in 0..<4 {
      let own = names.filter { $0.hasPrefix("files [\"\(thread)/") }
      #expect(own == (0..<500).map { "files [\"\(thread)/\($0)\"]" })
    }
  }

  @Test("a loop that has ended answers reports with its last one and drops inputs")
  func afterTheEnd() async throws {
    let loop = try RunningLoop(api: "http://127.0.0.1:1") { _, _ in [] }
    await loop.end(milliseconds: 0)
    loop.inbox.post(.input(.subscriptionFiles([])))
    #expect(await loop.report().engine.queueDepth == 1)
  }
}
