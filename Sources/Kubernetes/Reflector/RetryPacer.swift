/// Draws the waits between attempts and everything else that is random in a reflector, from a seed.
struct RetryPacer: Sendable {
  private let policy: ReflectorBackoff
  private var random: SplitMix64
  private var step = 0
  private var lastFailure: UInt64?

  init(_ policy: ReflectorBackoff, seed: UInt64) {
    self.policy = policy
    random = SplitMix64(state: seed)
  }

  /// The next wait, in nanoseconds.
  mutating func wait(at now: UInt64) -> UInt64 {
    if isRested(at: now) { step = 0 }
    lastFailure = now
    // The step stops growing where the wait does, so the shift cannot overflow.
    let doubled = policy.baseMilliseconds << UInt64(min(step, 32))
    let milliseconds = min(doubled, policy.maxMilliseconds)
    if doubled < policy.maxMilliseconds { step += 1 }
    let nanoseconds = Double(milliseconds) * 1e6 * (1 + policy.jitter * random.unit())
    return UInt64(nanoseconds)
  }

  /// The next wait is the first again.
  mutating func reset() { step = 0 }

  /// Whether there was no failure for so long that one may be answered at once; counts as a failure.
  mutating func mayHurry(at now: UInt64) -> Bool {
    guard isRested(at: now) else { return false }
    step = 0
    lastFailure = now
    return true
  }

  mutating func draw(from range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(random.unit() * Double(range.count))
  }

  private func isRested(at now: UInt64) -> Bool {
    guard let lastFailure else { return true }
    return now >= lastFailure + policy.resetSeconds * 1_000_000_000
  }
}

/// Steele, Lea and Flood's SplitMix64: small, seeded, the same everywhere.
struct SplitMix64: Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// At least 0, less than 1.
  mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
