import JSONScan

/// Reads JSON as Go reads it into a type of the API: members that the type does not have are dropped and
/// named, values of a wrong kind are refused, and what Go leaves out when it writes (nulls, and empty values
/// of fields marked so) is left out here too.
struct TypedObject {
  /// Members that the type does not have, as paths: `spec.template.spec.contaners`.
  private(set) var unknownFields: [String] = []
  private let catalog: APICatalog

  /// Why a body is not of its type, in the words of Go's decoder.
  struct Mismatch: Error {
    let message: String
  }

  init(catalog: APICatalog = .standard) { self.catalog = catalog }

  /// The object as the type has it. Throws `Mismatch` where a value is of a wrong kind.
  mutating func read(_ object: JSONValue, as type: APIType) throws(Mismatch) -> JSONValue {
    try structure(object, type, at: "", isTop: true)
  }

  private mutating func structure(
    _ value: JSONValue, _ type: APIType, at path: String, isTop: Bool = false
  ) throws(Mismatch) -> JSONValue {
    guard let members = value.object else { throw mismatch(value, type.shortName, at: path) }
    var result = JSONObject()
    if isTop {
      for name in ["kind", "apiVersion"] { result[name] = members[name] }
    }
    for (name, _) in members where type[name] == nil {
      if isTop, name == "kind" || name == "apiVersion" { continue }
      unknownFields.append(path.isEmpty ? name : "\(path).\(name)")
    }
    for field in type.fields {
      guard let value = members[field.name], value != .null else { continue }
      let place = path.isEmpty ? field.name : "\(path).\(field.name)"
      let read = try self.value(value, field.type, at: place)
      if field.omitsEmpty, !field.isPointer, Self.isEmpty(read, field.type) { continue }
      result[field.name] = read
    }
    return .object(result)
  }

  private mutating func value(
    _ value: JSONValue, _ type: APIFieldType, at path: String
  ) throws(Mismatch) -> JSONValue {
    switch type {
    case .raw: return value
    case .string, .bytes, .time, .microTime, .duration:
      guard value.string != nil else { throw mismatch(value, Self.goName(type), at: path) }
    case .boolean:
      guard value.bool != nil else { throw mismatch(value, "bool", at: path) }
    case .int32, .int64:
      if case .number(let text) = value, value.int == nil {
        throw Mismatch(
          message: "json: cannot unmarshal number \(text) into Go struct field \(path) of type "
            + Self.goName(type))
      }
      guard value.kind == .number else { throw mismatch(value, Self.goName(type), at: path) }
    case .double:
      guard value.kind == .number else { throw mismatch(value, "float64", at: path) }
    case .quantity, .intOrString:
      guard value.string != nil || value.kind == .number else {
        throw mismatch(value, Self.goName(type), at: path)
      }
      // Quantities are written as text.
      if type == .quantity, case .number(let text) = value { return .string(text) }
    case .stringList: return try self.value(value, .array(.string), at: path)
    case .reference(let name):
      guard let type = catalog[name] else { return value }
      return try structure(value, type, at: path)
    case .array(let element):
      guard let elements = value.array else { throw mismatch(value, "[]\(Self.goName(element))", at: path) }
      var read: [JSONValue] = []
      for (position, one) in elements.enumerated() {
        // Go reads a null element as its zero value; of structs that is an empty object.
        read.append(try self.value(one, element, at: "\(path)[\(position)]"))
      }
      return .array(read)
    case .map(let element):
      guard let members = value.object else {
        throw mismatch(value, "map[string]\(Self.goName(element))", at: path)
      }
      var read = JSONObject()
      for (name, one) in members {
        read[name] =
          one == .null && element == .string ? "" : try self.value(one, element, at: "\(path).\(name)")
      }
      return .object(read)
    }
    return value
  }

  private static func isEmpty(_ value: JSONValue, _ type: APIFieldType) -> Bool {
    switch value {
    case .null: true
    case .string(let text): text.isEmpty
    case .bool(let bool): !bool
    case .number(let text): text == "0"
    case .array(let elements): elements.isEmpty
    case .object(let members):
      // A struct is never empty to Go's encoder.
      if case .map = type { members.isEmpty } else { false }
    }
  }

  private func mismatch(_ value: JSONValue, _ type: String, at path: String) -> Mismatch {
    let place = path.isEmpty ? "value" : "struct field \(path)"
    return Mismatch(message: "json: cannot unmarshal \(value.kind) into Go \(place) of type \(type)")
  }

  private static func goName(_ type: APIFieldType) -> String {
    switch type {
    case .boolean: "bool"
    case .int32: "int32"
    case .int64: "int64"
    case .double: "float64"
    case .time: "v1.Time"
    case .microTime: "v1.MicroTime"
    case .duration: "v1.Duration"
    case .quantity: "resource.Quantity"
    case .intOrString: "intstr.IntOrString"
    case .reference(let name): name.split(separator: ".").suffix(2).joined(separator: ".")
    case .array(let element): "[]" + goName(element)
    case .map(let element): "map[string]" + goName(element)
    default: "string"
    }
  }
}
