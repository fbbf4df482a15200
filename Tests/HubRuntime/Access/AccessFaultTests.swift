import CloudEvents
import HTTP
import HubEngine
import TestSupport
import Testing

@testable import HubRuntime

/// What a user reads when a kubeconfig is well-formed but does not open the door: each through real TLS and a real loop.
@Suite("Access that fails on the way")
struct AccessFaultTests {
  typealias Choice = @Sendable (TestCertificates) -> TestCertificates.Pair

  struct Case: Sendable, CustomTestStringConvertible {
    var server: Choice = { $0.server }
    var authority: Choice? = { $0.authority }
    var client: (certificate: Choice, key: Choice)?
    var wantsClient = false
    /// More of the cluster and another user, as YAML lines.
    var cluster: [String] = []
    var user = ["token: secret"]
    /// What the server answers.
    var status = 200
    /// How the hub's page goes on after `the API server`; FILE stands for the kubeconfig.
    let phrase: String
    var testDescription: String { phrase }
  }

  private static let tls = "does not answer: TLS failed: "
  private static let stranger = tls + "SSL certificate problem: unable to get local issuer certificate; "

  static let cases: [Case] = [
    Case(
      server: { $0.expiredServer },
      phrase: tls
        + "SSL certificate problem: certificate has expired; renew the certificate of the server, or of its"
        + " authority, on the server's side"),
    Case(
      authority: { $0.otherAuthority },
      phrase: stranger
        + "the server is not signed by FILE:11:33: clusters[0].cluster.certificate-authority-data: put"
        + " this cluster's authority there"),
    Case(
      authority: nil,
      phrase: stranger + "this machine does not know the server's authority: name it in FILE:10:5:"
        + " clusters[0].cluster.certificate-authority"),
    Case(
      server: { $0.namedServer },
      phrase: tls
        + "SSL: no alternative certificate subject name matches target host name '127.0.0.1'; the server's"
        + " certificate has other names: correct FILE:10:13: clusters[0].cluster.server, or give one of them in"
        + " FILE:10:5: clusters[0].cluster.tls-server-name"),
    Case(
      cluster: ["tls-server-name: api.wrong"],
      phrase: tls
        + "SSL: no alternative certificate subject name matches target host name 'api.wrong'; the server's"
        + " certificate has other names: correct FILE:10:13: clusters[0].cluster.server, or give one of them in"
        + " FILE:12:22: clusters[0].cluster.tls-server-name"),
    Case(
      wantsClient: true,
      phrase: tls
        + "ALERT certificate required ALERT; the server wants a client certificate: add client-certificate and"
        + " client-key to the user"),
    Case(
      client: ({ $0.expiredClient }, { $0.expiredClient }), wantsClient: true,
      phrase: tls + "ALERT certificate expired ALERT; the server does not take the client certificate: renew"
        + " FILE:15:30: users[0].user.client-certificate-data"),
    Case(
      client: ({ $0.client }, { $0.server }),
      phrase: tls
        + "unable to set private key file: '(memory blob)' type PEM; the key does not belong to FILE:15:30:"
        + " users[0].user.client-certificate-data: copy both again"),
    Case(
      client: ({ $0.expiredClient }, { $0.expiredClient }), status: 401,
      phrase:
        "does not accept the hub's credentials: FILE:15:30: users[0].user.client-certificate-data: the certificate"
        + " expired at TIME; get a new one"),
    Case(
      cluster: ["proxy-url: http://127.0.0.1:1"],
      phrase:
        "does not answer: no connection: Failed to connect to 127.0.0.1 port 1; the way goes through the proxy of"
        + " FILE:12:16: clusters[0].cluster.proxy-url"),
    Case(
      cluster: ["proxy-url: socks5://127.0.0.1:1"],
      phrase:
        "does not answer: no connection: Failed to connect to 127.0.0.1 port 1; the way goes through the proxy of"
        + " FILE:12:16: clusters[0].cluster.proxy-url"),
    Case(
      status: 401, phrase: "does not accept the hub's credentials: renew FILE:15:12: users[0].user.token"),
    Case(
      user: ["{}"], status: 401,
      phrase:
        "does not accept the hub's credentials: none are shown; give the user of context \"dev\" of FILE a token, a"
        + " certificate or an exec plugin"),
    Case(
      user: ["exec: {apiVersion: client.authentication.k8s.io/v1, command: 'false'}"],
      phrase:
        "is not asked, as there are no credentials: FILE:15:11: users[0].user.exec: the exec plugin \"false\" ended"
        + " with exit code 1"),
  ]

