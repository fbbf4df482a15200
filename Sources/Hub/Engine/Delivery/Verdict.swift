/// What a sink's answer means (DESIGN 2.4). The one place where it is decided.
enum Verdict: Equatable, Sendable {
  /// Done.
  case acknowledged
  /// Done for now: again after so many nanoseconds (SEMANTICS 25).
  case requeue(after: UInt64)
  /// Again, after at least this many seconds if the sink said so; the text is for status and log.
  case retry(afterSeconds: Int?, reason: String)
  /// The event is refused for good: the key is parked.
  case rejected(reason: String)
  /// 410: the sink wants no more of this subscription until it is edited.
  case gone

  init(_ answer: SinkAnswer) {
    switch answer {
    case .requeue(let status, let text) where (200..<300).contains(status):
      self = RequeueAfter.nanoseconds(text).map { .requeue(after: $0) } ?? .acknowledged
    case .requeue(let status, _): self = Verdict(.status(status, retryAfterSeconds: nil))
    case .noAnswer(let text): self = .retry(afterSeconds: nil, reason: text)
    case .status(let status, let retryAfterSeconds):
      switch status {
      case 200..<300: self = .acknowledged
      case 410: self = .gone
      case 429, 503: self = .retry(afterSeconds: retryAfterSeconds, reason: "the sink answered \(status)")
      case 401, 403, 404, 408, 409: self = .retry(afterSeconds: nil, reason: "the sink answered \(status)")
      case 300..<500: self = .rejected(reason: "the sink answered \(status)")
      // 5xx, and what is no final answer at all.
      default: self = .retry(afterSeconds: nil, reason: "the sink answered \(status)")
      }
    }
  }
}
