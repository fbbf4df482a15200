/// The two clocks of the hub at one instant, handed to the engine with every batch: it never reads one itself.
public struct EngineTime: Sendable, Equatable {
  /// Nanoseconds of a clock that never goes back (CLOCK_MONOTONIC). All deadlines are counted on it.
  public var monotonic: UInt64
  /// Nanoseconds since 1970-01-01T00:00:00Z. Only written into events and conditions, never waited for.
  public var wall: Int64

  /// Both clocks, read by the caller at the same moment.
  public init(monotonic: UInt64, wall: Int64) {
    self.monotonic = monotonic
    self.wall = wall
  }
}

/// Durations in nanoseconds, so that a limit reads as what it means.
enum Duration64 {
  static let millisecond: UInt64 = 1_000_000
  static let second: UInt64 = 1_000_000_000

  static func milliseconds(_ count: Int) -> UInt64 { UInt64(max(0, count)) &* millisecond }
  static func seconds(_ count: Int) -> UInt64 { UInt64(max(0, count)) &* second }
}
