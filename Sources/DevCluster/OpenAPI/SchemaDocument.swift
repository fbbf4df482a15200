import JSONScan

/// Schemas of what is served, as OpenAPI writes them.
struct SchemaDocument {
  /// The two versions differ in where definitions are and how a reference carries siblings.
  enum Dialect {
    case v2, v3

    var prefix: String { self == .v2 ? "#/definitions/" : "#/components/schemas/" }
  }

  let dialect: Dialect
  private let catalog: APICatalog
  /// Definitions by name, in the order in which they were reached.
  private(set) var definitions = JSONObject()
  private var pending: [String] = []
  private var reached: Set<String> = []

  init(_ dialect: Dialect, catalog: APICatalog = .standard) {
    self.dialect = dialect
    self.catalog = catalog
  }

  /// Adds the kind of a resource, its list, and all that they refer to.
  mutating func add(_ resource: ResourceDefinition) {
    let name = Self.name(of: resource)
    let kind = groupVersionKind(resource, resource.kind)
    if let type = catalog.type(of: resource) {
      definitions[name] = structure(type, of: kind, description: resource.summary)
    } else {
      definitions[name] = custom(resource, kind)
    }
    reached.insert(name)
    let listName = name + "List"
    definitions[listName] = [
      "description": .string("A list of \(resource.kind) objects."), "type": "object", "required": ["items"],
      "properties": [
        "apiVersion": Self.typeMeta("apiVersion"),
        "items": ["type": "array", "items": reference(to: name)], "kind": Self.typeMeta("kind"),
        "metadata": reference(to: Self.meta("ListMeta")),
      ], "x-kubernetes-group-version-kind": [groupVersionKind(resource, resource.listKind)],
    ]
    drain()
  }

  /// Adds a type that a subresource has for itself, such as Scale.
  mutating func add(typeNamed name: String, group: String, version: String, kind: String) {
    guard let type = catalog[name], reached.insert(name).inserted else { return }
    definitions[name] = structure(
      type, of: ["group": .string(group), "kind": .string(kind), "version": .string(version)],
      description: nil)
    drain()
  }

  /// The name of a resource's kind: a reversed group for custom resources.
  static func name(of resource: ResourceDefinition) -> String {
    if let type = APICatalog.standard.type(of: resource) { return type.name }
    let reversed = resource.group.split(separator: ".").reversed().joined(separator: ".")
    return "\(reversed).\(resource.version).\(resource.kind)"
  }

  static func meta(_ type: String) -> String { "io.k8s.apimachinery.pkg.apis.meta.v1." + type }

  mutating func reference(to name: String) -> JSONValue {
    if reached.insert(name).inserted { pending.append(name) }
    let reference: JSONValue = ["$ref": .string(dialect.prefix + name)]
    return dialect == .v2 ? reference : ["allOf": [reference]]
  }

  private mutating func drain() {
    while let name = pending.popLast() {
      guard let type = catalog[name] else { continue }
      definitions[name] = structure(type, of: nil, description: nil)
    }
  }

  private func groupVersionKind(_ resource: ResourceDefinition, _ kind: String) -> JSONValue {
    [
      "group": .string(resource.group), "kind": .string(kind), "version": .string(resource.version),
    ]
  }

  private mutating func structure(
    _ type: APIType, of groupVersionKind: JSONValue?, description: String?
  ) -> JSONValue {
    var properties = JSONObject()
    if groupVersionKind != nil {
      properties["apiVersion"] = Self.typeMeta("apiVersion")
      properties["kind"] = Self.typeMeta("kind")
    }
    for field in type.fields { properties[field.name] = property(field) }
    var schema = JSONObject()
    if let description { schema["description"] = .string(description) }
    schema["type"] = "object"
    let required = type.fields.filter(\.isRequired).map(\.name).sorted()
    if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
    if !properties.isEmpty { schema["properties"] = .object(properties) }
    if type.isAtomic { schema["x-kubernetes-map-type"] = "atomic" }
    if let groupVersionKind { schema["x-kubernetes-group-version-kind"] = [groupVersionKind] }
    return .object(schema)
  }

