/// Attribute values in HTTP headers (CloudEvents HTTP protocol binding 1.0, 3.1.3.2).
public enum HeaderValue {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Encodes a value: space, double quote, percent and everything outside U+0021 to U+007E becomes `%XX`, byte by byte
  /// of its UTF-8, in upper-case hexadecimal.
  public static func encode(_ value: String) -> String {
    if isPlain(value) { return value }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(value.utf8.count + 16)
    for byte in value.utf8 {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Decodes a value: takes off a pair of double quotes with its backslash escapes (older senders), then one round of
  /// percent-decoding. A percent without two hexadecimal digits stands for itself. Nil if the result is not UTF-8.
  static func decode(_ value: String) -> String? {
    let trimmed = trim(Array(value.utf8))
    let unquoted = unquote(trimmed) ?? Array(trimmed)
    guard unquoted.contains(UInt8(ascii: "%")) else { return String(validating: unquoted, as: UTF8.self) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(unquoted.count)
    var at = 0
    while at < unquoted.count {
      if unquoted[at] == UInt8(ascii: "%"), at + 2 < unquoted.count, let high = hexadecimal(unquoted[at + 1]),
        let low = hexadecimal(unquoted[at + 2])
      {
        bytes.append(high << 4 | low)
        at += 3
      } else {
        bytes.append(unquoted[at])
        at += 1
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func isPlain(_ value: String) -> Bool {
    let bytes = value.utf8.span
    for index in bytes.indices where !isPlain(bytes[index]) { return false }
    return true
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "%")
  }

  private static func trim(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return bytes[first...last]
  }

  /// The content of a quoted string (RFC 9110, 5.6.4); nil if this is not one, whole.
  private static func unquote(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
      return nil
    }
    var content: [UInt8] = []
    var escaped = false
    for byte in bytes.dropFirst().dropLast() {
      if escaped {
        content.append(byte)
        escaped = false
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "\"") {
        return nil
      } else {
        content.append(byte)
      }
    }
    return escaped ? nil : content
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
