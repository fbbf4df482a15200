import HubEngine

/// The settings of `hub serve` as they were given, before they are judged: flags first, then the file.
public struct ServeSettings: Sendable {
  /// `hub serve` and its flags.
  public static let grammar = CommandGrammar(
    "hub serve", "Follows the watch streams of a cluster and delivers events to reconcilers.",
    flags: [
      .init("--api-server", "URL", "the API server, without credentials: for development and kubectl proxy"),
      .init(
        "--kubeconfig", "FILE",
        "how to reach the API server; default KUBECONFIG, the pod's own, ~/.kube/config"),
      .init("--context", "NAME", "the context of the kubeconfig; default its current-context"),
      .init("--listen", "ADDR:PORT", "the admin port; default :8080"),
      .init(
        "--subscriptions", "DIR", "read subscriptions from DIR/*.yaml and DIR/*.json too, and watch them"),
      .init(
        "--state-dir", "DIR", "keep in DIR what must survive a restart; without it everything is told again"),
      .init(
        "--allow-sinks", "CIDR,…",
        "allow sinks at these addresses to everybody, as 127.0.0.0/8: for development"),
      .init("--log-level", "LEVEL", "error, warn, info or debug; default info"),
      .init("--config", "FILE", "a YAML or JSON file with the same settings by the names of these flags"),
    ],
    retired: [
      "--allow-loopback-sinks":
        "give the addresses: --allow-sinks 127.0.0.0/8, or a rule of sinkPolicy.allow with cidrs in the configuration"
        + " file",
      "--trust-all-tenants":
        "the rights of each subscription's service account are reviewed; take the setting away, let the hub create"
        + " subjectaccessreviews, and grant the accounts get, list and watch on what they follow",
    ])

  /// The environment variables that are looked at.
  public static let variables = AccessFinder.variables

  private var values: [String: SettingValue] = [:]
  private var limits = EngineLimits()
  /// Where events may go.
  public private(set) var sinkPolicy = SinkPolicy.standard

  /// Takes the flags, and what the file named by `--config` says beside them.
  public init(_ arguments: CommandArguments) throws(ConfigurationError) {
    if let path = arguments["--config"] {
      let bytes = try ConfigurationFile.bytes(of: path)
      for (name, setting) in try ConfigurationFile.settings(bytes, path: path) {
        if let section = setting.section {
          sinkPolicy = try section.sinkPolicy()
          continue
        }
        values[name] = SettingValue(value: setting.value, shown: "\(setting.place): \(name)")
      }
      limits = try ConfigurationFile.limits(bytes, path: path)
    }
    for (flag, value) in arguments.values where flag != "--config" {
      values[String(flag.dropFirst(2))] = SettingValue(value: value, shown: flag)
    }
    if let setting = values["allow-sinks"] {
      sinkPolicy.allow.append(SinkRule(cidrs: try Self.ranges(setting)))
    }
  }

  /// Judges the settings and makes a configuration of them.
  public func configuration(
    environment: [String: String]
  ) throws(ConfigurationError) -> HubConfiguration {
    var configuration = HubConfiguration(api: try access(environment))
    configuration.listen = try listen()
    configuration.subscriptionsDirectory = values["subscriptions"]?.value
    configuration.stateDirectory = values["state-dir"]?.value
    configuration.limits = limits
    configuration.sinkPolicy = sinkPolicy
    configuration.log = .standardError(level: try logLevel())
    return configuration
  }

  /// Whether this is a file of the folder that the hub reads subscriptions of.
  public func readsSubscriptions(of file: String) -> Bool {
    guard let folder = values["subscriptions"].flatMap({ FileContent.resolved($0.value) }),
      let file = FileContent.resolved(file)
    else { return false }
    return file.hasPrefix(folder + "/")
  }

  /// How the API server is reached.
  public func access(_ environment: [String: String]) throws(ConfigurationError) -> APIAccess {
    guard let server = values["api-server"] else {
      return try AccessFinder(
        environment: environment, kubeconfig: values["kubeconfig"], context: values["context"]
      ).find()
    }
    for other in ["kubeconfig", "context"] {
      if let setting = values[other] { throw .conflict(server.shown, setting.shown) }
    }
    return try APIAccess(url: server.value, setting: server.shown)
  }

  private func listen() throws(ConfigurationError) -> ListenAddress {
    guard let setting = values["listen"] else { return ListenAddress(host: "", port: 8080) }
    guard let address = ListenAddress(setting.value) else {
      throw .badAddress(setting: setting.shown, value: setting.value)
    }
    return address
  }

  private static func ranges(_ setting: SettingValue) throws(ConfigurationError) -> [AddressRange] {
    var ranges: [AddressRange] = []
    for text in setting.value.split(separator: ",", omittingEmptySubsequences: false) {
      do throws(AddressRangeFault) {
        ranges.append(try AddressRange(String(text)))
      } catch {
        throw .badAddressRange(setting: setting.shown, error)
      }
    }
    return ranges
  }

  private func logLevel() throws(ConfigurationError) -> LogLevel {
    guard let setting = values["log-level"] else { return .info }
    guard let level = LogLevel(rawValue: setting.value) else {
      throw .badChoice(
        setting: setting.shown, value: setting.value, choices: LogLevel.allCases.map(\.rawValue))
    }
    return level
  }
}

/// A setting as it was given.
struct SettingValue: Sendable {
  /// The text.
  let value: String
  /// As messages name it: `--listen`, or `config/hub.json: listen`.
  let shown: String
}
