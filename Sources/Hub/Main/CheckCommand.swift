import HubEngine
import HubRuntime
import JSONScan

/// `hub check`: validates files of subscriptions and says what would be watched.
enum CheckCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub check", "Validates subscriptions (YAML or JSON files) and says what they would watch.",
    flags: [.init("--json", nil, "print one JSON object instead of lines")], operands: "FILE…")

  /// The longest file, in bytes.
  private static let maxFileBytes = 16 << 20

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    guard !arguments.operands.isEmpty else {
      throw grammar.usage("which file? Write for example hub check config/subscriptions/*.yaml")
    }
    var check = SubscriptionCheck()
    for file in arguments.operands {
      do throws(FileContentError) {
        check.add(file: file, bytes: try FileContent.read(file, limit: maxFileBytes))
      } catch {
        throw grammar.usage("\(file): cannot read it: \(error)")
      }
    }
    if arguments.has("--json") {
      Console.print(String(decoding: check.json().serialized(pretty: true), as: UTF8.self))
    } else {
      for line in check.findingLines + check.watchLines { Console.print(line) }
    }
    return check.isValid ? ExitCode.success : ExitCode.failure
  }
}
