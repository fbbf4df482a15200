import HTTP
import Synchronization
import TestSupport
import Testing

/// The client against the room's own server, and against peers that misbehave by hand.
@Suite("HTTP client")
struct HTTPClientTests {
  static func url(_ server: HTTPServer, _ path: String = "/") -> String {
    "http://127.0.0.1:\(server.port)\(path)"
  }
  static func url(_ peer: RawListener, _ path: String = "/") -> String {
    "http://127.0.0.1:\(peer.port)\(path)"
  }

  /// A server that tells what it got.
  static func mirror() throws -> HTTPServer {
    try HTTPServerTests.server { request, responder in
      var headers = HTTPHeaders([("X-Method", request.method), ("X-Target", request.target)])
      request.headers.forEach { headers.add("Got-\($0)", $1) }
      responder.send(HTTPResponse(status: 201, headers: headers, body: request.body))
    }
  }

  /// A peer that reads one head on each connection and then does as told.
  static func peer(_ act: @escaping @Sendable (RawConnection) -> Void) throws -> RawListener {
    let listener = try RawListener()
    Later.run(afterMilliseconds: 0) {
      guard let connection = try? listener.accept(), (try? connection.receive(until: "\r\n\r\n")) != nil
      else { return }
      act(connection)
    }
    return listener
  }

  @Test(
    "Method, target, headers and body arrive, and the whole answer comes back", arguments: [0, 5, 2_000_000])
  func post(size: Int) throws {
    let server = try Self.mirror()
    defer { server.stop() }
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    let request = HTTPClientRequest(
      method: "POST", url: Self.url(server, "/a%20b/../c?q=%2F"),
      headers: ["X-One": "1", "X-Empty": "", "Content-Type": "text/plain"], body: body)
    let answer = try ClientDriver().outcome(request).get()
    #expect(answer.status == 201)
    #expect(answer.body == body)
    #expect(answer.headers[first: "x-method"] == "POST")
    #expect(answer.headers[first: "x-target"] == "/a%20b/../c?q=%2F")
    #expect(answer.headers[first: "got-x-one"] == "1")
    #expect(answer.headers[first: "got-x-empty"] == "")
    #expect(answer.headers[first: "got-content-type"] == "text/plain")
    #expect(answer.headers[first: "got-content-length"] == "\(size)")
    #expect(answer.headers[first: "got-expect"] == nil)
  }

