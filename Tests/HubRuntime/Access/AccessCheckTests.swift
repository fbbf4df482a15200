import CloudEvents
import Glibc
import JSONScan
import TestSupport
import Testing

@testable import HubRuntime

/// `hub check` with a kubeconfig, as a process before a server.
@Suite("hub check of an access")
struct AccessCheckTests {
  /// A server that knows one token and one client, and answers as an API server does.
  private func server(wantsClient: Bool = false, api: String = #"{"kind": "APIVersions"}"#) throws
    -> TLSServer
  {
    let made = try TestCertificates.shared()
    var settings = TLSServer.Settings(made.server)
    settings.clientAuthority = wantsClient ? made.authority.certificate : nil
    return try TLSServer(settings) { connection in
      while let head = connection.readHead() {
        let isKnown = wantsClient || head.contains("\r\nAuthorization: Bearer right\r\n")
        let body = head.hasPrefix("GET /version ") ? #"{"gitVersion": "v1.36.0"}"# : isKnown ? api : "{}"
        let status = isKnown || head.hasPrefix("GET /version ") ? 200 : 401
        connection.write("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      }
    }
  }

  private func kubeconfig(_ server: TLSServer, _ user: [String], cluster: [String] = []) throws
    -> SampleKubeconfig
  {
    let authority = Base64.encode(try TestCertificates.shared().authority.certificateText)
    let trust = cluster.isEmpty ? ["certificate-authority-data: \(authority)"] : cluster
    return SampleKubeconfig(server: "https://127.0.0.1:\(server.port)", cluster: trust, user: user)
  }

  /// Exit code and output, FILE standing for the kubeconfig and PORT for the port.
  private func check(
    _ sample: SampleKubeconfig, _ server: TLSServer, _ more: [String] = []
  ) async throws -> (Int32, String) {
    let directory = try TemporaryDirectory()
    let file = try directory.write("config", sample.text)
    let hub = try BuiltProcess(
      "hub", ["check", "--kubeconfig", file] + more, environment: ["PATH": "/usr/bin:/bin"])
    let code = try await hub.end()
    let text = (hub.output + hub.errors).replacing(file, with: "FILE").replacing(
      ":\(server.port)", with: ":PORT")
    #expect(try directory.read("config") == sample.text)
    return (code, text)
  }

  @Test("a token, an exec plugin and a client certificate that are accepted: 0, and who answers")
  func good() async throws {
    let (server, strict) = (try server(), try server(wantsClient: true))
    defer { for server in [server, strict] { server.stop() } }
    let made = try TestCertificates.shared()
    let good = (
      Int32(0),
      "https://127.0.0.1:PORT (context \"dev\" of FILE): the API server answers: Kubernetes v1.36.0\n"
    )
    let plugin = ExecPluginTests.credential("{\"token\":\"right\"}")
    for user in [
      ["token: right"],
      [
        "exec:", "  apiVersion: client.authentication.k8s.io/v1", "  command: echo", "  args: ['\(plugin)']",
        "  interactiveMode: Never",
      ],
    ] {
      #expect(try await check(try kubeconfig(server, user), server) == good)
    }
    let files = ["client-certificate: \(made.client.certificate)", "client-key: \(made.client.key)"]
    let directory = try TemporaryDirectory()
    let status: JSONValue = [
      "clientCertificateData": .string(String(decoding: made.client.certificateText, as: UTF8.self)),
      "clientKeyData": .string(String(decoding: made.client.keyText, as: UTF8.self)),
    ]
    let written = try directory.write(
      "credential",
      ExecPluginTests.credential(String(decoding: status.serialized(), as: UTF8.self), version: .v1beta1))
    let exec = [
      "exec:", "  apiVersion: client.authentication.k8s.io/v1beta1", "  command: cat",
      "  args: ['\(written)']",
    ]
    for user in [files, exec] {
      #expect(try await check(try kubeconfig(strict, user), strict) == good)
    }
  }

  @Test("the way goes through proxy-url, with the tunnel's end at the server")
  func proxy() async throws {
    let server = try server()
    let proxy = try TunnelProxy()
    defer {
      server.stop()
      proxy.stop()
    }
    let authority = Base64.encode(try TestCertificates.shared().authority.certificateText)
    let sample = try kubeconfig(
      server, ["token: right"],
      cluster: ["certificate-authority-data: \(authority)", "proxy-url: http://127.0.0.1:\(proxy.port)"])
    let (code, text) = try await check(sample, server)
    #expect(code == 0, "\(text)")
    #expect(proxy.targets == ["127.0.0.1:\(server.port)"])
  }

  @Test("hub serve warns that nobody is verified")
  func warning() async throws {
    let directory = try TemporaryDirectory()
    let sample = SampleKubeconfig(server: "https://127.0.0.1:1", cluster: ["insecure-skip-tls-verify: true"])
    let file = try directory.write("config", sample.text)
    let hub = try BuiltProcess(
      "hub", ["serve", "--listen", "127.0.0.1:0"], environment: ["KUBECONFIG": file])
    try await waitUntil("the warning") {
      hub.errors.contains(
        "WARN the access to the API server is not as it should be reason=\"insecure-skip-tls-verify:")
    }
    #expect(hub.errors.contains(" access=\"context \\\"dev\\\" of \(file)\""))
    #expect(!hub.errors.contains("secret"))
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    _ = directory
  }

  @Test("what is in the way is said: 1")
  func bad() async throws {
    let server = try server()
    defer { server.stop() }
    let start = "https://127.0.0.1:PORT (context \"dev\" of FILE): the API server "
    #expect(
      try await check(try kubeconfig(server, ["token: wrong"]), server)
        == (1, start + "does not accept the hub's credentials: renew FILE:15:12: users[0].user.token\n"))
    let insecure = try kubeconfig(server, ["token: right"], cluster: ["insecure-skip-tls-verify: true"])
    #expect(
      try await check(insecure, server) == (
        0,
        start
          + "answers: Kubernetes v1.36.0\nwarning: insecure-skip-tls-verify: anybody who can redirect the connection"
          + " can read the hub's credentials\n"
      ))
    #expect(
      try await check(try kubeconfig(server, ["token: 5"]), server)
        == (1, "FILE:15:12: users[0].user.token: must be a string, is a number; quote it\n"))
    let other = try self.server(api: "<html>")
    defer { other.stop() }
    #expect(
      try await check(try kubeconfig(other, ["token: right"]), other)
        == (1, start + "answers /api with something else than Kubernetes does: is the URL right?\n"))
  }

  @Test("--json has it as an object; a kubeconfig that is not there is 2")
  func json() async throws {
    let server = try server()
    defer { server.stop() }
    let (code, text) = try await check(try kubeconfig(server, ["token: right"]), server, ["--json"])
    #expect(code == 0)
    let access = try #require(try JSONValue(parsing: [UInt8](text.utf8))["access"])
    #expect(access["version"]?.string == "v1.36.0")
    #expect(access["problem"] == .null)
    #expect(access["origin"]?.string == "context \"dev\" of FILE")
    let hub = try BuiltProcess("hub", ["check", "--kubeconfig", "/nowhere/config"])
    #expect(try await hub.end() == 2)
    #expect(hub.errors == "hub check: --kubeconfig: cannot read /nowhere/config: No such file or directory\n")
  }
}
