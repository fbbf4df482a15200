import JSONScan

/// A program that gives credentials on demand: `users[].user.exec` of a kubeconfig (client.authentication.k8s.io).
struct ExecPlugin: Sendable, Equatable {
  /// The versions of the protocol, which are alike but for the name.
  enum Version: String, Sendable, CaseIterable {
    case v1 = "client.authentication.k8s.io/v1"
    case v1beta1 = "client.authentication.k8s.io/v1beta1"
  }

  struct Variable: Sendable, Equatable {
    let name: String
    let value: String
  }

  /// A path, or a name that is looked up in PATH.
  let command: String
  let version: Version
  var arguments: [String] = []
  /// Added to the hub's own environment.
  var environment: [Variable] = []
  /// What its author says about getting it.
  var installHint: String?
  /// What it is told about the cluster, if it wants that.
  var cluster: JSONObject?

  init(command: String, version: Version) {
    self.command = command
    self.version = version
  }

  static func == (one: ExecPlugin, other: ExecPlugin) -> Bool {
    one.command == other.command && one.version == other.version && one.arguments == other.arguments
      && one.environment == other.environment && one.installHint == other.installHint
      && one.cluster.map { JSONValue.object($0) } == other.cluster.map { JSONValue.object($0) }
  }

  /// The content of KUBERNETES_EXEC_INFO.
  var information: String {
    var spec: JSONObject = ["interactive": false]
    if let cluster { spec["cluster"] = .object(cluster) }
    let information: JSONValue = [
      "kind": "ExecCredential", "apiVersion": .string(version.rawValue), "spec": .object(spec),
    ]
    return String(decoding: information.serialized(), as: UTF8.self)
  }
}

/// Why a plugin gave no credentials.
enum ExecFailure: Error, Sendable, Equatable {
  /// There is no such program.
  case notFound
  /// It could not be started.
  case notStarted(String)
  /// It did not end in time, and was ended.
  case hung(seconds: Int)
  /// It ended with this code; the text is the end of what it said on standard error.
  case exited(code: Int32, said: String)
  /// A signal ended it.
  case signalled(Int32, said: String)
  /// It wrote more than is read.
  case tooMuch(bytes: Int)
  /// What it wrote is no credential.
  case notACredential(String)
  /// The hub is ending.
  case cancelled

  /// For conditions and the log: what happened, and what the plugin's author says about it.
  func sentence(_ plugin: ExecPlugin) -> String {
    let name = "the exec plugin \"\(plugin.command)\""
    let fact =
      switch self {
      case .notFound: "\(name) was not found"
      case .notStarted(let reason): "\(name) cannot be started: \(reason)"
      case .hung(let seconds): "\(name) did not end within \(seconds) s and was ended"
      case .exited(let code, let said): "\(name) ended with exit code \(code)" + Self.shown(said)
      case .signalled(let signal, let said): "\(name) was ended by signal \(signal)" + Self.shown(said)
      case .tooMuch(let bytes): "\(name) wrote more than \(bytes) bytes"
      case .notACredential(let reason): "\(name) wrote no credential: \(reason)"
      case .cancelled: "\(name) was ended with the hub"
      }
    return fact + (plugin.installHint.map { "; its hint: \($0)" } ?? "")
  }

  private static func shown(_ said: String) -> String { said.isEmpty ? "" : ": \(said)" }
}
