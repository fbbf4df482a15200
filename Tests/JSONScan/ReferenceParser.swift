/// A second validator for comparison, written plainly from the grammar of RFC 8259: byte by byte, without offsets or
/// reasons, UTF-8 left to the standard library.
struct ReferenceParser {
  private let bytes: [UInt8]
  private var at = 0

  /// Whether these bytes are JSON.
  static func accepts(_ bytes: [UInt8], maxDepth: Int = 128) -> Bool {
    guard String(validating: bytes, as: UTF8.self) != nil else { return false }
    var parser = ReferenceParser(bytes: bytes)
    parser.skipWhitespace()
    guard parser.value(maxDepth) else { return false }
    parser.skipWhitespace()
    return parser.at == bytes.count
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var byte: Character? { at < bytes.count ? Character(Unicode.Scalar(bytes[at])) : nil }

  private mutating func eat(_ wanted: Character) -> Bool {
    guard byte == wanted else { return false }
    at += 1
    return true
  }

  private mutating func skipWhitespace() {
    while let byte = at < bytes.count ? bytes[at] : nil, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { at += 1 }
  }

  private mutating func value(_ depth: Int) -> Bool {
    switch byte {
    case "{": return depth > 0 && container("}", depth) { $0.string() && $0.colon() && $0.value(depth - 1) }
    case "[": return depth > 0 && container("]", depth) { $0.value(depth - 1) }
    case "\"": return string()
    case "t": return "true".allSatisfy { eat($0) }
    case "f": return "false".allSatisfy { eat($0) }
    case "n": return "null".allSatisfy { eat($0) }
    default: return number()
    }
  }

  private mutating func colon() -> Bool {
    skipWhitespace()
    guard eat(":") else { return false }
    skipWhitespace()
    return true
  }

  private mutating func container(
    _ closing: Character, _ depth: Int, _ item: (inout ReferenceParser) -> Bool
  ) -> Bool {
    at += 1
    skipWhitespace()
    if eat(closing) { return true }
    while true {
      skipWhitespace()
      guard item(&self) else { return false }
      skipWhitespace()
      if eat(closing) { return true }
      guard eat(",") else { return false }
    }
  }

  private mutating func digits() -> Bool {
    let start = at
    while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
    return at > start
  }

  private mutating func number() -> Bool {
    _ = eat("-")
    if !eat("0") { guard digits() else { return false } }
    if eat(".") { guard digits() else { return false } }
    if eat("e") || eat("E") {
      if !eat("+") { _ = eat("-") }
      return digits()
    }
    return true
  }

  private mutating func unit() -> UInt16? {
    guard eat("\\"), eat("u"), at + 4 <= bytes.count else { return nil }
    let text = String(decoding: bytes[at..<at + 4], as: UTF8.self)
    guard text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    at += 4
    return UInt16(text, radix: 16)
  }

  private mutating func escape() -> Bool {
    guard at + 1 < bytes.count else { return false }
    if bytes[at + 1] != UInt8(ascii: "u") {
      defer { at += 2 }
      return "\"\\/bfnrt".utf8.contains(bytes[at + 1])
    }
    guard let first = unit() else { return false }
    if UTF16.isTrailSurrogate(first) { return false }
    if UTF16.isLeadSurrogate(first) { return unit().map { UTF16.isTrailSurrogate($0) } ?? false }
    return true
  }

  private mutating func string() -> Bool {
    guard eat("\"") else { return false }
    while at < bytes.count {
      switch bytes[at] {
      case 0x22:
        at += 1
        return true
      case 0x5C: guard escape() else { return false }
      case 0..<0x20: return false
      default: at += 1
      }
    }
    return false
  }
}

/// A stream of numbers that a seed repeats.
struct SeededNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next number below `bound`.
  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
