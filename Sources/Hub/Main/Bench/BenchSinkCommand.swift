import HubRuntime

/// `hub bench-sink`: takes events and answers 200, as cheaply as possible. On standard output it says `port
/// N`; on standard input it takes
/// - `expect FIRST COUNT STEP TIMES`: forget what came, say `expecting`; then say `received N` whenever STEP more
///   of these objects have come TIMES times, each counted once, and `done N OTHERS P50 P99 MAX` when all have: how many
///   requests were none of them or came again, and for lines that carry the time of their writing the
///   latencies from then to the last byte of the POST, in nanoseconds;
/// - `capture FILE`: write the next request into this file.
enum BenchSinkCommand: HubCommand {
  static let grammar = CommandGrammar("hub bench-sink", "A part of hub bench: the sink.", flags: [])

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    TerminationSignals.block()
    guard let loop = BenchSinkLoop() else {
      Console.error("hub bench-sink: cannot listen on a loopback port")
      return ExitCode.failure
    }
    Console.print("port \(loop.port)")
    loop.run()
    return ExitCode.success
  }
}
