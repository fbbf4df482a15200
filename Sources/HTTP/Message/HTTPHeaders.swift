/// The header fields of a message, in the order they came or were added. Names compare without regard to ASCII
/// case (RFC 9110 section 5.1); a name may occur more than once.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  struct Field: Sendable, Equatable {
    var name: String
    var value: String
  }

  var fields: [Field]

  /// The fields given, in order; nothing is checked here (a server or client refuses what cannot be sent).
  public init(_ fields: [(String, String)] = []) {
    self.fields = fields.map { Field(name: $0.0, value: $0.1) }
  }

  /// The fields given, in order.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }

  /// How many fields there are; a repeated name counts each time.
  public var count: Int { fields.count }

  /// Whether there are no fields.
  public var isEmpty: Bool { fields.isEmpty }

  /// Makes room for so many fields at once.
  public mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

  /// All fields in order.
  public var pairs: [(String, String)] { fields.map { ($0.name, $0.value) } }

  /// The value of the first field with this name.
  public subscript(first name: String) -> String? {
    for field in fields where ASCII.equalIgnoringCase(field.name, name) { return field.value }
    return nil
  }

  /// The values of all fields with this name, in order.
  public func values(for name: String) -> [String] {
    fields.compactMap { ASCII.equalIgnoringCase($0.name, name) ? $0.value : nil }
  }

  /// Adds a field at the end, beside any with the same name.
  public mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// Replaces all fields of this name by one at the end.
  public mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  /// Removes all fields of this name.
  public mutating func remove(_ name: String) {
    fields.removeAll { ASCII.equalIgnoringCase($0.name, name) }
  }

  /// Calls `body` with each field in order.
  public func forEach(_ body: (_ name: String, _ value: String) throws -> Void) rethrows {
    for field in fields { try body(field.name, field.value) }
  }

  /// Whether a comma-separated list field (such as `Connection`) has this member, without regard to case.
  public func listContains(_ name: String, _ member: String) -> Bool {
    for field in fields where ASCII.equalIgnoringCase(field.name, name) {
      for part in field.value.utf8.split(separator: ASCII.comma)
      where ASCII.equalIgnoringCase(String(Substring(ASCII.trimmed(part))), member) {
        return true
      }
    }
    return false
  }
}
