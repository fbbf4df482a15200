import Glibc

/// The two clocks that a process needs; tests hand in their own.
struct Clock: Sendable {
  /// Nanoseconds since 1970.
  let wall: @Sendable () -> Int64
  /// Nanoseconds of a clock that never goes back.
  let monotonic: @Sendable () -> UInt64

  static let system = Clock(
    wall: {
      let time = read(CLOCK_REALTIME)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    },
    monotonic: {
      let time = read(CLOCK_MONOTONIC)
      return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    })

  private static func read(_ id: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(id, &time)
    return time
  }
}
