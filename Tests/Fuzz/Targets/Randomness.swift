/// SplitMix64: a failure is repeated by its seed.
public struct SeededNumbers: Sendable {
  private var state: UInt64

  /// Numbers that follow from the seed alone.
  public init(seed: UInt64) { state = seed }

  /// Numbers that follow from an input, so that the same input is always cut in the same places.
  init(from bytes: [UInt8]) {
    state = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// A number from 0 to `bound` - 1.
  public mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ value >> 31) % UInt64(max(bound, 1)))
  }

  /// The bytes in pieces of random lengths.
  mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 + next(below: 40))
      pieces.append(Array(bytes[start..<end]))
      start = end
    }
    return pieces
  }
}

/// Changes inputs at random, as a fuzzer without feedback does.
public struct Mutator: Sendable {
  private var numbers: SeededNumbers
  private static let alphabet =
    Array("{}[]\",:\\/u0123456789eE+-.tfn aD8\n\r\t'|>&*!%@`~#?=;<()_xX".utf8)
    + [0x00, 0x1F, 0x7F, 0x80, 0x85, 0xC2, 0xC3, 0xA9, 0xED, 0xA0, 0xF0, 0x9F, 0x98, 0x80, 0xF4, 0xFF]

  /// Changes that follow from the seed alone.
  public init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

  /// One of the inputs with one to four edits: a byte replaced, removed or inserted, a piece doubled, moved or cut out,
  /// or a piece of another input put in.
  public mutating func mutation(of inputs: [[UInt8]]) -> [UInt8] {
    guard !inputs.isEmpty else { return [] }
    var text = inputs[numbers.next(below: inputs.count)]
    for _ in 0...numbers.next(below: 4) where !text.isEmpty {
      let at = numbers.next(below: text.count)
      let byte = Self.alphabet[numbers.next(below: Self.alphabet.count)]
      switch numbers.next(below: 7) {
      case 0: text[at] = byte
      case 1: text.remove(at: at)
      case 2: text.insert(byte, at: at)
      case 3: text.insert(contentsOf: piece(of: text, from: at), at: at)
      case 4: text.insert(contentsOf: piece(of: text, from: at), at: numbers.next(below: text.count))
      case 5: text.removeSubrange(at..<min(text.count, at + numbers.next(below: 12)))
      default:
        let other = inputs[numbers.next(below: inputs.count)]
        if !other.isEmpty {
          text.insert(contentsOf: piece(of: other, from: numbers.next(below: other.count)), at: at)
        }
      }
    }
    return text
  }

  private mutating func piece(of text: [UInt8], from start: Int) -> ArraySlice<UInt8> {
    text[start..<min(text.count, start + numbers.next(below: 24))]
  }
}
