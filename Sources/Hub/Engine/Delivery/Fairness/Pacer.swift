/// At most so many a second, with a tenth of a second's worth at once: a token bucket as one number, the time at which the
/// bucket will be full again (GCRA). Without a rate everything may go.
struct Pacer: Sendable {
  /// A second's part that may go at once: one in ten, but at least one.
  static let burstShare: UInt64 = 10

  private var fullAt: UInt64 = 0

  /// When the next may go: now, or later.
  func next(_ rate: Rate, at now: UInt64) -> UInt64 {
    guard rate.interval > 0, fullAt > now + rate.slack else { return now }
    return fullAt - rate.slack
  }

  /// Nothing has been missing in the bucket for a second: whoever sends all that it may does not rest so long.
  func isRested(at now: UInt64) -> Bool { fullAt + Duration64.second <= now }

  /// One goes now.
  mutating func take(_ rate: Rate, at now: UInt64) {
    guard rate.interval > 0 else { return }
    fullAt = max(fullAt, now) + rate.interval
  }

  /// A rate, taken apart once.
  struct Rate: Sendable {
    /// Nanoseconds for each; 0: no rate.
    let interval: UInt64
    /// How far the bucket may be from full with one more to go.
    let slack: UInt64

    init(perSecond: Int?) {
      guard let perSecond, perSecond > 0 else {
        (interval, slack) = (0, 0)
        return
      }
      interval = max(1, Duration64.second / UInt64(perSecond))
      slack = interval * (max(1, UInt64(perSecond) / Self.share) - 1)
    }

    private static let share = Pacer.burstShare
  }
}
