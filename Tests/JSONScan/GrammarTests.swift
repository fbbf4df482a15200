import JSONScan
import Testing

/// What a text is expected to be refused for.
struct Refusal: CustomTestStringConvertible {
  let text: [UInt8]
  let reason: JSONError.Reason
  let offset: Int

  init(_ text: String, _ reason: JSONError.Reason, at offset: Int) {
    self.init(bytes: Array(text.utf8), reason, at: offset)
  }

  init(bytes: [UInt8], _ reason: JSONError.Reason, at offset: Int) {
    self.text = bytes
    self.reason = reason
    self.offset = offset
  }

  var testDescription: String { String(decoding: text, as: UTF8.self) }
}

/// The error with which the validator refuses a text; nil if it accepts it.
func refusal(of text: [UInt8], limits: JSONLimits = .standard) -> JSONError? {
  do throws(JSONError) {
    try JSONValidator.validate(text.span.bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

/// The error with which the tree parser refuses a text; nil if it accepts it.
func treeRefusal(of text: [UInt8], limits: JSONLimits = .standard) -> JSONError? {
  do throws(JSONError) {
    _ = try JSONValue(parsing: text, limits: limits)
    return nil
  } catch {
    return error
  }
}

@Suite("JSONScan: what RFC 8259 accepts and refuses")
struct GrammarTests {
  @Test(
    "valid texts are accepted by the validator and the tree parser",
    arguments: [
      "null", "true", "false", "0", "-0", "1", "-1", "123456789012345678901234567890", "0.5", "-0.0", "1e5",
      "1E5", "1e+5",
      "1e-5", "0e0", "0E+10", "1.25e-300", "1e400", "\"\"", "\"a\"", "[]", "{}", "[[]]", "[{}]", "{\"\":{}}",
      "[1,2,3]",
      " [ 1 , 2 ] ", "\t\n\r {\"a\" : 1 } \r\n\t", "{\"a\":1,\"a\":2}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
      "\"\\u0000\"",
      "\"\\uD834\\uDD1E\"", "\"\\ud834\\udd1e\"", "\"\\uFFFF\"", "\"\\uDBFF\\uDFFF\"", "\"\u{7F}\"",
      "\"\u{E9}\"",
      "\"\u{20AC}\"", "\"\u{1D11E}\"", "\"\u{10FFFF}\"", "\"\u{2028}\"", "\"\u{FEFF}\"", "\"a/b\"",
      "[null,true,false]",
      "{\"a\":[1,{\"b\":[]}],\"c\":\"d\"}", "\"12345678\"", "\"1234567\"", "\"123456789\"",
      "[\"1234567\\\\\"]", "[1e1,-2E-2]",
    ])
  func valid(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(refusal(of: bytes) == nil)
    #expect(treeRefusal(of: bytes) == nil)
  }

  @Test("invalid structure is refused with its reason and byte offset", arguments: structure)
  func invalidStructure(_ expected: Refusal) { expect(expected) }

  @Test("invalid numbers and literals are refused with their reason and byte offset", arguments: scalars)
  func invalidScalars(_ expected: Refusal) { expect(expected) }

  @Test("invalid strings are refused with their reason and byte offset", arguments: strings)
  func invalidStrings(_ expected: Refusal) { expect(expected) }

  private func expect(_ expected: Refusal) {
    #expect(refusal(of: expected.text) == JSONError(expected.reason, at: expected.offset))
    #expect(treeRefusal(of: expected.text) == JSONError(expected.reason, at: expected.offset))
  }

  static let structure = [
    Refusal("", .empty, at: 0), Refusal("  \n", .empty, at: 3),
    Refusal("[", .unexpectedEnd, at: 1), Refusal("{", .unexpectedEnd, at: 1),
    Refusal("[1", .unexpectedEnd, at: 2),
    Refusal("[1,", .unexpectedEnd, at: 3), Refusal("[1,]", .expectedValue, at: 3),
    Refusal("[,1]", .expectedValue, at: 1),
    Refusal("[1 2]", .expectedCommaOrClose, at: 3), Refusal("[1,,2]", .expectedValue, at: 3),
    Refusal("[1}", .expectedCommaOrClose, at: 2), Refusal("{]", .expectedName, at: 1),
    Refusal("]", .expectedValue, at: 0),
    Refusal("}", .expectedValue, at: 0), Refusal(",", .expectedValue, at: 0),
    Refusal(":", .expectedValue, at: 0),
    Refusal("{\"a\"", .unexpectedEnd, at: 4), Refusal("{\"a\":", .unexpectedEnd, at: 5),
    Refusal("{\"a\":1", .unexpectedEnd, at: 6), Refusal("{\"a\":1,", .unexpectedEnd, at: 7),
    Refusal("{\"a\":1,}", .expectedName, at: 7), Refusal("{\"a\" 1}", .expectedColon, at: 5),
    Refusal("{\"a\",1}", .expectedColon, at: 4), Refusal("{a:1}", .expectedName, at: 1),
    Refusal("{'a':1}", .expectedName, at: 1), Refusal("{1:1}", .expectedName, at: 1),
    Refusal("{\"a\":}", .expectedValue, at: 5), Refusal("{\"a\"::1}", .expectedValue, at: 5),
    Refusal("{\"a\":1]", .expectedCommaOrClose, at: 6),
    Refusal("{\"a\":1 \"b\":2}", .expectedCommaOrClose, at: 7),
    Refusal("[] []", .trailingBytes, at: 3), Refusal("1 2", .trailingBytes, at: 2),
    Refusal("{}}", .trailingBytes, at: 2),
    Refusal("null,", .trailingBytes, at: 4), Refusal("\"a\"b", .trailingBytes, at: 3),
    Refusal("[1]// comment", .trailingBytes, at: 3), Refusal("/**/1", .expectedValue, at: 0),
    Refusal("[1]\u{0}", .trailingBytes, at: 3), Refusal("\u{B}1", .expectedValue, at: 0),
    Refusal("[\u{C}]", .expectedValue, at: 1),
    Refusal("\u{FEFF}1", .expectedValue, at: 0), Refusal("[\u{A0}1]", .expectedValue, at: 1),
  ]

  static let scalars = [
    Refusal("01", .badNumber, at: 1), Refusal("-01", .badNumber, at: 2), Refusal("-", .unexpectedEnd, at: 1),
    Refusal("[-]", .badNumber, at: 2), Refusal("--1", .badNumber, at: 1),
    Refusal("+1", .expectedValue, at: 0),
    Refusal(".5", .expectedValue, at: 0), Refusal("1.", .unexpectedEnd, at: 2),
    Refusal("[1.]", .badNumber, at: 3),
    Refusal("1.e5", .badNumber, at: 2), Refusal("1e", .unexpectedEnd, at: 2),
    Refusal("1e+", .unexpectedEnd, at: 3),
    Refusal("[1e]", .badNumber, at: 3), Refusal("1e1.5", .trailingBytes, at: 3),
    Refusal("0x10", .trailingBytes, at: 1),
    Refusal("1_000", .trailingBytes, at: 1), Refusal("[1a]", .expectedCommaOrClose, at: 2),
    Refusal("-a", .badNumber, at: 1),
    Refusal("NaN", .badLiteral, at: 0), Refusal("Infinity", .badLiteral, at: 0),
    Refusal("-Infinity", .badNumber, at: 1),
    Refusal("nul", .unexpectedEnd, at: 3), Refusal("nulL", .badLiteral, at: 0),
    Refusal("True", .badLiteral, at: 0),
    Refusal("[truf]", .badLiteral, at: 1), Refusal("fals", .unexpectedEnd, at: 4),
    Refusal("nulll", .trailingBytes, at: 4),
    Refusal("[tru", .unexpectedEnd, at: 4), Refusal("undefined", .badLiteral, at: 0),
    Refusal("1.2.3", .trailingBytes, at: 3),
  ]

  static let strings = [
    Refusal("\"", .unexpectedEnd, at: 1), Refusal("\"abc", .unexpectedEnd, at: 4),
    Refusal("\"abc\\\"", .unexpectedEnd, at: 6),
    Refusal("\"12345678", .unexpectedEnd, at: 9), Refusal("\"\\", .unexpectedEnd, at: 2),
    Refusal("\"\\x\"", .badEscape, at: 1), Refusal("\"\\a\"", .badEscape, at: 1),
    Refusal("\"\\'\"", .badEscape, at: 1),
    Refusal("\"\\U0041\"", .badEscape, at: 1), Refusal("\"\\u", .unexpectedEnd, at: 3),
    Refusal("\"\\u12\"", .badEscape, at: 1), Refusal("\"\\u12G4\"", .badEscape, at: 1),
    Refusal("\"\\u 123\"", .badEscape, at: 1),
    Refusal("\"\\uD800\"", .loneSurrogate, at: 1), Refusal("\"\\uDC00\"", .loneSurrogate, at: 1),
    Refusal("\"\\uD800x\"", .loneSurrogate, at: 1), Refusal("\"\\uD800\\n\"", .loneSurrogate, at: 1),
    Refusal("\"\\uD800\\uD800\"", .loneSurrogate, at: 1),
    Refusal("\"\\uD800\\u0041\"", .loneSurrogate, at: 1),
    Refusal("\"\\uDC00\\uD800\"", .loneSurrogate, at: 1), Refusal("\"ab\\uDFFF\"", .loneSurrogate, at: 3),
    Refusal("\"\\uD800\\u12\"", .badEscape, at: 7), Refusal("\"\\uD800", .unexpectedEnd, at: 7),
    Refusal("\"\\uD800\\", .unexpectedEnd, at: 8), Refusal("\"a\nb\"", .controlCharacter, at: 2),
    Refusal("\"a\tb\"", .controlCharacter, at: 2), Refusal("\"\u{0}\"", .controlCharacter, at: 1),
    Refusal("\"1234567\u{1F}\"", .controlCharacter, at: 8), Refusal("{\"a\nb\":1}", .controlCharacter, at: 3),
    Refusal("'a'", .expectedValue, at: 0),
    Refusal(bytes: [0x22, 0xFF, 0x22], .invalidUTF8, at: 1),
    Refusal(bytes: [0x22, 0x80, 0x22], .invalidUTF8, at: 1),
    Refusal(bytes: [0x22, 0xC0, 0xAF, 0x22], .invalidUTF8, at: 1),
    Refusal(bytes: [0x22, 0xE0, 0x80, 0xAF, 0x22], .invalidUTF8, at: 1),
    Refusal(bytes: [0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8, at: 1),
    Refusal(bytes: [0x22, 0xF0, 0x80, 0x80, 0xAF, 0x22], .invalidUTF8, at: 1),
    Refusal(bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8, at: 1),
    Refusal(bytes: [0x22, 0x61, 0xE2, 0x82, 0x22], .invalidUTF8, at: 2),
    Refusal(bytes: [0x22, 0xC3], .unexpectedEnd, at: 2),
    Refusal(bytes: [0xFF], .expectedValue, at: 0),
    Refusal(bytes: [0x5B, 0x31, 0x5D, 0xC3, 0xA9], .trailingBytes, at: 3),
  ]
}
