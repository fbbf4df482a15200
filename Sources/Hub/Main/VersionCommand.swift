import HubRuntime

/// `hub version`.
enum VersionCommand: HubCommand {
  static let grammar = CommandGrammar("hub version", "Prints the version.", flags: [])

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    Console.print("hub \(HubVersion.current)")
    return ExitCode.success
  }
}
