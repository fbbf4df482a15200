import Glibc
import HubRuntime

/// `hub serve`: the hub, until SIGTERM or SIGINT.
enum ServeCommand: HubCommand {
  static let grammar = ServeSettings.grammar

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    TerminationSignals.block()
    let configuration: HubConfiguration
    do throws(ConfigurationError) {
      configuration = try ServeSettings(arguments).configuration(environment: Environment.all)
    } catch {
      throw grammar.usage("\(error)")
    }
    do throws(HubError) {
      let hub = try Hub(configuration)
      hub.start()
      TerminationSignals.stopAtFirst { whenDone in hub.shutdown(whenDone: whenDone) }
    } catch {
      switch error {
      case .subscriptions: throw grammar.usage("\(error)")
      case .adminPort:
        Console.error("hub serve: \(error)")
        return ExitCode.failure
      }
    }
  }
}
