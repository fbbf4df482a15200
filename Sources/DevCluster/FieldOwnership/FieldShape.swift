import JSONScan

/// How the fields of a value are named in `managedFields`, read from the types of built-in kinds and from the
/// schemas of custom resources.
indirect enum FieldShape: Sendable {
  /// A scalar, or a value that is owned as a whole.
  case atomic
  /// An object that is no member of the set itself: one that is always there, as Go's embedded structs are.
  case structure(FieldShapes)
  /// An object that is a member beside its fields (maps, pointers to structs, everything of custom
  /// resources).
  case object(FieldShapes)
  /// A list whose elements are told apart by these members.
  case keyed(by: [String], element: FieldShape, isMember: Bool = true)
  /// A list that is a set of scalars.
  case set
  /// Objects as with `object`, other values atomic.
  case anything

  /// The shape of a whole object of this resource.
  static func of(_ resource: ResourceDefinition) -> FieldShape {
    if let type = APICatalog.standard.type(of: resource) { return .structure(.type(type, isPresent: true)) }
    return .structure(.custom(resource.schema))
  }

  /// The shape of a field. `isPresent`: the object around it is always there.
  static func of(_ field: APIField, isPresent: Bool) -> FieldShape {
    let isPresent = isPresent && !field.isPointer
    switch (field.type, field.granularity) {
    case (_, .atomic): return .atomic
    case (.array(let element), .keyed(let keys)):
      // A list that Go never leaves out is no member of the set itself.
      return .keyed(
        by: keys, element: of(element, isPresent: false), isMember: !isPresent || field.omitsEmpty)
    case (.array, .set): return .set
    default: return of(field.type, isPresent: isPresent)
    }
  }

  private static func of(_ type: APIFieldType, isPresent: Bool) -> FieldShape {
    switch type {
    case .reference(let name):
      guard let type = APICatalog.standard[name] else { return .anything }
      if type.isAtomic { return .atomic }
      return isPresent ? .structure(.type(type, isPresent: true)) : .object(.type(type, isPresent: false))
    case .map(let element): return .object(.every(of(element, isPresent: false)))
    case .raw: return .anything
    default: return .atomic
    }
  }

  /// The shape that the schema of a custom resource gives.
  static func of(_ schema: StructuralSchema) -> FieldShape {
    if schema.json["x-kubernetes-map-type"] == "atomic" { return .atomic }
    switch schema.type {
    case "object"?: return .object(.schema(schema))
    case "array"?:
      switch schema.json["x-kubernetes-list-type"] {
      case "set"?: return .set
      case "map"?:
        let keys = schema.json["x-kubernetes-list-map-keys"]?.array?.compactMap(\.string) ?? []
        return .keyed(by: keys, element: schema.items.map { of($0) } ?? .anything)
      default: return .atomic
      }
    case nil: return .anything
    default: return .atomic
    }
  }
}

extension FieldShape {
  /// How `managedFields` name an element of a list of this shape: `k:{"name":"nginx"}`, members sorted, or
  /// `v:"text"`.
  func element(of value: JSONValue) -> String {
    guard case .keyed(let names, let element, _) = self else { return "v:" + Self.text(value) }
    var key = JSONObject()
    for name in names { key[name] = value[name] ?? element.defaultValue(of: name) }
    return "k:" + Self.text(.object(key))
  }

  /// The shape under a path element.
  func child(_ element: String) -> FieldShape {
    switch self {
    case .structure(let fields), .object(let fields): fields[String(element.dropFirst(2))]
    case .keyed(_, let shape, _): shape
    case .anything: .anything
    case .set, .atomic: .atomic
    }
  }

  private func defaultValue(of name: String) -> JSONValue? {
    guard case .object(let fields) = self else { return nil }
    switch fields {
    case .type(let type, _):
      return type[name]?.defaultText.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    case .schema(let schema): return schema.property(name)?.defaultValue
    default: return nil
    }
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.serialized(sortedKeys: true), as: UTF8.self)
  }
}

/// The shapes of the members of an object.
indirect enum FieldShapes: Sendable {
  case type(APIType, isPresent: Bool)
  case schema(StructuralSchema)
  /// A custom resource: metadata, and what its schema says.
  case custom(StructuralSchema?)
  case every(FieldShape)
  case unknown

  /// Whether the type or schema names this member; entries of maps are not named.
  func names(_ member: String) -> Bool {
    switch self {
    case .type(let type, _): type[member] != nil
    case .schema(let schema): schema.property(member) != nil
    case .custom(let schema): member == "metadata" || schema?.property(member) != nil
    case .every, .unknown: false
    }
  }

  subscript(_ name: String) -> FieldShape {
    switch self {
    case .type(let type, let isPresent):
      return type[name].map { FieldShape.of($0, isPresent: isPresent) } ?? .anything
    case .schema(let schema):
      return (schema.property(name) ?? schema.additionalProperties).map { FieldShape.of($0) } ?? .anything
    case .custom(let schema):
      if name == "metadata", let type = APICatalog.standard[SchemaDocument.meta("ObjectMeta")] {
        return .structure(.type(type, isPresent: true))
      }
      return schema.map { FieldShapes.schema($0)[name] } ?? .anything
    case .every(let shape): return shape
    case .unknown: return .anything
    }
  }
}
