import CESQL
import Testing

@Suite struct ParsingTests {
  private func fault(_ text: String) -> CESQLParseError? {
    do throws(CESQLParseError) {
      _ = try CESQLExpression(text)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "what is no expression is refused with its column and what to do",
    arguments: [
      ("", "column 1: no expression; write one, as type LIKE '%.delete'"),
      (" \n", "column 3: no expression; write one, as type LIKE '%.delete'"),
      (
        "ABC(",
        "column 5: a value is missing before the end; write an attribute, a literal or a function there"
      ),
      (
        "type =",
        "column 7: a value is missing before the end; write an attribute, a literal or a function there"
      ),
      ("(type", "column 6: ')' is missing before the end; write ')' there"),
      (
        "type)",
        "column 5: an operator is missing before ')'; join the two with AND, OR or a comparison, or put text in quotes"
      ),
      (
        "a b",
        "column 3: an operator is missing before b; join the two with AND, OR or a comparison, or put text in quotes"
      ),
      ("a = 'x", "column 5: the string has no closing quote; close it with the quote that opened it"),
      (#"a = 'x\'"#, "column 5: the string has no closing quote; close it with the quote that opened it"),
      ("a = 'it''s'", #"column 9: a string follows a string; write \' for a quote inside '…', or use "…""#),
      (
        "x LIKE 123",
        "column 8: the pattern of LIKE is no string literal; write the pattern in quotes, as LIKE 'a%'"
      ),
      (
        "x NOT 'a'",
        "column 3: NOT stands after a value without LIKE or IN; write NOT before the value, or NOT LIKE, or NOT IN"
      ),
      ("x IN 1", "column 6: '(' is missing before 1; write '(' there"),
      (
        "x IN ()",
        "column 7: a value is missing before ')'; write an attribute, a literal or a function there"
      ),
      (
        "EXISTS (x)",
        "column 8: EXISTS names no attribute; write EXISTS subject, without quotes or parentheses"
      ),
      ("EXISTS", "column 7: EXISTS names no attribute; write EXISTS subject, without quotes or parentheses"),
      ("2147483648", "column 1: 2147483648 is no integer of 32 bits; compare it as a string, in quotes"),
      (
        "1 + -2147483649", "column 5: -2147483649 is no integer of 32 bits; compare it as a string, in quotes"
      ),
      ("+ 5", "column 1: a value is missing before '+'; write an attribute, a literal or a function there"),
      ("IS_INT", "column 7: '(' is missing before the end; write '(' there"),
    ])
  func refused(_ text: String, _ message: String) { #expect(fault(text)?.description == message) }

  @Test(
    "characters that are no part of the language are refused",
    arguments: ["a == b", "a && b", "a; b", "é", "a_b1 = 1", "_", "!a", "{"])
  func stray(_ text: String) { #expect(fault(text) != nil) }

  @Test("an expression may have so many bytes, and no more")
  func length() {
    let longest = "'" + String(repeating: "x", count: CESQLLimits.maxBytes - 2) + "'"
    #expect(fault(longest) == nil)
    #expect(fault(longest + " ")?.fault == .tooLong)
  }

  @Test(
    "levels may be so many, and no more",
    arguments: [
      ("(", "1", ")"), ("NOT ", "TRUE", ""), ("- ", "x", ""), ("ABS(", "1", ")"), ("1 IN (", "1", ")"),
    ])
  func depth(_ open: String, _ inner: String, _ close: String) {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }
    #expect(fault(nested(CESQLLimits.maxDepth)) == nil)
    #expect(fault(nested(CESQLLimits.maxDepth + 1))?.fault == .tooDeep)
    #expect(fault(nested(400)) != nil)
  }

  @Test("a chain of operators is no nesting")
  func chain() throws {
    let text = Array(repeating: "a=1", count: 500).joined(separator: " OR ")
    #expect(try CESQLExpression(text).evaluate { _ in .integer(2) }.value == .boolean(false))
    let sum = Array(repeating: "1", count: 2000).joined(separator: "+")
    #expect(try CESQLExpression(sum).evaluate { _ in nil }.value == .integer(2000))
  }

  @Test("a text that functions make is bounded")
  func made() throws {
    let eight = String(repeating: "a", count: 8192)
    let eightTimes = "CONCAT(" + Array(repeating: "x", count: 8).joined(separator: ",") + ")"
    let outcome = try CESQLExpression(eightTimes).evaluate { _ in .string(eight) }
    #expect(
      outcome.error == nil
        && outcome.value == .string(String(repeating: "a", count: CESQLLimits.maxTextBytes)))
    let more = try CESQLExpression("CONCAT(\(eightTimes), 'b')").evaluate { _ in .string(eight) }
    #expect(more.error?.kind == .functionEvaluation("CONCAT makes more than 65536 bytes"))
  }

  @Test("every truncation and every shuffle of words is read or refused, and evaluates without a trap")
  func robust() {
    let words = [
      "a", "1", "-2147483648", "'x'", "\"y%\"", "(", ")", ",", "AND", "OR", "XOR", "NOT", "LIKE", "EXISTS",
      "IN", "+",
      "-", "*", "/", "%", "=", "<>", "<", "TRUE", "ABS", "SUBSTRING", "LEFT", "CONCAT_WS", "INT", "_", "'",
      "\\", "é",
    ]
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let values: [CESQLValue?] = [.string("x"), .integer(.min), .boolean(true), nil]
    var read = 0
    for _ in 0..<20_000 {
      let text = (0..<(1 + random(9))).map { _ in words[random(words.count)] }.joined(separator: " ")
      for end in [text.count, random(text.count + 1)] {
        guard let expression = try? CESQLExpression(String(text.prefix(end))) else { continue }
        read += 1
        let outcome = expression.evaluate { _ in values[random(4)] }
        if let type = expression.resultType { #expect(outcome.value.type == type) }
      }
    }
    #expect(read > 300)
  }
}
