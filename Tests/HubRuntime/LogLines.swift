import Synchronization

@testable import HubRuntime

/// A log that is kept, without the time of each line.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])

  /// The lines so far.
  var all: [String] { lines.withLock { $0 } }

  /// The log to write to.
  var log: Log {
    Log(level: .info) { [self] line in lines.withLock { $0.append(String(line.dropFirst(25))) } }
  }
}
