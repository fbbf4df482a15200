import Glibc
import HubEngine
import HubRuntime
import JSONScan

/// `hub check`: validates files of subscriptions and says what would be watched; tries a kubeconfig.
enum CheckCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub check",
    "Validates subscriptions (YAML or JSON), says what they would watch and what a cluster lacks for it; tries a kubeconfig.",
    flags: [
      .init(
        "--kubeconfig", "FILE",
        "ask the API server of this kubeconfig, and say what is in the way: kinds, rights, sinks"),
      .init(
        "--context", "NAME", "the same for a context; without --kubeconfig of KUBECONFIG or ~/.kube/config"),
      .init(
        "--hub-account", "NS/NAME",
        "the hub's service account in that cluster, whose rights are looked at; default frugalhub/frugalhub"),
      .init(
        "--config", "FILE", "judge sinks by the sinkPolicy of this configuration file of hub serve"),
      .init("--json", nil, "print one JSON object instead of lines"),
    ], operands: "FILE|DIR|-…")

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    let triesAccess = arguments["--kubeconfig"] != nil || arguments["--context"] != nil
    guard triesAccess || !arguments.operands.isEmpty else {
      throw grammar.usage("which file? Write for example hub check config/subscriptions/*.yaml")
    }
    let settings: ServeSettings?
    do throws(ConfigurationError) {
      settings = arguments.has("--config") ? try ServeSettings(arguments) : nil
    } catch {
      throw grammar.usage("\(error)")
    }
    let files = CheckedFiles(arguments.operands)
    for problem in files.problems { Console.error("hub check: " + problem) }
    var check = subscriptions(files, settings, firstFile: arguments.operands.first)
    let hub = try hubAccount(arguments, triesAccess: triesAccess)
    let found = triesAccess ? try access(arguments) : nil
    let access = found.map { $0.map(\.check) }
    var notes: [String] = []
    if case .success(let found)? = found, found.check.problem == nil, !check.accepted.isEmpty {
      notes = ClusterCheck.run(&check, of: found.access, hub: hub)
    }
    if arguments.has("--json") {
      var object = check.json().object ?? [:]
      if let access {
        object["access"] = json(access)
        object["notes"] = .array(notes.map { .string($0) })
      }
      Console.print(String(decoding: JSONValue.object(object).serialized(pretty: true), as: UTF8.self))
    } else {
      let lines =
        check.findingLines + check.watchLines + check.passedOverLines + notes.map { "note: " + $0 }
      for line in lines + (access.map(Self.lines) ?? []) { Console.print(line) }
    }
    guard files.problems.isEmpty else { return ExitCode.usage }
    return check.isValid && access.map(isGood) ?? true ? ExitCode.success : ExitCode.failure
  }

  private static func subscriptions(
    _ files: CheckedFiles, _ settings: ServeSettings?, firstFile: String?
  ) -> SubscriptionCheck {
    var check = SubscriptionCheck(sinkPolicy: settings?.sinkPolicy) { file in
      settings?.readsSubscriptions(of: file) ?? false
    }
    for text in files.texts { check.add(text: text.bytes, as: text.format, name: text.name) }
    if let firstFile, files.problems.isEmpty { check.finish(firstFile: firstFile) }
    return check
  }

  // MARK: Access

  private typealias Access = Result<AccessCheck, KubeconfigError>
  private typealias Found = Result<(access: APIAccess, check: AccessCheck), KubeconfigError>

  private static func hubAccount(
    _ arguments: CommandArguments, triesAccess: Bool
  ) throws(UsageError) -> ClusterCheck.Account {
    guard let text = arguments["--hub-account"] else { return .deployed }
    guard triesAccess else { throw grammar.usage("--hub-account needs --kubeconfig or --context") }
    guard let account = ClusterCheck.Account(text) else {
      throw grammar.usage("--hub-account: \"\(text)\" is not NAMESPACE/NAME")
    }
    return account
  }

  private static func access(_ arguments: CommandArguments) throws(UsageError) -> Found {
    let access: APIAccess
    do throws(ConfigurationError) {
      access = try ServeSettings(arguments).access(Environment.all)
    } catch {
      if case .kubeconfig(let fault) = error, !fault.isUnreadable { return .failure(fault) }
      throw grammar.usage("\(error)")
    }
    // A server that closes its connection must not end the program.
    signal(SIGPIPE, SIG_IGN)
    return .success((access, AccessCheck(access)))
  }

  private static func isGood(_ access: Access) -> Bool {
    if case .success(let check) = access { check.problem == nil } else { false }
  }

  private static func lines(_ access: Access) -> [String] {
    switch access {
    case .success(let check): check.lines
    case .failure(let fault): ["\(fault)"]
    }
  }

  private static func json(_ access: Access) -> JSONValue {
    switch access {
    case .success(let check): check.json
    case .failure(let fault): ["problem": .string("\(fault)")]
    }
  }
}
