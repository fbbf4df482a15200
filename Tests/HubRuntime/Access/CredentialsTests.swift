import HTTP
import HubEngine
import TestSupport
import Testing

@testable import HubRuntime

/// When credentials are read or asked for again. Time is handed in; no plugin is started here.
@Suite("Credentials over time")
struct CredentialsTests {
  private static let wall: Int64 = 1_800_000_000_000_000_000
  private let get = APIRequest(get: "/x", deadlineSeconds: 3, maxBytes: 99)

  private func time(_ seconds: UInt64) -> EngineTime {
    EngineTime(monotonic: (1000 + seconds) * 1_000_000_000, wall: Self.wall + Int64(seconds) * 1_000_000_000)
  }

  private func id(_ number: UInt64) -> RequestID { RequestID(rawValue: number) }

  private func transport(
    _ change: (inout APIAccess) -> Void, url: String = "https://10.0.0.1", log: Log = .silent
  ) throws -> APITransport {
    var access = try APIAccess(url: url)
    change(&access)
    return APITransport(access, idleMilliseconds: 1, log: log)
  }

  private func withPlugin() throws -> APITransport {
    try transport { $0.identity.plugin = ExecPluginTests.script("") }
  }

  private func given(_ token: String, expiresAfter seconds: Int64? = nil) throws -> ExecCredential {
    var credential = try ExecCredential(
      Array(ExecPluginTests.credential("{\"token\":\"\(token)\"}").utf8), version: .v1)
    credential.expires = seconds.map { Self.wall + $0 * 1_000_000_000 }
    return credential
  }

  private func authorization(_ ready: [APITransport.Ready]) -> [String] {
    ready.map { "\($0.id.rawValue) \($0.http.headers[first: "Authorization"] ?? "none")" }
  }

