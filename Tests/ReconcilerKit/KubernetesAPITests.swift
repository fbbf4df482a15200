import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@testable import ReconcilerKit

@Suite("Kubernetes API client")
struct KubernetesAPITests {
  private static let log = ReconcilerLog(level: .error) { _ in }

  private func client(_ server: FakeAPIServer, tokenFile: String? = nil) throws -> KubernetesAPI {
    KubernetesAPI(
      try KubernetesConfiguration(url: server.url, tokenFile: tokenFile, component: "tester"), log: Self.log)
  }

  @Test("Objects are read, created, replaced and merged at their paths, in the component's name")
  func verbs() async throws {
    let server = try FakeAPIServer()
    let api = try client(server)
    let object: JSONValue = [
      "kind": "Deployment", "apiVersion": "apps/v1", "metadata": ["name": "d", "namespace": "ns"],
      "spec": ["replicas": 1],
    ]
    var stored = try await api.create(object, as: .deployments)
    #expect(stored["metadata"]?["resourceVersion"]?.string != nil)
    #expect(try await api.get(.deployments, namespace: "ns", name: "d") == stored)
    stored["spec"] = ["replicas": 2]
    stored = try await api.update(stored, as: .deployments)
    stored["status"] = ["replicas": 2]
    #expect(try await api.updateStatus(stored, as: .deployments)["status"]?["replicas"]?.int == 2)
    let change: JSONValue = ["metadata": ["labels": ["a": "b"]]]
    _ = try await api.patch(.deployments, namespace: "ns", name: "d", merging: change)
    let path = "/apis/apps/v1/namespaces/ns/deployments"
    #expect(
      server.calls == [
        "POST \(path)", "GET \(path)/d", "PUT \(path)/d", "PUT \(path)/d/status", "PATCH \(path)/d",
      ])
    for exchange in server.exchanges where exchange.method != "GET" {
      #expect(exchange.query == "fieldManager=tester")
      #expect(exchange.headers[first: "User-Agent"] == "tester")
      #expect(exchange.headers[first: "Authorization"] == nil)
    }
    #expect(server.exchanges.last?.headers[first: "Content-Type"] == "application/merge-patch+json")
    #expect(server.exchanges.last?.json == change)
  }

  @Test(
    "A version that is outdated is a conflict, a name that exists alreadyExists, one that does not notFound")
  func typedErrors() async throws {
    let server = try FakeAPIServer()
    let api = try client(server)
    let object: JSONValue = ["metadata": ["name": "d", "namespace": "ns"]]
    let stored = try await api.create(object, as: .deployments)
    await #expect(throws: KubernetesError.alreadyExists("it exists")) {
      try await api.create(object, as: .deployments)
    }
    _ = try await api.update(stored, as: .deployments)
    await #expect(throws: KubernetesError.conflict("the object has been modified")) {
      try await api.update(stored, as: .deployments)
    }
    await #expect(throws: KubernetesError.notFound("not found")) {
      try await api.get(.deployments, namespace: "ns", name: "other")
    }
    #expect(try await api.find(.deployments, namespace: "ns", name: "other") == nil)
    server.fail(.init(method: "GET", pathContains: "/d", answer: HTTPResponse(status: 503)))
    await #expect(throws: KubernetesError.unavailable("no message", retryAfterSeconds: nil)) {
      try await api.find(.deployments, namespace: "ns", name: "d")
    }
    server.fail(.init(method: "GET", pathContains: "/d", answer: .text(200, "<html>")))
    await #expect(throws: KubernetesError.self) {
      try await api.get(.deployments, namespace: "ns", name: "d")
    }
  }

  @Test("A server that is away is unavailable")
  func serverAway() async throws {
    let api = KubernetesAPI(
      try KubernetesConfiguration(url: "http://127.0.0.1:1", component: "tester"), log: Self.log)
    do {
      _ = try await api.get(.deployments, namespace: "ns", name: "d")
      Issue.record("nothing listens on port 1")
    } catch {
      guard case .unavailable = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test("A list is read page by page, and its selector encoded")
  func lists() async throws {
    let server = try FakeAPIServer()
    let api = try client(server)
    func page(_ names: [String], next: String?) -> HTTPResponse {
      let items = names.map { name -> JSONValue in ["metadata": ["name": .string(name)]] }
      return .json(
        200,
        JSONValue.object(["items": .array(items), "metadata": ["continue": .string(next ?? "")]]).serialized()
      )
    }
    server.fail(.init(method: "GET", pathContains: "deployments", answer: page(["a", "b"], next: "t/1")))
    server.fail(.init(method: "GET", pathContains: "deployments", answer: page(["c"], next: nil)))
    let items = try await api.list(.deployments, namespace: "ns", labelSelector: "app in (a, b)")
    #expect(items.compactMap { $0["metadata"]?["name"]?.string } == ["a", "b", "c"])
    #expect(
      server.exchanges.map(\.query) == [
        "limit=500&labelSelector=app%20in%20%28a%2C%20b%29",
        "limit=500&labelSelector=app%20in%20%28a%2C%20b%29&continue=t%2F1",
      ])
  }

  @Test("Paths are those of core and named groups, namespaced or not, and no name can leave its place")
  func paths() {
    let nodes = KubernetesResource(apiVersion: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    #expect(nodes.path(namespace: "", name: "n1") == "/api/v1/nodes/n1")
    #expect(KubernetesResource.events.path(namespace: "a") == "/api/v1/namespaces/a/events")
    #expect(KubernetesResource.deployments.path(namespace: "") == "/apis/apps/v1/deployments")
    #expect(
      KubernetesResource.deployments.path(namespace: "a", name: "x/../y?z", subresource: "status")
        == "/apis/apps/v1/namespaces/a/deployments/x%2F..%2Fy%3Fz/status")
  }

  @Test("A request that is refused is sent once more if the kubelet has swapped the token meanwhile")
  func swappedToken() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "account-\(UUID())")
    defer { try? FileManager.default.removeItem(at: directory) }
    for token in ["one", "two"] {
      let folder = directory.appending(path: "..\(token)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(token.utf8).write(to: folder.appending(path: "token"))
    }
    let path = directory.path
    #expect(symlink("..one", path + "/..data") == 0)
    #expect(symlink("..data/token", path + "/token") == 0)
    let server = try FakeAPIServer()
    let api = try client(server, tokenFile: path + "/token")
    #expect(try await api.find(.deployments, namespace: "ns", name: "d") == nil)
    // As the kubelet does it: one rename changes all files at once.
    #expect(symlink("..two", path + "/..new") == 0)
    #expect(rename(path + "/..new", path + "/..data") == 0)
    server.fail(.init(method: "GET", pathContains: "/", answer: HTTPResponse(status: 401)))
    #expect(try await api.find(.deployments, namespace: "ns", name: "d") == nil)
    #expect(
      server.exchanges.map { $0.headers[first: "Authorization"] } == [
        "Bearer one", "Bearer one", "Bearer two",
      ])
  }

  @Test("The authority's file is read again after five minutes and after a handshake that failed")
  func authority() async throws {
    let made = try TestCertificates.shared()
    let server = try TLSServer(TLSServer.Settings(made.server)) { connection in
      while connection.readHead() != nil { connection.write("HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n{}") }
    }
    defer { server.stop() }
    let file = FileManager.default.temporaryDirectory.appending(path: "ca-\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    let url = "https://127.0.0.1:\(server.port)"
    let api = KubernetesAPI(
      try KubernetesConfiguration(url: url, caFile: file.path, component: "tester"), log: Self.log)
    defer { api.stop() }
    await #expect(
      throws: KubernetesError.unavailable(
        "no certificate in the authority file \(file.path)", retryAfterSeconds: nil)
    ) { try await api.get(.deployments, namespace: "ns", name: "d") }
    try Data(made.otherAuthority.certificateText).write(to: file)
    await #expect(throws: KubernetesError.self) {
      try await api.get(.deployments, namespace: "ns", name: "d")
    }
    try Data(made.authority.certificateText).write(to: file)
    _ = try await api.get(.deployments, namespace: "ns", name: "d")

    let renewed = AuthorityFile(path: file.path)
    #expect(renewed.certificates(at: 0) == made.authority.certificateText)
    try Data(made.otherAuthority.certificateText).write(to: file)
    #expect(renewed.certificates(at: AuthorityFile.maxAgeNanoseconds - 1) == made.authority.certificateText)
    #expect(renewed.certificates(at: AuthorityFile.maxAgeNanoseconds) == made.otherAuthority.certificateText)
    try Data("half".utf8).write(to: file)
    #expect(
      renewed.certificates(at: AuthorityFile.maxAgeNanoseconds * 3) == made.otherAuthority.certificateText)
  }

  @Test("The token is sent, kept for a minute, read again after it or after a 401")
  func tokens() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
    let token = BearerToken(path: file.path)
    #expect(token.value(at: 0) == nil)
    try write("one\n")
    #expect(token.value(at: 0) == "one")
    try write("two")
    #expect(token.value(at: BearerToken.maxAgeNanoseconds - 1) == "one")
    #expect(token.value(at: BearerToken.maxAgeNanoseconds) == "two")
    try FileManager.default.removeItem(at: file)
    #expect(token.value(at: BearerToken.maxAgeNanoseconds * 3) == "two", "an old token is better than none")

    let now = BearerToken.maxAgeNanoseconds * 9
    let server = try FakeAPIServer()
    let api = KubernetesAPI(
      try KubernetesConfiguration(url: server.url, tokenFile: file.path, component: "tester"), log: Self.log,
      clock: Clock(wall: { 0 }, monotonic: { now }))
    await #expect(throws: KubernetesError.unauthorized("the token file can't be read")) {
      try await api.get(.deployments, namespace: "ns", name: "d")
    }
    try write("three")
    server.fail(.init(method: "GET", pathContains: "/", answer: HTTPResponse(status: 401)))
    await #expect(throws: KubernetesError.unauthorized("no message")) {
      try await api.get(.deployments, namespace: "ns", name: "d")
    }
    try write("four\r\nX-Forged: 1")
    _ = try? await api.get(.deployments, namespace: "ns", name: "d")
    #expect(
      server.exchanges.map { $0.headers[first: "Authorization"] } == [
        "Bearer three", "Bearer fourX-Forged:1",
      ])
  }

  @Test("A token goes only over TLS or to this machine")
  func tokenNeedsTLS() throws {
    for url in ["https://api.example:6443", "http://127.0.0.1:8001", "http://localhost", "http://[::1]:80/"] {
      _ = try KubernetesConfiguration(url: url, tokenFile: "t", component: "c")
    }
    for url in [
      "http://10.0.0.1", "http://127.evil.example", "http://localhost.evil.example", "http://[::2]",
    ] {
      #expect(throws: KubernetesConfiguration.Problem.tokenWithoutTLS(url)) {
        try KubernetesConfiguration(url: url, tokenFile: "t", component: "c")
      }
      _ = try KubernetesConfiguration(url: url, component: "c")
    }
    for url in ["", "ftp://a", "http://", "http://a/b", "http://user@a", "a:80"] {
      #expect(throws: KubernetesConfiguration.Problem.badURL(url)) {
        try KubernetesConfiguration(url: url, component: "c")
      }
    }
  }
}
