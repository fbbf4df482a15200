import JSONScan

/// Object uids as numbers: a canonical UUID takes 16 bytes instead of a String.
public enum UIDText {
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
    let halves = (UInt64(truncatingIfNeeded: uid >> 64), UInt64(truncatingIfNeeded: uid))
    return String(unsafeUninitializedCapacity: 36) { bytes in
      // Each of the 36 bytes is written: a hyphen at four places, else the next of 32 digits.
      var nibble = 0
      for place in 0..<36 {
        if place == 8 || place == 13 || place == 18 || place == 23 {
          bytes[place] = UInt8(ascii: "-")
          continue
        }
        let half = nibble < 16 ? halves.0 : halves.1
        let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (nibble & 15))) & 15
        bytes[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        nibble += 1
      }
      return 36
    }
  }
}
