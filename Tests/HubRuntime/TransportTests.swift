import HTTP
import HubEngine
import Synchronization
import Testing

@testable import HubRuntime

private let now = EngineTime(monotonic: 1_000_000_000, wall: 784_111_777_000_000_000)
private let first = RequestID(rawValue: 1)

@Suite("Requests to the API server")
struct APITransportTests {
  private func transport(_ url: String = "http://127.0.0.1:8001", log: Log = .silent) throws -> APITransport {
    APITransport(try APIAccess(url: url), idleMilliseconds: 7, log: log)
  }

  @Test("a watch is streamed, with a deadline and a limit on silence")
  func watch() throws {
    var api = try transport("http://127.0.0.1:8001/base/")
    let request = APIRequest(
      get: "/api/v1/pods?watch=1", isStreaming: true, deadlineSeconds: 600, maxBytes: 5)
    let begun = api.begin(first, request, at: now)
    let http = try #require(begun)
    #expect(http.method == "GET")
    #expect(http.url == "http://127.0.0.1:8001/base/api/v1/pods?watch=1")
    #expect(http.streaming)
    #expect(http.deadlineMilliseconds == 600_000)
    #expect(http.idleTimeoutMilliseconds == 7)
    #expect(http.body == nil)
    #expect(http.headers[first: "Accept"] == "application/json")
    #expect(http.headers[first: "User-Agent"] == "frugalhub/\(HubVersion.current)")
    #expect(http.headers[first: "Authorization"] == nil)
  }

