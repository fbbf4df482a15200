/// SplitMix64 (Steele, Lea and Flood, 2014): the engine's only randomness, and it follows from the seed handed in.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state = state &+ 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// A number from `low` to `high`, both included.
  mutating func number(from low: UInt64, through high: UInt64) -> UInt64 {
    guard high > low else { return low }
    let (count, isEverything) = (high - low).addingReportingOverflow(1)
    return isEverything ? next() : low + next() % count
  }
}
