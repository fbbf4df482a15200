import Glibc
import HubEngine
import HubRuntime
import JSONScan

/// `hub tail`: prints what subscriptions would be sent, until SIGINT or SIGTERM.
enum TailCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub tail",
    "Prints live the events that a subscription would get, and why; sends nothing, and writes nothing to the cluster.",
    flags: [
      .init(
        "-f", "FILE", "the subscriptions of a file or folder (YAML or JSON), or - for the standard input"),
      .init("--subscription", "NS/NAME", "one of the cluster's, as it is at the start"),
      .init("--explain", nil, "say also of everything else that is seen why it is not sent"),
      .init("--once", nil, "end when all that exists was printed; exit 1 if something is in the way"),
      .init(
        "--ignore-rights", nil, "do not review the rights of the service account: for whoever may not ask"),
      .init("--json", nil, "print one JSON object a line, with all attributes and the data"),
      .init("--server", "URL", "the API server, without credentials: for development and kubectl proxy"),
      .init("--kubeconfig", "FILE", "how to reach the API server; default KUBECONFIG, ~/.kube/config"),
      .init("--context", "NAME", "the context of the kubeconfig; default its current-context"),
    ])

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    guard (arguments["-f"] == nil) != (arguments["--subscription"] == nil) else {
      throw grammar.usage("which subscription? Write -f FILE, or --subscription NAMESPACE/NAME")
    }
    let access = try access(arguments)
    TerminationSignals.block()
    let found: [OperatorSubscription]?
    if let file = arguments["-f"] {
      found = try read(file)
    } else {
      found = try read(arguments["--subscription"] ?? "", of: access)
    }
    guard let subscriptions = found else { return ExitCode.failure }
    var options = EventTail.Options()
    options.explains = arguments.has("--explain")
    options.reviewsRights = !arguments.has("--ignore-rights")
    options.endsAfterInitial = arguments.has("--once")
    let tail = EventTail(subscriptions, of: access, options, log: .standardError(level: .warn))
    let (isJSON, names) = (arguments.has("--json"), subscriptions.count > 1)
    SystemThread.start("hub-tail") {
      let isGood = tail.run(
        print: { line in
          Console.print(
            isJSON ? String(decoding: line.json.serialized(), as: UTF8.self) : line.text(names: names))
        }, notice: { Console.error("hub tail: " + $0) })
      exit(isGood ? ExitCode.success : ExitCode.failure)
    }
    TerminationSignals.stopAtFirst { _ in tail.stop() }
  }

  private static func access(_ arguments: CommandArguments) throws(UsageError) -> APIAccess {
    let server = arguments["--server"]
    for other in ["--kubeconfig", "--context"] where server != nil && arguments.has(other) {
      throw grammar.usage("--server and \(other) exclude each other: give one of them")
    }
    do throws(ConfigurationError) {
      guard let server else { return try ServeSettings(arguments).access(Environment.all) }
      return try APIAccess(url: server, setting: "--server")
    } catch {
      throw grammar.usage("\(error)")
    }
  }

  /// The subscriptions of a file; nil: not all of them are valid, which is said.
  private static func read(_ file: String) throws(UsageError) -> [OperatorSubscription]? {
    let files = CheckedFiles([file])
    if let problem = files.problems.first { throw grammar.usage("-f: " + problem) }
    var check = SubscriptionCheck()
    for text in files.texts { check.add(text: text.bytes, as: text.format, name: text.name) }
    check.finish(firstFile: file)
    for line in check.findingLines { Console.error(line) }
    return check.isValid ? check.accepted.map(\.subscription) : nil
  }

  /// One subscription of the cluster; nil: it cannot be read, or is not valid, which is said.
  private static func read(
    _ name: String, of access: APIAccess
  ) throws(UsageError) -> [OperatorSubscription]? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw grammar.usage("--subscription: \"\(name)\" is not NAMESPACE/NAME")
    }
    switch ClusterSubscription.read(namespace: String(parts[0]), name: String(parts[1]), of: access) {
    case .success(let subscription): return [subscription]
    case .failure(let problem):
      Console.error("hub tail: \(name): \(problem)")
      return nil
    }
  }
}
