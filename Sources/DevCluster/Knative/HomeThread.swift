import Glibc
import HTTP

/// The one thread that owns the state of the dev cluster: its API server's.
///
/// Classes that say "home thread only" have no locks: each of their functions is called there, and what comes from
/// another thread (a listener's request, a child's end, an answer) is handed over by `execute`.
struct HomeThread: Sendable {
  /// Runs work on the home thread, later, in order.
  let execute: @Sendable (_ work: @escaping @Sendable () -> Void) -> Void
  /// Runs work on the home thread after so many milliseconds.
  let schedule: @Sendable (_ milliseconds: Int, _ work: @escaping @Sendable () -> Void) -> Void

  init(
    execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
    schedule: @escaping @Sendable (Int, @escaping @Sendable () -> Void) -> Void
  ) {
    self.execute = execute
    self.schedule = schedule
  }

  /// The thread of this server.
  init(_ server: HTTPServer) {
    execute = { server.execute($0) }
    schedule = { server.schedule(after: $0, $1) }
  }
}

/// Nanoseconds since some moment before the start of the process; never goes back.
enum MonotonicClock {
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
