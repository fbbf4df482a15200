/// What a sink's answer means (DESIGN 2.4). The one place where it is decided.
enum Verdict: Equatable, Sendable {
  /// Done.
  case acknowledged
  /// Done for now: again after so many nanoseconds (SEMANTICS 25).
  case requeue(after: UInt64)
  /// It is about the sink (SEMANTICS 23): nothing else is sent there now either. Again, after at least this many seconds if
  /// the sink said so; the text is for status and log.
  case sinkFails(afterSeconds: Int?, reason: String)
  /// It is about this key alone, which backs off.
  case retry(reason: String)
  /// The event is refused for good: the key is parked.
  case rejected(reason: String)
  /// 410: the sink wants no more of this subscription until it is edited.
  case gone

  init(_ answer: SinkAnswer) {
    switch answer {
    case .requeue(let status, let text) where (200..<300).contains(status):
      self = RequeueAfter.nanoseconds(text).map { .requeue(after: $0) } ?? .acknowledged
    case .requeue(let status, _): self = Verdict(.status(status, retryAfterSeconds: nil))
    case .failed(let status, let after, _): self = Verdict(.status(status, retryAfterSeconds: after))
    case .noAnswer(let text): self = .sinkFails(afterSeconds: nil, reason: text)
    case .notAllowed(let text): self = .sinkFails(afterSeconds: nil, reason: "policy: " + text)
    case .status(let status, let retryAfterSeconds):
      let reason = "the sink answered \(status)"
      switch status {
      case 200..<300: self = .acknowledged
      case 410: self = .gone
      case 429, 503: self = .sinkFails(afterSeconds: retryAfterSeconds, reason: reason)
      case 404, 408, 502, 504: self = .sinkFails(afterSeconds: nil, reason: reason)
      case 401, 403, 409: self = .retry(reason: reason)
      case 300..<500: self = .rejected(reason: reason)
      // 5xx, and what is no final answer at all.
      default: self = .retry(reason: reason)
      }
    }
  }
}
