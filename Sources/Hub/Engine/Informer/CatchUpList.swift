import JSONScan
import Kubernetes

/// The list that late interests need on a resource that is already watched (SEMANTICS 13): pages of 500, not older
/// than what the watch has seen; begun again with growing waits when it expires or fails.
struct CatchUpList: Sendable {
  static let pageSize = 500
  static let pageDeadlineSeconds = 60
  static let firstWait = Duration64.seconds(1)
  static let lastWait = Duration64.seconds(30)
  /// The longest `Retry-After` that is obeyed.
  static let lastRetryAfter = 300

  enum State: Equatable, Sendable {
    case idle
    case waiting(until: UInt64)
    case asking(continueToken: String?)
  }

  private(set) var state = State.idle
  private var wait = CatchUpList.firstWait

  var isRunning: Bool { state != .idle }

  /// The target of the first page.
  mutating func begin(path: String, notOlderThan version: String?) -> String {
    state = .asking(continueToken: nil)
    var target = path + "?limit=\(Self.pageSize)"
    if let version, !version.isEmpty {
      target += "&resourceVersion=" + PercentEncoding.encode(version) + "&resourceVersionMatch=NotOlderThan"
    }
    return target
  }

  /// The target of the next page, or nil when the page was the last: the list is complete.
  mutating func next(after page: ListPage, path: String) -> String? {
    guard let token = page.continueToken, !token.isEmpty else {
      state = .idle
      wait = Self.firstWait
      return nil
    }
    state = .asking(continueToken: token)
    return path + "?limit=\(Self.pageSize)&continue=" + PercentEncoding.encode(token)
  }

  /// It failed or expired: the whole list again, later, and not before the server wants it.
  mutating func fail(at now: UInt64, retryAfter seconds: Int? = nil) {
    let asked = Duration64.seconds(min(max(0, seconds ?? 0), Self.lastRetryAfter))
    state = .waiting(until: now + max(wait, asked))
    wait = min(wait * 2, Self.lastWait)
  }

  /// A relist of the reflector covers it.
  mutating func cancel() { state = .idle }

  var nextDeadline: UInt64? {
    if case .waiting(let until) = state { until } else { nil }
  }
}
