/// Numbers from a seed (splitmix64): everything that a run draws comes from here.
struct Dice: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &+ 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// One of 0..<bound, which must not be empty.
  mutating func draw(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
