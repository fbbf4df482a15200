import CloudEvents
import Glibc

/// Single lines on standard error: time, level, message, then `name=value` pairs.
///
/// Values are quoted and escaped where they are not plain, so nothing that came from outside can forge a line.
public struct ReconcilerLog: Sendable {
  /// How much a line matters; lines below the log's level are not written.
  public enum Level: String, Sendable, CaseIterable, Comparable {
    /// Every event.
    case debug
    /// Starts, stops and what an operator's user may want to know.
    case info
    /// Something went wrong and will be tried again.
    case warning
    /// Something went wrong for good.
    case error

    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warning: 2
      case .error: 3
      }
    }

    /// Orders by importance.
    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
  }

  /// The least level that is written.
  public let level: Level
  private let write: @Sendable (String) -> Void

  /// A log to standard error.
  public init(level: Level) {
    self.init(level: level) { line in
      let bytes = Array((line + "\n").utf8)
      // One write(2) for a line, so that lines of several threads do not mix.
      _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
  }

  /// A log that hands its lines, without the newline, to a function.
  public init(level: Level, write: @escaping @Sendable (String) -> Void) {
    self.level = level
    self.write = write
  }

  /// To standard error at the level that the environment variable `LOG_LEVEL` names (`debug`, `info`, `warning` or
  /// `error`), `info` if it names none.
  public static let standard = ReconcilerLog(
    level: getenv("LOG_LEVEL").flatMap { Level(rawValue: String(cString: $0)) } ?? .info)

  /// Writes a line if `level` is high enough.
  public func log(_ level: Level, _ message: String, _ pairs: KeyValuePairs<String, String> = [:]) {
    guard level >= self.level else { return }
    var line = RFC3339.string(nanosecondsSince1970: Clock.system.wall())
    line += " \(level.rawValue) \(Self.escaped(message))"
    for (name, value) in pairs { line += " \(name)=\(Self.quoted(value))" }
    write(line)
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy {
      $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") && $0 != 0x7F
    }
    return isPlain && !value.isEmpty ? value : "\"" + escaped(value, quotes: true) + "\""
  }

  private static func escaped(_ text: String, quotes: Bool = false) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": out += "\\n"
      case "\"" where quotes, "\\" where quotes: out += "\\" + String(scalar)
      case _ where scalar.properties.generalCategory == .control:
        out += "\\u{\(String(scalar.value, radix: 16))}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
