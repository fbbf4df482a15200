/// What one command of the hub takes; makes its help and reads its arguments.
public struct CommandGrammar: Sendable {
  /// A flag.
  public struct Flag: Sendable {
    /// With its dashes: `--listen`.
    public let name: String
    /// What its value is called in the help; nil: the flag stands alone.
    public let value: String?
    /// What it does: a part of a sentence.
    public let help: String

    /// A flag; `value` is what the help calls its value, nil if it takes none.
    public init(_ name: String, _ value: String?, _ help: String) {
      self.name = name
      self.value = value
      self.help = help
    }
  }

  /// As it is typed: `hub serve`.
  public let name: String
  /// What it does, in one sentence.
  public let summary: String
  /// Its flags; `--help` comes by itself.
  public let flags: [Flag]
  /// Flags that there were, and what takes their place.
  public let retired: [String: String]
  /// What its operands are called; nil: it takes none.
  public let operands: String?

  /// A command.
  public init(
    _ name: String, _ summary: String, flags: [Flag], retired: [String: String] = [:], operands: String? = nil
  ) {
    self.name = name
    self.summary = summary
    self.flags = flags
    self.retired = retired
    self.operands = operands
  }

  /// The text of `--help`.
  public var help: String {
    var text = "usage: \(name)"
    if !flags.isEmpty { text += " [flags]" }
    if let operands { text += " \(operands)" }
    text += "\n\n\(summary)\n"
    let all = flags + [Flag("--help", nil, "show this")]
    let left = all.map { flag in flag.name + (flag.value.map { " " + $0 } ?? "") }
    let width = left.map(\.count).max() ?? 0
    text += "\nflags:\n"
    for (flag, left) in zip(all, left) {
      text += "  " + left + String(repeating: " ", count: width - left.count) + "  " + flag.help + "\n"
    }
    return text
  }

  /// Reads arguments: `--flag value`, `--flag=value`, `--` before operands that begin with a dash.
  public func parse(_ arguments: [String]) throws(UsageError) -> CommandArguments {
    var parsed = CommandArguments()
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        for operand in rest { try take(operand, into: &parsed) }
        return parsed
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        try take(argument, into: &parsed)
        continue
      }
      let name = String(argument.prefix { $0 != "=" })
      let inline = argument.count > name.count ? String(argument.dropFirst(name.count + 1)) : nil
      if name == "--help" || name == "-h" {
        parsed.wantsHelp = true
        continue
      }
      if let words = retired[name] { throw usage("\(name) is no more: \(words)") }
      guard let flag = flags.first(where: { $0.name == name }) else {
        throw usage("unknown flag \(name); \(self.name) --help lists what there is")
      }
      guard parsed.values[name] == nil else { throw usage("\(name) is given twice") }
      parsed.values[name] = try value(of: flag, inline: inline, rest: &rest)
    }
    return parsed
  }

  private func value(
    of flag: Flag, inline: String?, rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let placeholder = flag.value else {
      if let inline { throw usage("\(flag.name) takes no value, but has \"\(inline)\"") }
      return ""
    }
    let next = inline ?? (rest.first?.hasPrefix("--") == false ? rest.popFirst() : nil)
    guard let value = next, !value.isEmpty else { throw usage("\(flag.name) needs a value: \(placeholder)") }
    return value
  }

  private func take(_ operand: String, into parsed: inout CommandArguments) throws(UsageError) {
    guard operands != nil else {
      throw usage("unexpected argument \"\(operand)\"; \(name) takes flags only")
    }
    parsed.operands.append(operand)
  }

  /// An error of this command.
  public func usage(_ message: String) -> UsageError { UsageError(message: "\(name): \(message)") }
}

/// The arguments of a command, taken apart.
public struct CommandArguments: Sendable, Equatable {
  /// Values by flag; empty for a flag that takes none.
  public internal(set) var values: [String: String] = [:]
  /// What is no flag.
  public internal(set) var operands: [String] = []
  /// `--help` is among them.
  public internal(set) var wantsHelp = false

  /// Whether a flag is given.
  public func has(_ flag: String) -> Bool { values[flag] != nil }

  /// A flag's value.
  public subscript(_ flag: String) -> String? { values[flag] }
}

/// The command line cannot be understood. The command ends with exit code 2.
public struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Names the command, what is wrong, and what to write.
  public let message: String

  /// An error; the message begins with the command's name.
  public init(message: String) { self.message = message }

  /// The message.
  public var description: String { message }
}
