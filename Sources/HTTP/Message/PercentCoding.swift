/// Percent-decoding of RFC 3986 section 2.1.
enum PercentCoding {
  /// Malformed escapes are kept as they are; bytes that are not UTF-8 become the replacement character.
  static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String {
    guard text.contains(where: { $0 == ASCII.percent || (plusIsSpace && $0 == UInt8(ascii: "+")) }) else {
      return String(Substring(text))
    }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      text.formIndex(after: &index)
      if byte == ASCII.percent, let escaped = escapedByte(text, at: index) {
        decoded.append(escaped)
        text.formIndex(&index, offsetBy: 2)
      } else {
        decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? ASCII.space : byte)
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func escapedByte(_ text: Substring.UTF8View, at index: Substring.UTF8View.Index) -> UInt8? {
    let digits = text[index...].prefix(2)
    guard digits.count == 2, let first = digits.first.flatMap(ASCII.hexValue),
      let second = digits.last.flatMap(ASCII.hexValue)
    else { return nil }
    return first << 4 | second
  }
}
