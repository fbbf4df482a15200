/// Numbers: an optional minus, an integer without leading zeros, an optional fraction, an optional exponent.
extension JSONGrammar {
  /// Reads the number that starts at `at`.
  static func number(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> JSONSlice {
    let start = at
    if text.byte(at: at) == UInt8(ascii: "-") { at += 1 }
    if peek(text, at) == UInt8(ascii: "0") {
      at += 1
      if isDigit(peek(text, at)) { throw JSONError(.badNumber, at: at) }
    } else {
      try digits(text, &at)
    }
    if peek(text, at) == UInt8(ascii: ".") {
      at += 1
      try digits(text, &at)
    }
    let exponent = peek(text, at)
    if exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") {
      at += 1
      let sign = peek(text, at)
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { at += 1 }
      try digits(text, &at)
    }
    return JSONSlice(start: start, end: at, kind: .number)
  }

  /// Reads one digit or more.
  @inline(__always)
  private static func digits(_ text: RawSpan, _ at: inout Int) throws(JSONError) {
    guard at < text.byteCount else { throw JSONError(.unexpectedEnd, at: at) }
    guard isDigit(text.byte(at: at)) else { throw JSONError(.badNumber, at: at) }
    at += 1
    while isDigit(peek(text, at)) { at += 1 }
  }

  /// The byte at an offset, or 0 at the end.
  @inline(__always)
  private static func peek(_ text: RawSpan, _ at: Int) -> UInt8 {
    at < text.byteCount ? text.byte(at: at) : 0
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") <= 9
  }
}
