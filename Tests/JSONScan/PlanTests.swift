import JSONScan
import TestSupport
import Testing

@Suite("JSONScan: member plans")
struct PlanTests {
  /// What a plan finds in a text, as text, path by path.
  private func found(_ paths: [[String]], in text: String) throws -> [String?] {
    let bytes = Array(text.utf8)
    var matches = JSONMatches()
    try JSONPlan(paths).scan(bytes.span.bytes, into: &matches)
    return paths.indices.map { index in
      matches[index].map { String(decoding: $0.bytes(in: bytes.span.bytes), as: UTF8.self) }
    }
  }

  @Test("values of every kind are found, without the whitespace around them")
  func kinds() throws {
    let text = #" { "a" : null , "b":true,"c" : -1.5e3 ,"d": "x\ny" , "e" : { "f" : [ 1 ] } , "g":[ ] } "#
    let bytes = Array(text.utf8)
    var matches = JSONMatches()
    let paths = [["a"], ["b"], ["c"], ["d"], ["e"], ["e", "f"], ["g"], ["h"], []]
    try JSONPlan(paths).scan(bytes.span.bytes, into: &matches)
    let kinds = paths.indices.map { matches[$0]?.kind }
    #expect(kinds == [.null, .bool, .number, .string, .object, .array, .array, nil, .object])
    #expect(matches[3]?.hasEscapes == true && matches[1]?.hasEscapes == false)
    #expect(
      try found(paths, in: text) == [
        "null", "true", "-1.5e3", #""x\ny""#, #"{ "f" : [ 1 ] }"#, "[ 1 ]", "[ ]", nil,
        text.trimmingPrefix(" ").dropLast().description,
      ])
  }

  @Test("names match whole: no prefix, no longer name, whatever their length")
  func names() throws {
    for length in 1...20 {
      let name = String("abcdefghijklmnopqrst".prefix(length))
      let text = #"{"\#(name)x":1,"\#(name.dropLast())":2,"\#(name.dropLast())X":3,"\#(name)":4}"#
      #expect(try found([[name]], in: text) == ["4"])
      let others = #"{"\#(name)":4,"\#(name)x":1,"\#(name.dropLast())":2,"\#(name.dropLast())X":3}"#
      #expect(try found([[name]], in: others) == ["4"])
      // A name at the very end of a text, where no whole word is left to read.
      #expect(try found([[name]], in: #"{"\#(name)":5}"#) == ["5"])
    }
    #expect(try found([[""]], in: #"{"":1}"#) == ["1"])
    #expect(try found([["\u{E9}\u{1F600}"]], in: "{\"\u{E9}\u{1F600}\":1}") == ["1"])
  }

  @Test("escaped names match by their value")
  func escapedNames() throws {
    #expect(try found([["kind"], ["a\"b"]], in: #"{"\u006b\u0069nd":1,"a\"b":2}"#) == ["1", "2"])
    #expect(try found([["\u{1F600}"]], in: #"{"\ud83d\ude00":1}"#) == ["1"])
  }

  @Test("of a name that comes twice the last value counts, whole: nothing of the first remains")
  func duplicates() throws {
    #expect(try found([["a"]], in: #"{"a":1,"a":2}"#) == ["2"])
    let paths = [["m", "a"], ["m", "b"], ["m"]]
    #expect(try found(paths, in: #"{"m":{"a":1,"b":2},"m":{"a":3}}"#) == ["3", nil, #"{"a":3}"#])
    #expect(try found(paths, in: #"{"m":{"a":1},"m":null}"#) == [nil, nil, "null"])
    #expect(try found(paths, in: #"{"m":{"a":1},"\u006d":{"b":4}}"#) == [nil, "4", #"{"b":4}"#])
    let tree = try JSONValue(parsing: Array(#"{"m":{"a":1,"b":2},"m":{"a":3}}"#.utf8))
    #expect(tree == ["m": ["a": 3]])
  }

  @Test("paths lead through objects only: not into arrays, nor into objects of other names")
  func arrays() throws {
    #expect(try found([["a", "b"]], in: #"{"a":[{"b":1}],"c":{"b":2},"b":3}"#) == [nil])
    #expect(try found([["a"]], in: #"[{"a":1}]"#) == [nil])
    #expect(try found([[]], in: " 12 ") == ["12"])
  }

  @Test("a path given twice is found twice, and a plan holds 64 paths")
  func manyPaths() throws {
    #expect(try found([["a"], ["a"]], in: #"{"a":1}"#) == ["1", "1"])
    let paths = (0..<JSONPlan.maxPaths).map { ["x", "name\($0)"] }
    let members = (0..<JSONPlan.maxPaths).reversed().map { #""name\#($0)":\#($0)"# }.joined(separator: ",")
    #expect(try found(paths, in: "{\"x\":{\(members)}}") == (0..<JSONPlan.maxPaths).map { "\($0)" })
  }

  @Test("matches serve again: nothing remains of an earlier scan, and after an error there is nothing")
  func reuse() throws {
    let plan = JSONPlan([["a"], ["b"]])
    var matches = JSONMatches()
    #expect(matches[0] == nil)
    try plan.scan(Array(#"{"a":1,"b":2}"#.utf8).span.bytes, into: &matches)
    try plan.scan(Array(#"{"b":2}"#.utf8).span.bytes, into: &matches)
    #expect(matches[0] == nil && matches[1] != nil)
    #expect(throws: JSONError(.unexpectedEnd, at: 6)) {
      try plan.scan(Array(#"{"b":2"#.utf8).span.bytes, into: &matches)
    }
    #expect(matches[1] == nil && matches[-1] == nil && matches[64] == nil)
  }

  @Test("the whole text is validated, also what no path touches")
  func validatesEverything() {
    var matches = JSONMatches()
    #expect(throws: JSONError(.loneSurrogate, at: 14)) {
      try JSONPlan([["a"]]).scan(Array(#"{"a":1,"b":[{"\uD800":1}]}"#.utf8).span.bytes, into: &matches)
    }
  }

  @Test("one plan finds the items of a list page, and a second all of their parts in one more pass")
  func listPage() throws {
    let bytes = try Fixtures.recorded("list-configmaps-page1.json")
    let span = bytes.span.bytes
    let page = JSONPlan([["metadata", "resourceVersion"], ["metadata", "continue"], ["items"]])
    let item = JSONPlan([["metadata", "name"], ["metadata", "uid"], ["data"]])
    var matches = JSONMatches()
    try page.scan(span, into: &matches)
    let items = try #require(matches[2])
    var names: [String?] = []
    var whole: [JSONValue] = []
    try item.scanElements(of: items, in: span, into: &matches) { element, matches in
      names.append(matches[0]?.string(in: span))
      if let value = try? JSONValue(parsing: element.bytes(in: span)) { whole.append(value) }
    }
    let tree = try JSONValue(parsing: bytes)
    #expect(whole == tree["items"]?.array)
    #expect(names == tree["items"]?.array?.map { $0["metadata"]?["name"]?.string })
    #expect(names.count >= 2 && names.allSatisfy { $0 != nil })
  }

  @Test(
    "elements without a path have no match of their predecessor; empty arrays and other values have no elements"
  )
  func elements() throws {
    let bytes = Array(#" [ {"a":1} , {"b":2} , 3 , {"a":4} ] "#.utf8)
    let span = bytes.span.bytes
    var matches = JSONMatches()
    try JSONPlan([[]]).scan(span, into: &matches)
    let array = try #require(matches[0])
    var found: [Int64?] = []
    let plan = JSONPlan([["a"]])
    try plan.scanElements(of: array, in: span, into: &matches) { _, matches in
      found.append(matches[0]?.int(in: span))
    }
    #expect(found == [1, nil, nil, 4])
    for text in ["[]", "[ ]", "{}", "1"] {
      let bytes = Array(text.utf8)
      try JSONPlan([[]]).scan(bytes.span.bytes, into: &matches)
      let value = try #require(matches[0])
      try plan.scanElements(of: value, in: bytes.span.bytes, into: &matches) { _, _ in
        Issue.record("an element")
      }
    }
  }

  @Test("a value inside a text is scanned with paths that start at it")
  func innerValue() throws {
    let bytes = Array(#"{"type":"ADDED","object":{"metadata":{"name":"x"}}}"#.utf8)
    let span = bytes.span.bytes
    var matches = JSONMatches()
    try JSONPlan([["object"]]).scan(span, into: &matches)
    let object = try #require(matches[0])
    try JSONPlan([["metadata", "name"]]).scan(object, in: span, into: &matches)
    #expect(matches[0]?.string(in: span) == "x")
    let other = Array("{".utf8)
    #expect(throws: JSONError.self) {
      try JSONPlan([["a"]]).scan(object, in: other.span.bytes, into: &matches)
    }
  }
}
