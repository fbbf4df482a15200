import Glibc
import HTTP
import HubEngine
import TestSupport
import Testing

@testable import HubRuntime

/// Credentials that change, and plugins that take their time, in a real loop.
@Suite("Credentials in the loop")
struct AccessLoopTests {
  private static func get(_ id: UInt64) -> EngineEffect {
    .request(RequestID(rawValue: id), APIRequest(get: "/x", deadlineSeconds: 30, maxBytes: 1000))
  }

  @Test("a plugin that hangs holds up nothing but the requests that need it, and ends with the loop")
  func hangingPlugin() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("pid", "")
    var access = try APIAccess(url: "http://127.0.0.1:1")
    access.identity.plugin = ExecPluginTests.script("echo $$ > \(directory.path)/pid; sleep 600")
    let sink = try RecordingServer { _, responder in responder.send(.text(200, "")) }
    let url = sink.url
    let loop = RunningLoop(access) { input, _ in
      guard input == "start" else { return [] }
      return [
        Self.get(1),
        .send(
          DeliveryID(rawValue: 1), SinkRequest(url: url, headers: [], body: [], timeoutMilliseconds: 30_000)),
      ]
    }
    let pid = try await waitFor("the plugin") { Int32(try directory.read("pid").filter(\.isNumber)) }
    try await waitUntil("the delivery") { loop.record.inputs.contains("answer 1 200 nil") }
    #expect(await loop.report().api.inFlight == 1)
    #expect(loop.record.inputs.count == 2)
    await loop.end(milliseconds: 0)
    try await waitUntil("the plugin's end") { kill(-pid, 0) != 0 }
    #expect(sink.requests.count == 1)
  }

  @Test("a token that the kubelet swaps is taken at the first 401, which the engine does not see")
  func swappedToken() async throws {
    let directory = try TemporaryDirectory(containing: "..one")
    try directory.write("..one/token", "one")
    let fresh = directory.path + "/..two"
    #expect(mkdir(fresh, 0o755) == 0)
    try directory.write("..two/token", "two")
    #expect(symlink("..one", directory.path + "/..data") == 0)
    #expect(symlink("..data/token", directory.path + "/token") == 0)
    let server = try RecordingServer { request, responder in
      let token = request.path == "/x" ? "Bearer one" : "Bearer two"
      responder.send(.text(request.headers[first: "Authorization"] == token ? 200 : 401, ""))
    }
    let access = try APIAccess(url: server.url, tokenFile: directory.path + "/token")
    let loop = RunningLoop(access) { input, _ in
      switch input {
      case "start": [Self.get(1)]
      case "files []":
        [.request(RequestID(rawValue: 2), APIRequest(get: "/y", deadlineSeconds: 30, maxBytes: 1000))]
      default: []
      }
    }
    try await waitUntil("the first answer") { loop.record.inputs.contains("end 1 complete") }
    // As the kubelet does it: one rename changes all files at once.
    #expect(symlink("..two", directory.path + "/..new") == 0)
    #expect(rename(directory.path + "/..new", directory.path + "/..data") == 0)
    loop.inbox.post(.input(.subscriptionFiles([])))
    try await waitUntil("the second answer") { loop.record.inputs.contains("end 2 complete") }
    #expect(
      loop.record.inputs == [
        "start", "head 1 200 nil", "end 1 complete", "files []", "head 2 200 nil", "end 2 complete",
      ])
    #expect(
      server.requests.map { $0.headers[first: "Authorization"] } == [
        "Bearer one", "Bearer one", "Bearer two",
      ])
    #expect(await loop.report().api.problem == nil)
  }

  @Test("a client certificate whose file is renewed is shown after a 401")
  func renewedCertificate() throws {
    let made = try TestCertificates.shared()
    let directory = try TemporaryDirectory()
    func write(_ pair: TestCertificates.Pair) throws {
      try directory.replace("pem", String(decoding: pair.certificateText, as: UTF8.self))
      try directory.replace("key", String(decoding: pair.keyText, as: UTF8.self))
    }
    try write(made.expiredClient)
    var access = try APIAccess(url: "https://127.0.0.1:1")
    access.identity.certificate = .file(directory.path + "/pem")
    access.identity.key = .file(directory.path + "/key")
    var api = APITransport(access, idleMilliseconds: 1, log: .silent)
    let (id, now) = (RequestID(rawValue: 1), EngineTime(monotonic: 5, wall: 5))
    let begun = api.begin(id, APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 9), at: now)
    #expect(begun?.tls?.clientCertificate == made.expiredClient.certificateText)
    try write(made.client)
    var inputs: [EngineInput] = []
    api.end(id, .success(HTTPResponse(status: 401)), at: now, into: &inputs)
    #expect(inputs.isEmpty)
    let again = api.resume(at: now, into: &inputs)
    #expect(again.map { $0.http.tls?.clientCertificate } == [made.client.certificateText])
    #expect(again.map { $0.http.tls?.clientKey } == [made.client.keyText])
  }
}
