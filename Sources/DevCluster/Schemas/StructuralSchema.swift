import JSONScan

/// The schema of a custom resource (`openAPIV3Schema`): the structural subset of OpenAPI. Rules in CEL
/// (`x-kubernetes-validations`) are accepted and not evaluated.
struct StructuralSchema: Hashable, Sendable {
  let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  var type: String? { json["type"]?.string }
  var isIntOrString: Bool { json["x-kubernetes-int-or-string"]?.bool == true }
  var preservesUnknownFields: Bool { json["x-kubernetes-preserve-unknown-fields"]?.bool == true }
  var isEmbeddedResource: Bool { json["x-kubernetes-embedded-resource"]?.bool == true }
  var isNullable: Bool { json["nullable"]?.bool == true }
  var items: StructuralSchema? { json["items"].map { StructuralSchema($0) } }
  var defaultValue: JSONValue? { json["default"] }
  var hasProperties: Bool { json["properties"]?.object?.isEmpty == false }

  func property(_ name: String) -> StructuralSchema? {
    json["properties"]?[name].map { StructuralSchema($0) }
  }

  var properties: [(name: String, schema: StructuralSchema)] {
    (json["properties"]?.object ?? JSONObject()).map { ($0.key, StructuralSchema($0.value)) }
  }

  /// Nil where other members are not described; a schema of anything for `additionalProperties: true`.
  var additionalProperties: StructuralSchema? {
    switch json["additionalProperties"] {
    case .bool(true)?: StructuralSchema(["x-kubernetes-preserve-unknown-fields": true])
    case .some(let schema) where schema.object != nil: StructuralSchema(schema)
    default: nil
    }
  }

  /// The value with the defaults of absent members; a null that is not allowed counts as absent.
  func withDefaults(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(var members):
      for (name, schema) in properties {
        if let defaultValue = schema.defaultValue,
          members[name] == nil || (members[name] == .null && !schema.isNullable)
        {
          members[name] = defaultValue
        }
        if let member = members[name] { members[name] = schema.withDefaults(member) }
      }
      if let additional = additionalProperties {
        for (name, member) in members where property(name) == nil {
          members[name] = additional.withDefaults(member)
        }
      }
      return .object(members)
    case .array(let elements):
      guard let items else { return value }
      return .array(elements.map { items.withDefaults($0) })
    default: return value
    }
  }
}

/// Drops what a schema does not name.
struct SchemaPruning {
  /// What was dropped, as paths.
  private(set) var unknownFields: [String] = []

  /// The object without unknown members; `kind`, `apiVersion` and `metadata` belong to every object.
  mutating func prune(_ object: JSONValue, _ schema: StructuralSchema) -> JSONValue {
    prune(object, schema, at: "", isObject: true)
  }

  private mutating func prune(
    _ value: JSONValue, _ schema: StructuralSchema, at path: String, isObject: Bool
  ) -> JSONValue {
    switch value {
    case .object(let members):
      var kept = JSONObject()
      let additional = schema.additionalProperties
      for (name, member) in members {
        let place = path.isEmpty ? name : "\(path).\(name)"
        if isObject, name == "kind" || name == "apiVersion" || name == "metadata" {
          kept[name] = member
        } else if let inner = schema.property(name) {
          kept[name] = prune(member, inner, at: place, isObject: inner.isEmbeddedResource)
        } else if let additional {
          kept[name] = prune(member, additional, at: place, isObject: additional.isEmbeddedResource)
        } else if schema.preservesUnknownFields {
          kept[name] = member
        } else {
          unknownFields.append(place)
        }
      }
      return .object(kept)
    case .array(let elements):
      guard let items = schema.items else { return value }
      var kept: [JSONValue] = []
      for (position, element) in elements.enumerated() {
        kept.append(prune(element, items, at: "\(path)[\(position)]", isObject: items.isEmbeddedResource))
      }
      return .array(kept)
    default: return value
    }
  }
}
