import JSONScan
import Testing

@Suite("Digests of values")
struct DigestTests {
  private static let whole = JSONPlan([[]])

  private func digest(_ text: String) throws -> UInt64 {
    let bytes = [UInt8](text.utf8)
    var matches = JSONMatches()
    try Self.whole.scan(bytes.span.bytes, into: &matches)
    return try #require(matches[0]).digest(in: bytes.span.bytes)
  }

  @Test("spacing, the order of members and the way characters are written do not count")
  func equal() throws {
    let texts = [
      #"{"a":1,"b":[true,null,"é\n"],"c":{"x":{},"y":[]}}"#,
      #" { "c" : { "y" : [ ] , "x" : { } } , "b" : [ true , null , "\u00e9\u000a" ] , "\u0061" : 1 } "#,
    ]
    #expect(try digest(texts[0]) == digest(texts[1]))
  }

  @Test("whatever else differs counts")
  func different() throws {
    let texts = [
      "null", "true", "false", "0", "1", "10", "1.0", "\"\"", "\"1\"", "\"null\"", "[]", "{}", "[[]]", "[{}]",
      "[1,2]", "[2,1]", "[1,[2]]", "[[1],2]", "[[1,2]]", #"{"a":1}"#, #"{"a":"1"}"#, #"{"b":1}"#,
      #"{"a":{"b":1}}"#, #"{"a":1,"b":2}"#, #"{"a":2,"b":1}"#, #"{"a":null}"#, #"["a",1]"#,
      #""aaaaaaaa""#, #""aaaaaaaaa""#, #""aaaaaaaaaaaaaaaa""#, #""a""#, #""\u0000a""#, #""\u0000""#,
    ]
    #expect(Set(try texts.map(digest)).count == texts.count)
  }

  @Test("a digest never changes: it is stored")
  func fixed() throws {
    #expect(JSONSlice.digestVersion == 1)
    #expect(
      try digest(#"{"replicas":3,"template":{"image":"nginx:1.27"},"ports":[80,443]}"#)
        == 0xeff7_a2d8_46cb_05e1)
  }
}
