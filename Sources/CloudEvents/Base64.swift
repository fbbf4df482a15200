/// Base64 of RFC 4648, section 4: the standard alphabet, with padding, without line breaks.
public enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  /// Encodes bytes.
  public static func encode(_ bytes: [UInt8]) -> String {
    var encoded: [UInt8] = []
    encoded.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group: UInt32 = 0
      for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0) }
      for digit in 0..<4 {
        encoded.append(digit <= count ? alphabet[Int(group >> UInt32(18 - 6 * digit) & 63)] : padding)
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// Decodes a text; nil if it is not canonical base64: a foreign character, missing padding, or bits set behind the end.
  public static func decode(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 4 * 3)
    for start in stride(from: 0, to: digits.count, by: 4) {
      let isLast = start + 4 == digits.count
      let count = isLast ? digits[start..<start + 4].prefix { $0 != padding }.count : 4
      guard count >= 2, digits[start + count..<start + 4].allSatisfy({ $0 == padding }) else { return nil }
      var group: UInt32 = 0
      for offset in 0..<4 {
        guard let value = offset < count ? value(digits[start + offset]) : 0 else { return nil }
        group = group << 6 | value
      }
      let unused: UInt32 = count == 4 ? 0 : (count == 3 ? 0xFF : 0xFFFF)
      guard group & unused == 0 else { return nil }
      for offset in 0..<count - 1 {
        bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * offset)))
      }
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
