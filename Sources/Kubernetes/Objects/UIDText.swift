import JSONScan

/// Object uids as numbers: a canonical UUID takes 16 bytes instead of a String.
public enum UIDText {
  private static let hyphens = [8, 13, 18, 23]
  private static let digits: [UInt8] = Array("0123456789abcdef".utf8)

  /// The number of a canonical lower-case UUID; nil for any other text (uids are opaque, so these are kept as
  /// text by whoever needs them).
  public static func parse(_ slice: JSONSlice, in text: RawSpan) -> UInt128? {
    guard slice.kind == .string, !slice.hasEscapes, slice.end - slice.start == 38 else { return nil }
    var value: UInt128 = 0
    for index in 0..<36 {
      // A byte has no invalid bit patterns, and the load checks its bounds.
      let byte = unsafe text.unsafeLoad(fromByteOffset: slice.start + 1 + index, as: UInt8.self)
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt128(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt128(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }

  /// The canonical text of a number from `parse`.
  public static func text(_ uid: UInt128) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for nibble in 0..<32 {
      if hyphens.contains(bytes.count) { bytes.append(UInt8(ascii: "-")) }
      bytes.append(digits[Int(truncatingIfNeeded: uid >> UInt128(124 - 4 * nibble)) & 15])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
