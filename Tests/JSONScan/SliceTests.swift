import JSONScan
import Testing

@Suite("JSONScan: reading slices, and places in a text")
struct SliceTests {
  /// Calls `body` with the slice of a text that is one value.
  @discardableResult
  private func reading<Result>(_ text: String, _ body: (JSONSlice, RawSpan) throws -> Result) throws -> Result
  {
    let bytes = Array(text.utf8)
    var matches = JSONMatches()
    try JSONPlan([[]]).scan(bytes.span.bytes, into: &matches)
    return try body(try #require(matches[0]), bytes.span.bytes)
  }

  @Test(
    "strings are unescaped",
    arguments: [
      (#""""#, ""), (#""plain""#, "plain"), (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"),
      (#""\u0041\u00e9\u20AC""#, "A\u{E9}\u{20AC}"), (#""\uD834\uDD1E""#, "\u{1D11E}"),
      (#""\u0000""#, "\u{0}"),
      (#""x\uD834\uDD1Ey\n""#, "x\u{1D11E}y\n"), ("\"\u{1F600}\"", "\u{1F600}"), (#""\\u0041""#, #"\u0041"#),
    ])
  func strings(_ text: String, _ expected: String) throws {
    #expect(try reading(text) { slice, span in slice.string(in: span) } == expected)
    #expect(try JSONValue(parsing: Array(text.utf8)) == .string(expected))
    #expect(try reading(text) { slice, span in slice.equals(Array(expected.utf8), in: span) })
    #expect(try reading(text) { slice, span in !slice.equals(Array((expected + "x").utf8), in: span) })
  }

  @Test(
    "integers are read exactly, and what is not one, or does not fit, is nil",
    arguments: [
      ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", Int64.max),
      ("-9223372036854775808", Int64.min), ("9223372036854775808", nil), ("-9223372036854775809", nil),
      ("99999999999999999999", nil), ("1.0", nil), ("1e3", nil), ("\"1\"", nil), ("true", nil),
    ] as [(String, Int64?)])
  func integers(_ text: String, _ expected: Int64?) throws {
    #expect(try reading(text) { slice, span in slice.int(in: span) } == expected)
  }

  @Test("truth values are read, and other kinds are nil")
  func bools() throws {
    #expect(try reading("true") { slice, span in slice.bool(in: span) } == true)
    #expect(try reading(" false ") { slice, span in slice.bool(in: span) } == false)
    #expect(try reading("null") { slice, span in slice.bool(in: span) } == nil)
    #expect(try reading("1") { slice, span in slice.string(in: span) } == nil)
    #expect(try reading("1") { slice, span in slice.equals([0x31], in: span) } == false)
  }

  @Test("members and elements come in the order of the text, names that come twice too")
  func walking() throws {
    var members: [String] = []
    try reading(#" {"a":1, "b" : [ 2 , "c" ] , "a": {} } "#) { slice, span in
      slice.forEachMember(in: span) { key, value in
        members.append(
          (key.string(in: span) ?? "?") + "=" + String(decoding: value.bytes(in: span), as: UTF8.self))
      }
      #expect(slice.member("a", in: span)?.kind == .object)
      #expect(slice.member("z", in: span) == nil)
    }
    #expect(members == ["a=1", #"b=[ 2 , "c" ]"#, "a={}"])
    var elements: [JSONKind] = []
    try reading(#"[ 1, "x" ,null, [[]], {"a":{}} ]"#) { slice, span in
      slice.forEachElement(in: span) { elements.append($0.kind) }
      slice.forEachMember(in: span) { _, _ in Issue.record("an array has no members") }
      #expect(slice.member("a", in: span) == nil)
    }
    #expect(elements == [.number, .string, .null, .array, .object])
    try reading("[]") { slice, span in slice.forEachElement(in: span) { _ in Issue.record("an element") } }
    try reading("{}") { slice, span in
      slice.forEachMember(in: span) { _, _ in Issue.record("a member") }
      slice.forEachElement(in: span) { _ in Issue.record("an object has no elements") }
    }
  }

  @Test("what the body throws comes out of a walk, and ends it")
  func rethrowing() throws {
    struct Stop: Error {}
    var count = 0
    try reading("[1,2,3]") { slice, span in
      #expect(throws: Stop.self) {
        try slice.forEachElement(in: span) { _ in
          count += 1
          if count == 2 { throw Stop() }
        }
      }
    }
    #expect(count == 2)
  }

  @Test("a slice read from a text it was not found in gives nothing, and never traps")
  func foreignText() throws {
    for text in [#"{"a":[1,2,"x"]}"#, #"["\u0041bc",1]"#, #""\uD834\uDD1E""#, "-12345", "true"] {
      let slice = try reading(text) { slice, _ in slice }
      for other in ["", "1", "{", "[1", #"{"a""#, #"\\\\\\\\\\\\\\\\\\"#, "------------------"] {
        let bytes = Array(other.utf8)
        let span = bytes.span.bytes
        _ = (slice.string(in: span), slice.int(in: span), slice.bool(in: span), slice.equals([1], in: span))
        _ = slice.member("a", in: span)
        slice.forEachElement(in: span) { _ in }
        #expect(slice.bytes(in: span).count <= other.utf8.count)
      }
    }
  }

  @Test("a slice of a part of a text is shifted to its place in the whole, and never out of bounds")
  func shifting() throws {
    let whole = Array(#"xx{"a":"y"}"#.utf8)
    let member = try reading(#"{"a":"y"}"#) { slice, span in slice.member("a", in: span) }
    let slice = try #require(member)
    #expect(slice.shifted(by: 2).string(in: whole.span.bytes) == "y")
    #expect(slice.shifted(by: 2).shifted(by: -2) == slice)
    #expect(slice.shifted(by: -100) == slice && slice.shifted(by: JSONLimits.maxBytes) == slice)
  }

  @Test("a slice takes 12 bytes")
  func size() {
    #expect(MemoryLayout<JSONSlice>.stride == 12)
  }

  @Test("lines and columns count from 1, columns in Unicode scalars")
  func locations() {
    let bytes = Array("{\n  \"\u{E9}\u{1F600}\": x\n}".utf8)
    let span = bytes.span.bytes
    func place(_ offset: Int) -> [Int] {
      let location = JSONLocation(offset: offset, in: span)
      return [location.line, location.column]
    }
    #expect(place(0) == [1, 1] && place(1) == [1, 2] && place(2) == [2, 1] && place(4) == [2, 3])
    let fault = bytes.firstIndex(of: UInt8(ascii: "x")) ?? 0
    #expect(place(fault) == [2, 9])
    #expect(place(1000) == [3, 2] && place(-1) == [1, 1])
  }

  @Test("a value's offset is found by path")
  func locator() {
    let bytes = Array(#"{"spec": {"resources": [ {"kind":"A"}, {"kind":"B"} ]}}"#.utf8)
    let span = bytes.span.bytes
    func offset(_ path: JSONPathStep...) -> Int? { JSONLocator.offset(of: path, in: span) }
    #expect(offset() == 0)
    #expect(offset(.member("spec")) == 9)
    #expect(offset(.member("spec"), .member("resources"), .element(1)) == 39)
    #expect(offset(.member("spec"), .member("resources"), .element(1), .member("kind")) == 47)
    #expect(offset(.member("spec"), .member("resources"), .element(2)) == nil)
    #expect(offset(.member("spec"), .element(0)) == nil)
    #expect(offset(.element(0)) == nil)
    #expect(JSONLocator.offset(of: [], in: Array("{".utf8).span.bytes) == nil)
  }
}
