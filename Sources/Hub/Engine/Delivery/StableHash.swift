/// A 128-bit hash that never changes: MurmurHash3 x64 128 (Austin Appleby, public domain), seed 0, over fields that
/// are each preceded by their length, so that no two lists of fields run together.
///
/// Event ids are made of it (SEMANTICS 19): a restart, another machine or another build gives the same.
struct StableHash {
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(256) }

  mutating func combine(_ field: String) {
    combine(UInt64(field.utf8.count))
    bytes.append(contentsOf: field.utf8)
  }

  mutating func combine(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func combine(_ number: UInt128) {
    combine(UInt64(truncatingIfNeeded: number))
    combine(UInt64(truncatingIfNeeded: number >> 64))
  }

  /// The hash of what was combined so far.
  func value() -> UInt128 { Self.murmur3(bytes) }

  private static let c1: UInt64 = 0x87c3_7b91_1142_53d5
  private static let c2: UInt64 = 0x4cf5_ad43_2745_937f

  static func murmur3(_ bytes: [UInt8]) -> UInt128 {
    var h1: UInt64 = 0
    var h2: UInt64 = 0
    let blocks = bytes.count / 16
    for block in 0..<blocks {
      h1 ^= scramble1(word(bytes, at: block * 16, count: 8))
      h1 = (rotate(h1, 27) &+ h2) &* 5 &+ 0x52dc_e729
      h2 ^= scramble2(word(bytes, at: block * 16 + 8, count: 8))
      h2 = (rotate(h2, 31) &+ h1) &* 5 &+ 0x3849_5ab5
    }
    let tail = blocks * 16
    let rest = bytes.count - tail
    if rest > 8 { h2 ^= scramble2(word(bytes, at: tail + 8, count: rest - 8)) }
    if rest > 0 { h1 ^= scramble1(word(bytes, at: tail, count: min(8, rest))) }
    h1 ^= UInt64(bytes.count)
    h2 ^= UInt64(bytes.count)
    h1 = h1 &+ h2
    h2 = h2 &+ h1
    h1 = finalize(h1)
    h2 = finalize(h2)
    h1 = h1 &+ h2
    h2 = h2 &+ h1
    return UInt128(h1) << 64 | UInt128(h2)
  }

  private static func scramble1(_ word: UInt64) -> UInt64 { rotate(word &* c1, 31) &* c2 }
  private static func scramble2(_ word: UInt64) -> UInt64 { rotate(word &* c2, 33) &* c1 }
  private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word << count | word >> (64 - count)
  }

  private static func finalize(_ word: UInt64) -> UInt64 {
    var k = word
    k ^= k >> 33
    k = k &* 0xff51_afd7_ed55_8ccd
    k ^= k >> 33
    k = k &* 0xc4ce_b9fe_1a85_ec53
    return k ^ k >> 33
  }

  private static func word(_ bytes: [UInt8], at start: Int, count: Int) -> UInt64 {
    if count == 8 {
      // "unsafe" speaks of bit patterns, and every one is a UInt64; the bounds are checked.
      return UInt64(
        littleEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    var word: UInt64 = 0
    for offset in 0..<count { word |= UInt64(bytes[start + offset]) << UInt64(offset * 8) }
    return word
  }
}

extension UInt128 {
  /// 32 lower-case hexadecimal digits.
  var hex: String {
    String(unsafeUninitializedCapacity: 32) { digits in
      // Every one of the 32 bytes is written, all of them ASCII.
      (self >> 64).low.writeHex(to: digits, at: 0)
      low.writeHex(to: digits, at: 16)
      return 32
    }
  }

  /// Its digits. Those of a number that 64 bits hold, which every version that etcd makes is, come far more cheaply.
  var decimal: String { self >> 64 == 0 ? String(low) : String(self) }

  private var low: UInt64 { UInt64(truncatingIfNeeded: self) }
}

extension UInt64 {
  /// Writes 16 lower-case hexadecimal digits from `start` on; the buffer checks its bounds in debug builds only, so
  /// the caller's must have room for them.
  fileprivate func writeHex(to digits: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
    for index in 0..<16 {
      let nibble = UInt8(truncatingIfNeeded: self >> UInt64(60 - 4 * index)) & 15
      digits[start + index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
  }
}
