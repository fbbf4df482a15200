import Testing

@Suite("YAML: scalars")
struct ScalarTests {
  @Test("a plain scalar folds its lines", arguments: plainScalars)
  func plain(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let plainScalars = [
    ReadingCase("a b  c", #""a b  c""#), ReadingCase("a: b:c d", #"{"a":"b:c d"}"#),
    ReadingCase("a: b\n  c\n\n  d\n\n\n  e", #"{"a":"b c\nd\n\ne"}"#),
    ReadingCase("a:\n  b\n   c\n  d", #"{"a":"b c d"}"#),
    ReadingCase("a: b   \n  c  \nd: e", #"{"a":"b c","d":"e"}"#),
    // What would be an indicator elsewhere is text in a line that continues a value.
    ReadingCase("a: b\n  - c", #"{"a":"b - c"}"#), ReadingCase("a: b\n \tc", #"{"a":"b c"}"#),
    ReadingCase("a: -b\nc: ?d\ne: :f", #"{"a":"-b","c":"?d","e":":f"}"#),
    ReadingCase("a: b, [c] {d} & * ! | > ' \" % @ `", ##"{"a":"b, [c] {d} & * ! | > ' \" % @ `"}"##),
    ReadingCase("a  : b", #"{"a":"b"}"#), ReadingCase("a b: c", #"{"a b":"c"}"#),
    ReadingCase("a:b: c", #"{"a:b":"c"}"#),
    ReadingCase("a: ---\nb: --- c", #"{"a":"---","b":"--- c"}"#), ReadingCase("---\nb", #""b""#),
    ReadingCase("é: 日本語", #"{"é":"日本語"}"#),
  ]

  @Test("single quotes have one escape", arguments: singleQuoted)
  func single(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let singleQuoted = [
    ReadingCase("''", #""""#), ReadingCase("'it''s'", #""it's""#), ReadingCase("''''", #""'""#),
    ReadingCase(#"'a\n"b"'"#, #""a\\n\"b\"""#), ReadingCase("'a\n b\n\n c'", #""a b\nc""#),
    ReadingCase("a: '  x  \n  y  '", #"{"a":"  x y  "}"#), ReadingCase("'\n\n a'", #""\na""#),
    ReadingCase("'a': 'b'", #"{"a":"b"}"#), ReadingCase("'true'", #""true""#),
  ]

  @Test("double quotes have the escapes of YAML", arguments: doubleQuoted)
  func double(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let doubleQuoted = [
    ReadingCase(#""\0\a\b\t\n\v\f\r\e""#, #""\u0000\u0007\b\t\n\u000b\f\r\u001b""#),
    ReadingCase(#""\ \"\/\\""#, #"" \"/\\""#),
    ReadingCase(#""\N\_\L\P""#, "\"\u{85}\u{A0}\u{2028}\u{2029}\""),
    ReadingCase(#""\x41\u00e9\U0001F600""#, #""Aé😀""#), ReadingCase(#""\ud83d\ude00""#, #""😀""#),
    ReadingCase("\"a\n  b\n\n  c\"", #""a b\nc""#), ReadingCase("\"a \\\n   b\"", #""a b""#),
    ReadingCase("\"a\\\n\n   b\"", #""a\nb""#), ReadingCase("\"a\\\n  \\  b\"", #""a  b""#),
    // Blanks before a break are dropped unless an escape made them.
    ReadingCase("\"a\\t \n b\"", #""a\t b""#), ReadingCase("\"a\\ \n b\"", #""a  b""#),
    ReadingCase("\"\\\t\"", #""\t""#),
    ReadingCase("\"a\": \"b\"", #"{"a":"b"}"#), ReadingCase("\"a: b # c\"", #""a: b # c""#),
  ]

  @Test("literal and folded text, with chomping and indentation", arguments: blockScalars)
  func blocks(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let blockScalars = [
    ReadingCase("a: |\n  x\n   y\n\n  z\n\n\nb: 1", #"{"a":"x\n y\n\nz\n","b":1}"#),
    ReadingCase("a: |-\n  x\n\nb: 1", #"{"a":"x","b":1}"#),
    ReadingCase("a: |+\n  x\n\nb: 1", #"{"a":"x\n\n","b":1}"#),
    ReadingCase("a: |\n  x", #"{"a":"x"}"#), ReadingCase("a: |\nb: 1", #"{"a":"","b":1}"#),
    ReadingCase("a: |+\n\n\nb: 1", #"{"a":"\n\n","b":1}"#), ReadingCase("a: |-\n\n\n", #"{"a":""}"#),
    ReadingCase("a: |2\n    x\n   y", #"{"a":"  x\n y"}"#), ReadingCase("a: |-1 # c\n  x", #"{"a":" x"}"#),
    ReadingCase("a: |1-\n  x", #"{"a":" x"}"#), ReadingCase("a: |\n\n\n  x", #"{"a":"\n\nx"}"#),
    ReadingCase("a: >\n  x\n  y\n\n  z\n", #"{"a":"x y\nz\n"}"#),
    ReadingCase("a: >\n  x\n   deeper\n  y\n", #"{"a":"x\n deeper\ny\n"}"#),
    ReadingCase("a: >\n  x\n\n   deeper\n\n  y\n", #"{"a":"x\n\n deeper\n\ny\n"}"#),
    ReadingCase("a: >\n\n  x\n  \ty\n  z\n", #"{"a":"\nx\n\ty\nz\n"}"#),
    ReadingCase("a: >+\n  x\n  y\n\n", #"{"a":"x y\n\n"}"#),
    ReadingCase("a: >-\n  x\n  y\n\n", #"{"a":"x y"}"#),
    ReadingCase("--- |\n x\n# y\n", #""x\n""#), ReadingCase("--- |\nx\n---\ny", "\"x\\n\"\n\"y\""),
    ReadingCase("- |\n x\n- >\n y\n  z", #"["x\n","y\n z"]"#),
    ReadingCase("- a: |\n    x\n  b: 1", #"[{"a":"x\n","b":1}]"#),
    ReadingCase("a: |\n  # no comment\n  b: c\n # a comment\nd: 1", ##"{"a":"# no comment\nb: c\n","d":1}"##),
    ReadingCase("a: |\n  x\n   ", #"{"a":"x\n \n"}"#), ReadingCase("a: |+\n  x", #"{"a":"x"}"#),
    ReadingCase("a: |\n  x\n   \n  \n", #"{"a":"x\n \n"}"#), ReadingCase("a: |\n  \tx\n", #"{"a":"\tx\n"}"#),
  ]

  @Test("faults in scalars are named where they are", arguments: faults)
  func refused(_ example: ReadingCase) { #expect(read(example.yaml).hasPrefix(example.json)) }

  private static let faults = [
    ReadingCase("a: 'b", "1:4: the closing quote is missing; close it; write '' for a '"),
    ReadingCase("a: \"b\n---\n", "1:4: the closing quote is missing"),
    ReadingCase("a: \"b\nc\"", "2:1: a line of a quoted value is not indented"),
    ReadingCase("a: \"b\n\tc\"", "2:2: a tab in the indentation"),
    ReadingCase(#"a: "b\c""#, "1:6: no such escape"),
    ReadingCase(#"a: "\x4""#, "1:5: no such escape"),
    ReadingCase(#"a: "\ud800""#, "1:5: the escape is no character"),
    ReadingCase(#"a: "\udc00\ud800""#, "1:5: the escape is no character"),
    ReadingCase(#"a: "\ud800\u0041""#, "1:5: the escape is no character"),
    ReadingCase(#"a: "\U00110000""#, "1:5: the escape is no character"),
    ReadingCase("a: 'b' c", "1:8: something follows the value"),
    ReadingCase("a: \"b\"c: d", "1:7: something follows the value"),
    ReadingCase("a: |x\n b", "1:5: not the header"), ReadingCase("a: |0\n b", "1:5: not the header"),
    ReadingCase("a: |++\n b", "1:6: not the header"), ReadingCase("a: |12\n b", "1:6: not the header"),
    ReadingCase("a: > b\n c", "1:5: not the header"),
    ReadingCase("a: |\n   \n  b", "2:4: an empty line before the text"),
    ReadingCase("a: |2\n x", "2:2: the line is indented like nothing before it"),
    ReadingCase("a: @b", "1:4: a value without quotes cannot begin with '@'; put it in quotes"),
    ReadingCase("a: `b`", "1:4: a value without quotes cannot begin with '`'"),
    ReadingCase("a: %b", "1:4: a value without quotes cannot begin with '%'"),
    ReadingCase("a: b: c", "1:4: a second key on the line; put a value with ': ' in quotes"),
    ReadingCase("a: b\n  c: d", "2:3: a key in a line that continues the value of line 1; indent it less"),
    ReadingCase("\"a\n b\": c", "1:1: a key on more than one line"),
  ]
}