  @Test("requests wait for the plugin, which runs once, and then go out in order")
  func waits() throws {
    var api = try withPlugin()
    var inputs: [EngineInput] = []
    for number in UInt64(1)...3 { #expect(api.begin(id(number), get, at: time(0)) == nil) }
    #expect(api.takeWantedRun() != nil)
    #expect(api.takeWantedRun() == nil)
    #expect(api.resume(at: time(1), into: &inputs).isEmpty)
    api.forget(id(2))
    api.pluginEnded(.success(try given("t")), at: time(2))
    #expect(authorization(api.resume(at: time(2), into: &inputs)) == ["1 Bearer t", "3 Bearer t"])
    #expect(api.begin(id(4), get, at: time(3))?.headers[first: "Authorization"] == "Bearer t")
    #expect(api.takeWantedRun() == nil)
  }

  @Test("a credential is renewed shortly before it expires, but never twice within ten seconds")
  func expires() throws {
    var api = try withPlugin()
    var inputs: [EngineInput] = []
    #expect(api.begin(id(1), get, at: time(0)) == nil)
    #expect(api.takeWantedRun() != nil)
    api.pluginEnded(.success(try given("one", expiresAfter: 60)), at: time(0))
    #expect(api.resume(at: time(0), into: &inputs).count == 1)
    #expect(api.begin(id(2), get, at: time(49)) != nil)
    #expect(api.begin(id(3), get, at: time(50)) == nil)
    #expect(api.takeWantedRun() != nil)
    // It gives what has expired already: used all the same until it may be asked again.
    api.pluginEnded(.success(try given("two", expiresAfter: 1)), at: time(51))
    #expect(authorization(api.resume(at: time(51), into: &inputs)) == ["3 Bearer two"])
    #expect(api.begin(id(4), get, at: time(60)) != nil)
    #expect(api.takeWantedRun() == nil)
    #expect(api.begin(id(5), get, at: time(61)) == nil)
    #expect(api.takeWantedRun() != nil)
  }

  @Test("without credentials requests end with the plugin's failure, and it is tried again after ten seconds")
  func failing() throws {
    var api = try withPlugin()
    var inputs: [EngineInput] = []
    _ = api.begin(id(1), get, at: time(0))
    _ = api.takeWantedRun()
    api.pluginEnded(.failure(.exited(code: 1, said: "no")), at: time(1))
    #expect(api.resume(at: time(1), into: &inputs).isEmpty)
    let text = "the exec plugin \"sh\" ended with exit code 1: no; its hint: ask Bob"
    #expect(inputs.map(Described.input) == ["end 1 failed \(text)"])
    #expect(api.statistics.problem == .notAsked(text))
    #expect(api.statistics.inFlight == 0)
    inputs = []
    _ = api.begin(id(2), get, at: time(10))
    #expect(api.takeWantedRun() == nil)
    _ = api.resume(at: time(10), into: &inputs)
    #expect(inputs.map(Described.input) == ["end 2 failed \(text)"])
    _ = api.begin(id(3), get, at: time(11))
    #expect(api.takeWantedRun() != nil)
  }

  @Test("a 401 has the plugin run once, and each request is sent once more")
  func unauthorized() throws {
    var api = try withPlugin()
    var inputs: [EngineInput] = []
    func refuse(_ number: UInt64, at seconds: UInt64) {
      api.end(id(number), .success(HTTPResponse(status: 401)), at: time(seconds), into: &inputs)
    }
    for number in UInt64(1)...2 { _ = api.begin(id(number), get, at: time(0)) }
    _ = api.takeWantedRun()
    api.pluginEnded(.success(try given("old")), at: time(0))
    #expect(api.resume(at: time(0), into: &inputs).count == 2)
    refuse(1, at: 20)
    #expect(api.resume(at: time(20), into: &inputs).isEmpty)
    #expect(api.takeWantedRun() != nil)
    refuse(2, at: 21)
    #expect(api.resume(at: time(21), into: &inputs).isEmpty)
    #expect(api.takeWantedRun() == nil)
    api.pluginEnded(.success(try given("new")), at: time(22))
    #expect(authorization(api.resume(at: time(22), into: &inputs)) == ["1 Bearer new", "2 Bearer new"])
    #expect(inputs.isEmpty)
    refuse(1, at: 23)
    #expect(inputs.map(Described.input) == ["head 1 401 nil", "end 1 complete"])
    #expect(api.takeWantedRun() == nil)
  }

  @Test("a 401 of a watch is not seen either; its second answer is streamed")
  func unauthorizedWatch() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("token", "one")
    var api = try transport { $0.identity.tokenFile = file }
    var inputs: [EngineInput] = []
    let watch = APIRequest(get: "/w", isStreaming: true, deadlineSeconds: 3, maxBytes: 99)
    _ = api.begin(id(1), watch, at: time(0))
    try directory.write("token", "two")
    api.head(id(1), status: 401, headers: HTTPHeaders(), at: time(1), into: &inputs)
    api.bytes(id(1), [1], into: &inputs)
    api.end(id(1), .success(HTTPResponse(status: 401)), at: time(1), into: &inputs)
    #expect(inputs.isEmpty)
    #expect(authorization(api.resume(at: time(1), into: &inputs)) == ["1 Bearer two"])
    api.head(id(1), status: 200, headers: HTTPHeaders(), at: time(2), into: &inputs)
    api.bytes(id(1), [2], into: &inputs)
    #expect(inputs.map(Described.input) == ["head 1 200 nil", "bytes 1 [2]"])
    #expect(api.statistics.requests.count == 2)
  }

