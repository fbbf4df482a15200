import CLinux
import Glibc
import HubRuntime

/// `hub bench-hub`: becomes `hub serve` with these flags, and dies with the process that measures it.
enum BenchHubCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub bench-hub", "A part of hub bench: the hub.",
    flags: ServeSettings.grammar.flags)

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    frugal_die_with_parent(SIGKILL)
    var words = ["hub", "serve", "--allow-sinks", "127.0.0.0/8", "--log-level", "error"]
    for (flag, value) in arguments.values { words += [flag, value] }
    let copies = words.map { strdup($0) } + [nil]
    execv("/proc/self/exe", copies)
    Console.error("hub bench-hub: cannot start: \(String(cString: strerror(errno)))")
    return ExitCode.failure
  }
}
