import Glibc
import HubRuntime
import JSONScan

/// `hub bench`: measures the hub beside the simplest possible client (docs/benchmarks.md).
enum BenchCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub bench",
    "Measures throughput, latency and memory, beside the simplest possible client; takes about two minutes. All is without"
      + " subscriptions and fairness.",
    flags: [
      .init("--json", nil, "print one JSON object instead of a table"),
      .init(
        "--ratios", "FILE",
        "fail if a figure costs more than so many times the yardstick's CPU: Benchmarks/ratios.json"),
    ],
    operands: "[" + BenchTopic.allCases.map(\.rawValue).joined(separator: " | ") + "]")

  private static var topics: String { BenchTopic.allCases.map(\.rawValue).joined(separator: ", ") }

  /// Its parts that run as processes of their own; the help does not show them.
  static var parts: [any HubCommand.Type] {
    [BenchClusterCommand.self, BenchSinkCommand.self, BenchHubCommand.self, BenchYardstickCommand.self]
  }

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    guard arguments.operands.count <= 1 else {
      throw grammar.usage("one of \(topics), and nothing more")
    }
    let word = arguments.operands.first ?? "all"
    guard let topic = BenchTopic(rawValue: word) else {
      throw grammar.usage("\"\(word)\" is none of \(topics)")
    }
    let ratios = try ratios(arguments, topic)
    // A child that ended is noticed by what it does not say: SIGPIPE is ignored.
    TerminationSignals.block()
    SystemThread.start("bench-signals") {
      let signal = TerminationSignals.wait()
      BenchDirectory.removeAll()
      // Its children end with it.
      _exit(128 + signal)
    }
    var measurements = BenchMeasurements(topic)
    do throws(BenchFailure) {
      try measurements.run()
    } catch {
      Console.error("hub bench: \(error)")
      return ExitCode.failure
    }
    let figures = measurements.figures
    if arguments.has("--json") {
      let object = figures.json(machine: ProcessUsage.machine, load: ProcessUsage.load)
      Console.print(String(decoding: object.serialized(pretty: true), as: UTF8.self))
    } else {
      Console.print(figures.table)
    }
    let findings = ratios?.findings(figures) ?? []
    for finding in findings { Console.error("hub bench: \(finding)") }
    return findings.isEmpty ? ExitCode.success : ExitCode.failure
  }

  private static func ratios(
    _ arguments: CommandArguments, _ topic: BenchTopic
  ) throws(UsageError) -> BenchRatios? {
    guard let path = arguments["--ratios"] else { return nil }
    guard topic.includes(.events) else {
      throw grammar.usage("--ratios compares with the yardstick, which \(topic.rawValue) does not measure")
    }
    let bytes: [UInt8]
    do throws(FileContentError) {
      bytes = try FileContent.read(path, limit: 64 << 10)
    } catch {
      throw grammar.usage("--ratios: cannot read \(path): \(error)")
    }
    do throws(BenchRatios.Fault) {
      return try BenchRatios(bytes)
    } catch {
      throw grammar.usage("--ratios: \(path): \(error)")
    }
  }
}