  private func kubeconfig(_ test: Case, port: Int) throws -> SampleKubeconfig {
    let made = try TestCertificates.shared()
    var sample = SampleKubeconfig(server: "https://127.0.0.1:\(port)", user: test.user)
    if let authority = test.authority {
      let text = Base64.encode(authority(made).certificateText)
      sample.cluster.append("certificate-authority-data: \(text)")
    }
    sample.cluster += test.cluster
    if let client = test.client {
      sample.user = [
        "client-certificate-data: \(Base64.encode(client.certificate(made).certificateText))",
        "client-key-data: \(Base64.encode(client.key(made).keyText))",
      ]
    }
    return sample
  }

  @Test("each names the file, the field and the remedy", arguments: cases)
  func phrase(_ test: Case) async throws {
    let made = try TestCertificates.shared()
    var settings = TLSServer.Settings(test.server(made))
    settings.clientAuthority = test.wantsClient ? made.authority.certificate : nil
    let server = try TLSServer(settings) { connection in
      while connection.readHead() != nil {
        connection.write("HTTP/1.1 \(test.status) X\r\nContent-Length: 0\r\n\r\n")
      }
    }
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    let file = try directory.write("config", try kubeconfig(test, port: server.port).text)
    let access = try Kubeconfig(files: [file], mustExist: true, setting: "--kubeconfig").access(context: nil)
    let loop = RunningLoop(access) { input, _ in
      input == "start"
        ? [.request(RequestID(rawValue: 1), APIRequest(get: "/api", deadlineSeconds: 30, maxBytes: 999))] : []
    }
    try await waitUntil("the end") { loop.record.inputs.contains { $0.hasPrefix("end 1") } }
    let phrase = await loop.report().api.problem?.phrase ?? "answers"
    #expect(Self.shown(phrase) == test.phrase.replacing("FILE", with: file))
    #expect(!phrase.contains("secret"))
    _ = loop
  }

  /// Without what differs from one OpenSSL or day to the next.
  private static func shown(_ phrase: String) -> String {
    phrase.replacing(/OpenSSL SSL_read: .* alert (certificate [a-z]+), errno 0/) { "ALERT \($0.1) ALERT" }
      .replacing(/\ after \d+ ms: [^;]*/, with: "")
      .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "TIME")
  }

  @Test("a port without TLS is asked about")
  func noTLS() async throws {
    let server = try RecordingServer { _, responder in responder.send(.text(200, "")) }
    let loop = RunningLoop(try APIAccess(url: "https://127.0.0.1:\(server.server.port)")) { input, _ in
      input == "start"
        ? [.request(RequestID(rawValue: 1), APIRequest(get: "/api", deadlineSeconds: 30, maxBytes: 999))] : []
    }
    try await waitUntil("the end") { loop.record.inputs.contains { $0.hasPrefix("end 1") } }
    let phrase = await loop.report().api.problem?.phrase ?? ""
    #expect(
      phrase.hasSuffix("; no TLS is spoken there: is the port in --api-server right, or is it http://?"),
      "\(phrase)")
    #expect(!server.url.isEmpty)
  }

  @Test(
    "a client certificate that has expired, or will only be valid, is warned of at the start, with its place")
  func warning() throws {
    let made = try TestCertificates.shared()
    let directory = try TemporaryDirectory()
    let user = ["client-certificate: \(made.client.certificate)", "client-key: \(made.client.key)"]
    let file = try directory.write("config", SampleKubeconfig(user: user).text)
    let kubeconfig = try Kubeconfig(files: [file], mustExist: true, setting: "--kubeconfig")
    let period = try #require(CertificatePeriod(pem: made.client.certificateText))
    let end = try #require(RFC3339.parse(period.end))
    let start = try #require(RFC3339.parse(period.start))
    #expect(end - start == 2 * 86_400 * 1_000_000_000)
    let place = "\(file):14:25: users[0].user.client-certificate: the certificate "
    #expect(
      try kubeconfig.access(context: nil, at: end + 1).warnings
        == [place + "expired at \(period.end); get a new one"])
    #expect(
      try kubeconfig.access(context: nil, at: start - 1).warnings
        == [place + "is not valid before \(period.start); is this machine's clock right?"])
    #expect(try kubeconfig.access(context: nil, at: end).warnings.isEmpty)
  }

  @Test("a certificate that is cut anywhere has no period, or the whole one's")
  func truncatedCertificate() throws {
    let text = try TestCertificates.shared().client.certificateText
    let whole = try #require(CertificatePeriod(pem: text))
    for count in 0..<text.count {
      // With the last line cut off the base64 may still be whole in its first part.
      let cut = Array(text[..<count]) + Array("\n-----END CERTIFICATE-----\n".utf8)
      #expect(CertificatePeriod(pem: cut).map { $0 == whole } ?? true)
    }
  }
}
