import HTTP
import HubEngine

/// Says in words why a transfer brought no whole answer.
enum TransferFailure {
  /// As the engine wants it: a failure before anything was sent is told apart from all others.
  static func end(_ failure: HTTPClientFailure, streaming: Bool) -> TransferEnd {
    switch failure {
    case .resolve, .connect: .refused(text(failure))
    case .timeout where streaming: .failed("the watch was not ended by the server in time")
    case .notAdmitted, .timeout, .stalled, .tooLarge, .cut, .tls, .badURL, .badHeader, .cancelled, .other:
      .failed(text(failure))
    }
  }

  /// The server could not be reached or fell silent, as opposed to an answer or a request that cannot be used.
  static func meansNoAnswer(_ failure: HTTPClientFailure) -> Bool {
    switch failure {
    case .resolve, .connect, .timeout, .stalled, .cut, .tls, .other: true
    case .notAdmitted, .tooLarge, .badURL, .badHeader, .cancelled: false
    }
  }

  /// For conditions, logs and pages.
  static func text(_ failure: HTTPClientFailure) -> String {
    switch failure {
    case .resolve(let reason): "name lookup failed: \(reason)"
    case .connect(let reason): "no connection: \(reason)"
    case .notAdmitted(let peer): "nothing may be sent to \(peer)"
    case .timeout: "no complete answer in time"
    case .stalled: "the server went silent"
    case .tooLarge: "the answer is larger than allowed"
    case .cut(let reason): "the connection was cut: \(reason)"
    case .tls(let reason): "TLS failed: \(reason)"
    case .badURL(let reason): "the URL cannot be used: \(reason)"
    case .badHeader(let reason): "the request cannot be sent: \(reason)"
    case .cancelled: "cancelled"
    case .other(let code, let reason): "transfer failed (\(code)): \(reason)"
    }
  }
}
