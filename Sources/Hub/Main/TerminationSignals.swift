import Glibc

/// SIGINT and SIGTERM, waited for instead of handled. `block` comes before the first thread is made, so that all threads
/// inherit the mask and only `wait` sees the signals.
enum TerminationSignals {
  /// Keeps the two signals for `wait`, and turns writing to a closed pipe into an error.
  static func block() {
    var signals = set
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for the next of the two.
  static func wait() -> Int32 {
    var signals = set
    var received: Int32 = 0
    while sigwait(&signals, &received) != 0 {}
    return received
  }

  /// Waits for the first signal, calls `stop`, and ends the program with success when that calls back. A second signal
  /// ends it at once, with 128 and the signal's number as shells show it.
  static func stopAtFirst(_ stop: (@escaping @Sendable () -> Void) -> Void) -> Never {
    _ = wait()
    stop { exit(ExitCode.success) }
    _exit(128 + wait())
  }

  private static var set: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    return signals
  }
}
