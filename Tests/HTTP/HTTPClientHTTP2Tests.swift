import HTTP
import TestSupport
import Testing

/// Shared connections: how many streams one carries, and how its end is survived.
@Suite("HTTP client, HTTP/2")
struct HTTPClientHTTP2Tests {
  static func serve(_ peer: HTTP2Peer) throws -> TLSServer {
    var settings = TLSServer.Settings(try TestCertificates.shared().server)
    settings.speaksHTTP2 = true
    return try TLSServer(settings) { peer.serve($0) }
  }

  static func request(_ server: TLSServer, method: String = "GET", streaming: Bool = false) throws
    -> HTTPClientRequest
  {
    var request = HTTPClientRequest(
      method: method, url: "https://127.0.0.1:\(server.port)/", streaming: streaming)
    request.tls = try HTTPClientTLSTests.trust()
    request.allowsHTTP2 = true
    return request
  }

  @Test("Requests at once share one connection, and the next ones too")
  func shared() throws {
    let peer = HTTP2Peer { .body("answer \($0.number)") }
    let server = try Self.serve(peer)
    defer { server.stop() }
    let driver = ClientDriver()
    for id in UInt64(1)...50 { driver.client.start(try Self.request(server, method: "POST"), id: id) }
    try driver.run("50 answers") { driver.client.inFlight == 0 }
    for id in UInt64(1)...50 { #expect(try driver.end(of: id)?.get().status == 200) }
    #expect(try driver.outcome(try Self.request(server), id: 51).get().body == [UInt8]("answer 51".utf8))
    #expect(server.connectionCount == 1)
  }

  @Test("A server that does not offer HTTP/2 is spoken to in HTTP/1.1")
  func fallback() throws {
    let server = try HTTPClientTLSTests.server()
    defer { server.stop() }
    #expect(try ClientDriver().outcome(try Self.request(server)).get().status == 200)
  }

  @Test("Beyond the streams that a connection may have, another one is made", arguments: [100, 3])
  func streamLimit(limit: Int) throws {
    let peer = HTTP2Peer(maxStreams: UInt32(limit)) { _ in .open("x") }
    let server = try Self.serve(peer)
    defer { server.stop() }
    let driver = ClientDriver()
    let count = limit * 2 + 1
    // One first: until a server has said otherwise, 100 are assumed.
    driver.client.start(try Self.request(server, streaming: true), id: 1)
    try driver.run("the first") { driver.bytes(of: 1) == [120] }
    for id in 2...UInt64(count) { driver.client.start(try Self.request(server, streaming: true), id: id) }
    try driver.run("all streams") { peer.requests.count == count }
    try driver.run("all bytes") { (1...UInt64(count)).allSatisfy { driver.bytes(of: $0) == [120] } }
    #expect(server.connectionCount >= 3)
    for number in 1...server.connectionCount {
      #expect(peer.requests.count { $0.connection == number } <= limit)
    }
  }

  @Test("After GOAWAY the streams in flight end, and later requests get a connection of their own")
  func goAway() throws {
    let peer = HTTP2Peer { $0.number == 2 ? .goAway(answersThis: true) : .body("\($0.number)") }
    let server = try Self.serve(peer)
    defer { server.stop() }
    let driver = ClientDriver()
    for (id, body) in [(UInt64(1), "1"), (2, "last"), (3, "3"), (4, "4")] {
      let answer = try driver.outcome(try Self.request(server), id: id).get()
      #expect(answer.body == [UInt8](body.utf8))
    }
    #expect(peer.requests.map(\.connection) == [1, 1, 2, 2])
  }

  @Test("What GOAWAY refuses is sent again if it only reads, and else cut")
  func refused() throws {
    for method in ["GET", "POST"] {
      let peer = HTTP2Peer { $0.number == 2 ? .goAway(answersThis: false) : .body("\($0.number)") }
      let server = try Self.serve(peer)
      defer { server.stop() }
      let driver = ClientDriver()
      #expect(try driver.outcome(try Self.request(server, method: method), id: 1).get().status == 200)
      let second = try driver.outcome(try Self.request(server, method: method), id: 2)
      if method == "GET" {
        #expect(try second.get().body == [UInt8]("3".utf8))
      } else {
        guard case .failure(.cut) = second else {
          return #expect(Bool(false), "expected .cut, got \(second)")
        }
      }
      #expect(try driver.outcome(try Self.request(server, method: method), id: 3).get().status == 200)
    }
  }

  @Test("A connection that ends cuts its streams, and the next request gets another one")
  func closed() throws {
    let peer = HTTP2Peer { $0.number == 3 ? .hangUp : .open("x") }
    let server = try Self.serve(peer)
    defer { server.stop() }
    let driver = ClientDriver()
    for id in UInt64(1)...2 {
      driver.client.start(try Self.request(server, streaming: true), id: id)
      try driver.run("stream \(id)") { driver.bytes(of: id) == [120] }
    }
    driver.client.start(try Self.request(server, method: "POST"), id: 3)
    try driver.run("the ends") { driver.client.inFlight == 0 }
    for id in UInt64(1)...3 {
      guard case .failure(.cut) = driver.end(of: id) else {
        return #expect(Bool(false), "expected .cut, got \(String(describing: driver.end(of: id)))")
      }
    }
    driver.client.start(try Self.request(server, streaming: true), id: 4)
    try driver.run("the fourth") { driver.bytes(of: 4) == [120] }
    #expect(server.connectionCount == 2)
  }

  @Test("A shared connection that has gone silent is closed, and not used by the next request")
  func silent() throws {
    // The first connection opens one stream, then hears nothing any more.
    let peer = HTTP2Peer { $0.connection > 1 ? .body("alive") : $0.number == 1 ? .open("x") : .nothing }
    let server = try Self.serve(peer)
    defer { server.stop() }
    let driver = ClientDriver()
    driver.client.start(try Self.request(server, streaming: true), id: 1)
    try driver.run("the stream") { driver.bytes(of: 1) == [120] }
    var request = try Self.request(server)
    request.deadlineMilliseconds = 30
    #expect(try driver.outcome(request, id: 2) == .failure(.timeout))
    try driver.run("the stream's end") { driver.end(of: 1) != nil }
    guard case .failure(.cut) = driver.end(of: 1) else { return #expect(Bool(false), "expected .cut") }
    #expect(try driver.outcome(try Self.request(server), id: 3).get().body == [UInt8]("alive".utf8))
  }

  @Test("A connection that others hear from stays open when one request is not answered")
  func partlySilent() throws {
    let peer = HTTP2Peer { $0.number == 1 ? .nothing : .body("alive") }
    let server = try Self.serve(peer)
    defer { server.stop() }
    let driver = ClientDriver()
    var held = try Self.request(server)
    held.deadlineMilliseconds = 400
    driver.client.start(held, id: 1)
    try driver.run("the request") { peer.requests.count == 1 }
    // Answers keep coming until the held one has given up.
    var id: UInt64 = 2
    while driver.end(of: 1) == nil {
      #expect(try driver.outcome(try Self.request(server), id: id).get().status == 200)
      id += 1
    }
    #expect(driver.end(of: 1) == .failure(.timeout))
    #expect(try driver.outcome(try Self.request(server), id: id).get().status == 200)
    #expect(server.connectionCount == 1)
  }
}
