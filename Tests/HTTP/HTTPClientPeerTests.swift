import HTTP
import Synchronization
import TestSupport
import Testing

/// Which addresses a request may go to is judged by what is connected to, not by the name asked for.
@Suite("HTTP client, peers")
struct HTTPClientPeerTests {
  /// Addresses that were asked about, in order.
  private final class Asked: Sendable {
    let peers = Mutex<[HTTPPeer]>([])
    func judge(_ answer: @escaping @Sendable (HTTPPeer) -> Bool) -> @Sendable (HTTPPeer) -> Bool {
      { peer in
        self.peers.withLock { $0.append(peer) }
        return answer(peer)
      }
    }
  }

  private final class Served: Sendable {
    let count = Mutex(0)
  }

  private func server(_ served: Served) throws -> HTTPServer {
    let server = try HTTPServer(HTTPServerConfiguration()) { _, responder in
      served.count.withLock { $0 += 1 }
      responder.send(.text(200, "yes"))
    }
    server.start()
    return server
  }

  @Test("Every address that a name has is asked about; one that is admitted gets the request")
  func admitted() throws {
    let (asked, served) = (Asked(), Served())
    let server = try server(served)
    defer { server.stop() }
    var request = HTTPClientRequest(url: "http://localhost:\(server.port)/")
    request.admitsPeer = asked.judge { $0.address == .ipv4(0x7F00_0001) }
    let driver = ClientDriver()
    #expect(try driver.outcome(request).get().status == 200)
    let peers = asked.peers.withLock { $0 }
    #expect(peers.contains(HTTPPeer(.ipv4(0x7F00_0001), port: UInt16(server.port))))
    #expect(peers.allSatisfy { Int($0.port) == server.port })
    #expect(peers.last?.description == "127.0.0.1")
  }

  @Test("If none is admitted, no connection is made and the request says so")
  func refused() throws {
    let (asked, served) = (Asked(), Served())
    let server = try server(served)
    defer { server.stop() }
    for host in ["localhost", "127.0.0.1"] {
      var request = HTTPClientRequest(method: "POST", url: "http://\(host):\(server.port)/", body: [1])
      request.admitsPeer = asked.judge { _ in false }
      guard case .failure(.notAdmitted(let peer)) = try ClientDriver().outcome(request) else {
        Issue.record("it was sent")
        continue
      }
      #expect(Int(peer.port) == server.port)
    }
    #expect(served.count.withLock { $0 } == 0)
    #expect(asked.peers.withLock { $0.contains { $0.description == "127.0.0.1" } })
  }

  @Test("A connection that another request has left open is judged anew, and not used if it is refused")
  func reused() throws {
    let served = Served()
    let server = try server(served)
    defer { server.stop() }
    let driver = ClientDriver()
    var request = HTTPClientRequest(method: "POST", url: "http://127.0.0.1:\(server.port)/", body: [1])
    #expect(try driver.outcome(request, id: 1).get().status == 200)
    request.admitsPeer = { _ in false }
    let peer = HTTPPeer(.ipv4(0x7F00_0001), port: UInt16(server.port))
    #expect(try driver.outcome(request, id: 2) == .failure(.notAdmitted(peer)))
    #expect(served.count.withLock { $0 } == 1)
    request.admitsPeer = nil
    #expect(try driver.outcome(request, id: 3).get().status == 200)
  }

  @Test("Addresses of TLS connections are judged as well, before the handshake")
  func tls() throws {
    let server = try HTTPClientTLSTests.server()
    defer { server.stop() }
    var request = HTTPClientRequest(url: "https://localhost:\(server.port)/")
    request.tls = try HTTPClientTLSTests.trust()
    request.admitsPeer = { _ in false }
    guard case .failure(.notAdmitted) = try ClientDriver().outcome(request) else {
      return #expect(Bool(false), "it was sent")
    }
    request.admitsPeer = { _ in true }
    #expect(try ClientDriver().outcome(request).get().status == 200)
  }

  @Test("IPv6 addresses are told as such")
  func ipv6() throws {
    let asked = Asked()
    var request = HTTPClientRequest(url: "http://[2001:db8::17]:81/")
    request.admitsPeer = asked.judge { _ in false }
    guard case .failure(.notAdmitted(let peer)) = try ClientDriver().outcome(request) else {
      return #expect(Bool(false), "it was sent")
    }
    #expect(peer == HTTPPeer(.ipv6(0x2001_0DB8 << 32, 0x17), port: 81))
    #expect(peer.description == "2001:db8::17")
  }
}
