import Glibc
import HubEngine

/// Reads the clocks: the only place of the hub that does.
enum LoopClock {
  /// Both clocks at one moment.
  static func now() -> EngineTime {
    EngineTime(monotonic: UInt64(read(CLOCK_MONOTONIC)), wall: read(CLOCK_REALTIME))
  }

  /// CPU time of the calling thread, in nanoseconds.
  static func threadCPU() -> UInt64 { UInt64(read(CLOCK_THREAD_CPUTIME_ID)) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    let result = clock_gettime(clock, &time)
    precondition(result == 0, "Linux always has these clocks")
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
