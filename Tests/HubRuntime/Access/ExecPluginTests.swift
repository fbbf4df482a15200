import Glibc
import HubEngine
import Synchronization
import TestSupport
import Testing

@testable import HubRuntime

/// Exec plugins as real processes: what they are told, what is taken from them, and what a user reads when they fail.
@Suite("Exec plugins")
struct ExecPluginTests {
  /// A plugin that is a shell script.
  static func script(_ text: String, version: ExecPlugin.Version = .v1) -> ExecPlugin {
    var plugin = ExecPlugin(command: "sh", version: version)
    plugin.arguments = ["-c", text]
    plugin.installHint = "ask Bob"
    return plugin
  }

  static func credential(_ status: String, version: ExecPlugin.Version = .v1) -> String {
    "{\"kind\":\"ExecCredential\",\"apiVersion\":\"\(version.rawValue)\",\"status\":\(status)}"
  }

  static func result(
    _ plugin: ExecPlugin, limits: ExecLimits = ExecLimits(), during: (ExecRun) async throws -> Void = { _ in }
  ) async throws -> Result<ExecCredential, ExecFailure> {
    let box = Mutex<Result<ExecCredential, ExecFailure>?>(nil)
    let held = Held(box)
    let run = ExecRun.start(plugin, environment: ["PATH": "/usr/bin:/bin", "OWN": "hub"], limits: limits) {
      result in
      held.box.withLock { $0 = result }
    }
    try await during(run)
    return try await waitFor("the plugin's end") { held.box.withLock { $0 } }
  }

  private final class Held: Sendable {
    let box: Mutex<Result<ExecCredential, ExecFailure>?>
    init(_ box: consuming Mutex<Result<ExecCredential, ExecFailure>?>) { self.box = box }
  }

  @Test("its token and expiry are taken, in both versions", arguments: ExecPlugin.Version.allCases)
  func token(version: ExecPlugin.Version) async throws {
    let status = "{\"token\":\"t\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}"
    let plugin = Self.script("echo '\(Self.credential(status, version: version))'", version: version)
    let credential = try await Self.result(plugin).get()
    #expect(credential.token == "t")
    #expect(credential.expires == 1_893_456_000_000_000_000)
  }

  @Test("it gets the hub's environment, its own, KUBERNETES_EXEC_INFO, no input and no descriptors")
  func environment() async throws {
    // A descriptor that any child would inherit.
    let leaking = open("/dev/null", O_RDONLY)
    defer { close(leaking) }
    #expect(leaking > 2)
    var plugin = Self.script(
      """
      [ "$OWN $MINE" = "hub yes" ] || exit 3
      [ "$KUBERNETES_EXEC_INFO" = '\(Self.script("").information)' ] || exit 4
      read line && exit 5
      for fd in /proc/$$/fd/*; do case ${fd##*/} in [012]) ;; *) [ ! -e $fd ] || exit 6 ;; esac; done
      echo '\(Self.credential("{\"token\":\"t\"}"))'
      """)
    plugin.environment = [.init(name: "MINE", value: "yes")]
    #expect(try await Self.result(plugin).get().token == "t")
  }

  @Test("a client certificate is taken")
  func certificate() async throws {
    let made = try TestCertificates.shared()
    let plugin = Self.script(
      """
      c=$(awk '{printf "%s\\\\n",$0}' \(made.client.certificate)); k=$(awk '{printf "%s\\\\n",$0}' \(made.client.key))
      printf '%s' '{"kind":"ExecCredential","apiVersion":"\(ExecPlugin.Version.v1.rawValue)","status":{"clientCertificateData":"'
      printf '%s' "$c"; printf '%s' '","clientKeyData":"'; printf '%s' "$k"; printf '%s' '"}}'
      """)
    let credential = try await Self.result(plugin).get()
    #expect(credential.certificate == made.client.certificateText)
    #expect(credential.key == made.client.keyText)
  }

