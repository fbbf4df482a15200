import HubEngine

/// Numbers from a seed: everything that a run draws comes from here.
typealias Dice = SeededRandom

extension SeededRandom {
  /// One of 0..<bound, which must not be empty.
  mutating func draw(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
