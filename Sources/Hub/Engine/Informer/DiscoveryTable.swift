import Kubernetes

/// Which kinds the API server serves, as far as somebody wants to know: asked for by group and version, and asked
/// again, ever more rarely, while a kind that is wanted is not there (SEMANTICS 7).
struct DiscoveryTable: Sendable {
  /// Waits between two looks for a kind that is missing or a discovery that failed.
  static let firstRecheck = Duration64.seconds(1)
  static let lastRecheck = Duration64.seconds(10)
  /// A document that is larger is refused.
  static let maxBytes = 16 << 20
  /// Owner references name groups and versions as they please; one beyond so many counts as not served.
  static let maxEntries = 4096

  enum Answer: Equatable, Sendable {
    case found(APIResource)
    /// The API server says that it does not serve it.
    case missing
    /// Not known yet; the reason once an attempt has failed.
    case unknown(String?)
  }

  private struct Entry: Sendable {
    var resources: [APIResource]?
    var failure: String?
    var isAsking = false
    var wait = DiscoveryTable.firstRecheck
    var recheckAt: UInt64?
    var answeredAt: UInt64 = 0
  }

  private var entries: [GroupVersion: Entry] = [:]
  /// In the order in which they were wanted first: no Dictionary order reaches an effect.
  private var order: [GroupVersion] = []

  func resource(_ groupVersion: GroupVersion, kind: String) -> Answer {
    guard let entry = entries[groupVersion] else {
      return entries.count < Self.maxEntries ? .unknown(nil) : .missing
    }
    guard let resources = entry.resources else { return .unknown(entry.failure) }
    return resources.first { $0.kind == kind }.map(Answer.found) ?? .missing
  }

  /// Somebody wants to know about this group and version, now.
  mutating func want(_ groupVersion: GroupVersion) {
    guard entries[groupVersion] == nil, entries.count < Self.maxEntries else { return }
    entries[groupVersion] = Entry(recheckAt: 0)
    order.append(groupVersion)
  }

  /// A kind of it is wanted and missing: look again later.
  mutating func recheck(_ groupVersion: GroupVersion, at now: UInt64) {
    guard var entry = entries[groupVersion], entry.recheckAt == nil, !entry.isAsking else { return }
    entry.recheckAt = now + entry.wait
    entry.wait = min(entry.wait * 2, Self.lastRecheck)
    entries[groupVersion] = entry
  }

  /// An object of a kind that was missing is referred to: look again unless the last look was just now. True if a new
  /// answer is on its way.
  mutating func lookAgain(_ groupVersion: GroupVersion, at now: UInt64) -> Bool {
    guard let entry = entries[groupVersion] else { return false }
    if entry.isAsking || entry.recheckAt != nil { return true }
    guard now >= entry.answeredAt + Self.lastRecheck else { return false }
    entries[groupVersion]?.recheckAt = now
    return true
  }

  /// What is to be asked now.
  mutating func due(at now: UInt64) -> [GroupVersion] {
    order.filter { groupVersion in
      guard let at = entries[groupVersion]?.recheckAt, at <= now else { return false }
      entries[groupVersion]?.recheckAt = nil
      entries[groupVersion]?.isAsking = true
      return true
    }
  }

  var nextDeadline: UInt64? { entries.values.lazy.compactMap(\.recheckAt).min() }

  /// The API server has answered: these are served there, perhaps none.
  mutating func answered(_ groupVersion: GroupVersion, _ resources: [APIResource], at now: UInt64) {
    entries[groupVersion]?.isAsking = false
    entries[groupVersion]?.answeredAt = now
    // News may be the beginning of more: somebody installs the kinds just now.
    if entries[groupVersion]?.resources != resources { entries[groupVersion]?.wait = Self.firstRecheck }
    entries[groupVersion]?.resources = resources
    entries[groupVersion]?.failure = nil
  }

  /// There was no usable answer: it proves nothing, and is asked again.
  mutating func failed(_ groupVersion: GroupVersion, _ reason: String, at now: UInt64) {
    entries[groupVersion]?.isAsking = false
    entries[groupVersion]?.failure = reason
    recheck(groupVersion, at: now)
  }
}
