import Glibc

/// A program to run: an executable file, its arguments and its whole environment.
struct ChildCommand: Equatable, Sendable {
  /// Path of the executable file.
  var executable: String
  /// The arguments after the program's name.
  var arguments: [String] = []
  /// Names and values; nothing else is passed on.
  var environment: [EnvironmentVariable] = []
  /// Where its standard output and error go.
  var output = ChildOutput.inherited
}

/// One variable of a process's environment.
struct EnvironmentVariable: Hashable, Sendable {
  let name: String
  let value: String
}

/// Where the standard output and error of a child process go.
public enum ChildOutput: Sendable {
  /// Where the parent's go.
  case inherited
  /// To `/dev/null`.
  case discarded
}

/// How a child process ended.
enum ChildEnd: Equatable, Sendable, CustomStringConvertible {
  case exited(code: Int32)
  case killed(signal: Int32)

  /// Takes the status that `waitpid` gave for a process that has ended; see wait(2): the low 7 bits are the signal.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited(code: (waitStatus >> 8) & 0xff) : .killed(signal: signal)
  }

  var description: String {
    switch self {
    case .exited(let code): "exited with code \(code)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }
}

/// Why a child process could not be started.
struct ChildStartFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The executable that was to be run.
  let executable: String
  /// The system's error number.
  let code: Int32

  var description: String { "cannot run \(executable): \(String(cString: strerror(code)))" }
}

/// What a child process reports, in this order: `started` then `ended`, or `failed` alone.
enum ChildEvent: Equatable, Sendable {
  case started(pid: Int32)
  case failed(ChildStartFailure)
  case ended(ChildEnd)
}
