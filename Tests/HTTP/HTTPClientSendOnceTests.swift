import HTTP
import Synchronization
import Testing

/// A kept-alive connection that ends at the wrong moment. Goal: the client says `.connect` only if nothing was sent, and
/// sends what changes something at most once.
@Suite("HTTP client, requests sent once")
struct HTTPClientSendOnceTests {
  /// Answers the first request of each connection, then takes the second one and closes. Counts the requests.
  final class Peer: Sendable {
    let listener: RawListener
    let seen = Atomic(0)
    let closed = Atomic(0)

    /// `stopsListening`: no second connection comes about.
    init(stopsListening: Bool = false, takesSecond: Bool = true) throws {
      listener = try RawListener()
      Later.run(afterMilliseconds: 0) { [self] in
        while let connection = try? listener.accept() {
          guard take(connection) else { continue }
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
          if stopsListening { listener.stop() }
          if takesSecond { _ = take(connection) }
          connection.shutdownWriting()
          closed.add(1, ordering: .releasing)
        }
      }
    }

    private func take(_ connection: RawConnection) -> Bool {
      guard let head = try? connection.receive(until: "\r\n\r\n") else { return false }
      if head.contains("Content-Length: 2") { _ = try? connection.receive(until: "{}") }
      seen.add(1, ordering: .relaxed)
      return true
    }

    var url: String { "http://127.0.0.1:\(listener.port)/" }
  }

  @Test(
    "What changes something is sent once: a connection that takes it and ends is a cut",
    arguments: ["POST", "PUT", "PATCH", "DELETE"])
  func changes(method: String) throws {
    let peer = try Peer()
    defer { peer.listener.stop() }
    let driver = ClientDriver()
    let request = HTTPClientRequest(method: method, url: peer.url, body: [UInt8]("{}".utf8))
    #expect(try driver.outcome(request, id: 1).get().status == 200)
    guard case .failure(.cut) = try driver.outcome(request, id: 2) else {
      return #expect(Bool(false), "expected .cut, got \(String(describing: driver.end(of: 2)))")
    }
    #expect(peer.seen.load(ordering: .relaxed) == 2)
    // The handle is used again, and has forgotten.
    #expect(try driver.outcome(request, id: 3).get().status == 200)
    #expect(peer.seen.load(ordering: .relaxed) == 3)
  }

  @Test("A read is sent again on a connection of its own")
  func read() throws {
    let peer = try Peer()
    defer { peer.listener.stop() }
    let driver = ClientDriver()
    for id in UInt64(1)...2 {
      #expect(try driver.outcome(HTTPClientRequest(url: peer.url), id: id).get().status == 200)
    }
    #expect(peer.seen.load(ordering: .relaxed) == 3)
  }

  @Test("Refused when it is sent again, a request is cut and not refused: it was sent before")
  func refusedLater() throws {
    let peer = try Peer(stopsListening: true)
    let driver = ClientDriver()
    #expect(try driver.outcome(HTTPClientRequest(url: peer.url), id: 1).get().status == 200)
    guard case .failure(.cut) = try driver.outcome(HTTPClientRequest(url: peer.url), id: 2) else {
      return #expect(Bool(false), "expected .cut, got \(String(describing: driver.end(of: 2)))")
    }
    #expect(peer.seen.load(ordering: .relaxed) == 2)
  }

  @Test("A connection that ended while it was idle is not used again, whatever the method")
  func stale() throws {
    let peer = try Peer(takesSecond: false)
    defer { peer.listener.stop() }
    let driver = ClientDriver()
    for number in 1...3 {
      let request = HTTPClientRequest(method: "POST", url: peer.url, body: [UInt8]("{}".utf8))
      #expect(try driver.outcome(request, id: UInt64(number)).get().status == 200)
      try driver.run("the peer to close") { peer.closed.load(ordering: .acquiring) == number }
    }
    #expect(peer.seen.load(ordering: .relaxed) == 3)
  }
}
