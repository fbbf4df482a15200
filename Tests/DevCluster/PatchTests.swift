import JSONScan
import Testing

@testable import DevCluster

@Suite("Merge patch")
struct MergePatchTests {
  /// RFC 7386, appendix A: original, patch, result.
  private static let table = [
    (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
    (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
    (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
    (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
    (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
    (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
    (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
    (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
    (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
  ]

  @Test("gives the results of RFC 7386's table", arguments: table)
  func rfc(original: String, patch: String, result: String) throws {
    let patched = MergePatch.apply(try parse(patch), to: try parse(original))
    #expect(patched == (try parse(result)))
  }
}

@Suite("JSON patch")
struct JSONPatchTests {
  /// RFC 6902, appendix A: document, patch, result (nil: the patch does not fit).
  private static let table: [(String, String, String?)] = [
    (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"baz":"qux","foo":"bar"}"#),
    (
      #"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
      #"{"foo":["bar","qux","baz"]}"#
    ), (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
    (
      #"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#
    ),
    (
      #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
      #"{"baz":"boo","foo":"bar"}"#
    ),
    (
      #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
      #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
      #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
    ),
    (
      #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
      #"{"foo":["all","cows","eat","grass"]}"#
    ),
    (
      #"{"baz":"qux","foo":["a",2,"c"]}"#,
      #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
      #"{"baz":"qux","foo":["a",2,"c"]}"#
    ), (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#, nil),
    (
      #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
      #"{"foo":"bar","child":{"grandchild":{}}}"#
    ),
    (
      #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#,
      #"{"foo":"bar","baz":"qux"}"#
    ), (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, nil),
    (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
    (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#, nil),
    (
      #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
      #"{"foo":["bar",["abc","def"]]}"#
    ),
    // Beyond the appendix.
    (#"{"a":{"b":1}}"#, #"[{"op":"copy","from":"/a","path":"/c"}]"#, #"{"a":{"b":1},"c":{"b":1}}"#),
    (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":"/a/b"}]"#, nil),
    (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/2","value":0}]"#, nil),
    (#"{"a":[1]}"#, #"[{"op":"replace","path":"/a/01","value":0}]"#, nil),
    (#"{"a":[1]}"#, #"[{"op":"remove","path":"/b"}]"#, nil),
    (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[2]}]"#, "[2]"),
    (#"{"a":1}"#, #"[{"op":"replace","path":"/b","value":2}]"#, nil),
  ]

  @Test("gives the results of RFC 6902's examples, all operations or none", arguments: table)
  func rfc(document: String, patch: String, result: String?) throws {
    let patch = try JSONPatch(try parse(patch))
    let document = try parse(document)
    if let result {
      #expect(try patch.apply(to: document) == parse(result))
    } else {
      #expect(throws: JSONPatch.Failure.self) { try patch.apply(to: document) }
    }
  }

  @Test(
    "refuses what is no JSON patch",
    arguments: [
      "{}", #"[{"path":"/a"}]"#, #"[{"op":"add","path":"/a"}]"#, #"[{"op":"add","path":"a","value":1}]"#,
      #"[{"op":"spam","path":"/a"}]"#, #"[{"op":"move","path":"/a"}]"#,
      #"[{"op":"test","path":"/~2","value":1}]"#,
    ])
  func malformed(patch: String) throws {
    let json = try parse(patch)
    #expect(throws: JSONPatch.Failure.self) { try JSONPatch(json) }
  }

  @Test("takes the largest number of operations, and not one more")
  func limit() throws {
    let one: JSONValue = ["op": "test", "path": "/a", "value": 1]
    let most = JSONValue.array(Array(repeating: one, count: JSONPatch.maximumOperations))
    #expect(try JSONPatch(most).operations.count == JSONPatch.maximumOperations)
    let more = JSONValue.array(Array(repeating: one, count: JSONPatch.maximumOperations + 1))
    #expect(throws: JSONPatch.Failure.self) { try JSONPatch(more) }
  }
}

private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
