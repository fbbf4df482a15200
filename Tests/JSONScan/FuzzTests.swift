import JSONScan
import TestSupport
import Testing

@Suite("JSONScan: cut, mutated and exhaustive input")
struct FuzzTests {
  @Test(
    "a recorded object cut at any byte is refused, by the validator, a plan and the tree parser alike",
    arguments: ["create-deployment.json", "list-configmaps-page1.json", "discovery-apps-v1.json"])
  func truncation(_ name: String) throws {
    var whole = try Fixtures.recorded(name)
    while whole.last == 0x0A { whole.removeLast() }
    let plan = JSONPlan([["metadata", "name"], ["items"]])
    var matches = JSONMatches()
    for length in 0..<whole.count {
      let cut = Array(whole[..<length])
      let error = try #require(refusal(of: cut))
      #expect(error == treeRefusal(of: cut))
      #expect(error.reason == .unexpectedEnd && error.offset == length || error == JSONError(.empty, at: 0))
      #expect(throws: error) { try plan.scan(cut.span.bytes, into: &matches) }
      #expect(matches[0] == nil && matches[1] == nil)
    }
  }

  @Test("mutated objects never crash a walker, and all agree with a parser written plainly", arguments: 1...8)
  func mutation(_ seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let plan = JSONPlan([["metadata", "name"], ["items"], ["type"]])
    let inner = JSONPlan([["metadata"]])
    var matches = JSONMatches()
    var innerMatches = JSONMatches()
    let texts = try RecordedTests.texts().filter { $0.count < 1500 }
    var accepted = 0
    for round in 0..<1500 {
      let text = mutate(texts[round % texts.count], &numbers)
      let verdict = ReferenceParser.accepts(text)
      let error = refusal(of: text)
      #expect((error == nil) == verdict, "seed \(seed), round \(round)")
      #expect(error == treeRefusal(of: text), "seed \(seed), round \(round)")
      #expect((error?.offset ?? 0) <= text.count)
      accepted += verdict ? 1 : 0
      try? plan.scan(text.span.bytes, into: &matches)
      if let items = matches[1] {
        try inner.scanElements(of: items, in: text.span.bytes, into: &innerMatches) { _, _ in }
      }
    }
    #expect(accepted > 50)
  }

  /// One to three random edits: a byte replaced, removed, inserted, or a piece repeated or cut.
  private func mutate(_ text: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
    var text = text
    let alphabet =
      Array("{}[]\",:\\u0123456789eE+-.tfn aD8\n".utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xA9, 0xED, 0xF4, 0xFF]
    for _ in 0...numbers.next(below: 3) where !text.isEmpty {
      let at = numbers.next(below: text.count)
      let byte = alphabet[numbers.next(below: alphabet.count)]
      switch numbers.next(below: 5) {
      case 0: text[at] = byte
      case 1: text.remove(at: at)
      case 2: text.insert(byte, at: at)
      case 3: text.insert(contentsOf: text[at..<min(text.count, at + numbers.next(below: 9))], at: at)
      default: text.removeSubrange(at..<min(text.count, at + numbers.next(below: 9)))
      }
    }
    return text
  }

  @Test("every special byte is found at every position of a string of up to 24 bytes")
  func positions() {
    for length in 1...24 {
      for position in 0..<length {
        for byte in UInt8.min...UInt8.max {
          var text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
          text[position] = byte
          text = [0x22] + text + [0x22]
          let plain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
          if plain {
            #expect(refusal(of: text) == nil)
          } else if refusal(of: text) == nil {
            // The quote as the last byte leaves one behind it; the backslash makes an escape of 'a' or of the quote.
            Issue.record("byte \(byte) at \(position) of \(length) was accepted")
          }
        }
      }
    }
  }

  @Test("UTF-8 is judged as the standard library judges it: all pairs, and all edges of longer sequences")
  func utf8() {
    let edges: [UInt8] = [0x00, 0x20, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF]
    func judge(_ sequence: [UInt8]) {
      guard !sequence.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return }
      let valid = String(validating: sequence, as: UTF8.self) != nil
      if (refusal(of: [0x22] + sequence + [0x22]) == nil) != valid { Issue.record("\(sequence): \(valid)") }
    }
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        judge([first, second])
        guard first >= 0xC0, edges.contains(second) else { continue }
        for third in edges {
          judge([first, second, third])
          for fourth in edges { judge([first, second, third, fourth]) }
        }
      }
    }
  }

  @Test(
    "every number of up to six characters of the number alphabet is judged as by a parser written plainly")
  func numbers() {
    let alphabet = Array("-0+1.e".utf8)
    var texts: [[UInt8]] = [[]]
    for _ in 0..<6 {
      texts = texts.flatMap { text in alphabet.map { text + [$0] } }
      for text in texts where (refusal(of: text) == nil) != ReferenceParser.accepts(text) {
        Issue.record("\(String(decoding: text, as: UTF8.self))")
      }
    }
  }

  @Test("every escape of one byte, and all four-digit units at the edges, are judged rightly")
  func escapes() {
    for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "u") {
      let expected = "\"\\/bfnrt".utf8.contains(byte)
      #expect((refusal(of: [0x22, 0x5C, byte, 0x22]) == nil) == expected, "escape \(byte)")
    }
    for unit in UInt16.min...UInt16.max {
      let digits = String(unit, radix: 16)
      let text = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
      let lone = unit & 0xF800 == 0xD800
      if (refusal(of: Array(text.utf8)) == nil) == lone { Issue.record("\(text)") }
    }
  }
}