  @Test("a write carries its body and type, and is collected up to its limit")
  func write() throws {
    var api = try transport()
    var request = APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99)
    request.method = "PATCH"
    request.contentType = "application/merge-patch+json"
    request.body = [1, 2]
    let begun = api.begin(first, request, at: now)
    let http = try #require(begun)
    #expect(http.method == "PATCH")
    #expect(http.headers[first: "Content-Type"] == "application/merge-patch+json")
    #expect(http.body == [1, 2])
    #expect(!http.streaming && http.idleTimeoutMilliseconds == nil)
    #expect(http.maxBodyBytes == 99)
    #expect(api.writesInFlight == 1)
  }

  @Test("a collected answer becomes head, bytes and end")
  func collected() throws {
    var api = try transport()
    _ = api.begin(first, APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99), at: now)
    var inputs: [EngineInput] = []
    let response = HTTPResponse(status: 429, headers: ["Retry-After": "3"], body: [7])
    api.end(first, .success(response), at: now, into: &inputs)
    #expect(shown(inputs) == ["head 1 429 3", "bytes 1 [7]", "end 1 complete"])
    #expect(api.statistics.requests == [.init(code: "429", method: "GET"): 1])
    #expect(api.statistics.inFlight == 0)
  }

  @Test("a streamed answer is handed on as it comes, and its end adds nothing")
  func streamed() throws {
    var api = try transport()
    _ = api.begin(first, APIRequest(get: "/x", isStreaming: true, deadlineSeconds: 3, maxBytes: 9), at: now)
    var inputs: [EngineInput] = []
    api.head(first, status: 200, headers: HTTPHeaders(), at: now, into: &inputs)
    api.bytes(first, [1], into: &inputs)
    api.bytes(first, [2], into: &inputs)
    api.end(first, .success(HTTPResponse(status: 200)), at: now, into: &inputs)
    #expect(shown(inputs) == ["head 1 200 nil", "bytes 1 [1]", "bytes 1 [2]", "end 1 complete"])
    #expect(api.statistics.requests == [.init(code: "200", method: "GET"): 1])
  }

  @Test(
    "no connection is refused, everything else failed, in words",
    arguments: [
      (HTTPClientFailure.connect("port 1"), "refused no connection: port 1"),
      (.resolve("x"), "refused name lookup failed: x"),
      (.timeout, "failed no complete answer in time"), (.stalled, "failed the server went silent"),
      (.tooLarge, "failed the answer is larger than allowed"),
      (.cut("eof"), "failed the connection was cut: eof"), (.tls("bad"), "failed TLS failed: bad"),
      (.badURL("x"), "failed the URL cannot be used: x"),
      (.badHeader("x"), "failed the request cannot be sent: x"),
      (.other(code: 9, "x"), "failed transfer failed (9): x"),
    ])
  func failures(failure: HTTPClientFailure, text: String) throws {
    var api = try transport()
    _ = api.begin(first, APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99), at: now)
    var inputs: [EngineInput] = []
    api.end(first, .failure(failure), at: now, into: &inputs)
    #expect(shown(inputs) == ["end 1 \(text)"])
    #expect(api.statistics.requests == [.init(code: "<error>", method: "GET"): 1])
  }

  @Test("what comes for a request that was given up is dropped")
  func forgotten() throws {
    var api = try transport()
    _ = api.begin(first, APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99), at: now)
    api.forget(first)
    var inputs: [EngineInput] = []
    api.head(first, status: 200, headers: HTTPHeaders(), at: now, into: &inputs)
    api.bytes(first, [1], into: &inputs)
    api.end(first, .failure(.timeout), at: now, into: &inputs)
    #expect(inputs.isEmpty)
  }

  @Test("a server that does not answer is named once, also if the reasons alternate, and so is its return")
  func outage() throws {
    let lines = Mutex<[String]>([])
    let log = Log(level: .info) { line in lines.withLock { $0.append(String(line.dropFirst(25))) } }
    var api = try transport(log: log)
    var inputs: [EngineInput] = []
    let request = APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99)
    for failure in [HTTPClientFailure.connect("a"), .connect("a"), .timeout, .connect("a")] {
      _ = api.begin(first, request, at: now)
      api.end(first, .failure(failure), at: now, into: &inputs)
    }
    #expect(api.statistics.problem == .noAnswer("no connection: a"))
    _ = api.begin(first, request, at: now)
    api.end(first, .success(HTTPResponse(status: 503)), at: now, into: &inputs)
    #expect(api.statistics.problem == nil)
    #expect(
      lines.withLock { $0 } == [
        "WARN the API server does not answer url=http://127.0.0.1:8001 reason=\"no connection: a\"",
        "INFO the API server answers again url=http://127.0.0.1:8001",
      ])
  }

  @Test("the token goes over https and to loopback only, and is read again after a minute and after a 401")
  func token() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("token", "one\n")
    let request = APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99)
    var clear = APITransport(
      try APIAccess(url: "http://10.0.0.1", tokenFile: file), idleMilliseconds: 1, log: .silent)
    #expect(clear.begin(first, request, at: now)?.headers[first: "Authorization"] == nil)

    var api = APITransport(
      try APIAccess(url: "https://10.0.0.1", tokenFile: file), idleMilliseconds: 1, log: .silent)
    func authorization(_ seconds: UInt64) -> String? {
      let time = EngineTime(monotonic: seconds * 1_000_000_000, wall: 0)
      return api.begin(first, request, at: time)?.headers[first: "Authorization"]
    }
    #expect(authorization(1) == "Bearer one")
    try directory.write("token", "two")
    #expect(authorization(60) == "Bearer one")
    #expect(authorization(61) == "Bearer two")
    try directory.write("token", "three")
    var inputs: [EngineInput] = []
    api.end(first, .success(HTTPResponse(status: 401)), at: now, into: &inputs)
    // The engine does not see this 401: the request goes out again, with the new token.
    #expect(inputs.isEmpty)
    #expect(
      api.resume(at: now, into: &inputs).map { $0.http.headers[first: "Authorization"] } == ["Bearer three"])
    #expect(authorization(62) == "Bearer three")
    try directory.write("token", "not\na token")
    #expect(authorization(200) == "Bearer three")
    try directory.remove("token")
    #expect(authorization(400) == "Bearer three")
  }

  private func shown(_ inputs: [EngineInput]) -> [String] { inputs.map(Described.input) }
}

