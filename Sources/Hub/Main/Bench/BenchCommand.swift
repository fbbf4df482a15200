import Glibc
import HubRuntime
import JSONScan

/// `hub bench`: measures the hub beside the simplest possible client (docs/benchmarks.md).
enum BenchCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub bench",
    "Measures throughput, latency and memory, beside the simplest possible client; takes about a minute. All is without subscriptions.",
    flags: [.init("--json", nil, "print one JSON object instead of a table")],
    operands: "[events | unwanted | latency | memory | subscriptions | all]")

  private static var topics: String { BenchTopic.allCases.map(\.rawValue).joined(separator: ", ") }

  /// Its parts that run as processes of their own; the help does not show them.
  static var parts: [any HubCommand.Type] {
    [BenchClusterCommand.self, BenchSinkCommand.self, BenchHubCommand.self, BenchYardstickCommand.self]
  }

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    guard arguments.operands.count <= 1 else {
      throw grammar.usage("one of \(topics)")
    }
    let word = arguments.operands.first ?? "all"
    guard let topic = BenchTopic(rawValue: word) else {
      throw grammar.usage("\"\(word)\" is none of \(topics)")
    }
    // A child that ended is noticed by what it does not say.
    signal(SIGPIPE, SIG_IGN)
    var measurements = BenchMeasurements(topic)
    do throws(BenchFailure) {
      try measurements.run()
    } catch {
      Console.error("hub bench: \(error)")
      return ExitCode.failure
    }
    let figures = measurements.figures
    if arguments.has("--json") {
      Console.print(String(decoding: figures.json.serialized(pretty: true), as: UTF8.self))
    } else {
      Console.print(figures.table)
    }
    return ExitCode.success
  }
}
