import CloudEvents
import JSONScan

/// The `exec` of a user: a program that gives credentials.
struct ExecReading {
  private let exec: KubeconfigNode

  init(_ exec: KubeconfigNode) { self.exec = exec }

  func plugin(_ access: APIAccess, cluster: KubeconfigNode) throws(KubeconfigError) -> ExecPlugin {
    guard let command = try exec.string("command") else {
      throw exec.error(.missing(remedy: "name the program to run"), at: "command")
    }
    // As in kubectl: a bare name is looked up in PATH, anything else starts from the file's directory.
    let isPath = command.utf8.contains(UInt8(ascii: "/"))
    var plugin = ExecPlugin(
      command: isPath ? exec.text.resolve(command) : command, version: try version())
    plugin.arguments = try exec.strings("args")
    plugin.environment = try environment()
    plugin.installHint = try exec.string("installHint")
    try checkInteractiveMode()
    if try exec.bool("provideClusterInfo") {
      plugin.cluster = try Self.cluster(access, cluster)
    }
    return plugin
  }

  private func version() throws(KubeconfigError) -> ExecPlugin.Version {
    let choices = ExecPlugin.Version.allCases.map(\.rawValue)
    guard let text = try exec.string("apiVersion") else {
      throw exec.error(.missing(remedy: "write \(choices.joined(separator: " or "))"), at: "apiVersion")
    }
    guard let version = ExecPlugin.Version(rawValue: text) else {
      throw exec.error(.badChoice(text, choices: choices), at: "apiVersion")
    }
    return version
  }

  private func environment() throws(KubeconfigError) -> [ExecPlugin.Variable] {
    var variables: [ExecPlugin.Variable] = []
    for element in try exec["env"]?.elements() ?? [] {
      let variable = try element.object()
      guard let name = try variable.string("name") else {
        throw variable.error(.missing(remedy: "name the variable"), at: "name")
      }
      variables.append(ExecPlugin.Variable(name: name, value: try variable.string("value") ?? ""))
    }
    return variables
  }

  /// The hub has no terminal to lend.
  private func checkInteractiveMode() throws(KubeconfigError) {
    let choices = ["Never", "IfAvailable"]
    guard let mode = try exec.string("interactiveMode"), !choices.contains(mode) else { return }
    if mode == "Always" {
      throw exec.error(
        .notServed(remedy: "the hub has no terminal; write Never if the program can do without"),
        at: "interactiveMode")
    }
    throw exec.error(.badChoice(mode, choices: choices), at: "interactiveMode")
  }

  /// What the plugin is told about the cluster (`provideClusterInfo`).
  private static func cluster(
    _ access: APIAccess, _ node: KubeconfigNode
  ) throws(KubeconfigError) -> JSONObject {
    var object: JSONObject = ["server": .string(access.baseURL)]
    if let name = access.trust.serverName { object["tls-server-name"] = .string(name) }
    if !access.trust.verifiesServer { object["insecure-skip-tls-verify"] = true }
    let authorities: [UInt8]? =
      switch access.trust.authorities {
      case .text(let bytes): bytes
      // It was read a moment ago; if it has gone since, requests will tell.
      case .file(let path): try? FileContent.read(path, limit: PEMReading.maxBytes)
      case nil: nil
      }
    if let authorities { object["certificate-authority-data"] = .string(Base64.encode(authorities)) }
    if let proxy = try node.string("proxy-url") { object["proxy-url"] = .string(proxy) }
    if try node.bool("disable-compression") { object["disable-compression"] = true }
    for element in try node["extensions"]?.elements() ?? []
    where try element.object().string("name") == "client.authentication.k8s.io/exec" {
      if let config = element["extension"] { object["config"] = config.value }
    }
    return object
  }
}