  @Test("a 401 with a token that is as new as can be is the answer, and the log says so once")
  func refusedForGood() throws {
    let lines = LogLines()
    var api = try transport({ $0.identity.token = "t" }, log: lines.log)
    var inputs: [EngineInput] = []
    for (number, status) in [(UInt64(1), 401), (2, 401), (3, 403)] {
      _ = api.begin(id(number), get, at: time(0))
      api.end(id(number), .success(HTTPResponse(status: status)), at: time(0), into: &inputs)
    }
    #expect(inputs.count == 6)
    #expect(
      lines.all == [
        "WARN the API server does not accept the hub's credentials url=https://10.0.0.1 from=--api-server"
          + " remedy=\"none are shown; give the user of --api-server a token, a certificate or an exec plugin\"",
        "INFO the API server accepts the hub's credentials again url=https://10.0.0.1",
      ])
  }

  @Test("a token file that can be read counts instead of the token, which is the fall-back")
  func tokenFile() throws {
    let directory = try TemporaryDirectory()
    let file = directory.path + "/token"
    var api = try transport { access in
      access.identity.tokenFile = file
      access.identity.token = "fixed"
    }
    #expect(api.begin(id(1), get, at: time(0))?.headers[first: "Authorization"] == "Bearer fixed")
    try directory.write("token", "of the file\n".replacing(" ", with: "-"))
    #expect(api.begin(id(2), get, at: time(60))?.headers[first: "Authorization"] == "Bearer of-the-file")
  }

  @Test("name and password, and impersonation, become headers; none of them goes in the clear")
  func basic() throws {
    for (url, isSent) in [("https://10.0.0.1", true), ("http://127.0.0.1", true), ("http://10.0.0.1", false)]
    {
      var api = try transport(
        { access in
          access.identity.basic = .init(user: "me", password: "word")
          access.identity.impersonation = [.init(name: "Impersonate-User", value: "bob")]
        }, url: url)
      let headers = api.begin(id(1), get, at: time(0))?.headers
      #expect(headers?[first: "Authorization"] == (isSent ? "Basic bWU6d29yZA==" : nil))
      #expect(headers?[first: "Impersonate-User"] == (isSent ? "bob" : nil))
    }
  }

  @Test(
    "certificates of files are read again after five minutes and after a failed handshake; damaged ones are not taken"
  )
  func certificates() throws {
    let made = try TestCertificates.shared()
    let directory = try TemporaryDirectory()
    func write(_ pair: TestCertificates.Pair) throws {
      try directory.write("ca", String(decoding: pair.certificateText, as: UTF8.self))
    }
    try write(made.authority)
    var api = try transport { $0.trust.authorities = .file(directory.path + "/ca") }
    func trusted(_ seconds: UInt64) -> [UInt8]? {
      api.begin(id(1), get, at: time(seconds))?.tls?.caCertificates
    }
    #expect(trusted(0) == made.authority.certificateText)
    try write(made.otherAuthority)
    #expect(trusted(299) == made.authority.certificateText)
    #expect(trusted(300) == made.otherAuthority.certificateText)
    try write(made.authority)
    var inputs: [EngineInput] = []
    api.end(id(1), .failure(.tls("x")), at: time(301), into: &inputs)
    #expect(trusted(302) == made.authority.certificateText)
    try directory.write("ca", "half")
    #expect(trusted(700) == made.authority.certificateText)
    try directory.remove("ca")
    #expect(trusted(1400) == made.authority.certificateText)
  }

  @Test("authorities that were never readable are a failure, not trust in all the system trusts")
  func missingAuthorities() throws {
    let directory = try TemporaryDirectory()
    let file = directory.path + "/ca"
    var api = try transport { $0.trust.authorities = .file(file) }
    var inputs: [EngineInput] = []
    #expect(api.begin(id(1), get, at: time(0)) == nil)
    _ = api.resume(at: time(0), into: &inputs)
    #expect(
      inputs.map(Described.input) == ["end 1 failed cannot read \(file): No such file or directory"])
    let made = try TestCertificates.shared().authority
    try directory.write("ca", String(decoding: made.certificateText, as: UTF8.self))
    #expect(api.begin(id(2), get, at: time(0))?.tls?.caCertificates == made.certificateText)
  }
}
