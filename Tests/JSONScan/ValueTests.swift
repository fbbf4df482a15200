import JSONScan
import Testing

@Suite("JSONScan: the tree and the writer")
struct ValueTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("literals make trees, and accessors read them")
  func literals() {
    let value: JSONValue = ["a": 1, "b": [true, nil, "x", 1.5], "c": ["d": -2]]
    #expect(value["a"]?.int == 1 && value["b"]?.array?.count == 4 && value["c"]?["d"]?.int == -2)
    #expect(value["b"]?.array?[0].bool == true && value["b"]?.array?[1] == .null)
    #expect(value["b"]?.array?[2].string == "x" && value["b"]?.array?[3] == .number("1.5"))
    #expect(value["z"] == nil && value["a"]?["b"] == nil && value.object?.keys == ["a", "b", "c"])
    #expect(
      value["a"]?.string == nil && value["b"]?.int == nil && value.array == nil && value["a"]?.object == nil)
    #expect(value["a"]?.bool == nil && JSONValue.number("1.0").int == nil && JSONValue(UInt64.max).int == nil)
    #expect(value.kind == .object && value["a"]?.kind == .number && JSONValue.null.kind == .null)
    #expect(JSONValue(UInt64.max) == .number("18446744073709551615"))
    #expect(text(value.serialized()) == #"{"a":1,"b":[true,null,"x",1.5],"c":{"d":-2}}"#)
  }

  @Test("members are set, replaced in place, removed; and setting on anything but an object does nothing")
  func setting() {
    var value: JSONValue = ["a": 1, "b": 2]
    value["a"] = 3
    value["c"] = ["d": 4]
    value["c"]?["d"] = 5
    value["b"] = nil
    value["missing"] = nil
    value["missing"]?["x"] = 1
    #expect(text(value.serialized()) == #"{"a":3,"c":{"d":5}}"#)
    var number: JSONValue = 1
    number["a"] = 2
    #expect(number == 1)
  }

  @Test("objects are equal, and hash alike, whatever the order of their members; arrays are not")
  func equality() throws {
    let one = try JSONValue(parsing: Array(#"{"a":1,"b":{"c":[1,2],"d":null}}"#.utf8))
    let other = try JSONValue(parsing: Array(#"{"b":{"d":null,"c":[1,2]},"a":1}"#.utf8))
    #expect(one == other && one.hashValue == other.hashValue)
    #expect(one != ["a": 1] && one["b"]?["c"] != [2, 1])
    #expect(["a": 1] as JSONValue != ["b": 1] && ["a": 1] as JSONValue != ["a": "1"])
    #expect(JSONValue.number("1") != .number("1.0") && JSONValue.null != .bool(false))
  }

  @Test("names and strings that Unicode holds equivalent are different in JSON")
  func normalization() throws {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    let value = try JSONValue(parsing: Array("{\"\(composed)\":1,\"\(decomposed)\":2}".utf8))
    #expect(value[composed]?.int == 1 && value[decomposed]?.int == 2 && value.object?.count == 2)
    #expect(JSONValue.string(composed) != .string(decomposed))
  }

  @Test("objects of many members keep order, find by name, and survive removals")
  func manyMembers() {
    var object = JSONObject()
    for index in 0..<100 { object["name\(index)"] = JSONValue(index) }
    for index in stride(from: 0, to: 100, by: 3) { object["name\(index)"] = nil }
    object["name1"] = "again"
    object["name0"] = "back"
    let expected = (0..<100).filter { $0 % 3 != 0 }.map { "name\($0)" } + ["name0"]
    #expect(object.keys == expected && object.count == 67)
    for index in 2..<100 { #expect(object["name\(index)"]?.int == (index % 3 == 0 ? nil : index)) }
    #expect(object["name1"] == "again" && object["name0"] == "back")
    for key in object.keys.reversed() { object.removeValue(forKey: key) }
    #expect(object.isEmpty && object["name1"] == nil && object.removeValue(forKey: "name1") == nil)
  }

  @Test("output can be pretty and sorted")
  func layout() {
    let value: JSONValue = ["b": [1, [], [:]], "a": ["c": "d"]]
    let expected = """
      {
        "a": {
          "c": "d"
        },
        "b": [
          1,
          [],
          {}
        ]
      }
      """
    #expect(text(value.serialized(pretty: true, sortedKeys: true)) == expected)
    #expect(text(value.serialized(sortedKeys: true)) == #"{"a":{"c":"d"},"b":[1,[],{}]}"#)
  }

  @Test("quote, backslash and every control character are escaped, and nothing else")
  func escaping() throws {
    let all =
      (UInt8.min...0x7F).map { String(Unicode.Scalar($0)) }.joined() + "\u{E9}\u{20AC}\u{1F600}\u{2028}/<>&"
    let bytes = JSONValue.string(all).serialized()
    #expect(try JSONValue(parsing: bytes) == .string(all))
    #expect(
      text(JSONValue.string("\u{8}\t\n\u{C}\r\u{1}\u{1F}\"\\\u{7F}/").serialized())
        == "\"\\b\\t\\n\\f\\r\\u0001\\u001f\\\"\\\\\u{7F}/\"")
  }

  @Test("the writer puts commas and colons, at every nesting")
  func writer() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.beginArray()
    writer.int(-1)
    writer.bool(true)
    writer.bool(false)
    writer.null()
    writer.beginArray()
    writer.endArray()
    writer.beginObject()
    writer.endObject()
    writer.string("x\"y")
    writer.endArray()
    writer.key("b\n")
    writer.raw(Array(#"{"raw":1}"#.utf8))
    writer.key("c")
    let content = Array("\u{E9}\\".utf8)
    writer.string(utf8: content.span.bytes)
    writer.key("d")
    writer.raw(Array("2".utf8).span.bytes)
    writer.endObject()
    let expected =
      "{\"a\":[-1,true,false,null,[],{},\"x\\\"y\"],\"b\\n\":{\"raw\":1},\"c\":\"\u{E9}\\\\\",\"d\":2}"
    #expect(text(writer.bytes) == expected)
    #expect(text(writer.take()) == expected)
    writer.string("next")
    #expect(text(writer.take()) == "\"next\"" && writer.bytes.isEmpty)
  }
}
