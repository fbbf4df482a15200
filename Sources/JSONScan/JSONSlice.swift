/// The kinds of JSON value.
public enum JSONKind: UInt8, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool
  /// A number.
  case number
  /// A string.
  case string
  /// An object.
  case object
  /// An array.
  case array
}

/// A value found in a text: where it starts and ends, and what it is. It holds no bytes: everything is read from the
/// same text that was scanned. 12 bytes.
public struct JSONSlice: Hashable, Sendable {
  let low: UInt32
  let high: UInt32
  /// What the value is.
  public let kind: JSONKind
  /// Whether the string contains an escape; false for other kinds.
  public let hasEscapes: Bool

  init(start: Int, end: Int, kind: JSONKind, hasEscapes: Bool = false) {
    // Truncation cannot happen: a text is at most JSONLimits.maxBytes long, which every scan checks.
    low = UInt32(truncatingIfNeeded: start)
    high = UInt32(truncatingIfNeeded: end)
    self.kind = kind
    self.hasEscapes = hasEscapes
  }

  /// The byte offset of the value's first byte (of a string: its opening quote).
  public var start: Int { Int(low) }
  /// The byte offset after the value's last byte.
  public var end: Int { Int(high) }
  /// The byte offsets of the value; of a string with its quotes.
  public var range: Range<Int> { start..<end }

  /// The bytes between a string's quotes.
  var content: Range<Int> { start + 1..<max(start + 1, end - 1) }
}
