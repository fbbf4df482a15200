import Foundation

/// A page of the documentation.
struct Page {
  /// A block of code: its language, and its text with a line feed at the end.
  struct Block {
    let language: String
    let text: String
  }

  let text: String

  init(_ path: String) throws { text = try Repository.text(path) }

  private init(text: String) { self.text = text }

  /// What stands below a heading, to the next of its level.
  func section(_ heading: String) -> Page? {
    guard let start = text.range(of: "\n## \(heading)\n") else { return nil }
    let rest = text[start.upperBound...]
    let end = rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex
    return Page(text: String(rest[..<end]))
  }

  /// The blocks of code.
  var blocks: [Block] {
    text.matches(of: #/(?ms)^```(\w*)\n(.*?)^```$/#).map {
      Block(language: String($0.output.1), text: String($0.output.2))
    }
  }

  /// The commands of the shell blocks.
  var commands: [String] { blocks.filter { $0.language == "sh" }.map(\.text) }

  /// The rows of all tables, without their heads: the cells of each.
  var rows: [[String]] {
    text.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| --- ") }.map { line in
      line.dropFirst().dropLast().replacingOccurrences(of: "\\|", with: "\u{1}").split(
        separator: "|", omittingEmptySubsequences: false
      ).map { $0.replacingOccurrences(of: "\u{1}", with: "|").trimmingCharacters(in: .whitespaces) }
    }
  }

  /// What stands in backticks.
  static func codes(_ text: String) -> [String] {
    text.matches(of: #/`([^`]+)`/#).map { String($0.output.1) }
  }
}
