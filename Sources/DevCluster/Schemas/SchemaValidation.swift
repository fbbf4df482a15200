import JSONScan

/// Holds a custom resource to its schema, with the messages of a real server (go-openapi's, which people search for).
///
/// On updates a value that has not changed is not judged again, so an object that was stored before its schema
/// became stricter can still be changed elsewhere (ratcheting).
struct SchemaValidation {
  private(set) var causes: [APIError.Cause] = []
  /// More findings than this help nobody.
  private static let maximumCauses = 20

  /// What is wrong with an object; `old` is nil for a new one.
  static func causes(_ object: JSONValue, old: JSONValue?, _ schema: StructuralSchema) -> [APIError.Cause] {
    var validation = SchemaValidation()
    validation.check(object, old: old, schema, at: "", isObject: true)
    return Array(validation.causes.prefix(maximumCauses))
  }

  private mutating func check(
    _ value: JSONValue, old: JSONValue?, _ schema: StructuralSchema, at path: String,
    isObject: Bool = false
  ) {
    if value == old || (value == .null && schema.isNullable) { return }
    guard hasType(value, schema, at: path) else { return }
    checkEnumeration(value, schema, at: path)
    switch value {
    case .number(let text): checkNumber(text, schema, at: path)
    case .string(let text): checkText(text, schema, at: path)
    case .array(let elements): checkList(elements, old: old, schema, at: path)
    case .object(let members): checkMembers(members, old: old, schema, at: path, isObject: isObject)
    case .null, .bool: break
    }
    checkCombinations(value, schema, at: path)
  }

  // MARK: One value

  private mutating func hasType(_ value: JSONValue, _ schema: StructuralSchema, at path: String) -> Bool {
    let actual: String
    switch value {
    case .null: actual = "null"
    case .bool: actual = "boolean"
    case .string: actual = "string"
    case .array: actual = "array"
    case .object: actual = "object"
    case .number: actual = value.int != nil ? "integer" : "number"
    }
    if schema.isIntOrString {
      if ["integer", "string"].contains(actual) { return true }
    } else {
      guard let type = schema.type, type != actual, !(type == "number" && actual == "integer") else {
        return true
      }
    }
    let expected = schema.isIntOrString ? "integer,string" : schema.type ?? ""
    add(
      "FieldValueTypeInvalid", path,
      "Invalid value: \"\(actual)\": \(path) in body must be of type \(expected): \"\(actual)\"")
    return false
  }

  private mutating func checkEnumeration(_ value: JSONValue, _ schema: StructuralSchema, at path: String) {
    guard let allowed = schema.json["enum"]?.array, !allowed.contains(value) else { return }
    let list = allowed.map { Self.text($0) }.joined(separator: ", ")
    add(
      "FieldValueNotSupported", path, "Unsupported value: \(Self.text(value)): supported values: \(list)")
  }

  private mutating func checkNumber(_ text: String, _ schema: StructuralSchema, at path: String) {
    guard let number = Double(text) else { return }
    func bound(_ name: String) -> (text: String, value: Double)? {
      guard case .number(let text)? = schema.json[name], let value = Double(text) else { return nil }
      return (text, value)
    }
    if let bound = bound("maximum") {
      let isExclusive = schema.json["exclusiveMaximum"]?.bool == true
      if isExclusive ? number >= bound.value : number > bound.value {
        invalid(path, text, "should be less than \(isExclusive ? "" : "or equal to ")\(bound.text)")
      }
    }
    if let bound = bound("minimum") {
      let isExclusive = schema.json["exclusiveMinimum"]?.bool == true
      if isExclusive ? number <= bound.value : number < bound.value {
        invalid(path, text, "should be greater than \(isExclusive ? "" : "or equal to ")\(bound.text)")
      }
    }
    if let divisor = bound("multipleOf"), divisor.value > 0,
      (number / divisor.value).truncatingRemainder(dividingBy: 1) != 0
    {
      invalid(path, text, "should be a multiple of \(divisor.text)")
    }
  }

  private mutating func checkText(_ text: String, _ schema: StructuralSchema, at path: String) {
    let length = text.unicodeScalars.count
    if let most = schema.json["maxLength"]?.int, length > most {
      add("FieldValueTooLong", path, "Too long: may not be more than \(most) bytes")
    }
    let quoted = Self.text(.string(text))
    if let least = schema.json["minLength"]?.int, length < least {
      invalid(path, quoted, "should be at least \(least) chars long")
    }
    if let pattern = schema.json["pattern"]?.string, !SchemaPattern.matches(pattern, text) {
      invalid(path, quoted, "should match '\(pattern)'")
    }
  }

