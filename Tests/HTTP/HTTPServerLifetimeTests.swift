import HTTP
import Synchronization
import TestSupport
import Testing

/// Timeouts, the connection limit, draining and stopping.
@Suite("HTTP server lifetimes")
struct HTTPServerLifetimeTests {
  @Test("A head that comes too slowly is answered with 408, however it trickles", arguments: [true, false])
  func slowHead(trickles: Bool) throws {
    var configuration = HTTPServerConfiguration()
    configuration.headerTimeoutMilliseconds = 400
    let server = try HTTPServerTests.server(configuration)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.1\r\n")
    if trickles { Later.trickle("X", to: peer) }
    #expect(try peer.receiveAll().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }

  @Test("A connection that sends nothing is closed: a new one after the header timeout, a used one when idle")
  func silent() throws {
    var configuration = HTTPServerConfiguration()
    configuration.headerTimeoutMilliseconds = 60
    configuration.idleTimeoutMilliseconds = 60
    let server = try HTTPServerTests.server(configuration)
    defer { server.stop() }
    let fresh = try RawConnection(port: server.port)
    #expect(try fresh.receiveAll() == "")
    let used = try RawConnection(port: server.port)
    used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try used.receiveAll().hasSuffix("GET / "))
  }

  @Test("A body that comes too slowly is answered with 408")
  func slowBody() throws {
    var configuration = HTTPServerConfiguration()
    configuration.bodyTimeoutMilliseconds = 60
    let server = try HTTPServerTests.server(configuration)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na")
    #expect(try peer.receiveAll().hasPrefix("HTTP/1.1 408 "))
  }

  @Test("A handler may take longer than every timeout of the peer")
  func slowHandler() throws {
    var configuration = HTTPServerConfiguration()
    configuration.headerTimeoutMilliseconds = 30
    configuration.bodyTimeoutMilliseconds = 30
    configuration.idleTimeoutMilliseconds = 30
    configuration.writeTimeoutMilliseconds = 30
    let server = try HTTPServerTests.server(configuration) { _, responder in
      Later.run(afterMilliseconds: 150) { responder.send(.text(200, "late")) }
    }
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try peer.receiveAnswer().body == "late")
  }

  @Test("Beyond the connection limit peers wait until another leaves")
  func connectionLimit() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.maxConnections = 1
    let requests = Atomic(0)
    let server = try HTTPServerTests.server(configuration) { _, responder in
      requests.add(1, ordering: .relaxed)
      responder.send(.text(200, "ok"))
    }
    defer { server.stop() }
    var first: RawConnection? = try RawConnection(port: server.port)
    first?.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try first?.receiveAnswer().body == "ok")
    let second = try RawConnection(port: server.port)
    second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    // A round trip on the first proves that the server had its chance to accept the second.
    first?.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try first?.receiveAnswer().body == "ok")
    #expect(requests.load(ordering: .relaxed) == 2)
    first = nil
    #expect(try second.receiveAnswer().body == "ok")
  }

  @Test("A peer that stops sending still gets its answers")
  func halfClosed() throws {
    let server = try HTTPServerTests.server { _, responder in
      Later.run(afterMilliseconds: 20) { responder.send(.text(200, "answer")) }
    }
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    // More than is kept unparsed, so that the end is seen before everything is read.
    let filler = String(repeating: "f", count: 20_000)
    for _ in 0..<8 { peer.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 20000\r\n\r\n\(filler)") }
    peer.shutdownWriting()
    #expect(try peer.receiveAll().split(separator: "answer").count == 8)
  }

  @Test("Pipelined bytes beyond what is kept wait in the kernel and are read later")
  func deepPipeline() throws {
    let held = Mutex<[HTTPResponder]>([])
    let count = Atomic(0)
    let server = try HTTPServerTests.server { request, responder in
      count.add(1, ordering: .relaxed)
      if request.path == "/first" {
        held.withLock { $0.append(responder) }
      } else {
        responder.send(.text(200, ""))
      }
    }
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n")
    let filler = String(repeating: "f", count: 1000)
    for _ in 0..<150 { peer.send("GET /\(filler) HTTP/1.1\r\nHost: h\r\n\r\n") }
    peer.send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    server.schedule(after: 30) {
      held.withLock {
        $0.removeAll { responder in
          responder.send(.text(200, "")); return true
        }
      }
    }
    let answers = try peer.receiveAll()
    #expect(answers.split(separator: "HTTP/1.1 200 OK").count == 152)
    #expect(count.load(ordering: .relaxed) == 152)
  }

  @Test("Draining lets a request in flight finish, refuses new connections, and closes idle ones")
  func drain() async throws {
    let held = Mutex<HTTPResponder?>(nil)
    let server = try HTTPServerTests.server { request, responder in
      if request.path == "/held" {
        held.withLock { $0 = responder }
      } else {
        responder.send(.text(200, "quick"))
      }
    }
    let port = server.port
    let idle = try RawConnection(port: port)
    idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try idle.receiveAnswer().body == "quick")
    let busy = try RawConnection(port: port)
    busy.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n")
    try await waitUntil("the request is held") { held.withLock { $0 != nil } }
    let drained = Atomic(false)
    Later.run(afterMilliseconds: 0) {
      server.drain(seconds: 20)
      drained.store(true, ordering: .relaxed)
    }
    #expect(try idle.receiveAll() == "")
    try await waitUntil("no new connection") { (try? RawConnection(port: port)) == nil }
    #expect(drained.load(ordering: .relaxed) == false)
    held.withLock { $0?.send(.text(200, "finished")) }
    let answer = try busy.receiveAll()
    #expect(answer.contains("Connection: close\r\n"))
    #expect(answer.hasSuffix("finished"))
    try await waitUntil("drained") { drained.load(ordering: .relaxed) }
  }

  @Test("Draining ends at its deadline, and cuts what is not finished")
  func drainDeadline() async throws {
    let server = try HTTPServerTests.server { _, responder in Later.keep(responder) }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    server.drain(seconds: 0.05)
    #expect(try peer.receiveAll() == "")
  }

  @Test("A stopped server can be stopped again, also before it started and from its own thread")
  func stopTwice() async throws {
    let unstarted = try HTTPServer(HTTPServerConfiguration(), handler: HTTPServerTests.echo)
    unstarted.stop()
    unstarted.stop()
    unstarted.start()
    #expect((try? RawConnection(port: unstarted.port)) == nil)
    let server = try HTTPServerTests.server()
    server.execute { server.stop() }
    try await waitUntil("stopped") { (try? RawConnection(port: server.port)) == nil }
    server.stop()
  }

  @Test("An answer to a connection that is gone is dropped")
  func answersAfterTheEnd() async throws {
    let held = Mutex<HTTPResponder?>(nil)
    let server = try HTTPServerTests.server { request, responder in held.withLock { $0 = responder } }
    var peer: RawConnection? = try RawConnection(port: server.port)
    peer?.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    try await waitUntil("the request is held") { held.withLock { $0 != nil } }
    peer?.resetOnClose()
    peer = nil
    let responder = try #require(held.withLock { $0 })
    let stream = responder.stream(status: 200)
    try await waitUntil("the stream is closed") { stream.isClosed }
    server.stop()
    stream.write([1])
  }
}
