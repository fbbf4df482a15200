import HubRuntime

/// The executable `hub`: finds the subcommand and runs it.
enum HubProgram {
  /// The subcommands in the order in which the help shows them.
  private static var commands: [any HubCommand.Type] {
    [
      ServeCommand.self, DemoCommand.self, DevClusterCommand.self, CheckCommand.self, TailCommand.self,
      BenchCommand.self, VersionCommand.self,
    ]
  }

  /// Runs the subcommand that the arguments begin with, and returns its exit code.
  static func run(_ arguments: [String]) -> Int32 {
    guard let name = arguments.first else {
      Console.error(help)
      return ExitCode.usage
    }
    if ["help", "--help", "-h"].contains(name) {
      Console.print(help)
      return ExitCode.success
    }
    if name == "--version" { return run(["version"]) }
    guard let command = (commands + BenchCommand.parts).first(where: { $0.grammar.name == "hub " + name })
    else {
      Console.error("hub: unknown command \"\(name)\"; hub help lists what there is")
      return ExitCode.usage
    }
    return run(command, Array(arguments.dropFirst()))
  }

  private static func run(_ command: any HubCommand.Type, _ arguments: [String]) -> Int32 {
    do throws(UsageError) {
      let parsed = try command.grammar.parse(arguments)
      if parsed.wantsHelp {
        Console.print(command.grammar.help)
        return ExitCode.success
      }
      return try command.run(parsed)
    } catch {
      Console.error(error.message)
      return ExitCode.usage
    }
  }

  private static var help: String {
    let names = commands.map { String($0.grammar.name.dropFirst("hub ".count)) }
    let width = names.map(\.count).max() ?? 0
    var text = "usage: hub COMMAND [flags]\n\ncommands:\n"
    for (name, command) in zip(names, commands) {
      text +=
        "  " + name + String(repeating: " ", count: width - name.count) + "  \(command.grammar.summary)\n"
    }
    return text + "\nhub COMMAND --help shows the flags of a command.\n"
  }
}

/// A subcommand.
protocol HubCommand {
  /// Its flags and help.
  static var grammar: CommandGrammar { get }
  /// Does its work; returns the exit code. Throws what is wrong with the arguments.
  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32
}

/// The exit codes of all subcommands, as docs/commands.md has them.
enum ExitCode {
  static let success: Int32 = 0
  static let failure: Int32 = 1
  static let usage: Int32 = 2
}
