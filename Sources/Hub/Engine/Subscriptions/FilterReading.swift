import CESQL
import CloudEvents
import JSONScan

extension EventFilter {
  /// Reads `filters`; what is wrong is reported. Absent or empty: every event passes.
  static func list(reading field: Field?, _ reader: inout FieldReader) -> [EventFilter] {
    guard let field, let elements = reader.array(field, limit: EventFilterLimits.maxFilters) else {
      return []
    }
    return elements.compactMap { EventFilter(reading: $0, depth: 1, &reader) }
  }

  /// One object of one dialect.
  private init?(reading field: Field, depth: Int, _ reader: inout FieldReader) {
    guard depth <= EventFilterLimits.maxDepth else {
      reader.report(.filter(.tooDeep), at: field.path)
      return nil
    }
    guard reader.object(field, .filter) else { return nil }
    let dialects = FieldTable.filter.served.filter { field[$0] != nil }
    guard dialects.count == 1, let dialect = dialects.first, let value = field[dialect] else {
      // An unknown dialect is reported already.
      if !dialects.isEmpty || (field.value.object?.isEmpty ?? true) {
        reader.report(.filter(dialects.isEmpty ? .noDialect : .manyDialects(dialects)), at: field.path)
      }
      return nil
    }
    self.init(dialect, value, depth: depth, &reader)
  }

  private init?(_ dialect: String, _ value: Field, depth: Int, _ reader: inout FieldReader) {
    switch dialect {
    case "exact": self = .exact(Self.attributes(value, &reader))
    case "prefix": self = .prefix(Self.attributes(value, &reader))
    case "suffix": self = .suffix(Self.attributes(value, &reader))
    case "all": self = .all(Self.nested(value, depth: depth, &reader))
    case "any": self = .any(Self.nested(value, depth: depth, &reader))
    case "not":
      guard let filter = EventFilter(reading: value, depth: depth + 1, &reader) else { return nil }
      self = .not(filter)
    default:
      guard let expression = Self.expression(value, &reader) else { return nil }
      self = .cesql(expression)
    }
  }

  private static func nested(_ field: Field, depth: Int, _ reader: inout FieldReader) -> [EventFilter] {
    guard let elements = reader.array(field, limit: EventFilterLimits.maxFilters) else { return [] }
    if elements.isEmpty { reader.report(.nothingListed(remedy: "list at least one filter"), at: field.path) }
    return elements.compactMap { EventFilter(reading: $0, depth: depth + 1, &reader) }
  }

  private static func attributes(_ field: Field, _ reader: inout FieldReader) -> [Attribute] {
    guard reader.hasType(.object, field), let members = field.value.object else { return [] }
    if members.isEmpty {
      reader.report(.nothingListed(remedy: "name an attribute and its text"), at: field.path)
    }
    if members.count > EventFilterLimits.maxAttributes {
      reader.report(.tooMany(found: members.count, limit: EventFilterLimits.maxAttributes), at: field.path)
      return []
    }
    return members.compactMap { name, value in
      attribute(name, Field(value: value, path: field.path + [.member(name)]), &reader)
    }
  }

  private static func attribute(_ name: String, _ field: Field, _ reader: inout FieldReader) -> Attribute? {
    guard CloudEventAttributeName.isValid(name) else {
      reader.report(.attribute(.name(name)), at: field.path)
      return nil
    }
    guard let text = reader.string(field) else { return nil }
    if text.isEmpty {
      reader.report(.nothingListed(remedy: "write the text to compare with"), at: field.path)
    }
    if text.utf8.count > EventFilterLimits.maxTextBytes {
      reader.report(.tooBig(found: text.utf8.count, limit: EventFilterLimits.maxTextBytes), at: field.path)
    }
    return Attribute(name: name, text: text)
  }

  /// What can never be true is refused: a function that is missing, a value that is no Boolean.
  private static func expression(_ field: Field, _ reader: inout FieldReader) -> CESQLExpression? {
    guard let text = reader.string(field) else { return nil }
    do throws(CESQLParseError) {
      let expression = try CESQLExpression(text)
      if let missing = expression.missingFunctions.first {
        reader.report(.filter(.missingFunction(missing)), at: field.path)
      } else if expression.resultType != .boolean {
        reader.report(.filter(.notBoolean(expression.resultType)), at: field.path)
      }
      return expression
    } catch {
      reader.report(.filter(.expression(error)), at: field.path)
      return nil
    }
  }
}

extension ExtensionAttribute {
  /// Reads `ceOverrides`; what is wrong is reported.
  static func list(reading field: Field?, _ reader: inout FieldReader) -> [ExtensionAttribute] {
    guard let field, reader.object(field, .overrides), let extensions = field["extensions"],
      reader.hasType(.object, extensions), let members = extensions.value.object
    else { return [] }
    guard members.count <= SubscriptionLimits.maxExtensions else {
      reader.report(
        .tooMany(found: members.count, limit: SubscriptionLimits.maxExtensions), at: extensions.path)
      return []
    }
    return members.compactMap { name, value in
      ExtensionAttribute(name, Field(value: value, path: extensions.path + [.member(name)]), &reader)
    }
  }

  private init?(_ name: String, _ field: Field, _ reader: inout FieldReader) {
    guard CloudEventAttributeName.isValid(name), name.utf8.count <= SubscriptionLimits.maxExtensionNameBytes
    else {
      reader.report(.attribute(.name(name)), at: field.path)
      return nil
    }
    guard !Self.isReserved(name) else {
      reader.report(.attribute(.reserved(name)), at: field.path)
      return nil
    }
    guard let text = reader.string(field) else { return nil }
    guard text.utf8.count <= SubscriptionLimits.maxExtensionBytes else {
      reader.report(
        .tooBig(found: text.utf8.count, limit: SubscriptionLimits.maxExtensionBytes), at: field.path)
      return nil
    }
    let event = CloudEvent(id: "1", source: "/", type: "t", extensions: [(name, text)])
    guard (try? event.validate()) != nil else {
      reader.report(.attribute(.value), at: field.path)
      return nil
    }
    self.init(name: name, value: text)
  }

  /// Attributes of the specification, those that the hub sets, and those that dead letters carry.
  private static func isReserved(_ name: String) -> Bool {
    CloudEventAttributeName.core.contains(name) || HubEvent.ownExtensions.contains(name)
      || name.hasPrefix("hub") || name.hasPrefix("knativeerror")
  }
}
