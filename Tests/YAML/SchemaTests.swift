import Testing
import YAML

@Suite("YAML: what plain values mean")
struct SchemaTests {
  @Test("null, truth values and numbers are those of the core schema", arguments: values)
  func value(_ example: ReadingCase) { #expect(read("- " + example.yaml) == "[" + example.json + "]") }

  private static let values = [
    ReadingCase("null", "null"), ReadingCase("Null", "null"), ReadingCase("NULL", "null"),
    ReadingCase("~", "null"),
    ReadingCase("true", "true"), ReadingCase("True", "true"), ReadingCase("TRUE", "true"),
    ReadingCase("false", "false"), ReadingCase("False", "false"), ReadingCase("FALSE", "false"),
    ReadingCase("0", "0"), ReadingCase("-0", "-0"), ReadingCase("+12", "12"), ReadingCase("-19", "-19"),
    ReadingCase("18446744073709551616", "18446744073709551616"),
    ReadingCase("0x1F", "31"), ReadingCase("0o14", "12"),
    ReadingCase("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
    ReadingCase("1.0", "1.0"), ReadingCase("-.5", "-0.5"), ReadingCase("1.", "1"), ReadingCase("+1e3", "1e3"),
    ReadingCase("12e-03", "12e-03"), ReadingCase("00.5", "0.5"), ReadingCase("1.5E+2", "1.5E+2"),
  ]

  @Test(
    "everything else is a string, also what is a truth value or number of YAML 1.1",
    arguments: [
      "yes", "no", "on", "off", "y", "n", "Yes", "NO", "nULL", "tRUE", "nothing", "truely", "1_000", "0b11",
      "0o8", "0xG", "0x",
      "0o", "-0x1F", "1e", "1e+", ".", "-", "+", "..", "1.2.3", "10m", "1Gi", "2001-12-14",
      "2001-12-14T21:59:43Z", "12:30:45",
      "inf", "nan", "+.nan", ".INf", "<<",
    ])
  func string(_ text: String) {
    let isIndicator = text == "-"
    #expect(read(isIndicator ? "- '-'" : "- " + text) == "[\"" + text + "\"]")
  }

  @Test("quotes make a string of anything", arguments: ["null", "true", "0644", ".inf", "1", "~", ""])
  func quoted(_ text: String) {
    #expect(read("['\(text)', \"\(text)\"]") == "[\"\(text)\",\"\(text)\"]")
  }

  @Test("what JSON or kubectl would read otherwise is refused", arguments: refusedValues)
  func refused(_ text: String, _ reason: YAMLError.Reason) {
    #expect(refusal("a:\n  - \(text)") == YAMLError(reason, at: YAMLLocation(line: 2, column: 5)))
    #expect(refusal("a:\n  {\(text): 1}")?.reason == reason)
  }

  private static let refusedValues: [(String, YAMLError.Reason)] = [
    (".inf", .notFinite), ("-.INF", .notFinite), ("+.Inf", .notFinite), (".NaN", .notFinite),
    ("0644", .leadingZero),
    ("-08", .leadingZero), ("0x1FFFFFFFFFFFFFFFF", .numberTooLarge),
    ("0o7777777777777777777777", .numberTooLarge),
  ]

  @Test("keys that are integers or truth values become strings, as kubectl makes them")
  func keys() {
    #expect(
      read("1: a\n0x10: b\n+3: c\ntrue: d\nFalse: e\nyes: f\n2001-01-01: g")
        == #"{"1":"a","16":"b","3":"c","true":"d","false":"e","yes":"f","2001-01-01":"g"}"#)
    #expect(read("{1: a, \"2\": b}") == #"{"1":"a","2":"b"}"#)
  }

  @Test(
    "a key that comes twice is refused, also in another spelling",
    arguments: [
      ("a: 1\nb: 2\na: 3", 3, 1, 1), ("{a: 1, 'a': 2}", 1, 8, 1), ("1: a\n\"1\": b", 2, 1, 1),
      ("0x1: a\n1: b", 2, 1, 1),
      ("x:\n  ? a\n  : 1\n  a: 2", 4, 3, 2), ("\"\\u0061\": 1\na: 2", 2, 1, 1),
    ])
  func duplicates(_ text: String, _ line: Int, _ column: Int, _ first: Int) {
    let error = refusal(text)
    #expect(error?.location == YAMLLocation(line: line, column: column))
    guard case .duplicateKey(_, first)? = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("among many keys the one that comes twice is found; keys are compared byte by byte")
  func manyKeys() {
    let many = (1...100).map { "k\($0): \($0)" }.joined(separator: "\n")
    #expect(refusal(many) == nil)
    #expect(refusal(many + "\nk7: x")?.reason == .duplicateKey("k7", firstLine: 7))
    #expect(refusal(many + "\nk100: x")?.reason == .duplicateKey("k100", firstLine: 100))
    #expect(refusal("\u{E9}: 1\ne\u{301}: 2") == nil)
    #expect(refusal("a: {x: 1}\nb: {x: 1}") == nil)
  }
}
