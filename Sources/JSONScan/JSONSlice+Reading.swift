/// Reading a value. All accesses are checked against the text; a slice of another text gives nil or nothing.
extension JSONSlice {
  /// The string's value, unescaped; nil if this is not a string.
  public func string(in text: RawSpan) -> String? {
    guard kind == .string else { return nil }
    if !hasEscapes { return text.string(content) }
    var bytes: [UInt8] = []
    appendUnescaped(to: &bytes, in: text)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether this is a string of exactly this content. Allocates only if the string has escapes.
  public func equals(_ utf8: [UInt8], in text: RawSpan) -> Bool {
    guard kind == .string else { return false }
    if !hasEscapes { return text.holds(utf8, in: content) }
    var bytes: [UInt8] = []
    appendUnescaped(to: &bytes, in: text)
    return bytes == utf8
  }

  /// The number, if it is written as an integer (no fraction, no exponent) and fits; else nil.
  public func int(in text: RawSpan) -> Int64? {
    guard kind == .number, end <= text.byteCount else { return nil }
    let negative = start < end && text.byte(at: start) == UInt8(ascii: "-")
    var value: Int64 = 0
    for offset in (negative ? start + 1 : start)..<end {
      let digit = text.byte(at: offset) &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      let (tens, tooBig) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow) =
        negative
        ? tens.subtractingReportingOverflow(Int64(digit)) : tens.addingReportingOverflow(Int64(digit))
      guard !tooBig, !overflow else { return nil }
      value = next
    }
    return value
  }

  /// The truth value; nil if this is neither `true` nor `false`.
  public func bool(in text: RawSpan) -> Bool? {
    guard kind == .bool, start < text.byteCount else { return nil }
    return text.byte(at: start) == UInt8(ascii: "t")
  }

  /// The value as it stands in the text; of a string with its quotes and escapes.
  public func bytes(in text: RawSpan) -> [UInt8] { text.copy(range) ?? [] }

  /// Calls `body` with each member of an object, in the order of the text, also with names that come twice. Nothing happens if
  /// this is not an object.
  public func forEachMember(
    in text: RawSpan, _ body: (_ key: JSONSlice, _ value: JSONSlice) throws -> Void
  ) rethrows {
    guard kind == .object else { return }
    var walk = JSONWalk(of: self)
    while let key = walk.nextKey(text), let value = walk.nextValue(text) { try body(key, value) }
  }

  /// Calls `body` with each element of an array, in order. Nothing happens if this is not an array.
  public func forEachElement(in text: RawSpan, _ body: (JSONSlice) throws -> Void) rethrows {
    guard kind == .array else { return }
    var walk = JSONWalk(of: self)
    while let element = walk.nextElement(text) { try body(element) }
  }

  /// The member of this name (the last, if there are several); nil if there is none or this is not an object.
  public func member(_ name: String, in text: RawSpan) -> JSONSlice? {
    let utf8 = Array(name.utf8)
    var found: JSONSlice?
    forEachMember(in: text) { key, value in
      if key.equals(utf8, in: text) { found = value }
    }
    return found
  }
}

/// A walk over the members or elements of a value, which ends early where the text is not what was scanned.
struct JSONWalk {
  private static let scanner = JSONScanner(plan: JSONPlan([]), maxDepth: JSONLimits.greatestDepth)

  private var at: Int
  private var isFirst = true
  private let closing: UInt8

  /// A walk over an object or array.
  init(of container: JSONSlice) {
    at = container.start
    closing = container.kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
  }

  /// The next member's name; nil at the end.
  mutating func nextKey(_ text: RawSpan) -> JSONSlice? {
    guard advance(text) else { return nil }
    return try? JSONGrammar.name(text, &at)
  }

  /// The value after a name.
  mutating func nextValue(_ text: RawSpan) -> JSONSlice? {
    var matches = JSONMatches.none
    guard let first = try? JSONGrammar.significant(text, &at) else { return nil }
    return try? Self.scanner.root(text, &at, first: first, into: &matches)
  }

  /// The next element; nil at the end.
  mutating func nextElement(_ text: RawSpan) -> JSONSlice? {
    guard advance(text) else { return nil }
    return nextValue(text)
  }

  private mutating func advance(_ text: RawSpan) -> Bool {
    if isFirst {
      isFirst = false
      guard at < text.byteCount else { return false }
      return (try? JSONGrammar.open(text, &at, closing: closing)) ?? false
    }
    return (try? JSONGrammar.next(text, &at, closing: closing)) ?? false
  }
}

extension JSONSlice {
  /// Appends the content of a string, unescaped.
  func appendUnescaped(to bytes: inout [UInt8], in text: RawSpan) {
    guard content.upperBound <= text.byteCount else { return }
    bytes.reserveCapacity(bytes.count + content.count)
    var at = content.lowerBound
    while at < content.upperBound {
      let byte = text.byte(at: at)
      guard byte == UInt8(ascii: "\\"), at + 1 < content.upperBound else {
        bytes.append(byte)
        at += 1
        continue
      }
      appendEscape(to: &bytes, in: text, &at)
    }
  }

  private func appendEscape(to bytes: inout [UInt8], in text: RawSpan, _ at: inout Int) {
    let letter = text.byte(at: at + 1)
    guard letter == UInt8(ascii: "u") else {
      bytes.append(Self.unescaped(letter))
      at += 2
      return
    }
    // The text was validated: four digits follow, and after a high surrogate the low one.
    guard var scalar = try? JSONGrammar.hexadecimalUnit(text, &at) else {
      at = content.upperBound
      return
    }
    if scalar & 0xFC00 == 0xD800, at + 6 <= content.upperBound,
      let low = try? JSONGrammar.hexadecimalUnit(text, &at)
    {
      scalar = 0x10000 + (scalar - 0xD800) << 10 + (low & 0x3FF)
    }
    bytes.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
  }

  private static func unescaped(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }
}
