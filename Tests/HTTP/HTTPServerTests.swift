import HTTP
import Synchronization
import TestSupport
import Testing

/// The server on real sockets, with the bytes on the wire written by hand.
@Suite("HTTP server")
struct HTTPServerTests {
  static let echo: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
    responder.send(
      .text(200, "\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))"))
  }

  static func server(
    _ configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void = echo
  ) throws -> HTTPServer {
    let server = try HTTPServer(configuration, handler: handler)
    server.start()
    return server
  }

  @Test("A connection serves request after request")
  func keepAlive() throws {
    let server = try Self.server()
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    for number in 0..<3 {
      peer.send("POST /n HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n\(number)")
      let answer = try peer.receiveAnswer()
      #expect(answer.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.head.contains("\r\nDate: "))
      #expect(!answer.head.contains("Connection:"))
      #expect(answer.body == "POST /n \(number)")
    }
  }

  @Test("Pipelined requests are answered in order, also when a later answer would be ready first")
  func pipelined() throws {
    let server = try Self.server { request, responder in
      Later.run(afterMilliseconds: request.path == "/a" ? 20 : 0) { responder.send(.text(200, request.path)) }
    }
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send(
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n"
    )
    #expect(try peer.receiveAnswer().body == "/a")
    #expect(try peer.receiveAnswer().body == "/b")
    #expect(try peer.receiveAnswer().body == "/c")
  }

  @Test("Connection: close ends the connection after the answer")
  func close() throws {
    let server = try Self.server()
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    let all = try peer.receiveAll()
    #expect(all.contains("\r\nConnection: close\r\n"))
    #expect(all.hasSuffix("GET / "))
  }

  @Test("An HTTP/1.0 peer gets its answer and the end of the connection, or keep-alive if it asks")
  func http10() throws {
    let server = try Self.server()
    defer { server.stop() }
    let closing = try RawConnection(port: server.port)
    closing.send("GET / HTTP/1.0\r\n\r\n")
    #expect(try closing.receiveAll().hasSuffix("GET / "))
    let keeping = try RawConnection(port: server.port)
    for _ in 0..<2 {
      keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(try keeping.receiveAnswer().head.contains("\r\nConnection: keep-alive\r\n"))
    }
  }

  @Test("Expect: 100-continue is answered before the body is sent")
  func expectContinue() throws {
    let server = try Self.server()
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("PUT /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    #expect(try peer.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
    peer.send("ok")
    #expect(try peer.receiveAnswer().body == "PUT /e ok")
  }

  @Test("HEAD, 204 and 304 are answered without a body")
  func bodiless() throws {
    let server = try Self.server { request, responder in
      responder.send(.text(request.query("status").flatMap(Int.init) ?? 200, "body"))
    }
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try peer.receive(until: "\r\n\r\n").contains("Content-Length: 4"))
    for status in [204, 304] {
      peer.send("GET /?status=\(status) HTTP/1.1\r\nHost: h\r\n\r\n")
      let head = try peer.receive(until: "\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 \(status) "))
      #expect(!head.contains("Content-Length"))
    }
    peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try peer.receiveAnswer().body == "body")
  }

  @Test("A malformed request is answered with its status and the connection ends")
  func malformed() throws {
    let server = try Self.server()
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.1\r\n\r\n" + String(repeating: "x", count: 100_000))
    let all = try peer.receiveAll()
    #expect(all.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    #expect(all.hasSuffix("the Host field is missing\n"))
  }

  @Test("A body that is announced as too large is refused before it is sent")
  func tooLarge() throws {
    var configuration = HTTPServerConfiguration()
    configuration.maxBodyBytes = 10
    let server = try Self.server(configuration)
    defer { server.stop() }
    let fitting = try RawConnection(port: server.port)
    fitting.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789")
    #expect(try fitting.receiveAnswer().body == "PUT / 0123456789")
    let beyond = try RawConnection(port: server.port)
    beyond.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n")
    #expect(try beyond.receiveAll().hasPrefix("HTTP/1.1 413 "))
  }

  @Test("An answer larger than the socket's buffers arrives whole")
  func largeAnswer() throws {
    let large = String(repeating: "0123456789abcdef", count: 500_000)
    let server = try Self.server { _, responder in responder.send(.text(200, large)) }
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    #expect(try peer.receiveAll().hasSuffix("\r\n\r\n" + large))
  }

  @Test("A second answer is ignored; a responder that goes unused closes the connection")
  func answersOnce() throws {
    let server = try Self.server { request, responder in
      if request.path == "/unused" { return }
      responder.send(.text(200, "first"))
      responder.send(.text(200, "second"))
      #expect(responder.stream(status: 200).isClosed)
    }
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try peer.receiveAnswer().body == "first")
    peer.send("GET /unused HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try peer.receiveAll() == "")
  }

  @Test("A malformed address and a port in use are told apart")
  func addresses() throws {
    #expect(throws: HTTPServerError.badAddress("nowhere:0")) {
      try HTTPServer(HTTPServerConfiguration(host: "nowhere"), handler: Self.echo)
    }
    let server = try Self.server()
    defer { server.stop() }
    #expect(throws: HTTPServerError.self) {
      try HTTPServer(HTTPServerConfiguration(port: server.port), handler: Self.echo)
    }
    let six = try HTTPServer(HTTPServerConfiguration(host: "::1"), handler: Self.echo)
    #expect(six.port > 0)
    six.stop()
  }

  @Test("Work that is executed or scheduled runs on the server's thread, in order of time")
  func work() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let order = Mutex<[String]>([])
    server.schedule(after: 40) { order.withLock { $0.append("late") } }
    server.schedule(after: 1) { order.withLock { $0.append("soon") } }
    server.execute { order.withLock { $0.append("now") } }
    try await waitUntil("all work ran") { order.withLock { $0.count } == 3 }
    #expect(order.withLock { $0 } == ["now", "soon", "late"])
  }
}
