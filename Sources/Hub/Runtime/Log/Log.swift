import Glibc
import HubEngine

/// The hub's log: single lines on standard error, or wherever an embedding program wants them.
public struct Log: Sendable {
  /// Lines of a level beyond this are not formed.
  public let level: LogLevel
  private let writeLine: @Sendable (String) -> Void

  /// A log that hands each line (without its end) to `writeLine`, which is called from several threads.
  public init(level: LogLevel, writeLine: @escaping @Sendable (String) -> Void) {
    self.level = level
    self.writeLine = writeLine
  }

  /// A log on standard error. Each line is one `write`, so lines of several threads do not mix.
  public static func standardError(level: LogLevel) -> Log {
    Log(level: level) { StandardError.write($0 + "\n") }
  }

  /// A log that shows nothing.
  public static let silent = Log(level: .error) { _ in }

  /// Whether lines of a level are written: asked where forming the fields would cost something.
  func shows(_ level: LogLevel) -> Bool { level <= self.level }

  /// Writes a line, if the level is shown. The message has no variable part; what varies goes into the fields.
  public func write(_ level: LogLevel, _ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    guard shows(level) else { return }
    write(level, message, fields.map { ($0.key, $0.value) })
  }

  func write(_ level: LogLevel, _ message: String, _ fields: [(String, String)]) {
    guard shows(level) else { return }
    writeLine(LogLine.format(level, message, fields, wall: LoopClock.now().wall))
  }

  /// Writes a notice of the engine.
  func write(_ notice: Notice, wall: Int64) {
    let level = LogLevel(notice.level)
    guard shows(level) else { return }
    writeLine(
      LogLine.format(level, notice.message, notice.fields.lazy.map { ($0.name, $0.value) }, wall: wall))
  }
}

/// Standard error without buffering.
enum StandardError {
  /// Writes all of it; what cannot be written is lost, as there is nowhere to say so.
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { buffer in
      var rest = UnsafeRawBufferPointer(buffer)
      // `rest` stays within `buffer`, which lives as long as this closure.
      while let base = rest.baseAddress, rest.count > 0 {
        let written = Glibc.write(STDERR_FILENO, base, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }
}
