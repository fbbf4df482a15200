import Glibc
import HubEngine
import HubRuntime
import JSONScan

/// `hub check`: validates files of subscriptions and says what would be watched; tries a kubeconfig.
enum CheckCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub check",
    "Validates subscriptions (YAML or JSON files) and says what they would watch; tries a kubeconfig.",
    flags: [
      .init("--kubeconfig", "FILE", "ask the API server of this kubeconfig, and say what is in the way"),
      .init(
        "--context", "NAME", "the same for a context; without --kubeconfig of KUBECONFIG or ~/.kube/config"),
      .init("--json", nil, "print one JSON object instead of lines"),
    ], operands: "FILE…")

  /// The longest file, in bytes.
  private static let maxFileBytes = 16 << 20

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    let triesAccess = arguments["--kubeconfig"] != nil || arguments["--context"] != nil
    guard triesAccess || !arguments.operands.isEmpty else {
      throw grammar.usage("which file? Write for example hub check config/subscriptions/*.yaml")
    }
    let check = try subscriptions(arguments.operands)
    let access = triesAccess ? try access(arguments) : nil
    if arguments.has("--json") {
      var object = check.json().object ?? [:]
      if let access { object["access"] = json(access) }
      Console.print(String(decoding: JSONValue.object(object).serialized(pretty: true), as: UTF8.self))
    } else {
      for line in check.findingLines + check.watchLines + (access.map(lines) ?? []) { Console.print(line) }
    }
    return check.isValid && access.map(isGood) ?? true ? ExitCode.success : ExitCode.failure
  }

  private static func subscriptions(_ files: [String]) throws(UsageError) -> SubscriptionCheck {
    var check = SubscriptionCheck()
    for file in files {
      do throws(FileContentError) {
        check.add(file: file, bytes: try FileContent.read(file, limit: maxFileBytes))
      } catch {
        throw grammar.usage("\(file): cannot read it: \(error)")
      }
    }
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
