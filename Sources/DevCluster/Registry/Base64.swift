/// RFC 4648 section 4, as Go writes `[]byte` into JSON.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlAlphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encode(_ bytes: [UInt8]) -> String { encode(bytes, alphabet, padded: true) }

  /// Section 5, without padding: what continue tokens are made of.
  static func encodeURL(_ bytes: [UInt8]) -> String { encode(bytes, urlAlphabet, padded: false) }

  /// Reads the form without padding; nil if a character is not of its alphabet.
  static func decodeURL(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for character in text.utf8 {
      guard let value = urlAlphabet.firstIndex(of: character) else { return nil }
      buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    return bytes
  }

  private static func encode(_ bytes: [UInt8], _ alphabet: [UInt8], padded: Bool) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var start = 0
    while start < bytes.count {
      let count = min(3, bytes.count - start)
      var group = UInt32(bytes[start]) << 16
      if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[start + 2]) }
      for position in 0..<4 {
        if position <= count {
          text.append(alphabet[Int(group >> UInt32(18 - 6 * position)) & 63])
        } else if padded {
          text.append(UInt8(ascii: "="))
        }
      }
      start += 3
    }
    return String(decoding: text, as: UTF8.self)
  }
}
