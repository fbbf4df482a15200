import JSONScan

/// A node of the structural schema of a CustomResourceDefinition. A text, a list or a map cannot be made without its limit,
/// so that everything that an API server stores is bounded, and rules (`x-kubernetes-validations`) have a cost that it
/// can estimate.
struct SchemaNode {
  private(set) var json: JSONValue

  private init(_ type: String, _ says: String) {
    json = ["type": .string(type)]
    if !says.isEmpty { json["description"] = .string(says) }
  }

  private func with(_ members: (String, JSONValue?)...) -> SchemaNode {
    var node = self
    for (name, value) in members { if let value { node.json[name] = value } }
    return node
  }

  /// A text of so many characters. The hub counts bytes, of which there are never fewer.
  static func text(
    _ says: String, _ length: ClosedRange<Int>, pattern: String? = nil, format: String? = nil,
    default absent: String? = nil
  ) -> SchemaNode {
    SchemaNode("string", says).with(
      ("format", format.map { .string($0) }), ("default", absent.map { .string($0) }),
      ("pattern", pattern.map { .string($0) }), ("minLength", least(length)),
      ("maxLength", JSONValue(length.upperBound)))
  }

  static func text(_ length: ClosedRange<Int>) -> SchemaNode { text("", length) }

  static func choice(_ words: [String]) -> SchemaNode { choice("", words) }

  /// One of these words.
  static func choice(_ says: String, _ words: [String], default absent: String? = nil) -> SchemaNode {
    SchemaNode("string", says).with(
      ("enum", .array(words.map { .string($0) })), ("default", absent.map { .string($0) }))
  }

  static func flag(_ says: String, default absent: Bool? = nil) -> SchemaNode {
    SchemaNode("boolean", says).with(("default", absent.map { .bool($0) }))
  }

  static func integer(
    _ says: String, format: String = "int32", from least: Int? = nil, to most: Int? = nil
  ) -> SchemaNode {
    SchemaNode("integer", says).with(
      ("format", .string(format)), ("minimum", least.map { JSONValue($0) }),
      ("maximum", most.map { JSONValue($0) }))
  }

  static func list(_ says: String = "", of element: SchemaNode, _ count: ClosedRange<Int>) -> SchemaNode {
    SchemaNode("array", says).with(
      ("minItems", least(count)), ("maxItems", JSONValue(count.upperBound)), ("items", element.json))
  }

  /// A list whose elements are told apart by one member.
  static func list(
    _ says: String, of element: SchemaNode, by key: String, _ count: ClosedRange<Int>
  ) -> SchemaNode {
    list(says, of: element, count).with(
      ("x-kubernetes-list-type", "map"), ("x-kubernetes-list-map-keys", [.string(key)]))
  }

  static func map(_ says: String = "", of value: SchemaNode, _ count: ClosedRange<Int>) -> SchemaNode {
    SchemaNode("object", says).with(
      ("minProperties", least(count)), ("maxProperties", JSONValue(count.upperBound)),
      ("additionalProperties", value.json))
  }

  static func object(_ members: [(String, SchemaNode)]) -> SchemaNode { object("", members) }

  /// An object with these members, of which so many are there.
  static func object(
    _ says: String = "", required: [String] = [], count: ClosedRange<Int>? = nil, rules: [SchemaRule] = [],
    _ members: [(String, SchemaNode)]
  ) -> SchemaNode {
    var properties = JSONObject()
    for (name, node) in members { properties[name] = node.json }
    return SchemaNode("object", says).with(
      ("x-kubernetes-validations", rules.isEmpty ? nil : .array(rules.map(\.json))),
      ("required", required.isEmpty ? nil : .array(required.map { .string($0) })),
      ("minProperties", count.map { JSONValue($0.lowerBound) }),
      ("maxProperties", count.map { JSONValue($0.upperBound) }), ("properties", .object(properties)))
  }

  /// An object whose members no schema can name, because it is made of others like itself.
  static func anyObject(_ says: String = "") -> SchemaNode {
    SchemaNode("object", says).with(("x-kubernetes-preserve-unknown-fields", true))
  }

  /// An object or text that the API server knows by itself.
  static func plain(_ type: String) -> SchemaNode { SchemaNode(type, "") }

  private static func least(_ range: ClosedRange<Int>) -> JSONValue? {
    range.lowerBound > 0 ? JSONValue(range.lowerBound) : nil
  }
}

/// A rule in CEL that an API server holds an object to, and what it says of one that breaks it.
struct SchemaRule {
  let rule: String
  let message: String

  var json: JSONValue { ["rule": .string(rule), "message": .string(message)] }
}
