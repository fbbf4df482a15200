import Testing
import YAML

/// Half a megabyte of what would take minutes if some step looked back, or ahead, at all that came before or follows.
@Suite("YAML: the time grows with the text alone", .timeLimit(.minutes(2)))
struct LinearTimeTests {
  private static let bytes = 500_000

  /// A start, what is repeated, an end.
  struct Shape: Sendable, CustomTestStringConvertible {
    let start: String
    let unit: String
    let end: String

    init(_ start: String, _ unit: String, _ end: String = "") {
      (self.start, self.unit, self.end) = (start, unit, end)
    }

    var testDescription: String { "\(start)\(unit)…".debugDescription }
    var text: [UInt8] {
      Array(start.utf8) + Array(repeatElement(Array(unit.utf8), count: bytes / unit.utf8.count).joined())
        + Array(end.utf8)
    }
  }

  @Test(
    "scalars of one line and of many, in every style, with and without empty lines",
    arguments: [
      Shape("a: ", "x"), Shape("a: ", "b:c#d-"), Shape("a: ", "word\n  "), Shape("a: ", "word\n\n\n  "),
      Shape("a: '", "w''d\n  ", "'"), Shape("a: \"", "w\\n\n  ", "\""), Shape("a: \"", "\\\n  ", "\""),
      Shape("a: |\n", "  text\n\n"), Shape("a: >\n", "  text\n   more\n\n"), Shape("a: |+\n", "\n", "b: 1"),
      Shape("a: b", " "), Shape("a: |\n", "    \n", "      x"),
    ])
  func scalars(_ shape: Shape) throws { #expect(try YAMLParser.parse(shape.text).count == 1) }

  @Test(
    "many values, deep ones, and what is between them",
    arguments: [
      Shape("", "- - - - - - a\n"), Shape("", "-\n"), Shape("", "- |\n\n\n\n"), Shape("", "- b\n\n\n"),
      Shape("", "- " + String(repeating: "[", count: 120) + String(repeating: "]", count: 120) + "\n"),
      Shape("[", "a: b, ", "]"), Shape("[", "{a: [b, 'c', \"d\"]},\n ", "]"), Shape("[", "a #c\n ,", "]"),
      Shape("a: 1", "\n# comment"), Shape("a: 1\n", "   \t\n"), Shape("", "- ? a\n  : - b\n"),
    ])
  func values(_ shape: Shape) throws { #expect(try YAMLParser.parse(shape.text).count == 1) }

  @Test("many keys of one mapping, many documents")
  func keysAndDocuments() throws {
    let keys = (0..<40_000).map { "key\($0): 1\n" }.joined()
    #expect(try YAMLParser.parse(Array(keys.utf8)).count == 1)
    let documents = (0..<20_000).map { "---\na: \($0)\n" }.joined()
    #expect(try YAMLParser.parse(Array(documents.utf8)).count == 20_000)
  }
}
