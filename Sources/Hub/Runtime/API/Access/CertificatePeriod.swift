import CloudEvents

/// From when to when a certificate is valid (RFC 5280 section 4.1.2.5), for messages only: TLS judges by itself.
struct CertificatePeriod: Equatable {
  /// As RFC 3339 has it.
  let start: String
  let end: String

  /// Of the first certificate of a PEM text; nil if there is none that can be read.
  init?(pem: [UInt8]) {
    let text = String(decoding: pem, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    guard
      let first = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.contains("CERTIFICATE-----") }),
      let last = lines[first...].firstIndex(where: { $0.hasPrefix("-----END ") }),
      let der = Base64.decode(lines[(first + 1)..<last].joined())
    else { return nil }
    self.init(der: der)
  }

  /// Certificate { tbsCertificate { [0] version, serialNumber, signature, issuer, validity { notBefore, notAfter } … } … }
  private init?(der: [UInt8]) {
    var outer = DERReader(der[...])
    guard let certificate = outer.next(0x30) else { return nil }
    var inner = DERReader(certificate)
    guard let body = inner.next(0x30) else { return nil }
    var fields = DERReader(body)
    // The version is left out of certificates of version 1.
    _ = fields.next(0xA0)
    guard fields.next(0x02) != nil, fields.next(0x30) != nil, fields.next(0x30) != nil,
      let validity = fields.next(0x30)
    else { return nil }
    var times = DERReader(validity)
    guard let start = times.time(), let end = times.time() else { return nil }
    self.start = start
    self.end = end
  }

  /// What is wrong with a certificate at this moment (nanoseconds since 1970), and what to do; nil: nothing, or unknown.
  static func fault(_ pem: [UInt8], at wall: Int64) -> String? {
    guard let period = CertificatePeriod(pem: pem) else { return nil }
    if let end = RFC3339.parse(period.end), wall > end {
      return "the certificate expired at \(period.end); get a new one"
    }
    if let start = RFC3339.parse(period.start), wall < start {
      return "the certificate is not valid before \(period.start); is this machine's clock right?"
    }
    return nil
  }
}

/// Reads values of DER one after another (X.690), as far as certificates need it.
private struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The content of the next value if it has this tag; else nil, and it stays the next one.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag, rest.count >= 2 else { return nil }
    var at = rest.startIndex + 2
    var length = Int(rest[at - 1])
    if length >= 0x80 {
      // Longer lengths say first in how many bytes: no certificate needs more than three.
      let count = length & 0x7F
      guard (1...3).contains(count), rest.endIndex - at >= count else { return nil }
      length = rest[at..<(at + count)].reduce(0) { $0 << 8 | Int($1) }
      at += count
    }
    guard rest.endIndex - at >= length else { return nil }
    defer { rest = rest[(at + length)...] }
    return rest[at..<(at + length)]
  }

  /// A UTCTime (two digits of the year: 1950 to 2049) or GeneralizedTime, to the second and in UTC, as RFC 5280 demands.
  mutating func time() -> String? {
    if let utc = next(0x17), utc.count == 13 {
      let digits = String(decoding: utc, as: UTF8.self)
      return Self.shown((digits < "50" ? "20" : "19") + digits)
    }
    guard let general = next(0x18), general.count == 15 else { return nil }
    return Self.shown(String(decoding: general, as: UTF8.self))
  }

  private static func shown(_ text: String) -> String? {
    let digits = Array(text.utf8.dropLast())
    guard text.hasSuffix("Z"), digits.count == 14, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
    return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
  }
}
