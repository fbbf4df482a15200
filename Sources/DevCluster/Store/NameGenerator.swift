/// Makes uids and name suffixes from a seed, so that a run can be repeated.
struct NameGenerator {
  /// The letters that Kubernetes uses for generated names: no vowels, so no words.
  private static let letters = Array("bcdfghjklmnpqrstvwxz2456789".utf8)

  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Five letters, as `generateName` appends.
  mutating func suffix() -> String {
    let random = next()
    let count = UInt64(Self.letters.count)
    let letters = (0..<5).map { Self.letters[Int((random >> ($0 * 12)) % count)] }
    return String(decoding: letters, as: UTF8.self)
  }

  /// A random UUID (RFC 9562 version 4).
  mutating func uid() -> String {
    let high = (next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
    let low = (next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    let digits = hex(high) + hex(low)
    var text = ""
    for (position, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(position) { text += "-" }
      text.append(digit)
    }
    return text
  }

  private func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
