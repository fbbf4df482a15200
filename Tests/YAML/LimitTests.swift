import Testing
import YAML

@Suite("YAML: limits")
struct LimitTests {
  @Test("bytes: as many as allowed, and one more")
  func bytes() {
    let limits = YAMLLimits(maxBytes: 4)
    #expect(read("a: 1", limits: limits) == #"{"a":1}"#)
    #expect(
      refusal("a: 1\n", limits: limits) == YAMLError(.tooLong(limit: 4), at: YAMLLocation(line: 1, column: 1))
    )
  }

  @Test(
    "depth: as deep as allowed, and one deeper, in every form",
    arguments: [
      ("[[1]]", "[[[1]]]"), ("{a: {b: 1}}", "{a: {b: {c: 1}}}"), ("- - 1", "- - - 1"),
      ("a:\n b: 1", "a:\n b:\n  c: 1"),
      ("- a: 1", "- a: [1]"), ("- [1]", "- [a: 1]"), ("? a\n: - 1", "? a\n: - b: 1"),
      ("[? a : 1]", "[? a : [1]]"),
    ])
  func depth(_ allowed: String, _ refused: String) {
    let limits = YAMLLimits(maxDepth: 2)
    #expect(refusal(allowed, limits: limits) == nil)
    #expect(refusal(refused, limits: limits)?.reason == .tooDeep(limit: 2))
  }

  @Test("no setting lets the nesting exhaust the stack")
  func greatestDepth() {
    #expect(YAMLLimits(maxDepth: .max).maxDepth == YAMLLimits.greatestDepth)
    let limits = YAMLLimits(maxDepth: .max)
    let greatest = YAMLLimits.greatestDepth
    for (open, close) in [("[", "]"), ("- ", ""), ("{a: ", "}")] {
      let text = String(repeating: open, count: greatest) + "1" + String(repeating: close, count: greatest)
      #expect(refusal(text, limits: limits) == nil)
      #expect(refusal(open + text + close, limits: limits)?.reason == .tooDeep(limit: greatest))
    }
    let lines = (0...greatest).map { String(repeating: " ", count: $0) + "a:" }
    #expect(refusal(lines.dropLast().joined(separator: "\n"), limits: limits) == nil)
    #expect(refusal(lines.joined(separator: "\n"), limits: limits)?.reason == .tooDeep(limit: greatest))
  }

  @Test("documents: as many as allowed, and one more; the depth is above all that JSON reads")
  func documents() {
    let limits = YAMLLimits(maxDocuments: 2)
    #expect(read("a\n---\nb", limits: limits) == "\"a\"\n\"b\"")
    #expect(
      refusal("a\n---\nb\n---\n", limits: limits)
        == YAMLError(.tooManyDocuments(limit: 2), at: YAMLLocation(line: 4, column: 1)))
  }

  @Test("lines: as long as allowed, and one byte longer")
  func lines() {
    let limits = YAMLLimits(maxLineBytes: 4)
    #expect(refusal("a: 1\r\nb: 2\n", limits: limits) == nil)
    #expect(
      refusal("a: 1\nb: 22", limits: limits)
        == YAMLError(.lineTooLong(limit: 4), at: YAMLLocation(line: 2, column: 1)))
    #expect(refusal("a: 1\nb: 22\n", limits: limits)?.line == 2)
  }

  @Test("a key without '? ' has at most 1024 characters")
  func keys() {
    let key = String(repeating: "é", count: YAMLLimits.maxKeyScalars)
    for form in ["%: 1", "'%': 1", "[%: 1]"] {
      let longest = form.replacing("%", with: form.contains("'") ? String(key.dropLast(2)) : key)
      #expect(refusal(longest) == nil)
      #expect(refusal(longest.replacing("éé", with: "ééé", maxReplacements: 1))?.reason == .keyTooLong)
    }
    #expect(refusal("? \(key)x\n: 1") == nil)
  }
}
