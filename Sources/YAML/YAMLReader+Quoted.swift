/// Scalars in quotes (YAML 1.2, 7.3.1 and 7.3.2).
extension YAMLReader {
  /// Reads a scalar in single quotes, in which `''` is the only escape.
  mutating func singleQuoted(parent: Int) throws(YAMLError) -> Scalar {
    let start = at
    at += 1
    var run = at
    var usesScratch = false
    var isMultiline = false
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "'"):
        if byte(at + 1) == UInt8(ascii: "'") {
          take(run..<at + 1, &usesScratch)
          at += 2
          run = at
          continue
        }
        defer { at += 1 }
        return quoted(start, run..<at, usesScratch, isMultiline)
      case 0x0A, 0x0D:
        take(run..<trimmedEnd(from: run), &usesScratch)
        try foldBreak(start: start, parent: parent)
        isMultiline = true
        run = at
      default: at += 1
      }
    }
    throw error(.unclosedQuote, at: start)
  }

  /// Reads a scalar in double quotes.
  mutating func doubleQuoted(parent: Int) throws(YAMLError) -> Scalar {
    let start = at
    at += 1
    var run = at
    /// Blanks before this offset came from an escape, and stay.
    var kept = at
    var usesScratch = false
    var isMultiline = false
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\""):
        defer { at += 1 }
        return quoted(start, run..<at, usesScratch, isMultiline)
      case UInt8(ascii: "\\"):
        take(run..<at, &usesScratch)
        if isBreak(at + 1) {
          at += 1
          try continueLine(start: start, parent: parent)
          isMultiline = true
        } else {
          try escape()
        }
        run = at
        kept = at
      case 0x0A, 0x0D:
        take(run..<trimmedEnd(from: max(run, kept)), &usesScratch)
        try foldBreak(start: start, parent: parent)
        isMultiline = true
        run = at
      default: at += 1
      }
    }
    throw error(.unclosedQuote, at: start)
  }

  private mutating func quoted(
    _ start: Int, _ run: Range<Int>, _ usesScratch: Bool, _ isMultiline: Bool
  ) -> Scalar {
    if usesScratch { scratch += text[run] }
    return Scalar(
      start: start, content: usesScratch ? .scratch : .text(run), isPlain: false, isMultiline: isMultiline)
  }

  private mutating func take(_ run: Range<Int>, _ usesScratch: inout Bool) {
    if !usesScratch { scratch.removeAll(keepingCapacity: true) }
    usesScratch = true
    scratch += text[run]
  }

  /// Where the content of a line ends whose break is here: blanks before a break do not count.
  private func trimmedEnd(from start: Int) -> Int {
    var end = at
    while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    return end
  }

  /// Moves from a break to the next content of a quoted scalar, and adds what the breaks mean.
  private mutating func foldBreak(start: Int, parent: Int) throws(YAMLError) {
    skipBreak()
    appendFold(emptyLines: try skipEmptyLines(start: start, parent: parent))
  }

  /// The same after a backslash: the break itself does not count, empty lines do.
  private mutating func continueLine(start: Int, parent: Int) throws(YAMLError) {
    skipBreak()
    let empty = try skipEmptyLines(start: start, parent: parent)
    scratch.append(contentsOf: repeatElement(0x0A, count: empty))
  }

  private mutating func skipEmptyLines(start: Int, parent: Int) throws(YAMLError) -> Int {
    var empty = 0
    while at < text.count {
      let spaces = skipSpaces()
      let hasTab = skipBlanks()
      if isBreak(at) {
        if at < text.count { empty += 1 }
        skipBreak()
        continue
      }
      if spaces == 0, isMarker(at) { throw error(.unclosedQuote, at: start) }
      if spaces > parent { return empty }
      throw error(hasTab ? .tabIndentation : .quotedIndentation)
    }
    throw error(.unclosedQuote, at: start)
  }

  /// Reads one escape and adds its character.
  private mutating func escape() throws(YAMLError) {
    let start = at
    at += 2
    switch byte(start + 1) {
    case UInt8(ascii: "x"): try numericEscape(start, digits: 2)
    case UInt8(ascii: "u"): try numericEscape(start, digits: 4)
    case UInt8(ascii: "U"): try numericEscape(start, digits: 8)
    case let letter:
      guard let scalar = Self.escapes[letter] else { throw error(.badEscape, at: start) }
      append(scalar)
    }
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{7}", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "t"): "\t",
    0x09: "\t", UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{B}", UInt8(ascii: "f"): "\u{C}",
    UInt8(ascii: "r"): "\r", UInt8(ascii: "e"): "\u{1B}", 0x20: " ", UInt8(ascii: "\""): "\"",
    UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\", UInt8(ascii: "N"): "\u{85}",
    UInt8(ascii: "_"): "\u{A0}",
    UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
  ]

  private mutating func append(_ scalar: Unicode.Scalar) {
    scratch.append(contentsOf: UTF8.encode(scalar) ?? .init())
  }

  /// A character by its number. JSON's pairs of `\u` for characters beyond U+FFFF are read too.
  private mutating func numericEscape(_ start: Int, digits: Int) throws(YAMLError) {
    var value = try hexadecimal(start, digits: digits)
    if digits == 4, (0xD800..<0xDC00).contains(value), byte(at) == UInt8(ascii: "\\"),
      byte(at + 1) == UInt8(ascii: "u")
    {
      at += 2
      let low = try hexadecimal(start, digits: 4)
      guard (0xDC00..<0xE000).contains(low) else { throw error(.badCodePoint, at: start) }
      value = 0x1_0000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw error(.badCodePoint, at: start) }
    append(scalar)
  }

  private mutating func hexadecimal(_ start: Int, digits: Int) throws(YAMLError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = hexadecimalValue(byte(at)) else { throw error(.badEscape, at: start) }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
