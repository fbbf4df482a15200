/// The checksum of the journal: CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, as in iSCSI and ext4).
public enum CRC32C {
  /// The checksum of `bytes`; of a text in pieces, when `previous` is the checksum of what came before.
  public static func checksum(_ bytes: RawSpan, continuing previous: UInt32 = 0) -> UInt32 {
    let tables = Self.tables.span
    var crc = ~previous
    var at = 0
    // Eight bytes a step ("slicing by 8"): each table moves its byte over the bytes behind it.
    while at &+ 8 <= bytes.byteCount {
      // Any eight bytes are a UInt64; the access is checked against the span's bounds.
      let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      let low = UInt32(truncatingIfNeeded: word) ^ crc
      let high = UInt32(truncatingIfNeeded: word >> 32)
      crc =
        tables[0x700 | Int(low & 0xFF)] ^ tables[0x600 | Int(low >> 8 & 0xFF)]
        ^ tables[0x500 | Int(low >> 16 & 0xFF)] ^ tables[0x400 | Int(low >> 24)]
        ^ tables[0x300 | Int(high & 0xFF)] ^ tables[0x200 | Int(high >> 8 & 0xFF)]
        ^ tables[0x100 | Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
      at &+= 8
    }
    while at < bytes.byteCount {
      // Any byte is a UInt8; checked as above.
      let byte = bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
      crc = tables[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8
      at &+= 1
    }
    return ~crc
  }

  /// Eight tables of 256: the first is the remainder of a byte, each next one that of the byte before a zero.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      tables[byte] = crc
    }
    for at in 256..<tables.count {
      let before = tables[at - 256]
      tables[at] = tables[Int(before & 0xFF)] ^ before >> 8
    }
    return tables
  }()
}
