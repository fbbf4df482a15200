import CESQL
import CloudEvents
import HubEngine
import Testing

private typealias Texts = SubscriptionTexts

@Suite("Filters and added attributes of a subscription")
struct FilterReadingTests {
  private func text(_ filters: String) -> String {
    Texts.object(Texts.resources + "," + Texts.sink + #","filters":"# + filters)
  }

  private func overrides(_ value: String) -> String {
    Texts.object(Texts.resources + "," + Texts.sink + #","ceOverrides":"# + value)
  }

  @Test("every dialect is read")
  func dialects() throws {
    let filters = try Texts.parsed(
      text(
        #"[{"exact":{"type":"a","kind":"Foo"}},{"not":{"any":[{"prefix":{"name":"x"}},{"sql":"TRUE"}]}},"#
          + #"{"all":[{"suffix":{"name":"x"}}]},{"cesql":"name = 'a'"}]"#)
    ).spec.filters
    let x = EventFilter.Attribute(name: "name", text: "x")
    #expect(
      filters == [
        .exact([.init(name: "type", text: "a"), .init(name: "kind", text: "Foo")]),
        .not(.any([.prefix([x]), .cesql(try CESQLExpression("TRUE"))])), .all([.suffix([x])]),
        .cesql(try CESQLExpression("name = 'a'")),
      ])
    #expect(try Texts.parsed(text("[]")).spec.filters == [])
  }

  @Test(
    "what is no filter is refused by its field",
    arguments: [
      (#"{}"#, ": is an object, not an array; write an array in brackets"),
      (#"[{}]"#, "[0]: names no dialect; write exact, prefix, suffix, all, any, not or cesql"),
      (#"[7]"#, "[0]: is a number, not an object; write an object in braces"),
      (#"[{"exakt":{"type":"a"}}]"#, "[0].exakt: unknown field; did you mean exact?"),
      (
        #"[{"exact":{"type":"a"},"cesql":"TRUE"}]"#,
        "[0]: has several dialects: exact, cesql; give each a filter of its own; all filters must pass"
      ),
      (#"[{"exact":{}}]"#, "[0].exact: is empty; name an attribute and its text"),
      (#"[{"exact":"type"}]"#, "[0].exact: is a string, not an object; write an object in braces"),
      (#"[{"prefix":{"type":""}}]"#, "[0].prefix.type: is empty; write the text to compare with"),
      (#"[{"suffix":{"type":7}}]"#, "[0].suffix.type: is a number, not a string; put it in quotes"),
      (
        #"[{"exact":{"Type":"a"}}]"#,
        "[0].exact.Type: 'Type' is not the name of an attribute; use a-z and 0-9, at most 63 of them"
      ),
      (#"[{"all":[]}]"#, "[0].all: is empty; list at least one filter"),
      (
        #"[{"any":[{"not":{}}]}]"#,
        "[0].any[0].not: names no dialect; write exact, prefix, suffix, all, any, not or cesql"
      ),
      (#"[{"not":[]}]"#, "[0].not: is an array, not an object; write an object in braces"),
      (#"[{"cesql":7}]"#, "[0].cesql: is a number, not a string; put it in quotes"),
      (
        #"[{"cesql":"type = "}]"#,
        "[0].cesql: column 8: a value is missing before the end; write an attribute, a literal or a function there"
      ),
      (
        #"[{"sql":"x LIKE 1"}]"#,
        "[0].sql: column 8: the pattern of LIKE is no string literal; write the pattern in quotes, as LIKE 'a%'"
      ),
      (
        #"[{"cesql":"NOPE(1)"}]"#,
        "[0].cesql: column 1: there is no function NOPE of 1 argument; correct its name or its arguments"
      ),
      (
        #"[{"cesql":"1 + 1"}]"#,
        "[0].cesql: the value is of type Integer, not true or false; compare it, as type = 'x'"
      ),
      (
        #"[{"cesql":"type"}]"#,
        "[0].cesql: the value is that of an attribute, not true or false; compare it, as type = 'x'"
      ),
    ])
  func refused(_ filters: String, _ finding: String) {
    #expect(Texts.findings(text(filters)) == ["spec.filters" + finding])
  }

  @Test("filters may be so many, so deep and so long, and no more")
  func limits() {
    func many(_ count: Int) -> String {
      "[" + Array(repeating: #"{"cesql":"TRUE"}"#, count: count).joined(separator: ",") + "]"
    }
    #expect(Texts.findings(text(many(EventFilterLimits.maxFilters))) == [])
    #expect(Texts.findings(text(many(EventFilterLimits.maxFilters + 1))).count == 1)
    func deep(_ depth: Int) -> String {
      "[" + String(repeating: #"{"not":"#, count: depth - 1) + #"{"cesql":"TRUE"}"#
        + String(repeating: "}", count: depth - 1) + "]"
    }
    #expect(Texts.findings(text(deep(EventFilterLimits.maxDepth))) == [])
    #expect(
      Texts.findings(text(deep(EventFilterLimits.maxDepth + 1))).first?.hasSuffix(
        ": filters are nested more than 8 deep; write it flatter") == true)
    func wide(_ count: Int) -> String {
      let members = (0..<count).map { #""a\#($0)":"x""# }.joined(separator: ",")
      return #"[{"exact":{\#(members)}}]"#
    }
    #expect(Texts.findings(text(wide(EventFilterLimits.maxAttributes))) == [])
    #expect(Texts.findings(text(wide(EventFilterLimits.maxAttributes + 1))).count == 1)
    func long(_ count: Int) -> String { #"[{"exact":{"a":"\#(String(repeating: "x", count: count))"}}]"# }
    #expect(Texts.findings(text(long(EventFilterLimits.maxTextBytes))) == [])
    #expect(Texts.findings(text(long(EventFilterLimits.maxTextBytes + 1))).count == 1)
  }

  @Test(
    "an attribute that may not be added is refused by its field",
    arguments: [
      (#"[]"#, ": is an array, not an object; write an object in braces"),
      (#"{"extension":{}}"#, ".extension: unknown field; did you mean extensions?"),
      (#"{"extensions":{"a":1}}"#, ".extensions.a: is a number, not a string; put it in quotes"),
      (
        #"{"extensions":{"Team":"a"}}"#,
        ".extensions.Team: 'Team' is not the name of an attribute; use a-z and 0-9, at most 63 of them"
      ),
      (#"{"extensions":{"type":"a"}}"#, ".extensions.type: type is set by the hub; choose another name"),
      (#"{"extensions":{"uid":"a"}}"#, ".extensions.uid: uid is set by the hub; choose another name"),
      (#"{"extensions":{"hubx":"a"}}"#, ".extensions.hubx: hubx is set by the hub; choose another name"),
      (
        #"{"extensions":{"knativeerrorcode":"a"}}"#,
        ".extensions.knativeerrorcode: knativeerrorcode is set by the hub; choose another name"
      ),
      (
        #"{"extensions":{"a":"x\ny"}}"#,
        ".extensions.a: has characters that an attribute may not have; leave out control characters"
      ),
    ])
  func refusedOverrides(_ value: String, _ finding: String) {
    #expect(Texts.findings(overrides(value)) == ["spec.ceOverrides" + finding])
  }

  @Test("added attributes may be so many and so long, and no more")
  func overrideLimits() {
    func many(_ count: Int) -> String {
      #"{"extensions":{"# + (0..<count).map { #""a\#($0)":"x""# }.joined(separator: ",") + "}}"
    }
    #expect(Texts.findings(overrides(many(SubscriptionLimits.maxExtensions))) == [])
    #expect(Texts.findings(overrides(many(SubscriptionLimits.maxExtensions + 1))).count == 1)
    func sized(_ name: Int, _ value: Int) -> String {
      #"{"extensions":{"\#(String(repeating: "a", count: name))":"\#(String(repeating: "x", count: value))"}}"#
    }
    let (name, value) = (SubscriptionLimits.maxExtensionNameBytes, SubscriptionLimits.maxExtensionBytes)
    #expect(Texts.findings(overrides(sized(name, value))) == [])
    #expect(Texts.findings(overrides(sized(name + 1, value))).count == 1)
    #expect(Texts.findings(overrides(sized(name, value + 1))).count == 1)
  }
}