  static let rubbish: [(String, String)] = [
    ("", "nothing at all"), ("echo rubbish", "not a JSON object"), ("echo '[]'", "not a JSON object"),
    ("echo '{}'", "kind is not ExecCredential"),
    ("echo '\(credential("{}", version: .v1beta1))'", "apiVersion is not client.authentication.k8s.io/v1"),
    ("echo '\(credential("null"))'", "status is missing"),
    ("echo '\(credential("{}"))'", "status has neither token nor clientCertificateData"),
    ("echo '\(credential("{\"token\":5}"))'", "status.token is not a string"),
    ("echo '\(credential("{\"token\":\"a b\"}"))'", "status.token cannot be sent in a header"),
    (
      "echo '\(credential("{\"token\":\"t\",\"clientKeyData\":\"k\"}"))'",
      "status has one of clientCertificateData and clientKeyData without the other"
    ),
    (
      "echo '\(credential("{\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\"}"))'",
      "status.clientCertificateData holds no certificate in PEM form"
    ),
    (
      "echo '\(credential("{\"token\":\"t\",\"expirationTimestamp\":\"soon\"}"))'",
      "status.expirationTimestamp is not an RFC 3339 time"
    ),
  ]

  @Test("what is no credential is named", arguments: rubbish)
  func notACredential(script: String, reason: String) async throws {
    #expect(try await Self.result(Self.script(script)) == .failure(.notACredential(reason)))
    #expect(
      ExecFailure.notACredential(reason).sentence(Self.script(""))
        == "the exec plugin \"sh\" wrote no credential: "
        + reason + "; its hint: ask Bob")
  }

  static let failures: [(ExecPlugin, String)] = [
    (
      script("echo oh no >&2; echo; exit 1"),
      "the exec plugin \"sh\" ended with exit code 1: oh no; its hint: ask Bob"
    ),
    (script("exit 7"), "the exec plugin \"sh\" ended with exit code 7; its hint: ask Bob"),
    (script("kill -9 $$"), "the exec plugin \"sh\" was ended by signal 9; its hint: ask Bob"),
    (
      ExecPlugin(command: "no-such-plugin", version: .v1), "the exec plugin \"no-such-plugin\" was not found"
    ),
    (
      ExecPlugin(command: "/etc", version: .v1),
      "the exec plugin \"/etc\" cannot be started: Permission denied"
    ),
    (script("yes"), "the exec plugin \"sh\" wrote more than 1048576 bytes; its hint: ask Bob"),
  ]

  @Test("each failure has its message", arguments: failures)
  func failure(plugin: ExecPlugin, message: String) async throws {
    guard case .failure(let failure) = try await Self.result(plugin) else {
      return #expect(Bool(false), "expected a failure")
    }
    #expect(failure.sentence(plugin) == message)
  }

  @Test(
    "one that hangs is ended with all that it started", arguments: ["sleep 600", "exec >&- 2>&-; sleep 600"])
  func hangs(script: String) async throws {
    var limits = ExecLimits()
    limits.milliseconds = 1000
    let directory = try TemporaryDirectory()
    let plugin = Self.script("(echo $$ > \(directory.path)/pid); sleep 600 & \(script)")
    let result = try await Self.result(plugin, limits: limits)
    #expect(result == .failure(.hung(seconds: 1)))
    #expect(
      ExecFailure.hung(seconds: 1).sentence(plugin)
        == "the exec plugin \"sh\" did not end within 1 s and was ended; its hint: ask Bob")
    let pid = try #require(Int32(try directory.read("pid").filter(\.isNumber)))
    try await waitUntil("the group's end") { kill(-pid, 0) != 0 }
  }

  @Test("one that leaves a grandchild with its pipes does not keep the hub waiting")
  func grandchild() async throws {
    let plugin = Self.script("sleep 600 & echo '\(Self.credential("{\"token\":\"t\"}"))'")
    #expect(try await Self.result(plugin).get().token == "t")
  }

  @Test("the end of the hub ends it")
  func cancelled() async throws {
    let directory = try TemporaryDirectory()
    let result = try await Self.result(Self.script("touch \(directory.path)/begun; sleep 600")) { run in
      try await waitUntil("its start") { access(directory.path + "/begun", F_OK) == 0 }
      run.cancel()
    }
    #expect(result == .failure(.cancelled))
  }
}
