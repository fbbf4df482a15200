import JSONScan
import Testing
import YAML

@Suite("YAML: the place of every value")
struct PositionTests {
  private static let text = """
    # a comment
    metadata:
      name: foo
      labels: {é: 'x', 日本: "y"}
    spec:
    - a
    -   key: |
          text
        other:
    - [1, {deep: 2}]
    ? explicit
    : value
    """

  @Test(
    "values and keys are found by their path, columns count characters",
    arguments: [
      ([], 2, 1, nil), ([.member("metadata")], 3, 3, 1), ([.member("metadata"), .member("name")], 3, 9, 3),
      ([.member("metadata"), .member("labels")], 4, 11, 3),
      ([.member("metadata"), .member("labels"), .member("é")], 4, 15, 12),
      ([.member("metadata"), .member("labels"), .member("日本")], 4, 24, 20), ([.member("spec")], 6, 1, 1),
      ([.member("spec"), .element(0)], 6, 3, nil), ([.member("spec"), .element(1)], 7, 5, nil),
      ([.member("spec"), .element(1), .member("key")], 7, 10, 5),
      // A value without text is where its key is.
      ([.member("spec"), .element(1), .member("other")], 9, 5, 5),
      ([.member("spec"), .element(2)], 10, 3, nil),
      ([.member("spec"), .element(2), .element(1), .member("deep")], 10, 14, 8),
      ([.member("explicit")], 12, 3, 3),
    ] as [([JSONPathStep], Int, Int, Int?)])
  func found(_ path: [JSONPathStep], _ line: Int, _ column: Int, _ keyColumn: Int?) throws {
    let positions = try document(Self.text).positions
    #expect(positions.position(of: path) == YAMLLocation(line: line, column: column))
    #expect(positions.keyPosition(of: path)?.column == keyColumn)
  }

  @Test("a path that leads nowhere has no place")
  func missing() throws {
    let positions = try document(Self.text).positions
    #expect(positions.position(of: [.member("no")]) == nil)
    #expect(positions.position(of: [.element(0)]) == nil)
    #expect(positions.keyPosition(of: [.member("spec"), .element(0)]) == nil)
    #expect(positions.keyPosition(of: [.member("no")]) == nil)
  }

  @Test("a byte of the JSON leads to the value or key that has it")
  func offsets() throws {
    let document = try document("a: xyz\nb:\n  - 1\n")
    #expect(String(decoding: document.json, as: UTF8.self) == #"{"a":"xyz","b":[1]}"#)
    let places = [0: (1, 1), 1: (1, 1), 5: (1, 4), 8: (1, 4), 11: (2, 1), 15: (3, 3), 16: (3, 5), 99: (3, 5)]
    for (offset, place) in places {
      #expect(
        document.positions.location(ofJSONOffset: offset) == YAMLLocation(line: place.0, column: place.1),
        "\(offset)")
    }
    #expect(document.positions.location(ofJSONOffset: -1) == nil)
  }

  @Test("each document counts lines from the start of the text")
  func documents() throws {
    let documents = try YAMLParser.parse(Array("a: 1\r\n---\r\nb:\r\n  c: 2\r\n--- 3".utf8))
    #expect(
      documents[1].positions.position(of: [.member("b"), .member("c")]) == YAMLLocation(line: 4, column: 6))
    #expect(documents[2].positions.position(of: []) == YAMLLocation(line: 5, column: 5))
  }

  @Test("with lone carriage returns, and behind a byte order mark, the places are right too")
  func breaks() throws {
    let document = try document("\u{FEFF}a: 1\rb: 2")
    #expect(document.positions.position(of: [.member("a")]) == YAMLLocation(line: 1, column: 4))
    #expect(document.positions.position(of: [.member("b")]) == YAMLLocation(line: 2, column: 4))
  }
}