@Suite("Deliveries on the wire")
struct SinkTransportTests {
  private let delivery = DeliveryID(rawValue: 4)
  private let request = SinkRequest(
    url: "http://s/", headers: [HeaderField("ce-id", "1")], body: [1], timeoutMilliseconds: 2500)

  @Test("a delivery is a POST with its headers, body and deadline")
  func post() {
    var sinks = SinkTransport(log: .silent)
    let http = sinks.begin(delivery, request, at: now)
    #expect(http.method == "POST" && http.url == "http://s/" && http.body == [1])
    #expect(http.headers[first: "ce-id"] == "1")
    #expect(http.headers[first: "User-Agent"] == HubVersion.userAgent)
    #expect(http.deadlineMilliseconds == 2500)
    #expect(http.connectTimeoutMilliseconds == 2500)
    #expect(sinks.inFlight == 1)
  }

  @Test("an answer is its status, with Retry-After as seconds from now")
  func answer() {
    var sinks = SinkTransport(log: .silent)
    _ = sinks.begin(delivery, request, at: now)
    sinks.head(
      delivery, status: 503, headers: ["Retry-After": "Sun, 06 Nov 1994 08:49:47 GMT"], at: now)
    var inputs: [EngineInput] = []
    #expect(!sinks.bytes(delivery, Array("unavailable".utf8), into: &inputs))
    sinks.end(delivery, .success(HTTPResponse(status: 503)), into: &inputs)
    #expect(inputs.map(Described.input) == ["answer 4 503 10"])
    #expect(sinks.inFlight == 0)
  }

