import JSONScan
import Kubernetes
import Testing

@Suite("Label selectors")
struct LabelSelectorTests {
  private func selector(_ json: String) throws -> LabelSelector {
    try LabelSelector(json: JSONValue(parsing: Array(json.utf8)))
  }

  /// Both ways to match must agree, so both are asked.
  private func matches(_ selector: LabelSelector, _ labels: [String: String]) -> Bool {
    let text = Array(
      JSONValue.object(labels.reduce(into: JSONObject()) { $0[$1.key] = .string($1.value) }).serialized())
    let bySlice = selector.matches(labels: slice(text), in: text)
    #expect(bySlice == selector.matches(labels))
    return bySlice
  }

  @Test(
    "Nothing, null and an empty object select everything",
    arguments: ["null", "{}", #"{"matchLabels":{},"matchExpressions":null}"#])
  func everything(json: String) throws {
    let selector = try selector(json)
    #expect(selector.isEverything)
    #expect(selector == .everything)
    #expect(selector.queryString.isEmpty)
    #expect(selector.matches(labels: nil, in: [UInt8]()))
    #expect(matches(selector, ["a": "b"]))
  }

  @Test("All of matchLabels and matchExpressions must hold")
  func conjunction() throws {
    let selector = try selector(
      #"""
      {"matchLabels":{"app":"a"},"matchExpressions":[
        {"key":"tier","operator":"In","values":["x","y"]},{"key":"env","operator":"NotIn","values":["dev"]},
        {"key":"note","operator":"Exists"},{"key":"off","operator":"DoesNotExist","values":[]}]}
      """#)
    #expect(matches(selector, ["app": "a", "tier": "x", "note": ""]))
    #expect(matches(selector, ["app": "a", "tier": "y", "note": "n", "env": "prod"]))
    #expect(!matches(selector, ["app": "b", "tier": "x", "note": ""]))
    #expect(!matches(selector, ["app": "a", "tier": "z", "note": ""]))
    #expect(!matches(selector, ["app": "a", "tier": "x", "note": "", "env": "dev"]))
    #expect(!matches(selector, ["app": "a", "tier": "x"]))
    #expect(!matches(selector, ["app": "a", "tier": "x", "note": "", "off": ""]))
    #expect(!matches(selector, [:]))
    #expect(selector.queryString == "app=a,env notin (dev),note,!off,tier in (x,y)")
  }

  @Test("NotIn and DoesNotExist hold for objects without labels, In and Exists do not")
  func noLabels() throws {
    let nothing = [UInt8]()
    for (json, expected) in [
      (#"{"matchExpressions":[{"key":"a","operator":"NotIn","values":["b"]}]}"#, true),
      (#"{"matchExpressions":[{"key":"a","operator":"DoesNotExist"}]}"#, true),
      (#"{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]}"#, false),
      (#"{"matchExpressions":[{"key":"a","operator":"Exists"}]}"#, false),
    ] {
      #expect(try selector(json).matches(labels: nil, in: nothing) == expected)
    }
  }

  @Test("Labels written with escapes match, and of a name that comes twice the last value counts")
  func escapesAndDuplicates() throws {
    let selector = try selector(#"{"matchLabels":{"app":"a"}}"#)
    for (labels, expected) in [
      (#"{"\u0061pp":"\u0061"}"#, true), (#"{"app":"b","app":"a"}"#, true),
      (#"{"app":"a","app":"b"}"#, false),
      (#"{"app":1}"#, false), (#"{"application":"a"}"#, false),
    ] {
      let text = Array(labels.utf8)
      #expect(selector.matches(labels: slice(text), in: text) == expected, "\(labels)")
    }
  }

  @Test("The order in which a selector is written does not matter")
  func canonical() throws {
    let one = try selector(
      #"{"matchLabels":{"b":"2","a":"1"},"matchExpressions":[{"key":"c","operator":"In","values":["y","x","x"]}]}"#
    )
    let other = try selector(
      #"{"matchExpressions":[{"key":"c","operator":"In","values":["x","y"]},{"key":"b","operator":"In","values":["2"]}],"matchLabels":{"a":"1"}}"#
    )
    #expect(one == other)
    #expect(one.queryString == other.queryString)
  }

  @Test(
    "A malformed selector is refused with the field's path",
    arguments: [
      ("[]", "", .wrongType(expected: "an object")), (#"{"matchlabels":{}}"#, "matchlabels", .unknownField),
      (#"{"matchLabels":[]}"#, "matchLabels", .wrongType(expected: "an object of strings")),
      (#"{"matchLabels":{"a":1}}"#, "matchLabels.a", .wrongType(expected: "a string")),
      (#"{"matchLabels":{"-a":"1"}}"#, "matchLabels.-a", .badKey("-a")),
      (#"{"matchLabels":{"A.b/c":"1"}}"#, "matchLabels.A.b/c", .badKey("A.b/c")),
      (#"{"matchLabels":{"a/b/c":"1"}}"#, "matchLabels.a/b/c", .badKey("a/b/c")),
      (#"{"matchLabels":{"a":"b c"}}"#, "matchLabels.a", .badValue("b c")),
      (#"{"matchExpressions":{}}"#, "matchExpressions", .wrongType(expected: "an array")),
      (#"{"matchExpressions":[1]}"#, "matchExpressions[0]", .wrongType(expected: "an object")),
      (#"{"matchExpressions":[{"operator":"Exists"}]}"#, "matchExpressions[0].key", .missing),
      (#"{"matchExpressions":[{"key":"a"}]}"#, "matchExpressions[0].operator", .missing),
      (
        #"{"matchExpressions":[{"key":"a","operator":"in"}]}"#, "matchExpressions[0].operator",
        .unknownOperator("in")
      ),
      (#"{"matchExpressions":[{"key":"a","operator":"In"}]}"#, "matchExpressions[0].values", .valuesRequired),
      (
        #"{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}"#,
        "matchExpressions[0].values", .valuesForbidden
      ),
      (
        #"{"matchExpressions":[{"key":"a","operator":"In","values":["b","$"]}]}"#,
        "matchExpressions[0].values[1]", .badValue("$")
      ),
      (
        #"{"matchExpressions":[{"key":"a","operator":"In","value":["b"]}]}"#, "matchExpressions[0].value",
        .unknownField
      ),
    ] as [(String, String, SelectorError.Reason)])
  func refusals(json: String, path: String, reason: SelectorError.Reason) throws {
    #expect {
      _ = try selector(json)
    } throws: { error in
      (error as? SelectorError)?.path == path && (error as? SelectorError)?.reason == reason
        && "\(error)".hasPrefix(path)
    }
  }

  @Test("Keys and values are limited to 63 characters, prefixes to 253")
  func lengths() throws {
    let name = String(repeating: "a", count: 63)
    let prefix = Array(repeating: String(repeating: "p", count: 50), count: 4).joined(separator: ".") + "."
    let longest = prefix + String(repeating: "q", count: 253 - prefix.count)
    _ = try selector(#"{"matchLabels":{"\#(longest)/\#(name)":"\#(name)"}}"#)
    #expect(throws: SelectorError.self) { try selector(#"{"matchLabels":{"\#(name)a":"b"}}"#) }
    #expect(throws: SelectorError.self) { try selector(#"{"matchLabels":{"b":"\#(name)a"}}"#) }
    #expect(throws: SelectorError.self) { try selector(#"{"matchLabels":{"\#(longest)q/a":"b"}}"#) }
  }

  @Test("The number of requirements and values is limited")
  func limits() throws {
    func json(labels: Int, values: Int) -> String {
      let members = (0..<labels).map { "\"k\($0)\":\"v\"" }.joined(separator: ",")
      let list = (0..<values).map { "\"v\($0)\"" }.joined(separator: ",")
      return
        #"{"matchLabels":{\#(members)},"matchExpressions":[{"key":"e","operator":"In","values":[\#(list)]}]}"#
    }
    let largest = try selector(
      json(labels: LabelSelector.maxRequirements - 1, values: LabelSelector.maxValues))
    var labels = Dictionary(
      uniqueKeysWithValues: (0..<LabelSelector.maxRequirements - 1).map { ("k\($0)", "v") })
    labels["e"] = "v255"
    #expect(matches(largest, labels))
    labels["k62"] = "w"
    #expect(!matches(largest, labels))
    #expect(throws: SelectorError.self) {
      try selector(json(labels: LabelSelector.maxRequirements, values: 1))
    }
    #expect(throws: SelectorError.self) { try selector(json(labels: 0, values: LabelSelector.maxValues + 1)) }
  }
}
