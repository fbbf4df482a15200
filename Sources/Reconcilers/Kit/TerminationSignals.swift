import Glibc

/// The signals that ask a process to end, taken one after the other instead of interrupting it.
struct TerminationSignals {
  /// What asked.
  enum Received: Equatable {
    case terminate, interrupt
    /// The process that started this one is gone.
    case parentEnded

    var name: String {
      switch self {
      case .terminate: "SIGTERM"
      case .interrupt: "SIGINT"
      case .parentEnded: "parent ended"
      }
    }
  }

  private var set = sigset_t()

  /// Blocks them in this thread and in all threads that it starts later, so call it first: then none is lost.
  init() {
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    // A peer that leaves must not end the process.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for one of them. With a parent's pid it looks each second whether that is still the parent: no signal comes when it
  /// is killed.
  func wait(parent: pid_t?) -> Received {
    var set = set
    while true {
      var number: Int32 = 0
      if let parent {
        if getppid() != parent { return .parentEnded }
        var second = timespec(tv_sec: 1, tv_nsec: 0)
        number = sigtimedwait(&set, nil, &second)
      } else {
        sigwait(&set, &number)
      }
      if number == SIGTERM { return .terminate }
      if number == SIGINT { return .interrupt }
    }
  }
}
