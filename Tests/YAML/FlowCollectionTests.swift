import Foundation
import JSONScan
import TestSupport
import Testing
import YAML

@Suite("YAML: collections in brackets")
struct FlowCollectionTests {
  @Test("brackets and braces are read as in JSON, and with less quoting", arguments: examples)
  func reads(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let examples = [
    ReadingCase("[]", "[]"), ReadingCase("{}", "{}"),
    ReadingCase("a: [x, 'y', \"z\", 1, true, null, ~]", #"{"a":["x","y","z",1,true,null,null]}"#),
    ReadingCase("a: {b: c, d: {e: [f]}}", #"{"a":{"b":"c","d":{"e":["f"]}}}"#),
    ReadingCase("[a, b, ]", #"["a","b"]"#), ReadingCase("{a: 1, }", #"{"a":1}"#),
    ReadingCase("{a, b: , c:}", #"{"a":null,"b":null,"c":null}"#),
    // Behind a quoted key the colon needs no space, behind a plain one it does.
    ReadingCase(#"{"a":1,'b':2}"#, #"{"a":1,"b":2}"#), ReadingCase("{a:1}", #"{"a:1":null}"#),
    ReadingCase("{url: http://a/b?c=d, t: 12:30:45}", #"{"url":"http://a/b?c=d","t":"12:30:45"}"#),
    ReadingCase("[a: 1, b, ? c : 2, \"d\":3]", #"[{"a":1},"b",{"c":2},{"d":3}]"#),
    ReadingCase("{? a : 1, ? b}", #"{"a":1,"b":null}"#),
    ReadingCase("a: [\n  1, # one\n\n  2\n  ]", #"{"a":[1,2]}"#),
    ReadingCase("{\na:\n1\n,\nb: two\nlines\n}", #"{"a":1,"b":"two lines"}"#),
    ReadingCase("{a\n: 1, \"b\"\n:2}", #"{"a":1,"b":2}"#),
    ReadingCase("- [a b, c-d, -e, :f, g?]", #"[["a b","c-d","-e",":f","g?"]]"#),
    ReadingCase("[\n\t1,\n\t2\n]", "[1,2]"),
  ]

  @Test("a closing bracket may stand in the column of its key, as all Kubernetes tools take it")
  func closingBracket() {
    #expect(
      read("spec:\n  args: [\n    a,\n    b\n  ]\n  env: {\n    c: d\n  }")
        == #"{"spec":{"args":["a","b"],"env":{"c":"d"}}}"#)
    #expect(refusal("a:\n  b: [\n    c\n ]")?.reason == .flowIndentation)
  }

  @Test("faults inside brackets are named where they are", arguments: faults)
  func refused(_ example: ReadingCase) { #expect(read(example.yaml).hasPrefix(example.json)) }

  private static let faults = [
    ReadingCase("a: [1, 2", "1:4: the closing bracket is missing"),
    ReadingCase("a: [1, 2\nb: 3", "2:1: a line inside brackets is not indented more than its key"),
    ReadingCase("{a: 1\n---\n", "1:1: the closing bracket is missing"),
    ReadingCase("[a, , b]", "1:5: a comma without a value"),
    ReadingCase("[,]", "1:2: a comma without a value"),
    ReadingCase("{a: 1 b: 2}", "1:8: neither a comma nor '}'"),
    ReadingCase("[\"a\" b]", "1:6: neither a comma nor ']'"),
    ReadingCase("[a}", "1:3: neither a comma nor ']'"),
    ReadingCase("[1]]", "1:4: something follows the value"),
    ReadingCase("a: }", "1:4: a value without quotes"),
    ReadingCase("[- a]", "1:2: inside brackets there are no dashes"),
    ReadingCase("[|\n a]", "1:2: inside brackets there are no dashes"),
    ReadingCase("{[a]: b}", "1:2: a list or mapping as a key"),
    ReadingCase("[a]: b", "1:1: a list or mapping as a key"),
    ReadingCase("[[a]: b]", "1:2: a list or mapping as a key"),
    ReadingCase("x: 1\n[a]: b", "2:1: a list or mapping as a key"),
    ReadingCase("[a\n b: c]", "1:2: a key on more than one line"),
    ReadingCase("{: a}", "1:2: the key is empty"),
    ReadingCase("[a, #b\n c]#d", "2:4: something follows the value"),
  ]

  @Test("every recorded answer of an API server means as YAML what it means as JSON")
  func jsonIsYAML() throws {
    let names = try Fixtures.recordedNames(withExtension: "json")
    #expect(names.count > 30)
    for name in names {
      let bytes = try Fixtures.recorded(name)
      guard let json = try? JSONValue(parsing: bytes) else { continue }
      let documents = try YAMLParser.parse(bytes)
      #expect(try documents.map { try JSONValue(parsing: $0.json) } == [json], "\(name)")
    }
  }
}
