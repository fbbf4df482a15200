import Dispatch
import HubRuntime

/// `hub demo`: the main job on an embedded default. The dev cluster, the hub and the Foo reconciler on loopback, and
/// five steps that really happen, judged by objects and processes (DESIGN 2.5).
enum DemoCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub demo",
    "Tells the main job in five steps: an API server in memory, the hub, and a reconciler that sleeps.",
    flags: [
      .init("--once", nil, "end after the five steps; exit code 0 only if all of them held"),
      .init(
        "--log-level", "LEVEL", "what is said on standard error; default error: the reconciler is quiet too"),
    ])

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    var level = LogLevel.error
    if let text = arguments["--log-level"] {
      guard let chosen = LogLevel(rawValue: text) else {
        throw grammar.usage("--log-level: \"\(text)\" is none of error, warn, info, debug")
      }
      level = chosen
    }
    TerminationSignals.block()
    let once = arguments.has("--once")
    let stage: DemoStage
    do {
      stage = try DemoStage(log: .standardError(level: level), isQuiet: level < .info)
    } catch {
      Console.error("hub demo: \(error)")
      return ExitCode.failure
    }
    endAtSignal(stage)
    let held = waitFor { await DemoStory(stage).tell() }
    let isWhole = held == DemoStory.stepCount
    if once || !isWhole {
      waitFor { await stage.stop() }
      // The last line is the verdict.
      if isWhole { Console.print("demo: \(held) of \(DemoStory.stepCount) steps held") }
      return isWhole ? ExitCode.success : ExitCode.failure
    }
    Console.print("demo: \(held) of \(DemoStory.stepCount) steps held\n\n\(stage.invitation)")
    while true { _ = DispatchSemaphore(value: 0).wait(timeout: .distantFuture) }
  }

  /// Ctrl-C, at any moment, leaves no process behind.
  private static func endAtSignal(_ stage: DemoStage) {
    DispatchQueue(label: "demo-signals").async {
      TerminationSignals.stopAtFirst { whenDone in
        waitFor { await stage.stop() }
        whenDone()
      }
    }
  }

  /// Runs async work from a thread that may block.
  @discardableResult
  private static func waitFor<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = DemoResult<Value>()
    Task.detached {
      result.set(await work())
      done.signal()
    }
    while true {
      done.wait()
      if let value = result.value { return value }
    }
  }
}
