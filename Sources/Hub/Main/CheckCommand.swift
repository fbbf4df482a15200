import Glibc
import HubEngine
import HubRuntime
import JSONScan

/// `hub check`: validates files of subscriptions and says what would be watched; tries a kubeconfig.
enum CheckCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub check",
    "Validates subscriptions (YAML or JSON) and says what they would watch; tries a kubeconfig.",
    flags: [
      .init("--kubeconfig", "FILE", "ask the API server of this kubeconfig, and say what is in the way"),
      .init(
        "--context", "NAME", "the same for a context; without --kubeconfig of KUBECONFIG or ~/.kube/config"),
      .init("--json", nil, "print one JSON object instead of lines"),
    ], operands: "FILE|DIR|-…")

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    let triesAccess = arguments["--kubeconfig"] != nil || arguments["--context"] != nil
    guard triesAccess || !arguments.operands.isEmpty else {
      throw grammar.usage("which file? Write for example hub check config/subscriptions/*.yaml")
    }
    let files = CheckedFiles(arguments.operands)
    for problem in files.problems { Console.error("hub check: " + problem) }
    let check = subscriptions(files, firstFile: arguments.operands.first)
    let access = triesAccess ? try access(arguments) : nil
    if arguments.has("--json") {
      var object = check.json().object ?? [:]
      if let access { object["access"] = json(access) }
      Console.print(String(decoding: JSONValue.object(object).serialized(pretty: true), as: UTF8.self))
    } else {
      let lines = check.findingLines + check.watchLines + check.passedOverLines
      for line in lines + (access.map(Self.lines) ?? []) { Console.print(line) }
    }
    guard files.problems.isEmpty else { return ExitCode.usage }
    return check.isValid && access.map(isGood) ?? true ? ExitCode.success : ExitCode.failure
  }

  private static func subscriptions(_ files: CheckedFiles, firstFile: String?) -> SubscriptionCheck {
    var check = SubscriptionCheck()
    for text in files.texts { check.add(text: text.bytes, as: text.format, name: text.name) }
    if let firstFile, files.problems.isEmpty { check.finish(firstFile: firstFile) }
    return check
  }

  // MARK: Access

  private typealias Access = Result<AccessCheck, KubeconfigError>

  private static func access(_ arguments: CommandArguments) throws(UsageError) -> Access {
    let access: APIAccess
    do throws(ConfigurationError) {
      access = try ServeSettings(arguments).access(Environment.all)
    } catch {
      if case .kubeconfig(let fault) = error, !fault.isUnreadable { return .failure(fault) }
      throw grammar.usage("\(error)")
    }
    // A server that closes its connection must not end the program.
    signal(SIGPIPE, SIG_IGN)
    return .success(AccessCheck(access))
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
