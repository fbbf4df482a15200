import DevCluster
import HubRuntime

/// `hub devcluster`: an API server in memory, until SIGTERM or SIGINT.
enum DevClusterCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub devcluster",
    "Serves a Kubernetes API from memory, for development and tests; kubectl can talk to it.",
    flags: [
      .init(
        "--listen", "ADDR:PORT", "where to serve; default 127.0.0.1:8001. Whoever reaches it may do anything"),
      .init("--data", "FILE", "keep objects, versions and tokens in FILE, also over kills; default: nowhere"),
    ])

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    let text = arguments["--listen"] ?? "127.0.0.1:8001"
    guard let listen = ListenAddress(text) else {
      throw grammar.usage("\(ConfigurationError.badAddress(setting: "--listen", value: text))")
    }
    TerminationSignals.block()
    var configuration = DevClusterConfiguration()
    configuration.host = listen.host.isEmpty ? "0.0.0.0" : listen.host
    configuration.port = listen.port
    configuration.dataFile = arguments["--data"]
    configuration.executableDirectories = [Environment.executableDirectory]
    switch Result(catching: { try DevCluster(configuration) }) {
    case .success(let cluster): serve(cluster)
    case .failure(let error):
      let flag = error is DataFileError ? "--data" : "--listen"
      Console.error("hub devcluster: \(flag): \(error)")
      return ExitCode.failure
    }
  }

  private static func serve(_ cluster: DevCluster) -> Never {
    cluster.start()
    Console.print("serving \(cluster.url)\ntry: kubectl --server=\(cluster.url) get namespaces")
    TerminationSignals.stopAtFirst { whenDone in
      cluster.stop()
      whenDone()
    }
  }
}