  // MARK: What holds others

  private mutating func checkList(
    _ elements: [JSONValue], old: JSONValue?, _ schema: StructuralSchema, at path: String
  ) {
    if let most = schema.json["maxItems"]?.int, elements.count > most {
      add("FieldValueTooMany", path, "Too many: \(elements.count): must have at most \(most) items")
    }
    if let least = schema.json["minItems"]?.int, elements.count < least {
      invalid(path, "\(elements.count)", "should have at least \(least) items")
    }
    checkDistinct(elements, schema, at: path)
    guard let items = schema.items else { return }
    let before = old?.array ?? []
    for (position, element) in elements.enumerated() {
      check(
        element, old: position < before.count ? before[position] : nil, items, at: "\(path)[\(position)]",
        isObject: items.isEmbeddedResource)
    }
  }

  /// Elements of sets, and those of maps by their keys, come once.
  private mutating func checkDistinct(_ elements: [JSONValue], _ schema: StructuralSchema, at path: String) {
    guard ["set", "map"].contains(schema.json["x-kubernetes-list-type"]?.string) else { return }
    let shape = FieldShape.of(schema)
    var seen = Set<String>()
    for (position, element) in elements.enumerated() where !seen.insert(shape.element(of: element)).inserted {
      let name = shape.element(of: element).dropFirst(2)
      add("FieldValueDuplicate", "\(path)[\(position)]", "Duplicate value: \(name)")
    }
  }

  private mutating func checkMembers(
    _ members: JSONObject, old: JSONValue?, _ schema: StructuralSchema, at path: String, isObject: Bool
  ) {
    if let most = schema.json["maxProperties"]?.int, members.count > most {
      add("FieldValueTooMany", path, "Too many: \(members.count): must have at most \(most) items")
    }
    if let least = schema.json["minProperties"]?.int, members.count < least {
      invalid(path, "\(members.count)", "should have at least \(least) properties")
    }
    for name in schema.json["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
      add("FieldValueRequired", Self.join(path, name), "Required value")
    }
    let additional = schema.additionalProperties
    for (name, member) in members {
      if isObject, ["kind", "apiVersion", "metadata"].contains(name) { continue }
      guard let inner = schema.property(name) ?? additional else { continue }
      check(member, old: old?[name], inner, at: Self.join(path, name), isObject: inner.isEmbeddedResource)
    }
  }

  /// `allOf`, `anyOf`, `oneOf`, `not`.
  private mutating func checkCombinations(_ value: JSONValue, _ schema: StructuralSchema, at path: String) {
    func holds(_ json: JSONValue) -> Bool {
      Self.causes(value, old: nil, StructuralSchema(json)).isEmpty
    }
    for part in schema.json["allOf"]?.array ?? [] {
      check(value, old: nil, StructuralSchema(part), at: path)
    }
    // The two alternatives of int-or-string are its type, which was checked.
    if let parts = schema.json["anyOf"]?.array, !schema.isIntOrString, !parts.contains(where: holds) {
      invalid(path, Self.text(value), "must validate at least one schema (anyOf)")
    }
    if let parts = schema.json["oneOf"]?.array, parts.count(where: holds) != 1 {
      invalid(path, Self.text(value), "must validate one and only one schema (oneOf)")
    }
    if let part = schema.json["not"], holds(part) {
      invalid(path, Self.text(value), "must not validate the schema (not)")
    }
  }

  // MARK: Findings

  private mutating func invalid(_ path: String, _ value: String, _ problem: String) {
    add(
      "FieldValueInvalid", path, "Invalid value: \(value): \(path) in body \(problem)")
  }

  private mutating func add(_ reason: String, _ path: String, _ message: String) {
    causes.append(.init(reason: reason, message: message, field: path.isEmpty ? "<nil>" : path))
  }

  private static func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.serialized(), as: UTF8.self)
  }
}

/// Patterns of schemas: regular expressions that may match anywhere in a text.
enum SchemaPattern {
  /// A pattern that this platform cannot read refuses nothing.
  static func matches(_ pattern: String, _ text: String) -> Bool {
    guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return true }
    return (try? regex.firstMatch(in: text)) ?? nil != nil
  }
}
