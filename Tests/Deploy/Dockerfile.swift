import Foundation

/// A Dockerfile as far as ours goes: stages of the instructions below. Anything else is refused, so that the test cannot
/// pass over a step that it does not understand.
struct Dockerfile {
  /// What a stage makes of its base.
  struct Stage {
    let name: String
    /// An image, or a stage before.
    let base: String
    var runs: [String] = []
    var copies: [(source: String, target: String)] = []
    var user: String?
    var entrypoint: [String] = []
    var command: [String] = []
    var port: Int?
  }

  struct NotUnderstood: Error, CustomStringConvertible { let description: String }

  private(set) var stages: [Stage] = []

  init(_ text: String) throws {
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
      .replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n")
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw NotUnderstood(description: String(line)) }
      try read(parts[0], parts[1])
    }
  }

  private mutating func read(_ instruction: String, _ rest: String) throws {
    let words = rest.split(separator: " ").map(String.init)
    if instruction == "FROM" {
      guard words.count == 3, words[1] == "AS" else { throw NotUnderstood(description: rest) }
      var stage = Stage(name: words[2], base: words[0])
      if let parent = stages.first(where: { $0.name == words[0] }) {
        (stage.user, stage.entrypoint, stage.command) = (parent.user, parent.entrypoint, parent.command)
      }
      return stages.append(stage)
    }
    guard let last = stages.indices.last else {
      throw NotUnderstood(description: "\(instruction) before FROM")
    }
    switch (instruction, words.count) {
    case ("RUN", _): stages[last].runs.append(rest)
    case ("COPY", 2): stages[last].copies.append((words[0], words[1]))
    case ("USER", 1): stages[last].user = rest
    case ("EXPOSE", 1): stages[last].port = Int(rest)
    case ("ENTRYPOINT", _): stages[last].entrypoint = try Self.exec(rest)
    case ("CMD", _): stages[last].command = try Self.exec(rest)
    default: throw NotUnderstood(description: "\(instruction) \(rest)")
    }
  }

  /// The exec form, the only one in which signals reach the program.
  private static func exec(_ text: String) throws -> [String] {
    try JSONDecoder().decode([String].self, from: Data(text.utf8))
  }
}
