/// Strings: plain bytes eight at a time, the rest (quote, escape, control character, UTF-8 beyond ASCII) one by one.
extension JSONGrammar {
  /// Reads the string whose opening quote is at `at`.
  @inline(__always)
  static func string(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> JSONSlice {
    let start = at
    at += 1
    // Most strings of an object end within the first two words: those are looked at in place.
    if plainRun(text, &at), at < text.byteCount, text.byte(at: at) == UInt8(ascii: "\"") {
      at += 1
      return JSONSlice(start: start, end: at, kind: .string)
    }
    return try stringRest(text, &at, start: start)
  }

  /// Moves over plain bytes, eight at a time; true if it stopped at a byte that is not plain, false if fewer than
  /// eight bytes are left.
  @inline(__always)
  private static func plainRun(_ text: RawSpan, _ at: inout Int) -> Bool {
    while at + 8 <= text.byteCount {
      let marks = specialBytes(text.word(at: at))
      if marks != 0 {
        at += marks.trailingZeroBitCount >> 3
        return true
      }
      at += 8
    }
    return false
  }

  /// Marks (with the high bit) the bytes of a word that are a quote, a backslash, a control character or not ASCII.
  /// A subtraction may borrow and mark bytes above a marked one wrongly: only the lowest mark counts. A difference
  /// keeps the high bit of its minuend, which only bytes beyond ASCII have: they are marked anyway.
  @inline(__always)
  private static func specialBytes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    return ((quote &- ones) | (backslash &- ones) | (word &- (ones &* 0x20)) | word) & high
  }

  /// Reads on inside a string, up to its closing quote.
  private static func stringRest(
    _ text: RawSpan, _ at: inout Int, start: Int
  ) throws(JSONError) -> JSONSlice {
    var hasEscapes = false
    while at < text.byteCount {
      let byte = text.byte(at: at)
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return JSONSlice(start: start, end: at, kind: .string, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try escape(text, &at)
      case 0..<0x20: throw JSONError(.controlCharacter, at: at)
      case 0x80...: try multibyteScalar(text, &at)
      default: at += 1
      }
      _ = plainRun(text, &at)
    }
    throw JSONError(.unexpectedEnd, at: text.byteCount)
  }

  /// Reads one escape, or the two of a surrogate pair.
  private static func escape(_ text: RawSpan, _ at: inout Int) throws(JSONError) {
    let start = at
    guard start + 1 < text.byteCount else { throw JSONError(.unexpectedEnd, at: text.byteCount) }
    switch text.byte(at: start + 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 2
    case UInt8(ascii: "u"):
      let unit = try hexadecimalUnit(text, &at)
      guard unit & 0xF800 == 0xD800 else { return }
      try lowSurrogate(text, &at, after: unit, start: start)
    default: throw JSONError(.badEscape, at: start)
    }
  }

  /// After the surrogate escape `unit`: it must be a high one, and its low half must follow.
  private static func lowSurrogate(
    _ text: RawSpan, _ at: inout Int, after unit: UInt32, start: Int
  ) throws(JSONError) {
    guard unit < 0xDC00 else { throw JSONError(.loneSurrogate, at: start) }
    guard at < text.byteCount else { throw JSONError(.unexpectedEnd, at: text.byteCount) }
    guard text.byte(at: at) == UInt8(ascii: "\\") else { throw JSONError(.loneSurrogate, at: start) }
    guard at + 1 < text.byteCount else { throw JSONError(.unexpectedEnd, at: text.byteCount) }
    guard text.byte(at: at + 1) == UInt8(ascii: "u") else { throw JSONError(.loneSurrogate, at: start) }
    let low = try hexadecimalUnit(text, &at)
    guard low & 0xFC00 == 0xDC00 else { throw JSONError(.loneSurrogate, at: start) }
  }

  /// Reads `\uXXXX` at `at` (whose first two bytes were looked at) and returns the UTF-16 unit.
  static func hexadecimalUnit(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> UInt32 {
    let start = at
    var unit: UInt32 = 0
    for offset in 2..<6 {
      guard start + offset < text.byteCount else { throw JSONError(.unexpectedEnd, at: text.byteCount) }
      guard let digit = hexadecimalDigit(text.byte(at: start + offset)) else {
        throw JSONError(.badEscape, at: start)
      }
      unit = unit << 4 | digit
    }
    at = start + 6
    return unit
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// Reads one scalar of two to four bytes (Unicode table 3-7: no overlong form, no surrogate, at most U+10FFFF).
  private static func multibyteScalar(_ text: RawSpan, _ at: inout Int) throws(JSONError) {
    let lead = text.byte(at: at)
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw JSONError(.invalidUTF8, at: at)
    }
    for offset in 1..<length {
      guard at + offset < text.byteCount else { throw JSONError(.unexpectedEnd, at: text.byteCount) }
      let allowed = offset == 1 ? second : 0x80...0xBF
      guard allowed.contains(text.byte(at: at + offset)) else { throw JSONError(.invalidUTF8, at: at) }
    }
    at += length
  }
}
