import HubEngine

/// `CheckerName.retryAfter`: a sink that says how long it is not to be asked is not asked for so long, but no longer than
/// the subscription allows it to demand.
struct RetryAfterChecker {
  /// What a subscription allows that does not say, in seconds.
  static let usual = 300

  private struct Line: Hashable {
    var url: String
    var key: String
  }

  private struct Hold {
    /// Monotonic.
    var until: UInt64
    /// The batch before which the hub could not know: what it had sent by then may still wait for the journal.
    var turn: Int
  }

  private var holds: [String: Hold] = [:]
  /// Keys at which the sink failed before: that may be the key's own doing (SEMANTICS 23).
  private var suspects: Set<Line> = []

  mutating func answered(
    _ sent: Sent, _ status: Int, after seconds: Int?, of tenant: Tenant, at now: UInt64, turn: Int
  ) {
    let line = Line(url: sent.request.url, key: sent.key)
    switch status {
    case 0, 404, 408, 429, 502, 503, 504:
      let isSuspect = !suspects.insert(line).inserted
      guard let seconds, !isSuspect else { return }
      let most = tenant.forms.map { $0.retryAfterMax ?? Self.usual }.min() ?? 0
      let until = now + UInt64(min(seconds, most)) * 1_000_000_000
      let known = holds[sent.request.url]?.until ?? 0
      if until > known { holds[sent.request.url] = Hold(until: until, turn: turn) }
    default: suspects.remove(line)
    }
  }

  func sent(_ sent: Sent) -> [Violation] {
    guard let hold = holds[sent.request.url], sent.sentAt < hold.until, sent.turn > hold.turn else {
      return []
    }
    let rest = (hold.until - sent.sentAt) / 1_000_000
    return [Violation(.retryAfter, "the sink is not to be asked for \(rest) ms", sent)]
  }

  /// An edit may be a new beginning for its sinks.
  mutating func edited(_ tenant: Tenant) {
    holds = holds.filter { !$0.key.hasPrefix(Simulation.url(of: tenant.uid)) }
  }

  mutating func hubDied() { holds = [:] }
}

/// `CheckerName.coldSinks`: a sink of which nothing was heard is asked for as much as the hub's setting says, and for one more
/// with each ten seconds of silence (SEMANTICS 23).
struct ColdSinkChecker {
  static let patience: UInt64 = 10_000_000_000

  private var known: Set<String> = []

  mutating func answered(_ sent: Sent) { known.insert(sent.request.url) }

  mutating func hubDied() { known = [] }

  func check(_ world: World, rare: inout RareCounts) -> [Violation] {
    let limit = world.configuration.limits.coldSinkDeliveries
    var asked: [String: [Sent]] = [:]
    for sent in world.sent + world.gated where !known.contains(sent.request.url) {
      asked[sent.request.url, default: []].append(sent)
    }
    return asked.values.compactMap { asked in
      guard asked.count >= limit, let first = asked.map(\.sentAt).min(), let last = asked.last else {
        return nil
      }
      rare.note(.coldSinkSpared)
      let most = limit + Int((world.now.monotonic - first) / Self.patience)
      return asked.count > most ? Violation(.coldSinks, "\(asked.count) at once", last) : nil
    }
  }
}
