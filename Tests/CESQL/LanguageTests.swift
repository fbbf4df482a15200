import CESQL
import Testing

/// What the conformance cases leave open, by the text of the specification.
@Suite struct LanguageTests {
  private static let attributes: [String: CESQLValue] = [
    "specversion": .string("1.0"), "id": .string("1"), "source": .string("/s"), "type": .string("a.b.delete"),
    "five": .string("5"), "café": .string("x"), "e": .string("e\u{301}"),
  ]

  private func outcome(_ text: String) throws -> CESQLExpression.Outcome {
    try CESQLExpression(text).evaluate { Self.attributes[$0] }
  }

  private func isTrue(_ text: String) throws -> Bool { try outcome(text).isTrue }

  @Test(
    "expressions that are true",
    arguments: [
      // Precedence, and equal ones from left to right.
      "2 + 3 * 4 = 14", "10 - 4 - 3 = 3", "100 / 10 / 5 = 2", "7 - 2 * 3 % 4 = 5", "FALSE AND TRUE OR TRUE",
      "(TRUE OR TRUE AND FALSE) = FALSE", "TRUE XOR TRUE XOR TRUE", "1 + 1 = 2 AND 2 > 1", "1 < 2 = TRUE",
      "-5 % 3 = -2", "5 % -3 = 2", "-7 / 2 = -3", "- 2 + 3 = 1", "4-1 = 3", "4 -1 = 3", "4 - -1 = 5",
      "+5 = 5",
      "'ab' LIKE 'a_' = TRUE", "NOT TRUE LIKE 'false'",
      "five IN (4, 5) AND five NOT IN ('6')", "2 IN (1, 2) IN (TRUE)", "NOT EXISTS nothing", "EXISTS TYPE",
      // Casts.
      "five = 5", "five < 10", "TRUE = 'true'", "(TRUE = 'TRUE') = FALSE", "1 = TRUE", "'+7' + 0 = 7",
      "STRING(-0) = '0'", "INT('-2147483648') = -2147483648", "BOOL('tRuE')", "INT(TRUE) = 1",
      "IS_INT('12') AND NOT IS_INT('1.5') AND IS_INT(TRUE)", "IS_BOOL('False') AND NOT IS_BOOL('no')",
      // Texts are characters, compared byte by byte.
      "LENGTH('日本') = 2", "LENGTH(e) = 2", "e != '\u{E9}'", "'日本' LIKE '__'", "LEFT('日本語', 2) = '日本'",
      "RIGHT('日本語', 1) = '語'", "SUBSTRING('日本語', 2, 1) = '本'", "SUBSTRING('abc', 2, 0) = ''",
      "SUBSTRING('abc', -1, 2147483647) = 'c'", "UPPER('straße') = 'STRASSE'",
      "TRIM('\u{2003}a\u{A0}\n') = 'a'",
      "concat_ws('-', 1, TRUE, 'x') = '1-true-x'", "CONCAT() = ''", #"'it\'s' = "it's""#,
      #"'a\b' LIKE 'a\b'"#,
      #"'\%' LIKE '\\%'"#, "'' LIKE '%'", "'' LIKE ''", "'a%' LIKE '%\\%'", "'aXbXc' LIKE '%X_'",
      "'aaaaaaaaab' LIKE '%a%a%a%b'", "type\tLIKE\r\n'%.delete'", "TYPE = 'a.b.delete'",
      // What is not reached does not fail.
      "TRUE OR nothing", "NOT (FALSE AND nothing = 1)", "1 IN (1, nothing)",
      "EXISTS nothing AND nothing = 1 OR TRUE",
    ])
  func truths(_ text: String) throws {
    let outcome = try outcome(text)
    #expect(outcome.isTrue, "\(outcome)")
  }

  @Test(
    "expressions with an error have the zero value of their type, and the column of the error",
    arguments: [
      (
        "nothing", .boolean(false),
        "column 1: the event has no attribute nothing; write EXISTS nothing AND … where it may be absent"
      ),
      (
        "1 + nothing", .integer(0),
        "column 5: the event has no attribute nothing; write EXISTS nothing AND … where it may be absent"
      ),
      ("CONCAT('a', 1 / 0)", .string(""), "column 15: division by zero"),
      ("2147483647 + 1", .integer(0), "column 12: the result is beyond 32 bits"),
      ("-2147483648 - 1", .integer(0), "column 13: the result is beyond 32 bits"),
      ("65536 * 65536", .integer(0), "column 7: the result is beyond 32 bits"),
      ("-2147483648 / -1", .integer(0), "column 13: the result is beyond 32 bits"),
      ("-(-2147483648)", .integer(0), "column 1: the result is beyond 32 bits"),
      ("0 % 0", .integer(0), "column 3: division by zero"),
      ("'x' < 1", .boolean(false), "column 5: 'x' is no Integer"),
      ("'x' OR TRUE", .boolean(false), "column 5: 'x' is no Boolean"),
      ("1 IN ('x', 1)", .boolean(false), "column 3: 'x' is no Integer"),
      ("'2147483648' + 0", .integer(0), "column 14: '2147483648' is no Integer"),
      ("' 1' + 0", .integer(0), "column 6: ' 1' is no Integer"),
      ("LEFT('abc', -1) = 'abc'", .boolean(false), "column 1: LEFT takes no negative length"),
      ("SUBSTRING('abc', 1, -1)", .string(""), "column 1: SUBSTRING takes no negative length"),
      ("SUBSTRING('abc', 4)", .string(""), "column 1: SUBSTRING begins at 4 of 3 characters"),
      ("NOPE(1, 2)", .boolean(false), "column 1: there is no function NOPE of 2 arguments"),
      ("TRUE AND ABS()", .boolean(false), "column 10: there is no function ABS of 0 arguments"),
    ] as [(String, CESQLValue, String)])
  func errors(_ text: String, _ value: CESQLValue, _ error: String) throws {
    let outcome = try outcome(text)
    #expect(outcome.value == value)
    #expect(outcome.error?.description == error)
    #expect(!outcome.isTrue)
  }

  @Test("the remainder of the smallest number by -1 is 0")
  func remainder() throws { #expect(try outcome("-2147483648 % -1").value == .integer(0)) }

  @Test("the type of an expression is known when it is read, but for an attribute alone")
  func types() throws {
    #expect(try CESQLExpression("1 + type").resultType == .integer)
    #expect(try CESQLExpression("LOWER(type)").resultType == .string)
    #expect(try CESQLExpression("NOT (type)").resultType == .boolean)
    #expect(try CESQLExpression("((type))").resultType == nil)
    #expect(try CESQLExpression("NOPE() AND F(1)").missingFunctions.map(\.column) == [1, 12])
  }
}