  @Test("a body up to the limit is dropped; beyond it the transfer ends, and the status counts once")
  func longBody() {
    var sinks = SinkTransport(log: .silent)
    _ = sinks.begin(delivery, request, at: now)
    sinks.head(delivery, status: 200, headers: HTTPHeaders(), at: now)
    var inputs: [EngineInput] = []
    #expect(
      !sinks.bytes(delivery, [UInt8](repeating: 65, count: SinkTransport.maxAnswerBytes), into: &inputs))
    #expect(inputs.isEmpty)
    #expect(sinks.bytes(delivery, [65], into: &inputs))
    sinks.end(delivery, .failure(.timeout), into: &inputs)
    #expect(inputs.map(Described.input) == ["answer 4 200 nil"])
  }

  @Test(
    "of an answer that is no 2xx the beginning of the body is kept where the engine wants it, within a bound")
  func keptBody() {
    for (status, expected) in [(422, "answer 4 422 nil [110, 111]"), (204, "answer 4 204 nil")] {
      var sinks = SinkTransport(log: .silent)
      var request = request
      request.keepsAnswer = true
      _ = sinks.begin(delivery, request, at: now)
      sinks.head(delivery, status: status, headers: HTTPHeaders(), at: now)
      var inputs: [EngineInput] = []
      for byte in "no".utf8 { #expect(!sinks.bytes(delivery, [byte], into: &inputs)) }
      sinks.end(delivery, .success(HTTPResponse(status: status)), into: &inputs)
      #expect(inputs.map(Described.input) == [expected])
    }
    var sinks = SinkTransport(log: .silent)
    var request = request
    request.keepsAnswer = true
    _ = sinks.begin(delivery, request, at: now)
    sinks.head(delivery, status: 500, headers: HTTPHeaders(), at: now)
    var inputs: [EngineInput] = []
    for _ in 0..<3 {
      #expect(
        !sinks.bytes(delivery, [UInt8](repeating: 65, count: SinkRequest.answerBytes - 1), into: &inputs))
    }
    sinks.end(delivery, .success(HTTPResponse(status: 500)), into: &inputs)
    guard case .sinkAnswer(_, .failed(500, nil, let body)) = inputs.first else {
      Issue.record("no answer")
      return
    }
    #expect(body.count == SinkRequest.answerBytes)
  }

  @Test("the debug log has a line for each end, without the query of the sink's URL")
  func debugLines() throws {
    let lines = Mutex<[String]>([])
    let log = Log(level: .debug) { line in lines.withLock { $0.append(String(line.dropFirst(25))) } }
    var inputs: [EngineInput] = []
    var sinks = SinkTransport(log: log)
    let secret = SinkRequest(url: "http://s/p?key=1", headers: [], body: [], timeoutMilliseconds: 1)
    _ = sinks.begin(delivery, secret, at: now)
    sinks.end(delivery, .failure(.timeout), into: &inputs)
    let access = try APIAccess(url: "http://127.0.0.1:1")
    var api = APITransport(access, idleMilliseconds: 1, log: log)
    _ = api.begin(first, APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99), at: now)
    api.end(first, .success(HTTPResponse(status: 404)), at: now, into: &inputs)
    #expect(
      lines.withLock { $0 } == [
        "DEBUG delivery ended delivery=4 sink=http://s/p reason=\"no complete answer in time\"",
        "DEBUG API request ended method=GET target=/x status=404",
      ])
  }

  @Test("an address is judged by the delivery's route, and by where the API server was reached")
  func peers() throws {
    let peers = APIPeers()
    var sinks = SinkTransport(apiPeers: peers, log: .silent)
    let http = sinks.begin(delivery, request, at: now)
    let loopback = HTTPPeer(.ipv4(0x7F00_0001), port: 8001)
    #expect(http.admitsPeer?(loopback) == true)
    #expect(http.admitsPeer?(HTTPPeer(.ipv4(0xA9FE_A9FE), port: 80)) == false)
    #expect(http.admitsPeer?(HTTPPeer(.ipv6(0xFE80 << 48, 1), port: 80)) == false)
    var api = APITransport(
      try APIAccess(url: "http://api.test"), idleMilliseconds: 1, peers: peers, log: .silent)
    let asked = api.begin(first, APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99), at: now)
    #expect(asked?.admitsPeer?(loopback) == true)
    #expect(http.admitsPeer?(loopback) == false)
    #expect(http.admitsPeer?(HTTPPeer(.ipv4(0x7F00_0001), port: 8002)) == true)
    var inputs: [EngineInput] = []
    sinks.end(delivery, .failure(.notAdmitted(loopback)), into: &inputs)
    #expect(inputs.map(Described.input) == ["not allowed 4: 127.0.0.1 is the API server"])
  }

  @Test("an answer that is cut after its status is none")
  func cut() {
    var sinks = SinkTransport(log: .silent)
    _ = sinks.begin(delivery, request, at: now)
    sinks.head(delivery, status: 200, headers: HTTPHeaders(), at: now)
    var inputs: [EngineInput] = []
    sinks.end(delivery, .failure(.cut("eof")), into: &inputs)
    #expect(inputs.map(Described.input) == ["no answer 4: the connection was cut: eof"])
  }

  @Test("the ages of what is in flight are summed, and the oldest is known")
  func ages() {
    var sinks = SinkTransport(log: .silent)
    _ = sinks.begin(delivery, request, at: now)
    var later = now
    later.monotonic += 2_000_000_000
    _ = sinks.begin(DeliveryID(rawValue: 5), request, at: later)
    later.monotonic += 1_000_000_000
    #expect(
      sinks.statistics(at: later) == SinkStatistics(inFlight: 2, unfinishedSeconds: 4, longestSeconds: 3))
  }

  @Test("requests and deliveries of the same number are told apart")
  func transfers() {
    for transfer in [Transfer.request(first), .delivery(DeliveryID(rawValue: 1))] {
      #expect(Transfer(rawValue: transfer.rawValue) == transfer)
    }
    #expect(Transfer.request(first).rawValue != Transfer.delivery(DeliveryID(rawValue: 1)).rawValue)
  }
}
