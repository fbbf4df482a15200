import Foundation
import JSONScan
import TestSupport
import Testing
import YAML

@Suite("YAML: the cases of the yaml-test-suite")
struct ConformanceTests {
  /// A case as the suite has it; see the README.md beside the file.
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let name: String
    let yaml: String
    let isError: Bool
    /// The documents; nil where the suite says no JSON, as the text has none.
    let json: [JSONValue]?

    var testDescription: String { "\(id) \(name)" }
  }

  static let cases: [Case] = {
    let file = Fixtures.directory.appending(path: "yaml-test-suite/cases.json")
    guard let bytes = try? [UInt8](Data(contentsOf: file)), let root = try? JSONValue(parsing: bytes) else {
      return []
    }
    return (root.array ?? []).compactMap { value in
      guard let id = value["id"]?.string, let name = value["name"]?.string, let yaml = value["yaml"]?.string
      else { return nil }
      return Case(
        id: id, name: name, yaml: yaml, isError: value["error"] != nil, json: value["json"]?.array)
    }
  }()

  /// What is right YAML and refused here all the same, by the reason (docs/decisions/0004).
  private static let refused: [(YAMLError.Reason, String)] = [
    (
      .anchor,
      """
      26DV 2SXE 3GZX 3R3P 6BFJ 6KGN 6M2F 7BMT 7BUB 8XYN 9KAX BU8L CN3R E76Z F2C7 FTA2 JS2J KSS4 PW8X SKE5 U3XV V55R \
      W5VH X38W Y2GN ZH7C ZWK4
      """
    ),
    (
      .tag,
      """
      2AUY 2XXW 33X3 35KP 52DL 565N 57H4 6JWB 6WLZ 735Y 74H7 7FWL 8MK2 9WXW CUP7 EHF6 FH7J HMQ5 J7PZ L94M LE5A M5C3 \
      S4JQ UGM3 UKK6/02 WZ62 Z67P
      """
    ),
    (.nullKey, "2JQS 6PBE CFD4 DFF7 FRK4 M2N8/00 NHX8 NKF9 S3PD SM9W/01 UKK6/00"),
    (.collectionKey, "4FJ6 9MMW KK5P LX3P M2N8/01 M5DY Q9WF RZP5 SBG9 V9D5 XW4D"),
  ]

  /// Directives other than `%YAML 1.x`: that of tags, and some that the suite would have ignored.
  private static let directives = "2LFX 5TYM 6CK3 6LVF C4HZ CC74 MUS6/05 MUS6/06 P76L U3C3 Z9M4"

  private static func isRefused(_ id: String, as reason: YAMLError.Reason?) -> Bool {
    if case .directive? = reason { return directives.split(separator: " ").contains { $0 == id } }
    return refused.contains { $0.0 == reason && $0.1.split(separator: " ").contains { $0 == id } }
  }

  private static let decided = Set(
    (refused.map(\.1) + [directives]).flatMap { $0.split(separator: " ") })

  @Test("all of them are here")
  func count() {
    #expect(Self.cases.count == 402)
    #expect(Self.cases.count { $0.isError } == 94)
    #expect(Self.decided.count == 87)
  }

  @Test(
    "wrong YAML is refused, right YAML means what the suite says, or is refused as decided", arguments: cases)
  func conforms(_ example: Case) throws {
    let reason = refusal(example.yaml)?.reason
    if example.isError {
      #expect(reason != nil, "\(read(example.yaml))")
    } else if Self.decided.contains(example.id[...]) {
      #expect(Self.isRefused(example.id, as: reason), "\(read(example.yaml))")
    } else {
      let documents = try YAMLParser.parse(Array(example.yaml.utf8)).map { try JSONValue(parsing: $0.json) }
      if let json = example.json { #expect(documents == json) } else { #expect(example.id == "4ABK") }
    }
  }
}
