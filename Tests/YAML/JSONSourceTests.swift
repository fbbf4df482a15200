import JSONScan
import Testing
import YAML

@Suite("JSON from either form, and the way back")
struct JSONSourceTests {
  @Test(
    "the end of a file's name says whether it is YAML",
    arguments: [
      ("a.yaml", JSONSource.Format.yaml), ("a.yml", .yaml), ("a.json", .json), ("yaml", .json),
      ("a.yaml.bak", .json), ("", .json),
    ])
  func formats(_ name: String, _ format: JSONSource.Format) {
    #expect(JSONSource.Format(fileName: name) == format)
  }

  @Test("JSON stays as it is, and its places are those of its own lines")
  func json() throws {
    let text = "{\n  \"é\": 1}"
    let source = try JSONSource(Array(text.utf8), format: .json)
    #expect(source.json == Array(text.utf8) && source.documents == [0..<text.utf8.count])
    #expect(source.location(of: 0) == YAMLLocation(line: 1, column: 1))
    #expect(source.location(of: 10) == YAMLLocation(line: 2, column: 8))
    #expect(source.location(of: 999) == YAMLLocation(line: 2, column: 10))
    #expect(source.location(of: -1) == YAMLLocation(line: 1, column: 1))
  }

  @Test("the documents of YAML stand one after the other, without the empty ones")
  func yaml() throws {
    let source = try JSONSource(Array("---\n# none\n---\na: 1\n---\n~\n---\n- b\n".utf8), format: .yaml)
    #expect(String(decoding: source.json, as: UTF8.self) == #"{"a":1}["b"]"#)
    #expect(source.documents == [0..<7, 7..<12])
    #expect(source.location(of: 0) == YAMLLocation(line: 4, column: 1))
    #expect(source.location(of: 5) == YAMLLocation(line: 4, column: 4))
    #expect(source.location(of: 7) == YAMLLocation(line: 8, column: 1))
    #expect(source.location(of: 8) == YAMLLocation(line: 8, column: 3))
    #expect(source.location(of: 999) == YAMLLocation(line: 8, column: 3))
  }

  @Test("without documents there is no place but the start; YAML that cannot be read is an error")
  func empty() throws {
    let source = try JSONSource([], format: .yaml)
    #expect(source.documents.isEmpty && source.location(of: 3) == YAMLLocation(line: 1, column: 1))
    #expect(throws: YAMLError.self) { try JSONSource(Array("a: *b".utf8), format: .yaml) }
  }
}
