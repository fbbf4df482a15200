/// The grammar of RFC 8259 in steps that each walker (plan, tree, slice access) puts together: so all of them accept
/// and refuse the same texts. Each step starts at `at` and moves it behind what it read.
enum JSONGrammar {
  /// Moves to the first byte that is not whitespace, and returns it.
  @inline(__always)
  static func significant(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> UInt8 {
    while at < text.byteCount {
      let byte = text.byte(at: at)
      guard byte <= 0x20, isWhitespace(byte) else { return byte }
      at += 1
    }
    throw JSONError(.unexpectedEnd, at: text.byteCount)
  }

  @inline(__always)
  static func isWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Moves to the value of a text.
  static func begin(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> UInt8 {
    guard text.byteCount <= JSONLimits.maxBytes else { throw JSONError(.tooLong, at: JSONLimits.maxBytes) }
    while at < text.byteCount {
      let byte = text.byte(at: at)
      guard isWhitespace(byte) else { return byte }
      at += 1
    }
    throw JSONError(.empty, at: text.byteCount)
  }

  /// Accepts only whitespace up to the end of the text.
  static func finish(_ text: RawSpan, _ at: Int) throws(JSONError) {
    var at = at
    while at < text.byteCount {
      guard isWhitespace(text.byte(at: at)) else { throw JSONError(.trailingBytes, at: at) }
      at += 1
    }
  }

  /// Reads an opening bracket at `at`; false if the closing one follows at once, and was read too.
  @inline(__always)
  static func open(_ text: RawSpan, _ at: inout Int, closing: UInt8) throws(JSONError) -> Bool {
    at += 1
    guard try significant(text, &at) == closing else { return true }
    at += 1
    return false
  }

  /// After a value: reads a comma (true) or the closing bracket (false).
  @inline(__always)
  static func next(_ text: RawSpan, _ at: inout Int, closing: UInt8) throws(JSONError) -> Bool {
    let byte = try significant(text, &at)
    if byte == UInt8(ascii: ",") {
      at += 1
      return true
    }
    guard byte == closing else { throw JSONError(.expectedCommaOrClose, at: at) }
    at += 1
    return false
  }

  /// Reads a member name and its colon.
  @inline(__always)
  static func name(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> JSONSlice {
    guard try significant(text, &at) == UInt8(ascii: "\"") else { throw JSONError(.expectedName, at: at) }
    let name = try string(text, &at)
    guard try significant(text, &at) == UInt8(ascii: ":") else { throw JSONError(.expectedColon, at: at) }
    at += 1
    return name
  }

  /// Reads a value that is neither object nor array; `first` is the byte at `at`.
  @inline(__always)
  static func scalar(_ text: RawSpan, _ at: inout Int, first: UInt8) throws(JSONError) -> JSONSlice {
    if first == UInt8(ascii: "\"") { return try string(text, &at) }
    return try numberOrLiteral(text, &at, first: first)
  }

  static func numberOrLiteral(
    _ text: RawSpan, _ at: inout Int, first: UInt8
  ) throws(JSONError) -> JSONSlice {
    switch first {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(text, &at)
    case UInt8(ascii: "t"): try literal(text, &at, "true", .bool)
    case UInt8(ascii: "f"): try literal(text, &at, "false", .bool)
    case UInt8(ascii: "n"): try literal(text, &at, "null", .null)
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      throw JSONError(.badLiteral, at: at)
    default: throw JSONError(.expectedValue, at: at)
    }
  }

  private static func literal(
    _ text: RawSpan, _ at: inout Int, _ word: StaticString, _ kind: JSONKind
  ) throws(JSONError) -> JSONSlice {
    let start = at
    for offset in 0..<word.utf8CodeUnitCount {
      guard at < text.byteCount else { throw JSONError(.unexpectedEnd, at: at) }
      // A StaticString made of a literal has a pointer to that many bytes for ever.
      guard text.byte(at: at) == word.utf8Start[offset] else { throw JSONError(.badLiteral, at: start) }
      at += 1
    }
    return JSONSlice(start: start, end: at, kind: kind)
  }
}
