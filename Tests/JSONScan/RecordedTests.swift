import JSONScan
import TestSupport
import Testing

@Suite("JSONScan: texts recorded from a real API server")
struct RecordedTests {
  /// Every recorded text: the files (but the one whose body is plain text), and the lines of the streams.
  static func texts() throws -> [[UInt8]] {
    let files = try Fixtures.recordedNames(withExtension: "json")
      .filter { $0 != "list-foos-before-crd.json" }.map(Fixtures.recorded)
    let lines = try Fixtures.recordedNames(withExtension: "ndjson").flatMap { name in
      try Fixtures.recorded(name).split(separator: 0x0A).map { [UInt8]($0) }
    }
    return files + lines
  }

  @Test("every recorded text is valid and survives a round trip through the tree")
  func roundTrip() throws {
    let texts = try Self.texts()
    #expect(texts.count > 80)
    for text in texts {
      try JSONValidator.validate(text.span.bytes)
      let value = try JSONValue(parsing: text)
      #expect(try JSONValue(parsing: value.serialized()) == value)
      #expect(try JSONValue(parsing: value.serialized(pretty: true, sortedKeys: true)) == value)
    }
  }

  @Test("a compact recorded text is serialised byte for byte as it came")
  func bytesSurvive() throws {
    let text = try Fixtures.recorded("create-deployment.json").filter { $0 != 0x0A }
    #expect(try JSONValue(parsing: text).serialized() == text)
  }

  @Test("a plan finds in every object what the tree finds")
  func planAgreesWithTree() throws {
    let paths = [
      ["metadata", "name"], ["metadata", "uid"], ["metadata", "resourceVersion"], ["kind"], ["spec"], [],
    ]
    let plan = JSONPlan(paths)
    var matches = JSONMatches()
    for text in try Self.texts() {
      let span = text.span.bytes
      try plan.scan(span, into: &matches)
      let tree = try JSONValue(parsing: text)
      for (index, path) in paths.enumerated() {
        let expected = path.reduce(tree) { value, name in value?[name] }
        let found = try matches[index].map { try JSONValue(parsing: $0.bytes(in: span)) }
        #expect(found == expected)
      }
    }
  }
}
