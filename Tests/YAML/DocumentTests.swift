import Testing
import YAML

@Suite("YAML: documents")
struct DocumentTests {
  @Test("markers and comments separate documents", arguments: examples)
  func reads(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let examples = [
    ReadingCase("", ""), ReadingCase("\n# a\n\n", ""), ReadingCase("...\n...", ""),
    ReadingCase("a: 1\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}"),
    ReadingCase("---\na: 1\n...\n---\nb: 2\n...", "{\"a\":1}\n{\"b\":2}"),
    ReadingCase("---\n---\n# x\n---\na: 1", "null\nnull\n{\"a\":1}"),
    ReadingCase("--- a\n--- 'b'\n--- [c]", "\"a\"\n\"b\"\n[\"c\"]"),
    ReadingCase("--- # comment\na: 1", #"{"a":1}"#), ReadingCase("---\n- 1\n--- \n- 2", "[1]\n[2]"),
    ReadingCase("a\n...\nb", "\"a\"\n\"b\""), ReadingCase("%YAML 1.2\n---\na: 1", #"{"a":1}"#),
    ReadingCase("%YAML 1.1 # old\n--- a\n...\n%YAML 1.2\n--- b", "\"a\"\n\"b\""),
    ReadingCase("%YAML 1.3\t# to come\n--- a", #""a""#), ReadingCase("%YAML 1.10\n---\n", "null"),
    ReadingCase("a: ---\n---x: 1\n", "{\"a\":\"---\",\"---x\":1}"), ReadingCase("- a\n---", "[\"a\"]\nnull"),
  ]

  @Test("faults between documents are named where they are", arguments: faults)
  func refused(_ example: ReadingCase) { #expect(read(example.yaml).hasPrefix(example.json)) }

  private static let faults = [
    ReadingCase("%YAML 1.2", "1:1: a directive, and no document after it"),
    ReadingCase("%YAML 1.2\na: 1", "1:1: a directive, and no document after it"),
    ReadingCase("%YAML 1.2\n...", "1:1: a directive, and no document after it"),
    ReadingCase("%YAML 1.\n---\na", "1:1: the directive %YAML with this version is not supported"),
    ReadingCase("%YAML 1.2x\n---\na", "1:1: the directive %YAML with this version is not supported"),
    ReadingCase("%YAML 1.2 x\n---\na", "1:11: something follows the value"),
    ReadingCase("%YAML\n---\na", "1:1: the directive %YAML with this version is not supported"),
    ReadingCase("%YAML 2.0\n---\na", "1:1: the directive %YAML with this version is not supported"),
    ReadingCase("%YAML 1.2\n%YAML 1.2\n---\n", "2:1: the directive %YAML, twice, is not supported"),
    ReadingCase("%TAG ! x\n---\na", "1:1: the directive %TAG is not supported; remove it"),
    ReadingCase("a: 1\n%YAML 1.2\n---\n", "2:1: a value without quotes cannot begin with '%'"),
    ReadingCase("--- a: 1", "1:5: a second key on the line"),
    ReadingCase("--- - a", "1:5: a list cannot begin"),
    ReadingCase("... a", "1:5: something follows the value"),
    ReadingCase("'a'\n'b'", "2:1: the line is indented like nothing"),
  ]

  @Test("an empty document is null, which readers of objects skip")
  func nulls() throws {
    let documents = try YAMLParser.parse(
      Array("---\n---\n~\n---\nnull: no".utf8.dropLast(8) + Array("a: 1".utf8)))
    #expect(documents.map(\.isNull) == [true, true, false])
  }
}
