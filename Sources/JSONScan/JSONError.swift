/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What RFC 8259, or a limit of this scanner, refuses.
  public enum Reason: Equatable, Sendable {
    /// The text is empty, or whitespace only.
    case empty
    /// The text ends inside a value: it was cut, ask for it again.
    case unexpectedEnd
    /// A value should start here.
    case expectedValue
    /// A member name in double quotes should start here.
    case expectedName
    /// A colon should follow the member name.
    case expectedColon
    /// A comma or the closing bracket should follow the value.
    case expectedCommaOrClose
    /// Not a number of JSON: for example a leading zero, or no digit after the point.
    case badNumber
    /// Not one of `true`, `false` and `null`.
    case badLiteral
    /// An escape that JSON does not have, or `\u` without four hexadecimal digits.
    case badEscape
    /// An escaped half of a surrogate pair without its other half.
    case loneSurrogate
    /// A control character (below U+0020) inside a string: it must be escaped.
    case controlCharacter
    /// Not UTF-8: a wrong, incomplete or overlong sequence, a surrogate, or above U+10FFFF.
    case invalidUTF8
    /// More brackets are open at once than `JSONLimits.maxDepth`.
    case tooDeep
    /// Something other than whitespace follows the value.
    case trailingBytes
    /// The text is longer than `JSONLimits.maxBytes`.
    case tooLong
  }

  /// What is wrong.
  public let reason: Reason
  /// Where: the byte offset in the text; the number of bytes where the text ended too early.
  public let offset: Int

  /// An error of this reason at this byte offset.
  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// A sentence for people, with the offset.
  public var description: String { "invalid JSON at byte \(offset): \(reason.sentence)" }
}

extension JSONError.Reason {
  /// What is wrong, in words.
  public var sentence: String {
    switch self {
    case .empty: "the text is empty"
    case .unexpectedEnd: "the text ends inside a value"
    case .expectedValue: "a value was expected"
    case .expectedName: "a member name in double quotes was expected"
    case .expectedColon: "a colon was expected after the member name"
    case .expectedCommaOrClose: "a comma or the closing bracket was expected"
    case .badNumber: "this is not a number of JSON"
    case .badLiteral: "only true, false and null may be written without quotes"
    case .badEscape: "JSON has no such escape"
    case .loneSurrogate: "a surrogate escape has no partner"
    case .controlCharacter: "a control character in a string must be escaped"
    case .invalidUTF8: "the text is not UTF-8"
    case .tooDeep: "too many nested objects and arrays"
    case .trailingBytes: "something follows the value"
    case .tooLong: "the text is too long"
    }
  }
}

/// What a scan accepts beyond the grammar.
public struct JSONLimits: Sendable, Equatable {
  /// The deepest nesting that any setting allows: values are walked by recursion, and a thread's stack is finite.
  public static let greatestDepth = 1024
  /// The longest text, in bytes: offsets are kept in 32 bits.
  public static let maxBytes = Int(UInt32.max)
  /// A depth of 128, several times what Kubernetes objects need.
  public static let standard = JSONLimits()

  /// How many objects and arrays may be open at once, 0 to `greatestDepth`.
  public var maxDepth: Int {
    didSet { maxDepth = Self.clamped(maxDepth) }
  }

  /// Limits with this depth, clamped to 0 to `greatestDepth`.
  public init(maxDepth: Int = 128) {
    self.maxDepth = Self.clamped(maxDepth)
  }

  private static func clamped(_ depth: Int) -> Int { min(max(depth, 0), greatestDepth) }
}
