import FoundationEssentials
import HTTP
import JSONScan

/// Why the API server did not do what was asked. The cases are those that a reconciler acts on differently.
public enum KubernetesError: Error, Sendable, Equatable, CustomStringConvertible {
  /// 404: the object, its kind or its namespace does not exist.
  case notFound(String)
  /// 409 AlreadyExists: a create met an object of that name.
  case alreadyExists(String)
  /// 409: the object has another version by now; read it again.
  case conflict(String)
  /// 401: no valid credentials. The token is read again for the next request.
  case unauthorized(String)
  /// 403: the service account lacks a right.
  case forbidden(String)
  /// 400 or 422: the object was refused as it is.
  case invalid(String)
  /// 429: ask again after so many seconds.
  case tooManyRequests(String, retryAfterSeconds: Int)
  /// The server can't be reached, or says 502, 503 or 504; and in how many seconds to ask again, if it said so.
  case unavailable(String, retryAfterSeconds: Int?)
  /// Any other answer; among them 500, which may be about this object alone (a webhook that fails).
  case other(status: Int, String)

  /// The server's own message where it sent one, for logs and answers.
  public var description: String {
    switch self {
    case .notFound(let text), .alreadyExists(let text), .conflict(let text), .unauthorized(let text),
      .forbidden(let text), .invalid(let text), .tooManyRequests(let text, _), .unavailable(let text, _):
      text
    case .other(let status, let text): "\(text) (HTTP \(status))"
    }
  }

  /// Bounds what of an answer that is no Status object gets into a message.
  static let maxQuotedBytes = 200
  /// What a 429 without a `Retry-After` means, as client-go takes it.
  static let defaultRetryAfterSeconds = 1

  /// Reads an answer that is not 2xx: the `Status` object of the Kubernetes API, or plain text (a kind that is not
  /// served gets `404 page not found`).
  init(answer: HTTPResponse) {
    let status = try? JSONValue(parsing: answer.body)
    let isStatus = status?["kind"]?.string == "Status"
    let reason = isStatus ? status?["reason"]?.string : nil
    let quoted = String(decoding: answer.body.prefix(Self.maxQuotedBytes), as: UTF8.self)
    let message = (isStatus ? status?["message"]?.string : nil) ?? (quoted.isEmpty ? "no message" : quoted)
    let header = answer.headers[first: "Retry-After"].flatMap { Int($0) }
    let wait = (header ?? status?["details"]?["retryAfterSeconds"]?.int).map { max(0, $0) }
    switch answer.status {
    case 404: self = .notFound(message)
    case 409: self = reason == "AlreadyExists" ? .alreadyExists(message) : .conflict(message)
    case 401: self = .unauthorized(message)
    case 403: self = .forbidden(message)
    case 400, 422: self = .invalid(message)
    case 429:
      self = .tooManyRequests(message, retryAfterSeconds: wait ?? Self.defaultRetryAfterSeconds)
    case 502, 503, 504: self = .unavailable(message, retryAfterSeconds: wait)
    default: self = .other(status: answer.status, message)
    }
  }

  /// An exchange that ended without an answer.
  init(failure: HTTPClientFailure) {
    switch failure {
    case .resolve(let text):
      self = .unavailable("the API server's name can't be resolved: \(text)", retryAfterSeconds: nil)
    case .connect(let text):
      self = .unavailable("the API server can't be reached: \(text)", retryAfterSeconds: nil)
    case .notAdmitted(let peer): self = .other(status: 0, "nothing may be sent to \(peer)")
    case .timeout: self = .unavailable("the API server did not answer in time", retryAfterSeconds: nil)
    case .stalled: self = .unavailable("the API server's answer stalled", retryAfterSeconds: nil)
    case .cut(let text):
      self = .unavailable("the API server cut the connection: \(text)", retryAfterSeconds: nil)
    case .tls(let text):
      self = .unavailable("no trusted connection to the API server: \(text)", retryAfterSeconds: nil)
    case .tooLarge: self = .other(status: 0, "the API server's answer exceeds the size limit")
    case .badURL(let text): self = .other(status: 0, "not a URL: \(text)")
    case .badHeader(let text): self = .other(status: 0, "a header can't be sent: \(text)")
    case .cancelled: self = .unavailable("the request was cancelled", retryAfterSeconds: nil)
    case .other(let code, let text):
      self = .unavailable("the request failed: \(text) (code \(code))", retryAfterSeconds: nil)
    }
  }
}
