import Kubernetes

/// What a journal kept, built up frame by frame: the engine begins from it (SEMANTICS 36).
public struct JournalState: Sendable {
  struct KeptFeed: Sendable {
    var feed: Feed
    var version: String?
    var interests: [UInt32: JournaledInterest] = [:]
    /// The namespaces of each scope.
    var scopes: [UInt32: [UInt32]] = [:]
  }

  struct KeptChild: Sendable {
    var until: GroupVersion
    var change: RoutedChange
  }

  /// Numbers of feeds, of subscriptions, and of the interests and members of a feed are lower: several times of what a hub
  /// may have, and little enough for tables of that length.
  static let maxFeeds = 1 << 14
  static let maxSubscriptions = 1 << 17
  static let maxInterests = 1 << 22
  static let maxScopes = 1 << 17

  var clusterUID: String?
  var namespaces = ByteTable()
  var kinds = KindTable()
  var followedVersions: [UInt32: String] = [:]
  var feeds: [Int: KeptFeed] = [:]
  var subscriptions: [UInt32: JournaledSubscription] = [:]
  var held: [KeptChild] = []
  var newestEpoch: UInt32 = 0

  /// A state in which nothing is remembered.
  public init() {}

  /// Nothing is remembered.
  public var isEmpty: Bool { clusterUID == nil && feeds.isEmpty && subscriptions.isEmpty }

  /// How many objects it holds, over all resources.
  public var objectCount: Int { feeds.values.reduce(0) { $0 + $1.feed.store.count } }

  /// How many keys wait in it, over all subscriptions.
  public var waitingCount: Int { subscriptions.values.reduce(0) { $0 + $1.items.count } }

  /// Takes one frame's entries, in the order in which frames were appended. After an error the state is of no use.
  ///
  /// - Throws: an entry makes no sense, or is of a kind that only a later version knows.
  public mutating func apply(_ entries: [UInt8]) throws(JournalEntryError) {
    var reader = JournalEntryReader(entries)
    var feed = -1
    var slot = UInt32.max
    while !reader.isAtEnd {
      switch try reader.kind() {
      case .inFeed: feed = try reader.count()
      case .inSubscription: slot = try reader.number32()
      case .object:
        guard feeds[feed] != nil else { throw reader.malformed }
        try feeds[feed]?.feed.restoreObject(&reader)
      case .objectGone:
        guard feeds[feed] != nil else { throw reader.malformed }
        try feeds[feed]?.feed.restoreObjectGone(&reader)
      case .interest:
        let number = try reader.place(below: Self.maxInterests)
        let interest = try JournaledInterest(&reader)
        guard feeds[feed] != nil else { throw reader.malformed }
        feeds[feed]?.interests[number] = interest
      case .scope:
        let number = try reader.place(below: Self.maxScopes)
        let active = try reader.numbers()
        guard feeds[feed] != nil, active.allSatisfy({ $0 < namespaces.count }) else { throw reader.malformed }
        feeds[feed]?.scopes[number] = active
      case .interestGone: feeds[feed]?.interests[try reader.number32()] = nil
      case .item:
        let item = try WorkItem.read(&reader)
        guard subscriptions[slot] != nil else { throw reader.malformed }
        subscriptions[slot]?.items[item.key] = item
      case .itemGone: subscriptions[slot]?.items[try reader.key()] = nil
      case .timer:
        let key = try reader.key()
        let timer = try JournaledTimer(&reader)
        guard subscriptions[slot] != nil else { throw reader.malformed }
        subscriptions[slot]?.timers[key] = timer
      case .timerGone: subscriptions[slot]?.timers[try reader.key()] = nil
      case let kind: try applyRare(kind, &reader)
      }
    }
  }

  private mutating func applyRare(_ kind: JournalEntryKind, _ reader: inout JournalEntryReader)
    throws(JournalEntryError)
  {
    switch kind {
    case .cluster: clusterUID = try reader.text()
    case .namespace: try applyNamespace(&reader)
    case .kind: try applyKind(&reader)
    case .feed: try applyFeed(&reader)
    case .feedGone: feeds[try reader.count()] = nil
    case .feedVersion:
      let number = try reader.count()
      let epoch = try reader.number32()
      let version = try reader.flag() ? try reader.text() : nil
      feeds[number]?.feed.epoch = epoch
      feeds[number]?.version = version
    case .subscription: try applySubscription(&reader)
    case .subscriptionGone: subscriptions[try reader.number32()] = nil
    case .denied:
      let slot = try reader.number32()
      guard subscriptions[slot] != nil else { throw reader.malformed }
      subscriptions[slot]?.isDenied = true
    case .held: try applyHeld(&reader)
    case .epoch: newestEpoch = try reader.number32()
    case .inFeed, .interest, .interestGone, .scope, .object, .objectGone, .inSubscription, .item, .itemGone,
      .timer,
      .timerGone:
      throw reader.malformed
    }
  }

  /// Numbers are given in order, so each is known already or the next.
  private mutating func applyNamespace(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    let number = try reader.number32()
    guard namespaces.intern(try reader.text()) == number else { throw reader.malformed }
  }

  private mutating func applyKind(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    let number = try reader.number32()
    let kind = GroupKind(group: try reader.text(), kind: try reader.text())
    guard kinds.number(kind) == number else { throw reader.malformed }
    let version = try reader.text()
    if !version.isEmpty { followedVersions[number] = version }
  }

  /// A feed that is known keeps what is known of it: an image says again what is there already.
  private mutating func applyFeed(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    let number = Int(try reader.place(below: Self.maxFeeds))
    let kind = try reader.number32()
    let groupVersion = GroupVersion(group: try reader.text(), version: try reader.text())
    let (name, plural, namespaced) = (try reader.text(), try reader.text(), try reader.flag())
    var verbs: [String] = []
    for _ in 0..<(try reader.count()) { verbs.append(try reader.text()) }
    let resource = APIResource(
      groupVersion: groupVersion, kind: name, plural: plural, namespaced: namespaced, verbs: verbs)
    if feeds[number]?.feed.resource == resource { return }
    feeds[number] = KeptFeed(feed: Feed(resource: resource, kind: kind))
  }

  private mutating func applySubscription(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    let slot = try reader.place(below: Self.maxSubscriptions)
    var subscription = try JournaledSubscription(&reader)
    if let known = subscriptions[slot], known.uid == subscription.uid {
      subscription.items = known.items
      subscription.timers = known.timers
    }
    subscriptions[slot] = subscription
  }

  private mutating func applyHeld(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    held = []
    for _ in 0..<(try reader.count()) {
      guard let until = GroupVersion(apiVersion: try reader.text()) else { throw reader.malformed }
      let (subscription, namespace) = (try reader.number32(), try reader.number32())
      guard let cause = Cause(rawValue: try reader.byte()) else { throw reader.malformed }
      let token = try reader.text()
      let child = try reader.child()
      held.append(
        KeptChild(
          until: until,
          change: RoutedChange(
            subscription: subscription, namespace: namespace, what: .child(child), cause: cause, token: token)
        ))
    }
  }
}
