import Kubernetes

/// Which kinds the API server serves, as far as somebody wants to know (SEMANTICS 7). What is wanted for the first time is
/// looked up in the aggregated document of `/apis`, all of it with one request; where the server has none, and for every
/// later look, each group and version is asked for by itself. While a kind that is wanted is not there it is looked for
/// again, ever more rarely, and at once when the cluster's definitions of kinds have changed (`prompt`).
struct DiscoveryTable: Sendable {
  /// Waits between two looks for a kind that is missing or a discovery that failed.
  static let firstRecheck = Duration64.seconds(1)
  static let lastRecheck = Duration64.seconds(10)
  /// The longest `Retry-After` that is obeyed.
  static let lastRetryAfter = 300
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

  /// One request.
  enum Question: Equatable, Sendable {
    /// The resources of one group and version.
    case one(GroupVersion)
    /// The aggregated document of `/apis`.
    case all
  }

  /// What is being asked about a group and version.
  private enum Asking: Sendable { case nothing, byItself, withAll }

  private struct Entry: Sendable {
    var resources: [APIResource]?
    /// What is not among the resources may be served all the same.
    var isStale = false
    var failure: String?
    var asking = Asking.nothing
    var wait = DiscoveryTable.firstRecheck
    var recheckAt: UInt64?
    var answeredAt: UInt64 = 0
    /// It was prompted while an answer was on its way, which may be of before.
    var isPrompted = false
  }

  private var entries: [GroupVersion: Entry] = [:]
  /// In the order in which they were wanted first: no Dictionary order reaches an effect.
  private var order: [GroupVersion] = []
  private(set) var hasNoAggregate = false
  private var isAskingAll = false

  func resource(_ groupVersion: GroupVersion, kind: String) -> Answer {
    guard let entry = entries[groupVersion] else {
      return entries.count < Self.maxEntries ? .unknown(nil) : .missing
    }
    guard let resources = entry.resources else { return .unknown(entry.failure) }
    if let found = resources.first(where: { $0.kind == kind }) { return .found(found) }
    return entry.isStale ? .unknown(entry.failure) : .missing
  }

  /// Somebody wants to know about this group and version, now.
  mutating func want(_ groupVersion: GroupVersion) {
    guard entries[groupVersion] == nil, entries.count < Self.maxEntries else { return }
    entries[groupVersion] = Entry(recheckAt: 0)
    order.append(groupVersion)
  }

  /// A kind of it is wanted and missing: look again later.
  mutating func recheck(_ groupVersion: GroupVersion, retryAfter seconds: Int? = nil, at now: UInt64) {
    guard var entry = entries[groupVersion], entry.recheckAt == nil, entry.asking == .nothing else { return }
    let asked = Duration64.seconds(min(max(0, seconds ?? 0), Self.lastRetryAfter))
    entry.recheckAt = now + max(entry.wait, asked)
    entry.wait = min(entry.wait * 2, Self.lastRecheck)
    entries[groupVersion] = entry
  }

  /// An object of a kind that was missing is referred to: look again unless the last look was just now. True if a new
  /// answer is on its way.
  mutating func lookAgain(_ groupVersion: GroupVersion, at now: UInt64) -> Bool {
    guard let entry = entries[groupVersion] else { return false }
    if entry.asking != .nothing || entry.recheckAt != nil { return true }
    guard now >= entry.answeredAt + Self.lastRecheck else { return false }
    entries[groupVersion]?.recheckAt = now
    return true
  }

  /// The definitions of this group's kinds have changed: look again now, or a moment after the last look.
  mutating func prompt(group: String, at now: UInt64) {
    for groupVersion in order where groupVersion.group == group {
      guard var entry = entries[groupVersion] else { continue }
      entry.wait = Self.firstRecheck
      if entry.asking == .nothing {
        let due = entry.answeredAt == 0 ? now : max(now, entry.answeredAt + Self.firstRecheck)
        entry.recheckAt = min(entry.recheckAt ?? due, due)
      } else {
        entry.isPrompted = true
      }
      entries[groupVersion] = entry
    }
  }

  /// What is to be asked now.
  mutating func due(at now: UInt64) -> [Question] {
    var questions: [Question] = []
    for groupVersion in order {
      guard var entry = entries[groupVersion], let at = entry.recheckAt, at <= now else { continue }
      entry.recheckAt = nil
      // The core group has one version, which a document of all of them says no faster.
      let isFirst = entry.resources == nil && entry.failure == nil && !groupVersion.group.isEmpty
      if isFirst, !hasNoAggregate, !isAskingAll || questions.contains(.all) {
        entry.asking = .withAll
        if !isAskingAll { questions.append(.all) }
        isAskingAll = true
      } else {
        entry.asking = .byItself
        questions.append(.one(groupVersion))
      }
      entries[groupVersion] = entry
    }
    return questions
  }

  var nextDeadline: UInt64? { entries.values.lazy.compactMap(\.recheckAt).min() }

  // MARK: Answers

  /// The API server has answered: these are served there, perhaps none.
  mutating func answered(_ groupVersion: GroupVersion, _ resources: [APIResource], at now: UInt64) {
    note(groupVersion, resources, isStale: false, at: now)
  }

  /// There was no usable answer: it proves nothing, and is asked again.
  mutating func failed(
    _ groupVersion: GroupVersion, _ reason: String, retryAfter seconds: Int? = nil, at now: UInt64
  ) {
    entries[groupVersion]?.asking = .nothing
    entries[groupVersion]?.failure = reason
    recheck(groupVersion, retryAfter: seconds, at: now)
  }

  /// The aggregated document came. Returns whom it answers.
  mutating func answeredAll(_ document: AggregatedDiscovery, at now: UInt64) -> [GroupVersion] {
    isAskingAll = false
    var resources: [GroupVersion: [APIResource]] = [:]
    for resource in document.resources { resources[resource.groupVersion, default: []].append(resource) }
    let answered = order.filter { entries[$0]?.asking == .withAll }
    for groupVersion in answered {
      note(
        groupVersion, resources[groupVersion] ?? [], isStale: document.stale.contains(groupVersion), at: now)
    }
    return answered
  }

  /// The server has no aggregated document, or it cannot be used: each group and version is asked for by itself now,
  /// and if the server `hasNone`, from now on.
  mutating func failedAll(hasNone: Bool, at now: UInt64) {
    isAskingAll = false
    if hasNone { hasNoAggregate = true }
    for groupVersion in order where entries[groupVersion]?.asking == .withAll {
      entries[groupVersion]?.asking = .nothing
      entries[groupVersion]?.failure = "the aggregated discovery could not be used"
      entries[groupVersion]?.recheckAt = now
    }
  }

  private mutating func note(
    _ groupVersion: GroupVersion, _ resources: [APIResource], isStale: Bool, at now: UInt64
  ) {
    guard var entry = entries[groupVersion] else { return }
    entry.asking = .nothing
    entry.answeredAt = now
    // News may be the beginning of more: somebody installs the kinds just now.
    if entry.resources != resources { entry.wait = Self.firstRecheck }
    entry.resources = resources
    entry.isStale = isStale
    entry.failure = isStale ? "the server behind its group does not answer (stale discovery)" : nil
    if entry.isPrompted { entry.recheckAt = now + Self.firstRecheck }
    entry.isPrompted = false
    entries[groupVersion] = entry
    if isStale { recheck(groupVersion, at: now) }
  }
}
