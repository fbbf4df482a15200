/// What a plain scalar means by the core schema of YAML 1.2 (10.3.2).
///
/// kubectl reads YAML by sigs.k8s.io/yaml, whose rules are those of YAML 1.1 with changes. Both agree on null, true, false,
/// decimal, `0x` and `0o` integers and on floats; timestamps are strings to both. They differ in these:
/// - `yes`, `no`, `on`, `off`, `y`, `n` are strings here and truth values to kubectl. Nothing changes its meaning silently: a
///   field that wants a truth value refuses the string here, and one that wants a string refuses the truth value there.
/// - `0644` is decimal by the core schema and octal to kubectl: it is refused, as the two numbers would differ silently.
/// - `1_000` and `0b11` are strings here and numbers to kubectl.
/// - `.inf` and `.nan` are refused: JSON has none (kubectl fails too).
enum CoreValue: Equatable {
  case null
  case bool(Bool)
  /// An integer as JSON writes it.
  case integer([UInt8])
  /// A number with a fraction or exponent as JSON writes it.
  case float([UInt8])
  case string
  case refused(YAMLError.Reason)

  /// Resolves a plain scalar of one line.
  init(_ text: ArraySlice<UInt8>) {
    guard let first = text.first else {
      self = .null
      return
    }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      self = Self.number(text)
    case UInt8(ascii: "~"): self = text.count == 1 ? .null : .string
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"),
      UInt8(ascii: "F"):
      self = Self.word(text)
    default: self = .string
    }
  }

  private static func word(_ text: ArraySlice<UInt8>) -> CoreValue {
    guard text.count <= 5 else { return .string }
    switch String(decoding: text, as: UTF8.self) {
    case "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: return .string
    }
  }

  private static func number(_ text: ArraySlice<UInt8>) -> CoreValue {
    if text.count > 2, text[text.startIndex] == UInt8(ascii: "0") {
      let digits = text.dropFirst(2)
      switch text[text.startIndex + 1] {
      case UInt8(ascii: "x"): return integer(digits, radix: 16)
      case UInt8(ascii: "o"): return integer(digits, radix: 8)
      default: break
      }
    }
    var unsigned = text
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative || text.first == UInt8(ascii: "+") { unsigned = text.dropFirst() }
    if isNotFinite(unsigned, isSigned: unsigned.count < text.count) { return .refused(.notFinite) }
    return decimal(unsigned, isNegative: isNegative)
  }

  private static func integer(_ digits: ArraySlice<UInt8>, radix: UInt64) -> CoreValue {
    var value: UInt64 = 0
    var overflows = false
    for digit in digits {
      guard let digit = hexadecimalValue(digit), UInt64(digit) < radix else { return .string }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: radix)
      value = product &+ UInt64(digit)
      overflows = overflows || tooLarge
    }
    return overflows ? .refused(.numberTooLarge) : .integer(Array(String(value).utf8))
  }

  private static func isNotFinite(_ text: ArraySlice<UInt8>, isSigned: Bool) -> Bool {
    guard text.count == 4, text.first == UInt8(ascii: ".") else { return false }
    switch String(decoding: text, as: UTF8.self) {
    case ".inf", ".Inf", ".INF": return true
    case ".nan", ".NaN", ".NAN": return !isSigned
    default: return false
    }
  }

  /// Digits, a fraction, an exponent; a fraction needs no digits before the point or none after it.
  private static func decimal(_ text: ArraySlice<UInt8>, isNegative: Bool) -> CoreValue {
    let whole = text.prefix(while: isDigit)
    var rest = text.dropFirst(whole.count)
    var fraction: ArraySlice<UInt8> = []
    var isFloat = false
    if rest.first == UInt8(ascii: ".") {
      isFloat = true
      fraction = rest.dropFirst().prefix(while: isDigit)
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return .string }
    var exponent: ArraySlice<UInt8> = []
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      isFloat = true
      exponent = rest
      var digits = rest.dropFirst()
      if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") {
        digits = digits.dropFirst()
      }
      guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return .string }
      rest = []
    }
    guard rest.isEmpty else { return .string }
    if !isFloat, whole.count > 1, whole.first == UInt8(ascii: "0") { return .refused(.leadingZero) }
    var json: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    let significant = whole.drop { $0 == UInt8(ascii: "0") }
    json += significant.isEmpty ? [UInt8(ascii: "0")] : significant
    if !fraction.isEmpty { json += [UInt8(ascii: ".")] + fraction }
    json += exponent
    return isFloat ? .float(json) : .integer(json)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }
}

/// The value of a hexadecimal digit.
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