  private mutating func property(_ field: APIField) -> JSONValue {
    var schema = self.schema(of: field.type).object ?? JSONObject()
    var strategies: [String] = []
    switch field.patch {
    case .merge(let key):
      strategies.append("merge")
      if let key { schema["x-kubernetes-patch-merge-key"] = .string(key) }
    case .replace: strategies.append("replace")
    case .standard: break
    }
    if field.retainsKeys { strategies.append("retainKeys") }
    if !strategies.isEmpty {
      schema["x-kubernetes-patch-strategy"] = .string(strategies.joined(separator: ","))
    }
    let isList = if case .array = field.type { true } else { false }
    switch field.granularity {
    case .standard: break
    case .atomic: schema[isList ? "x-kubernetes-list-type" : "x-kubernetes-map-type"] = "atomic"
    case .set: schema["x-kubernetes-list-type"] = "set"
    case .keyed(let keys):
      schema["x-kubernetes-list-type"] = "map"
      schema["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
    }
    if let text = field.defaultText, let value = try? JSONValue(parsing: Array(text.utf8)) {
      schema["default"] = value
    }
    return .object(schema)
  }

  private mutating func schema(of type: APIFieldType) -> JSONValue {
    switch type {
    case .string, .quantity, .duration: ["type": "string"]
    case .boolean: ["type": "boolean"]
    case .int32: ["type": "integer", "format": "int32"]
    case .int64: ["type": "integer", "format": "int64"]
    case .double: ["type": "number", "format": "double"]
    case .bytes: ["type": "string", "format": "byte"]
    case .time, .microTime: ["type": "string", "format": "date-time"]
    case .intOrString: ["type": "string", "format": "int-or-string"]
    // No type: any JSON value, as the default or the enum of a schema.
    case .raw: [:]
    case .stringList: ["type": "array", "items": ["type": "string"]]
    case .reference(let name): reference(to: name)
    case .array(let element): ["type": "array", "items": schema(of: element)]
    case .map(let element): ["type": "object", "additionalProperties": schema(of: element)]
    }
  }

  static func typeMeta(_ name: String) -> JSONValue {
    [
      "description": .string(
        name == "kind" ? "The kind of the object." : "The group and version of the object's schema."),
      "type": "string",
    ]
  }

  private mutating func custom(_ resource: ResourceDefinition, _ kind: JSONValue) -> JSONValue {
    var schema = resource.schema?.json.object ?? ["type": "object"]
    if dialect == .v2 {
      // Version 2 can't say these, so a real server leaves everything below out of it.
      if resource.schema?.preservesUnknownFields == true { schema = ["type": "object"] }
      schema = Self.plain(.object(schema)).object ?? schema
    }
    var properties: JSONObject = [
      "apiVersion": Self.typeMeta("apiVersion"), "kind": Self.typeMeta("kind"),
      "metadata": reference(to: Self.meta("ObjectMeta")),
    ]
    for (name, property) in schema["properties"]?.object ?? JSONObject() where properties[name] == nil {
      properties[name] = property
    }
    if resource.schema?.hasProperties == true { schema["properties"] = .object(properties) }
    schema["x-kubernetes-group-version-kind"] = [kind]
    return .object(schema)
  }

  /// A schema without what OpenAPI 2 does not know.
  private static func plain(_ schema: JSONValue) -> JSONValue {
    guard var members = schema.object else { return schema }
    for name in ["nullable", "oneOf", "anyOf", "not", "default", "x-kubernetes-validations"] {
      members[name] = nil
    }
    if members["x-kubernetes-int-or-string"] != nil || members["x-kubernetes-preserve-unknown-fields"] != nil
    {
      members["type"] = nil
      members["properties"] = nil
      members["items"] = nil
      members["additionalProperties"] = nil
    }
    if let properties = members["properties"]?.object {
      var plain = JSONObject()
      for (name, property) in properties { plain[name] = Self.plain(property) }
      members["properties"] = .object(plain)
    }
    for name in ["items", "additionalProperties"] {
      if let inner = members[name] { members[name] = plain(inner) }
    }
    return .object(members)
  }
}
