import HubEngine

/// How much a log line matters. `error`: the hub cannot do a part of its work until someone acts. `warn`: something is
/// wrong and the hub goes on. `info`: a change of state that an administrator wants to know. `debug`: single requests
/// and deliveries.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
  case error
  case warn
  case info
  case debug

  /// Errors are the least: a log at a level shows the lines at this level and all lesser ones.
  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.order < right.order }

  /// As lines show it.
  var label: String {
    switch self {
    case .error: "ERROR"
    case .warn: "WARN"
    case .info: "INFO"
    case .debug: "DEBUG"
    }
  }

  private var order: Int {
    switch self {
    case .error: 0
    case .warn: 1
    case .info: 2
    case .debug: 3
    }
  }
}

extension LogLevel {
  /// The level of a notice of the engine.
  init(_ level: Notice.Level) {
    switch level {
    case .debug: self = .debug
    case .info: self = .info
    case .warning: self = .warn
    case .error: self = .error
    }
  }
}
