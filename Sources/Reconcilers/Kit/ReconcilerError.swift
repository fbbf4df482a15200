/// Why a reconcile failed, by what the hub should do next.
public enum ReconcilerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Somebody else changed what was being written: look again soon. Answered 409.
  case conflict(String)
  /// May work later without any change: try again with backoff. Answered 500.
  case transient(String)
  /// Something that every object needs is away: send nothing for so many seconds. Answered 503 with `Retry-After`.
  case unavailable(String, retryAfterSeconds: Int)
  /// Will fail until the object changes: put the key aside. Answered 422.
  case terminal(String)

  /// The text for the log and the answer.
  public var description: String {
    switch self {
    case .conflict(let text), .transient(let text), .terminal(let text): text
    case .unavailable(let text, _): text
    }
  }
}
