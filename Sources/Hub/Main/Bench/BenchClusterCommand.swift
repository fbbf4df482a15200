import CLinux
import Glibc
import HTTP
import HubRuntime

/// `hub bench-cluster`: just as much of an API server as the hub needs to follow ConfigMaps, and as cheap as
/// possible: the other core belongs to the hub. On standard output it says `port N` and, for each watch that opens,
/// `watching 1` if it begins with a list, else `watching 0`; on standard input it takes
/// - `write LABEL FIRST COUNT`: so many lines at once, for objects with the numbers from FIRST, which have this label;
/// - `flood COUNT`: changes of so many Secrets at once, on their own watch, of which it says `neighbour` when it opens;
/// - `pace FIRST COUNT RATE`: so many lines, RATE a second, each with the time of its writing.
enum BenchClusterCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub bench-cluster", "A part of hub bench: the API server.",
    flags: [
      .init("--objects", "N", "how many there are at the start"),
      .init("--namespaces", "N", "over how many namespaces they are spread"),
    ])

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    TerminationSignals.block()
    let cluster = BenchCluster(
      objects: Int(arguments["--objects"] ?? "") ?? 0, namespaces: Int(arguments["--namespaces"] ?? "") ?? 1)
    var configuration = HTTPServerConfiguration()
    configuration.maxBufferedOutputBytes = 256 << 20
    let server: HTTPServer
    do throws(HTTPServerError) {
      server = try HTTPServer(configuration) { request, responder in
        cluster.answer(request, responder)
      }
    } catch {
      Console.error("hub bench-cluster: \(error)")
      return ExitCode.failure
    }
    server.start()
    Console.print("port \(server.port)")
    while let line = readLine() { obey(line.split(separator: " ").map(String.init), cluster) }
    return ExitCode.success
  }

  private static func obey(_ words: [String], _ cluster: BenchCluster) {
    let numbers = words.compactMap { Int($0) }
    switch words.first {
    case "write": cluster.write(label: words[1], first: numbers[0], count: numbers[1])
    case "flood": cluster.flood(count: numbers[0])
    case "pace": cluster.pace(first: numbers[0], count: numbers[1], perSecond: numbers[2])
    default: Console.error("hub bench-cluster: what is \(words)?")
    }
  }
}
