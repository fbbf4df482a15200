import Glibc
import Synchronization

/// A program that runs as a child process, from its start until it is reaped.
///
/// Nobody is left behind:
/// - It leads a process group of its own; signals go to the group, and when it ends, whatever is left of the group is
///   killed before it is reaped. (A Ctrl-C at the terminal does not reach it: the parent ends it in order.)
/// - One thread spawns it, waits for it and reaps it, so there is never a zombie and its pid is never signalled after
///   it was reaped.
/// - If the parent dies without a chance to act (SIGKILL), the kernel kills the child: it is started through
///   `setpriv --pdeathsig KILL` (util-linux, essential on Debian), which sets the signal and becomes the program by exec,
///   pid unchanged. `posix_spawn` cannot set it itself. The signal is tied to the spawning *thread*, which is one more
///   reason for it to live as long as the child. Without such a `setpriv` the child is started directly, and after a
///   SIGKILL of the parent it is left over; so are grandchildren in any case, and a child whose parent dies in the
///   millisecond before the signal is set.
final class ChildProcess: Sendable {
  private enum State {
    /// `wanted` is the signal to send at once after the start.
    case starting(wanted: Int32?)
    case running(pid: Int32)
    case ended
  }

  private let state = Mutex(State.starting(wanted: nil))
  private let report: @Sendable (ChildEvent) -> Void

  private init(report: @escaping @Sendable (ChildEvent) -> Void) {
    self.report = report
  }

  /// Starts `command`; `report` is called on the child's own thread, in the order of `ChildEvent`.
  static func start(_ command: ChildCommand, report: @escaping @Sendable (ChildEvent) -> Void) -> ChildProcess
  {
    let child = ChildProcess(report: report)
    DetachedThread.run { child.run(command) }
    return child
  }

  /// Whether it has ended (or never started) and nothing is left of it.
  var hasEnded: Bool {
    state.withLock { if case .ended = $0 { true } else { false } }
  }

  /// Sends a signal to its process group; does nothing once it has ended. Before it has started, the signal is kept.
  func signal(_ signal: Int32) {
    state.withLock { state in
      switch state {
      case .starting(let wanted): state = .starting(wanted: wanted == SIGKILL ? SIGKILL : signal)
      case .running(let pid): _ = kill(-pid, signal)
      case .ended: break
      }
    }
  }

  // MARK: The child's thread

  private func run(_ command: ChildCommand) {
    let pid: Int32
    do {
      pid = try ChildSpawn.spawn(command)
    } catch {
      state.withLock { $0 = .ended }
      report(.failed(error))
      return
    }
    state.withLock { state in
      if case .starting(let wanted?) = state { _ = kill(-pid, wanted) }
      state = .running(pid: pid)
    }
    report(.started(pid: pid))
    let end = wait(for: pid)
    report(.ended(end))
  }

  /// Waits without reaping, kills what is left of the group while the pid still belongs to it, then reaps.
  private func wait(for pid: Int32) -> ChildEnd {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    return state.withLock { state in
      _ = kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) == -1, errno == EINTR {}
      state = .ended
      return ChildEnd(waitStatus: status)
    }
  }
}
