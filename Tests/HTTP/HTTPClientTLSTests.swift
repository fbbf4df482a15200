import HTTP
import Synchronization
import TestSupport
import Testing

/// The client against real TLS: what it trusts, what it shows, and what it says when that fails.
@Suite("HTTP client, TLS")
struct HTTPClientTLSTests {
  /// Answers every request with its Host header and the name asked for.
  static func server(
    _ identity: KeyPath<TestCertificates, TestCertificates.Pair> = \.server,
    asksForClient: Bool = false
  ) throws -> TLSServer {
    let certificates = try TestCertificates.shared()
    var settings = TLSServer.Settings(certificates[keyPath: identity])
    settings.clientAuthority = asksForClient ? certificates.authority.certificate : nil
    return try TLSServer(settings) { connection in
      while let head = connection.readHead() {
        let host = head.split(separator: "\r\n").first { $0.hasPrefix("Host: ") } ?? ""
        let body = "\(host) SNI: \(connection.serverName ?? "none")"
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      }
    }
  }

  static func trust(_ pair: KeyPath<TestCertificates, TestCertificates.Pair> = \.authority) throws
    -> HTTPClientTLS
  {
    var tls = HTTPClientTLS()
    tls.caCertificates = try TestCertificates.shared()[keyPath: pair].certificateText
    return tls
  }

  static func outcome(
    _ server: TLSServer, _ tls: HTTPClientTLS?, host: String = "127.0.0.1"
  ) throws -> Result<HTTPResponse, HTTPClientFailure> {
    var request = HTTPClientRequest(url: "https://\(host):\(server.port)/x?y")
    request.tls = tls
    return try ClientDriver().outcome(request)
  }

  @Test("A server is trusted by the text or the file of its authority")
  func trusted() throws {
    let server = try Self.server()
    defer { server.stop() }
    let file = HTTPClientTLS(caFile: try TestCertificates.shared().authority.certificate)
    for tls in [try Self.trust(), file] {
      let answer = try Self.outcome(server, tls, host: "localhost").get()
      #expect(answer.body == [UInt8]("Host: localhost:\(server.port) SNI: localhost".utf8))
    }
  }

  @Test("A server that cannot be trusted is refused, and the text says why")
  func untrusted() throws {
    let (good, expired, named) = (
      try Self.server(), try Self.server(\.expiredServer), try Self.server(\.namedServer)
    )
    defer { for server in [good, expired, named] { server.stop() } }
    let refused: [(TLSServer, HTTPClientTLS?, String)] = [
      (good, nil, "SSL certificate problem: unable to get local issuer certificate"),
      (
        good, try Self.trust(\.otherAuthority),
        "SSL certificate problem: unable to get local issuer certificate"
      ),
      (expired, try Self.trust(), "SSL certificate problem: certificate has expired"),
      (
        named, try Self.trust(),
        "SSL: no alternative certificate subject name matches target host name '127.0.0.1'"
      ),
    ]
    for (server, tls, text) in refused {
      #expect(try Self.outcome(server, tls) == .failure(.tls(text)))
    }
  }

  @Test("Without verification all of them are accepted")
  func unverified() throws {
    var tls = try Self.trust(\.otherAuthority)
    tls.verifiesServer = false
    for identity in [\TestCertificates.server, \.expiredServer, \.namedServer] {
      let server = try Self.server(identity)
      #expect(try Self.outcome(server, tls).get().status == 200)
      server.stop()
    }
  }

  @Test("Another server name is asked for and verified; Host stays that of the URL")
  func serverName() throws {
    let (named, good) = (try Self.server(\.namedServer), try Self.server())
    defer { for server in [named, good] { server.stop() } }
    var tls = try Self.trust()
    tls.serverName = "api.example"
    let answer = try Self.outcome(named, tls).get()
    #expect(answer.body == [UInt8]("Host: 127.0.0.1:\(named.port) SNI: api.example".utf8))
    guard case .failure(.tls(let text)) = try Self.outcome(good, tls) else {
      return #expect(Bool(false), "expected .tls")
    }
    #expect(text == "SSL: no alternative certificate subject name matches target host name 'api.example'")
    tls.serverName = "127.0.0.1"
    #expect(try Self.outcome(good, tls).get().status == 200)
  }

  @Test("A client certificate is shown, as text or file; a missing or expired one is told as such")
  func clientCertificate() throws {
    let certificates = try TestCertificates.shared()
    let server = try Self.server(asksForClient: true)
    defer { server.stop() }
    var tls = try Self.trust()
    guard case .failure(.tls(let missing)) = try Self.outcome(server, tls) else {
      return #expect(Bool(false), "expected .tls")
    }
    #expect(missing.contains("alert certificate required"))
    tls.clientCertificate = certificates.client.certificateText
    tls.clientKey = certificates.client.keyText
    #expect(try Self.outcome(server, tls).get().status == 200)
    let files = HTTPClientTLS(
      caFile: certificates.authority.certificate, clientCertificateFile: certificates.client.certificate,
      clientKeyFile: certificates.client.key)
    #expect(try Self.outcome(server, files).get().status == 200)
    tls.clientCertificate = certificates.expiredClient.certificateText
    tls.clientKey = certificates.expiredClient.keyText
    guard case .failure(.tls(let expired)) = try Self.outcome(server, tls) else {
      return #expect(Bool(false), "expected .tls")
    }
    #expect(expired.contains("alert certificate expired"))
    tls.clientKey = certificates.client.keyText
    guard case .failure(.tls) = try Self.outcome(server, tls) else {
      return #expect(Bool(false), "expected .tls for the wrong key")
    }
  }

  @Test("A connection is not shared by requests that trust differently")
  func reuse() throws {
    let server = try Self.server()
    defer { server.stop() }
    let driver = ClientDriver()
    var request = HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/")
    request.tls = try Self.trust()
    #expect(try driver.outcome(request, id: 1).get().status == 200)
    #expect(try driver.outcome(request, id: 2).get().status == 200)
    #expect(server.connectionCount == 1)
    request.tls = try Self.trust(\.otherAuthority)
    guard case .failure(.tls) = try driver.outcome(request, id: 3) else {
      return #expect(Bool(false), "expected .tls")
    }
  }

  @Test("A proxy is asked for a tunnel; one that refuses is no connection")
  func proxy() throws {
    let server = try Self.server()
    defer { server.stop() }
    let proxy = try RawListener()
    let heads = Mutex<[String]>([])
    Later.run(afterMilliseconds: 0) {
      while let connection = try? proxy.accept(), let head = try? connection.receive(until: "\r\n\r\n") {
        heads.withLock { $0.append(head) }
        connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
      }
    }
    defer { proxy.stop() }
    var request = HTTPClientRequest(method: "POST", url: "https://127.0.0.1:\(server.port)/")
    request.tls = try Self.trust()
    request.proxyURL = "http://user:word@127.0.0.1:\(proxy.port)"
    let outcome = try ClientDriver().outcome(request)
    #expect(outcome == .failure(.connect("CONNECT tunnel failed, response 403")))
    let head = heads.withLock { $0.first } ?? ""
    #expect(head.hasPrefix("CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\n"))
    #expect(head.contains("Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n"))
  }
}
