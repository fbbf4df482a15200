import JSONScan

/// A field selector as `kubectl --field-selector` has it, on the fields that every resource has: `metadata.name` and
/// `metadata.namespace`. Two are equal if they demand the same in the same order.
public struct FieldSelector: Hashable, Sendable {
  /// The most bytes of one.
  public static let maxBytes = 1024
  /// The most terms in one.
  public static let maxTerms = 32

  /// A field that can be selected by.
  public enum Key: String, Hashable, Sendable, CaseIterable {
    /// The object's name.
    case name = "metadata.name"
    /// Its namespace; empty of cluster-scoped objects.
    case namespace = "metadata.namespace"
  }

  /// One demand.
  struct Term: Hashable, Sendable {
    let key: Key
    /// False: the value must be another.
    let isEqual: Bool
    let value: String
    let bytes: [UInt8]
  }

  /// Demands nothing.
  public static let everything = FieldSelector(terms: [])

  let terms: [Term]

  private init(terms: [Term]) { self.terms = terms }

  /// Reads terms with commas between them: `metadata.name=a,metadata.namespace!=b`. In a value `\` stands before a comma, an
  /// equals sign or itself.
  public init(_ text: String) throws(FieldSelectorError) {
    guard text.utf8.count <= Self.maxBytes else { throw .tooLong(found: text.utf8.count) }
    var terms: [Term] = []
    for part in try Self.split(text) { terms.append(try Self.term(part)) }
    guard terms.count <= Self.maxTerms else { throw .tooMany(found: terms.count) }
    self.terms = terms
  }

  /// A selector that demands nothing.
  public var isEverything: Bool { terms.isEmpty }

  /// The only name that an object may have, if it demands one.
  public var demandedName: String? { terms.first { $0.key == .name && $0.isEqual }?.value }

  /// Whether an object matches. Allocates nothing, unless its name is written with escapes.
  public func matches(_ head: ObjectHead, in text: RawSpan) -> Bool {
    for term in terms {
      let slice =
        switch term.key {
        case .name: head.name
        case .namespace: head.namespace
        }
      let holds = slice?.equals(term.bytes, in: text) ?? term.bytes.isEmpty
      if holds != term.isEqual { return false }
    }
    return true
  }

  /// As the `fieldSelector` query parameter has it, not percent-encoded; "" for everything.
  public var queryString: String {
    terms.map { $0.key.rawValue + ($0.isEqual ? "=" : "!=") + Self.escaped($0.value) }.joined(separator: ",")
  }

  private static func escaped(_ value: String) -> String {
    value.reduce("") { "\\,=".contains($1) ? $0 + "\\" + String($1) : $0 + String($1) }
  }

  /// The terms between commas that are not escaped.
  private static func split(_ text: String) throws(FieldSelectorError) -> [String] {
    var parts = [""]
    var isEscaped = false
    for character in text {
      if character == ",", !isEscaped {
        parts.append("")
        continue
      }
      parts[parts.count - 1].append(character)
      isEscaped = !isEscaped && character == "\\"
    }
    guard !isEscaped else { throw .notATerm(parts[parts.count - 1]) }
    return parts
  }

  private static func term(_ part: String) throws(FieldSelectorError) -> Term {
    guard let end = part.firstIndex(where: { $0 == "=" || $0 == "!" }) else { throw .notATerm(part) }
    let field = String(part[..<end])
    var rest = part[end...]
    let isEqual = rest.first == "="
    if !isEqual, !rest.hasPrefix("!=") { throw .notATerm(part) }
    rest = rest.dropFirst(isEqual ? rest.hasPrefix("==") ? 2 : 1 : 2)
    guard !field.isEmpty else { throw .notATerm(part) }
    guard let key = Key(rawValue: field) else { throw .unsupported(field: field) }
    var value = ""
    var isEscaped = false
    for character in rest {
      if !isEscaped, character == "\\" {
        isEscaped = true
        continue
      }
      // A second sign is one too many, as kubectl says.
      if !isEscaped, character == "=" { throw .notATerm(part) }
      if isEscaped, !"\\,=".contains(character) { throw .notATerm(part) }
      isEscaped = false
      value.append(character)
    }
    return Term(key: key, isEqual: isEqual, value: value, bytes: Array(value.utf8))
  }
}

/// Why a text is no field selector that can be followed.
public enum FieldSelectorError: Error, Hashable, Sendable {
  /// Too many bytes.
  case tooLong(found: Int)
  /// Too many terms.
  case tooMany(found: Int)
  /// Not a field, a sign and a value.
  case notATerm(String)
  /// A field that not every resource has.
  case unsupported(field: String)
}
