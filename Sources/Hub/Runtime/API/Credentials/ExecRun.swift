import CLinux
import Glibc
import Synchronization

/// One run of an exec plugin, on a thread of its own. It leads a process group, which is killed when it is too slow, says
/// too much, or the hub ends.
final class ExecRun: Sendable {
  private enum Phase {
    case starting
    case running(pid: Int32)
    case over
    case cancelled
  }

  private let phase = Mutex(Phase.starting)

  /// Starts `plugin` with these variables beside its own; calls back on the plugin's thread.
  static func start(
    _ plugin: ExecPlugin, environment: [String: String], limits: ExecLimits = ExecLimits(),
    whenDone: @escaping @Sendable (Result<ExecCredential, ExecFailure>) -> Void
  ) -> ExecRun {
    let run = ExecRun()
    SystemThread.start("exec-plugin") {
      do throws(ExecFailure) {
        let output = try run.run(plugin, environment, limits)
        whenDone(.success(try ExecCredential(output, version: plugin.version)))
      } catch {
        whenDone(.failure(error))
      }
    }
    return run
  }

  /// Ends it; it calls back with `.cancelled`.
  func cancel() {
    phase.withLock { phase in
      if case .running(let pid) = phase { kill(-pid, SIGKILL) }
      if case .over = phase { return }
      phase = .cancelled
    }
  }

  private var isCancelled: Bool {
    phase.withLock { if case .cancelled = $0 { true } else { false } }
  }

  // MARK: The plugin's thread

  private func run(
    _ plugin: ExecPlugin, _ environment: [String: String], _ limits: ExecLimits
  ) throws(ExecFailure) -> [UInt8] {
    let output = try ExecPipe()
    let errors = try ExecPipe()
    let pid = try ExecSpawn.spawn(plugin, environment, output: output.writeEnd, errors: errors.writeEnd)
    output.closeWriteEnd()
    errors.closeWriteEnd()
    phase.withLock { phase in
      if case .cancelled = phase { kill(-pid, SIGKILL) } else { phase = .running(pid: pid) }
    }
    var reading = ExecReader(output: output.readEnd, errors: errors.readEnd, limits: limits)
    let stopped = reading.run { Self.hasEnded(pid) }
    let status = reap(pid)
    if isCancelled { throw .cancelled }
    if let stopped { throw stopped }
    guard status & 0x7F == 0 else { throw .signalled(status & 0x7F, said: reading.said) }
    let code = status >> 8 & 0xFF
    guard code == 0 else { throw .exited(code: code, said: reading.said) }
    return reading.output
  }

  /// Looks without reaping: the pid, and the group, must stay its own until `reap`.
  private static func hasEnded(_ pid: Int32) -> Bool {
    var info = siginfo_t()
    return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == SIGCHLD
  }

  /// Kills whatever is left of the group, and takes the exit status.
  private func reap(_ pid: Int32) -> Int32 {
    phase.withLock { phase in
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) == -1, errno == EINTR {}
      if case .running = phase { phase = .over }
      return status
    }
  }
}

/// How much a plugin may take.
struct ExecLimits: Sendable {
  /// How long it may run, in milliseconds: plugins log in over the network.
  var milliseconds = 60_000
  /// The longest output, in bytes.
  var maxOutputBytes = 1 << 20
  /// How much of the end of what it says on standard error is kept, in bytes.
  var maxSaidBytes = 1024
}

/// A pipe whose ends close with it. Children do not inherit them.
final class ExecPipe {
  let readEnd: Int32
  private(set) var writeEnd: Int32

  init() throws(ExecFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw .notStarted(FileContent.lastSystemError()) }
    readEnd = ends[0]
    writeEnd = ends[1]
    // What is there is read; nothing waits for more.
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
  }

  func closeWriteEnd() {
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }

  deinit {
    closeWriteEnd()
    close(readEnd)
  }
}
