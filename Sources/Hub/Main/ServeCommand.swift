import Glibc
import HubRuntime

/// `hub serve`: the hub, until SIGTERM or SIGINT.
enum ServeCommand: HubCommand {
  static let grammar = ServeSettings.grammar

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    TerminationSignals.block()
    var configuration: HubConfiguration
    do throws(ConfigurationError) {
      configuration = try ServeSettings(arguments).configuration(environment: Environment.all)
    } catch {
      throw grammar.usage("\(error)")
    }
    configuration.whenStopped = { reason in
      Console.error("hub serve: --state-dir: \(reason)")
      exit(ExitCode.failure)
    }
    do throws(HubError) {
      let hub = try Hub(configuration)
      hub.start()
      TerminationSignals.stopAtFirst { whenDone in hub.shutdown(whenDone: whenDone) }
    } catch {
      switch error {
      case .subscriptions: throw grammar.usage("\(error)")
      case .adminPort, .state:
        Console.error("hub serve: \(error)")
        return ExitCode.failure
      }
    }
  }
}
