/// The three types of CESQL (CloudEvents SQL 1.0, section 3.1).
public enum CESQLType: String, Sendable, Hashable {
  /// -2,147,483,648 to 2,147,483,647.
  case integer = "Integer"
  case boolean = "Boolean"
  /// Unicode characters.
  case string = "String"

  /// The value that stands where an error left none.
  public var zero: CESQLValue {
    switch self {
    case .integer: .integer(0)
    case .boolean: .boolean(false)
    case .string: .string("")
    }
  }
}

/// A value of an expression or of an attribute.
public enum CESQLValue: Sendable, Hashable {
  case integer(Int32)
  case boolean(Bool)
  case string(String)

  /// Which of the three types it is of.
  public var type: CESQLType {
    switch self {
    case .integer: .integer
    case .boolean: .boolean
    case .string: .string
    }
  }

  /// Byte by byte: Swift's own equality takes canonically equivalent texts for equal, the specification does not.
  public static func == (one: CESQLValue, other: CESQLValue) -> Bool {
    switch (one, other) {
    case (.integer(let a), .integer(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.integer, _), (.boolean, _), (.string, _): false
    }
  }

  /// Agrees with `==`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    switch self {
    case .integer(let number): hasher.combine(number)
    case .boolean(let truth): hasher.combine(truth)
    case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
    }
  }
}

// MARK: Casts (section 3.7)

extension CESQLValue {
  /// As text: digits without leading zeros, `true` or `false`. Always possible.
  var asString: String {
    switch self {
    case .integer(let number): String(number)
    case .boolean(let truth): truth ? "true" : "false"
    case .string(let text): text
    }
  }

  /// As a number; nil for a text that is none of 32 bits.
  var asInteger: Int32? {
    switch self {
    case .integer(let number): number
    case .boolean(let truth): truth ? 1 : 0
    case .string(let text): Int32(text)
    }
  }

  /// As a truth value; nil for a text that is neither `true` nor `false` in any case.
  var asBoolean: Bool? {
    switch self {
    case .integer(let number): number != 0
    case .boolean(let truth): truth
    case .string(let text):
      switch text.utf8.count {
      case 4 where text.lowercased() == "true": true
      case 5 where text.lowercased() == "false": false
      default: nil
      }
    }
  }

  func cast(to type: CESQLType) -> CESQLValue? {
    switch type {
    case .integer: asInteger.map { .integer($0) }
    case .boolean: asBoolean.map { .boolean($0) }
    case .string: .string(asString)
    }
  }
}
