/// The settings of `hub serve` as they were given, before they are judged: flags first, then the file.
public struct ServeSettings: Sendable {
  /// `hub serve` and its flags.
  public static let grammar = CommandGrammar(
    "hub serve", "Follows the watch streams of a cluster and delivers events to reconcilers.",
    flags: [
      .init("--api-server", "URL", "the API server, without credentials: for development and kubectl proxy"),
      .init("--listen", "ADDR:PORT", "the admin port; default :8080"),
      .init("--subscriptions", "DIR", "read subscriptions from DIR/*.json too, and watch them for changes"),
      .init(
        "--trust-all-tenants", nil, "serve the cluster's subscriptions although rights are not reviewed yet"),
      .init("--allow-loopback-sinks", nil, "allow sinks on this machine: for development"),
      .init("--log-level", "LEVEL", "error, warn, info or debug; default info"),
      .init("--config", "FILE", "a JSON file with the same settings by the names of these flags"),
      .init("--state-dir", "DIR", "not served by this version"),
      .init("--kubeconfig", "FILE", "not served by this version"),
      .init("--context", "NAME", "not served by this version"),
    ])

  private var values: [String: Setting] = [:]

  private struct Setting: Sendable {
    let value: String
    /// As messages name it: `--listen`, or `config/hub.json: listen`.
    let shown: String
  }

  /// Takes the flags, and what the file named by `--config` says beside them.
  public init(_ arguments: CommandArguments) throws(ConfigurationError) {
    if let path = arguments["--config"] {
      for (name, value) in try ConfigurationFile.read(path) {
        values[name] = Setting(value: value, shown: "\(path): \(name)")
      }
    }
    for (flag, value) in arguments.values where flag != "--config" {
      values[String(flag.dropFirst(2))] = Setting(value: value, shown: flag)
    }
  }

  /// Judges the settings and makes a configuration of them.
  public func configuration(
    environment: [String: String]
  ) throws(ConfigurationError) -> HubConfiguration {
    try refuseWhatIsNotServed()
    var configuration = HubConfiguration(api: try access(environment))
    configuration.listen = try listen()
    configuration.subscriptionsDirectory = values["subscriptions"]?.value
    configuration.trustsAllTenants = values["trust-all-tenants"] != nil
    configuration.allowsLoopbackSinks = values["allow-loopback-sinks"] != nil
    configuration.log = .standardError(level: try logLevel())
    return configuration
  }

  private func refuseWhatIsNotServed() throws(ConfigurationError) {
    let remedies = [
      ("kubeconfig", "use --api-server URL, for example that of kubectl proxy"),
      ("context", "use --api-server URL, for example that of kubectl proxy"),
      ("state-dir", "leave it out: after a restart the hub lists again and sends what matches once more"),
    ]
    for (name, remedy) in remedies {
      if let setting = values[name] { throw .notServed(setting: setting.shown, remedy: remedy) }
    }
  }

  private func access(_ environment: [String: String]) throws(ConfigurationError) -> APIAccess {
    guard let setting = values["api-server"] else {
      return try APIAccess.find(environment: environment)
    }
    return try APIAccess(url: setting.value, setting: setting.shown)
  }

  private func listen() throws(ConfigurationError) -> ListenAddress {
    guard let setting = values["listen"] else { return ListenAddress(host: "", port: 8080) }
    guard let address = ListenAddress(setting.value) else {
      throw .badAddress(setting: setting.shown, value: setting.value)
    }
    return address
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
