import JSONScan

/// Why a label selector is refused: which field, and how to correct it.
public struct SelectorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// The field has another type than this.
    case wrongType(expected: String)
    /// No label selector has such a field.
    case unknownField
    /// The field is missing.
    case missing
    /// Not one of the four operators.
    case unknownOperator(String)
    /// Not a label key: `[prefix/]name`.
    case badKey(String)
    /// Not a label value.
    case badValue(String)
    /// `In` and `NotIn` need at least one value.
    case valuesRequired
    /// `Exists` and `DoesNotExist` take no values.
    case valuesForbidden
    /// More than the limit.
    case tooMany(limit: Int)
  }

  /// The field's path inside the selector, as `matchExpressions[0].operator`; "" for the selector itself.
  public let path: String
  /// What is wrong with it.
  public let reason: Reason

  /// The path and the reason with its remedy.
  public var description: String { (path.isEmpty ? "selector" : path) + ": " + reason.remedy }
}

extension SelectorError.Reason {
  var remedy: String {
    switch self {
    case .wrongType(let expected): "must be \(expected)"
    case .unknownField: "is no field of a label selector; it has matchLabels and matchExpressions"
    case .missing: "is required"
    case .unknownOperator(let name): "'\(name)' is no operator; use In, NotIn, Exists or DoesNotExist"
    case .badKey(let key):
      "'\(key)' is no label key: at most 63 letters, digits, '-', '_' or '.', that begin and end with a letter or"
        + " digit, after an optional DNS prefix and '/'"
    case .badValue(let value):
      "'\(value)' is no label value: empty, or at most 63 letters, digits, '-', '_' or '.', that begin and end with"
        + " a letter or digit"
    case .valuesRequired: "needs at least one value with In and NotIn"
    case .valuesForbidden: "must be absent or empty with Exists and DoesNotExist"
    case .tooMany(let limit): "has more than \(limit) entries"
    }
  }
}

extension LabelSelector {
  /// Compiles the JSON form: `matchLabels` and `matchExpressions`, all of which must hold. `null` and `{}` are
  /// everything.
  public init(json: JSONValue) throws(SelectorError) {
    if json == .null {
      self = .everything
      return
    }
    guard let object = json.object else {
      throw SelectorError(path: "", reason: .wrongType(expected: "an object"))
    }
    for (key, _) in object where key != "matchLabels" && key != "matchExpressions" {
      throw SelectorError(path: key, reason: .unknownField)
    }
    var requirements = try Self.matchLabels(object["matchLabels"])
    requirements += try Self.matchExpressions(object["matchExpressions"])
    guard requirements.count <= Self.maxRequirements else {
      throw SelectorError(path: "", reason: .tooMany(limit: Self.maxRequirements))
    }
    self.init(compiled: requirements)
  }

  private static func matchLabels(_ json: JSONValue?) throws(SelectorError) -> [Requirement] {
    guard let json, json != .null else { return [] }
    guard let labels = json.object else {
      throw SelectorError(path: "matchLabels", reason: .wrongType(expected: "an object of strings"))
    }
    var requirements: [Requirement] = []
    for (key, value) in labels {
      let path = "matchLabels." + key
      guard LabelSyntax.isKey(key) else { throw SelectorError(path: path, reason: .badKey(key)) }
      guard let text = value.string else {
        throw SelectorError(path: path, reason: .wrongType(expected: "a string"))
      }
      guard LabelSyntax.isValue(text) else { throw SelectorError(path: path, reason: .badValue(text)) }
      requirements.append(Requirement(key: key, test: .isIn, values: [text]))
    }
    return requirements
  }

  private static func matchExpressions(_ json: JSONValue?) throws(SelectorError) -> [Requirement] {
    guard let json, json != .null else { return [] }
    guard let expressions = json.array else {
      throw SelectorError(path: "matchExpressions", reason: .wrongType(expected: "an array"))
    }
    var requirements: [Requirement] = []
    for (index, expression) in expressions.enumerated() {
      requirements.append(try requirement(expression, at: "matchExpressions[\(index)]"))
    }
    return requirements
  }

  private static func requirement(_ json: JSONValue, at path: String) throws(SelectorError) -> Requirement {
    guard let expression = json.object else {
      throw SelectorError(path: path, reason: .wrongType(expected: "an object"))
    }
    for (name, _) in expression where !["key", "operator", "values"].contains(name) {
      throw SelectorError(path: path + "." + name, reason: .unknownField)
    }
    let key = try string(expression["key"], at: path + ".key")
    guard LabelSyntax.isKey(key) else { throw SelectorError(path: path + ".key", reason: .badKey(key)) }
    let name = try string(expression["operator"], at: path + ".operator")
    guard let test = Operator(named: name) else {
      throw SelectorError(path: path + ".operator", reason: .unknownOperator(name))
    }
    let values = try values(expression["values"], at: path + ".values")
    switch test {
    case .isIn, .isNotIn:
      if values.isEmpty { throw SelectorError(path: path + ".values", reason: .valuesRequired) }
    case .exists, .doesNotExist:
      if !values.isEmpty { throw SelectorError(path: path + ".values", reason: .valuesForbidden) }
    }
    return Requirement(key: key, test: test, values: values)
  }

  private static func values(_ json: JSONValue?, at path: String) throws(SelectorError) -> [String] {
    guard let json, json != .null else { return [] }
    guard let array = json.array else {
      throw SelectorError(path: path, reason: .wrongType(expected: "an array of strings"))
    }
    guard array.count <= maxValues else {
      throw SelectorError(path: path, reason: .tooMany(limit: maxValues))
    }
    var values: [String] = []
    for (index, element) in array.enumerated() {
      let value = try string(element, at: path + "[\(index)]")
      guard LabelSyntax.isValue(value) else {
        throw SelectorError(path: path + "[\(index)]", reason: .badValue(value))
      }
      values.append(value)
    }
    return values
  }

  private static func string(_ json: JSONValue?, at path: String) throws(SelectorError) -> String {
    guard let json, json != .null else { throw SelectorError(path: path, reason: .missing) }
    guard let text = json.string else {
      throw SelectorError(path: path, reason: .wrongType(expected: "a string"))
    }
    return text
  }
}

extension LabelSelector.Operator {
  init?(named name: String) {
    switch name {
    case "In": self = .isIn
    case "NotIn": self = .isNotIn
    case "Exists": self = .exists
    case "DoesNotExist": self = .doesNotExist
    default: return nil
    }
  }
}

/// The grammar of label keys and values (apimachinery's qualified names).
enum LabelSyntax {
  static let maxNameBytes = 63
  static let maxPrefixBytes = 253

  static func isKey(_ key: String) -> Bool {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return isName(parts[0])
    case 2: return isDNSSubdomain(parts[0]) && isName(parts[1])
    default: return false
    }
  }

  static func isValue(_ value: String) -> Bool { value.isEmpty || isName(value[...]) }

  private static func isName(_ name: Substring) -> Bool {
    let bytes = name.utf8
    guard bytes.count <= maxNameBytes, let first = bytes.first, let last = bytes.last,
      isAlphanumeric(first), isAlphanumeric(last)
    else { return false }
    return bytes.allSatisfy {
      isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
    }
  }

  private static func isDNSSubdomain(_ prefix: Substring) -> Bool {
    guard !prefix.isEmpty, prefix.utf8.count <= maxPrefixBytes else { return false }
    return prefix.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      guard let first = label.utf8.first, let last = label.utf8.last, first != UInt8(ascii: "-"),
        last != UInt8(ascii: "-")
      else { return false }
      return label.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }
  }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}