  @Test(
    "Header fields come once, whether libcurl knows them or not, with a value or without; the others in order"
  )
  func fieldsOnce() throws {
    let listener = try RawListener()
    Later.run(afterMilliseconds: 0) {
      guard let connection = try? listener.accept(), let head = try? connection.receive(until: "\r\n\r\n")
      else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count)\r\n\r\n" + head)
      _ = try? connection.receive()
    }
    let fields = [
      ("ce-id", "1"), ("Accept", "a/b"), ("ce-time", "x: y"), ("User-Agent", "me"), ("ce-empty", ""),
      ("Kn-Last", "z"),
    ]
    let request = HTTPClientRequest(url: "http://127.0.0.1:\(listener.port)/", headers: HTTPHeaders(fields))
    let answer = try ClientDriver().outcome(request).get()
    let wanted = ["Host: 127.0.0.1:\(listener.port)"] + fields.map { $0 + ":" + ($1.isEmpty ? "" : " " + $1) }
    let lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\r\n").dropFirst()
    #expect(Set(lines) == Set(wanted.map { Substring($0) }))
    #expect(lines.count == fields.count + 1)
    let others = lines.filter { ["ce-id", "ce-time", "Kn-Last"].contains($0.prefix { $0 != ":" }) }
    #expect(others == ["ce-id: 1", "ce-time: x: y", "Kn-Last: z"])
  }

  @Test("A request whose one field is empty sends it")
  func oneEmptyField() throws {
    let server = try Self.mirror()
    defer { server.stop() }
    let request = HTTPClientRequest(url: Self.url(server), headers: ["X-Empty": ""])
    #expect(try ClientDriver().outcome(request).get().headers[first: "got-x-empty"] == "")
  }

  @Test(
    "Every method is sent as it is, with a body or none",
    arguments: ["GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS"], [nil, [UInt8]("{}".utf8)])
  func methods(method: String, body: [UInt8]?) throws {
    let server = try Self.mirror()
    defer { server.stop() }
    let answer = try ClientDriver().outcome(
      HTTPClientRequest(method: method, url: Self.url(server), body: body)
    ).get()
    #expect(answer.headers[first: "x-method"] == method)
    #expect(answer.headers[first: "got-content-type"] == nil)
    let expectsLength = method != "HEAD" && (body != nil || method == "PUT" || method == "PATCH")
    #expect(answer.headers[first: "got-content-length"] == (expectsLength ? "\(body?.count ?? 0)" : nil))
    if method != "HEAD" { #expect(answer.body == body ?? []) }
  }

  @Test("A handle that is used again keeps nothing of its last request")
  func reset() throws {
    let server = try Self.mirror()
    defer { server.stop() }
    let driver = ClientDriver()
    _ = try driver.outcome(
      HTTPClientRequest(method: "PUT", url: Self.url(server), headers: ["X-Old": "1"], body: [1, 2]), id: 1)
    let answer = try driver.outcome(HTTPClientRequest(url: Self.url(server)), id: 2).get()
    #expect(answer.headers[first: "x-method"] == "GET")
    #expect(answer.headers[first: "got-x-old"] == nil)
    #expect(answer.body.isEmpty)
  }

  @Test("A body at the limit is collected, one byte more ends the transfer", arguments: [true, false])
  func bodyLimit(statesLength: Bool) throws {
    let server = try HTTPServerTests.server { request, responder in
      let body = [UInt8](repeating: 7, count: request.query("n").flatMap(Int.init) ?? 0)
      guard !statesLength else { return responder.send(HTTPResponse(status: 200, body: body)) }
      let stream = responder.stream(status: 200)
      stream.write(body)
      stream.end()
    }
    defer { server.stop() }
    let driver = ClientDriver()
    for (id, size) in [(UInt64(1), 1000), (2, 1001)] {
      var request = HTTPClientRequest(url: Self.url(server, "/?n=\(size)"))
      request.maxBodyBytes = 1000
      let outcome = try driver.outcome(request, id: id)
      if size == 1000 {
        #expect(try outcome.get().body.count == size)
      } else {
        #expect(outcome == .failure(.tooLarge))
      }
    }
  }

  @Test("The deadline ends a transfer that has no answer")
  func deadline() throws {
    let server = try HTTPServerTests.server { request, responder in Later.keep(responder) }
    defer { server.stop() }
    let outcome = try ClientDriver().outcome(
      HTTPClientRequest(url: Self.url(server), deadlineMilliseconds: 30))
    #expect(outcome == .failure(.timeout))
  }

  @Test("A stream whose peer falls silent has stalled; one that goes on has not")
  func stalled() throws {
    let streams = Mutex<[HTTPBodyStream]>([])
    let server = try HTTPServerTests.server { _, responder in
      streams.withLock { $0.append(responder.stream(status: 200)) }
    }
    defer { server.stop() }
    for number in 0..<12 {
      server.schedule(after: 200 + number * 80) { streams.withLock { $0.first?.write([UInt8(number)]) } }
    }
    let driver = ClientDriver()
    var request = HTTPClientRequest(url: Self.url(server), streaming: true)
    request.idleTimeoutMilliseconds = 700
    #expect(try driver.outcome(request) == .failure(.stalled))
    #expect(driver.bytes(of: 1) == Array(0..<12))
  }

  @Test("A cancelled transfer gives no event, also one that has ended already")
  func cancel() throws {
    let server = try HTTPServerTests.server { request, responder in
      if request.path == "/now" { responder.send(.text(200, "")) } else { Later.keep(responder) }
    }
    defer { server.stop() }
    let driver = ClientDriver()
    driver.client.start(HTTPClientRequest(url: Self.url(server, "/held")), id: 1)
    driver.client.start(HTTPClientRequest(url: "ftp://nowhere"), id: 2)
    driver.client.cancel(id: 2)
    driver.client.start(HTTPClientRequest(url: "ftp://nowhere"), id: 3)
    driver.client.start(HTTPClientRequest(url: "ftp://nowhere"), id: 4)
    driver.onEvent = { event in
      // Both ended in the same turn; the second is cancelled while the first is handed over.
      if case .end(3, _) = event { driver.client.cancel(id: 4) }
      if case .end(5, _) = event { driver.client.cancel(id: 1) }
    }
    #expect(driver.client.inFlight == 3)
    _ = try driver.outcome(HTTPClientRequest(url: Self.url(server, "/now")), id: 5)
    #expect(driver.client.inFlight == 0)
    _ = try driver.outcome(HTTPClientRequest(url: Self.url(server, "/now")), id: 6)
    #expect(driver.events.count == 3)
  }

  @Test("A handshake that gets no answer ends at the connect timeout; one that fails is told as such")
  func handshake() throws {
    let silent = try RawListener()
    var request = HTTPClientRequest(url: "https://127.0.0.1:\(silent.port)/")
    request.connectTimeoutMilliseconds = 50
    guard case .failure(.connect) = try ClientDriver().outcome(request) else {
      return #expect(Bool(false), "expected .connect")
    }
    let plain = try Self.mirror()
    defer { plain.stop() }
    let outcome = try ClientDriver().outcome(HTTPClientRequest(url: "https://127.0.0.1:\(plain.port)/"))
    guard case .failure(.tls) = outcome else { return #expect(Bool(false), "expected .tls, got \(outcome)") }
  }

  @Test("A name without an address is told as such")
  func unresolved() throws {
    guard
      case .failure(.resolve) = try ClientDriver().outcome(
        HTTPClientRequest(url: "http://no-such-host.invalid/"))
    else { return #expect(Bool(false), "expected .resolve") }
  }

  @Test("A refused connection is told as such")
  func refused() throws {
    let port = try RawListener().port
    guard
      case .failure(.connect) = try ClientDriver().outcome(
        HTTPClientRequest(url: "http://127.0.0.1:\(port)/"))
    else { return #expect(Bool(false), "expected .connect") }
  }

  @Test(
    "A connection that ends before or within the answer is cut",
    arguments: [
      "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
    ], [true, false])
  func cut(answer: String, resets: Bool) throws {
    let peer = try Self.peer { connection in
      connection.send(answer)
      if resets { connection.resetOnClose() }
    }
    let outcome = try ClientDriver().outcome(HTTPClientRequest(url: Self.url(peer)))
    guard case .failure(.cut) = outcome else { return #expect(Bool(false), "expected .cut, got \(outcome)") }
  }

  @Test("An interim answer is not taken for the answer, nor a trailer for a header")
  func interim() throws {
    let peer = try Self.peer { connection in
      connection.send(
        "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 202 Accepted\r\nX-Real:  2 \r\n")
      connection.send("Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 3\r\n\r\n")
      _ = try? connection.receive()
    }
    let answer = try ClientDriver().outcome(HTTPClientRequest(url: Self.url(peer))).get()
    #expect(answer.status == 202)
    #expect(answer.headers[first: "x-early"] == nil)
    #expect(answer.headers[first: "x-real"] == "2")
    #expect(answer.headers[first: "x-trailer"] == nil)
    #expect(answer.body == [UInt8]("ok".utf8))
  }

  @Test("Streamed bytes come in order, after the head and before the end")
  func streaming() throws {
    let sent = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let server = try HTTPServerTests.server { _, responder in
      let stream = responder.stream(status: 206, headers: ["X-A": "b"])
      for start in stride(from: 0, to: sent.count, by: 777) {
        stream.write([UInt8](sent[start..<min(sent.count, start + 777)]))
      }
      stream.end()
    }
    defer { server.stop() }
    let driver = ClientDriver()
    var request = HTTPClientRequest(url: Self.url(server), streaming: true)
    request.maxBodyBytes = 1
    #expect(try driver.outcome(request).get().body == [])
    guard case .head(1, 206, let headers) = driver.events.first else {
      return #expect(Bool(false), "no head")
    }
    #expect(headers[first: "x-a"] == "b")
    #expect(driver.bytes(of: 1) == sent)
  }

  @Test("A redirect is an answer like any other")
  func redirect() throws {
    let requests = Atomic(0)
    let server = try HTTPServerTests.server { _, responder in
      requests.add(1, ordering: .relaxed)
      responder.send(HTTPResponse(status: 302, headers: ["Location": "/elsewhere"]))
    }
    defer { server.stop() }
    #expect(try ClientDriver().outcome(HTTPClientRequest(url: Self.url(server))).get().status == 302)
    #expect(requests.load(ordering: .relaxed) == 1)
  }

  @Test("200 requests at once are all answered, each with its own answer")
  func concurrent() throws {
    let server = try Self.mirror()
    defer { server.stop() }
    let driver = ClientDriver()
    for id in UInt64(1)...200 {
      driver.client.start(
        HTTPClientRequest(method: "POST", url: Self.url(server), body: [UInt8]("\(id)".utf8)), id: id)
    }
    try driver.run("200 answers") { driver.client.inFlight == 0 }
    #expect(driver.events.count == 200)
    for id in UInt64(1)...200 { #expect(try driver.end(of: id)?.get().body == [UInt8]("\(id)".utf8)) }
  }

  @Test("Requests one after the other use one connection; a connection that went stale is replaced")
  func reuse() throws {
    let listener = try RawListener()
    let connections = Atomic(0)
    Later.run(afterMilliseconds: 0) {
      while let connection = try? listener.accept() {
        connections.add(1, ordering: .relaxed)
        for _ in 0..<3 where (try? connection.receive(until: "\r\n\r\n")) != nil {
          connection.send("HTTP/1.1 204 No Content\r\n\r\n")
        }
      }
    }
    let driver = ClientDriver()
    for id in UInt64(1)...6 {
      #expect(try driver.outcome(HTTPClientRequest(url: Self.url(listener)), id: id).get().status == 204)
    }
    #expect(connections.load(ordering: .relaxed) == 2)
    listener.stop()
  }

  @Test("Beyond the connection limit requests wait, and their deadlines run")
  func connectionLimit() throws {
    let server = try HTTPServerTests.server { request, responder in
      if request.path == "/held" { Later.keep(responder) } else { responder.send(.text(200, "")) }
    }
    defer { server.stop() }
    var configuration = HTTPClientConfiguration()
    configuration.maxConnectionsPerHost = 1
    let driver = ClientDriver(configuration)
    driver.client.start(HTTPClientRequest(url: Self.url(server, "/held")), id: 1)
    try driver.run("the first to be under way") { driver.client.inFlight == 1 }
    let waiting = HTTPClientRequest(url: Self.url(server, "/free"), deadlineMilliseconds: 30)
    #expect(try driver.outcome(waiting, id: 2) == .failure(.timeout))
    driver.client.cancel(id: 1)
    #expect(try driver.outcome(HTTPClientRequest(url: Self.url(server, "/free")), id: 3).get().status == 200)
  }

  @Test("What cannot be sent as it is meant is refused")
  func malformed() throws {
    let driver = ClientDriver()
    let bad = [
      HTTPClientRequest(url: "file:///etc/passwd"), HTTPClientRequest(url: "http://a b/"),
      HTTPClientRequest(url: "http://a/\nX: y"), HTTPClientRequest(url: "http://[/"),
      HTTPClientRequest(method: "GET /", url: "http://127.0.0.1/"),
      HTTPClientRequest(url: "http://127.0.0.1/", headers: ["X": "a\r\nY: b"]),
      HTTPClientRequest(url: "http://127.0.0.1/", headers: ["X:": "a"]),
    ]
    for (index, request) in bad.enumerated() {
      switch try driver.outcome(request, id: UInt64(index)) {
      case .failure(.badURL), .failure(.badHeader): break
      case let other: #expect(Bool(false), "\(request.url): \(other)")
      }
    }
  }

  @Test("A wake from another thread ends the poll")
  func wake() {
    let driver = ClientDriver()
    let wakeup = driver.client.wakeup
    let woken = Atomic(false)
    Later.run(afterMilliseconds: 5) {
      woken.store(true, ordering: .releasing)
      wakeup.wake()
    }
    driver.client.poll(milliseconds: 20_000)
    #expect(woken.load(ordering: .acquiring) == true)
  }
}
