/// How long a key waits after its n-th failure in a row.
///
/// | policy | failures 1, 2, 3, 4 … | upper bound |
/// | --- | --- | --- |
/// | exponential | delay, 2 delay, 4 delay, 8 delay … | `maximum` |
/// | linear | delay, 2 delay, 3 delay, 4 delay … | `maximum` |
///
/// Half of it is certain and half is random, so that the keys of one sink do not come back together.
struct Backoff: Sendable, Equatable {
  enum Policy: Sendable { case exponential, linear }

  var policy: Policy
  var delay: UInt64
  var maximum: UInt64

  /// Nanoseconds to wait after this many failures in a row (1 is the first).
  func wait(afterFailures failures: Int, random: inout SeededRandom) -> UInt64 {
    let steps = UInt64(max(1, failures))
    let factor: UInt64 =
      switch policy {
      case .linear: steps
      case .exponential: steps > 62 ? 1 << 62 : 1 << (steps - 1)
      }
    let (product, overflow) = delay.multipliedReportingOverflow(by: factor)
    let full = overflow ? maximum : min(product, maximum)
    return full / 2 + random.number(from: 0, through: full - full / 2)
  }
}
