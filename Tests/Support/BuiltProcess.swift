import Foundation
import Synchronization

/// One of the package's executables as a process of its own, with what it says.
public final class BuiltProcess: Sendable {
  /// The folder of the executables: that of the test bundle.
  public static let directory = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  private struct State {
    var output = ""
    var errors = ""
    var outputEnded = false
    var status: Int32?
  }

  /// Shared with the readers, which must not keep the process's owner alive.
  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  private let shared = Shared()
  /// Its process id.
  public let pid: Int32

  /// Starts `executable` (a name in `directory`, or an absolute path) with nothing in its environment but this, in `workingDirectory` if there is one.
  public init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:],
    workingDirectory: URL? = nil
  ) throws {
    let process = Process()
    process.executableURL =
      executable.hasPrefix("/") ? URL(filePath: executable) : Self.directory.appending(path: executable)
    process.arguments = arguments
    process.environment = environment
    if let workingDirectory { process.currentDirectoryURL = workingDirectory }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    pid = process.processIdentifier
    // The readers end with the process.
    let shared = shared
    Thread.detachNewThread {
      Self.collect(output) { text in shared.state.withLock { $0.output += text } }
      shared.state.withLock { $0.outputEnded = true }
    }
    Thread.detachNewThread {
      Self.collect(errors) { text in shared.state.withLock { $0.errors += text } }
      process.waitUntilExit()
      shared.state.withLock {
        $0.status =
          process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
      }
    }
  }

  private static func collect(_ pipe: Pipe, _ take: (String) -> Void) {
    while true {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { return }
      take(String(decoding: data, as: UTF8.self))
    }
  }

  deinit { if shared.state.withLock({ $0.status == nil }) { kill(pid, SIGKILL) } }

  /// What it wrote on standard error so far.
  public var errors: String { shared.state.withLock { $0.errors } }

  /// What it wrote on standard output so far.
  public var output: String { shared.state.withLock { $0.output } }

  /// The exit code once all output has been read; that of a signal is negative.
  public func end(seconds: Double = 60) async throws -> Int32 {
    try await waitFor("the end of process \(pid)", seconds: seconds) {
      shared.state.withLock { $0.outputEnded ? $0.status : nil }
    }
  }

  /// The value of a field (`name=value`) in what it logged.
  public func field(_ name: String) async throws -> String {
    try await waitFor("\(name) in the log") {
      errors.split { $0 == " " || $0 == "\n" }.first { $0.hasPrefix(name + "=") }
        .map { String($0.dropFirst(name.count + 1)) }
    }
  }
}
