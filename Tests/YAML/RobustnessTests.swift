import Foundation
import JSONScan
import TestSupport
import Testing
import YAML

@Suite("YAML: damaged and random text")
struct RobustnessTests {
  /// Something of everything.
  private static let sample = Array(
    """
    %YAML 1.2
    ---
    # comment
    apiVersion: apps/v1   # trailing
    metadata: {name: "a\\u00e9\\
      b", labels: {'x': 'it''s', y: [1, -2.5e3, ~]}}
    spec:
    - plain text
      folded

      on
    -   literal: |2-
           x
          y
        folded: >+
          a
          b

    - ? key
      : value
    - [
      a, b: c ]
    ...
    --- "two"
    --- # three
    - é日本😀
    """.utf8)

  @Test("cut at every byte it is read or refused, and the JSON is JSON")
  func truncated() throws {
    #expect(try YAMLParser.parse(Self.sample).count == 3)
    for length in 0...Self.sample.count { try check(Array(Self.sample[..<length])) }
  }

  @Test(
    "with bytes changed, removed, doubled and moved at random it is read or refused",
    arguments: 1...16 as ClosedRange<UInt64>)
  func mutated(_ seed: UInt64) throws {
    var random = Seeded(seed: seed)
    let alphabet = Array(" \n\t\r-:?#,[]{}'\"|>&*!%@`\\~01ax.<é\u{FEFF}\u{85}".utf8) + [0, 0xFF]
    for _ in 0..<400 {
      var text = Self.sample
      for _ in 0...random.next(below: 6) {
        let at = random.next(below: text.count)
        switch random.next(below: 4) {
        case 0: text[at] = alphabet[random.next(below: alphabet.count)]
        case 1: text.remove(at: at)
        case 2: text.insert(alphabet[random.next(below: alphabet.count)], at: at)
        default:
          let length = min(random.next(below: 30), text.count - at)
          text.insert(contentsOf: text[at..<at + length], at: random.next(below: text.count))
        }
        if text.isEmpty { break }
      }
      try check(text)
    }
  }

  @Test("random text of indicators is read or refused", arguments: 1...16 as ClosedRange<UInt64>)
  func noise(_ seed: UInt64) throws {
    var random = Seeded(seed: seed)
    let pieces = [
      " ", "  ", "\n", "\n ", "\n  ", "\t", "- ", "a", "a: ", "? ", ": ", "# ", ",", "[", "]", "{", "}", "'",
      "\"", "|", ">", "|2-",
      "\\", "---", "...", "\n---\n", "%YAML 1.2", "1", "é", "\r\n", ":", "-",
    ].map { Array($0.utf8) }
    for _ in 0..<1500 {
      var text: [UInt8] = []
      for _ in 0...random.next(below: 25) { text += pieces[random.next(below: pieces.count)] }
      try check(text)
    }
  }

  @Test(
    "what a writer of block YAML makes of random JSON comes back", arguments: 1...24 as ClosedRange<UInt64>)
  func roundTrip(_ seed: UInt64) throws {
    var writer = RandomYAML(random: Seeded(seed: seed))
    for _ in 0..<30 {
      let value = writer.value(depth: 0)
      let text = writer.document(value)
      let documents = try YAMLParser.parse(Array(text.utf8))
      #expect(try documents.map { try JSONValue(parsing: $0.json) } == [value], "\(text)")
    }
  }

  /// Reads or refuses; what is read is JSON with a place inside the text for each value.
  private func check(_ text: [UInt8]) throws {
    let lines = text.count { $0 == 0x0A || $0 == 0x0D } + 1
    do throws(YAMLError) {
      for document in try YAMLParser.parse(text) {
        #expect(throws: Never.self) { try JSONValidator.validate(document.json.span.bytes) }
        let end = document.positions.location(ofJSONOffset: document.json.count)
        #expect((1...lines).contains(end?.line ?? 0))
      }
    } catch {
      #expect((1...lines).contains(error.line) && error.column >= 1 && error.column <= text.count + 1)
    }
  }
}

/// SplitMix64: a failure is repeated by its seed.
struct Seeded {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ value >> 31) % UInt64(max(bound, 1)))
  }
}
