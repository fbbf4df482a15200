import Kubernetes

/// Beginning from what a journal kept: the same subscriptions, objects and waiting keys under the same numbers.
extension HubEngine {
  /// An engine that goes on where the journal ends; its first input is `.start`. What was in flight goes again.
  public init(_ configuration: EngineConfiguration, restoring state: JournalState) {
    self.init(configuration)
    namespaces = state.namespaces
    kinds = state.kinds
    followedVersions = state.followedVersions
    newestEpoch = state.newestEpoch
    cluster = ClusterIdentity(known: state.clusterUID)
    var restored: [(slot: UInt32, subscriber: Subscriber)] = []
    var lost: [String] = []
    for (slot, kept) in state.subscriptions.sorted(by: { $0.key < $1.key }) {
      let serial = UInt64(restored.count + 1)
      if let subscriber = Self.restored(
        kept, serial: serial, feeds: state.feeds, keepsJournal: configuration.keepsJournal)
      {
        restored.append((slot, subscriber))
      } else {
        lost.append(kept.namespace + "/" + kept.name)
      }
    }
    subscribers.restore(restored)
    for (slot, subscriber) in restored {
      enrol(slot)
      quota.restore(subscriber.uid, tenant: scheduler.tenant(of: slot))
    }
    restoreFeeds(state, hasLost: !lost.isEmpty)
    restoreFiles()
    for child in state.held where subscribers.isInUse(child.change.subscription) {
      if case .child(let change) = child.change.what {
        heldChildren.hold(child.change, change, until: child.until)
      }
    }
    journal.restored = state.subscriptions.filter { subscribers.isInUse($0.key) }
    journal.lostSubscriptions = lost
    if configuration.keepsJournal {
      subscribers.noteChanges()
      // A restart is a good time to begin anew: what follows is told from an image of what was read.
      journal.isImageWanted = true
    }
  }

  private static func restored(
    _ kept: JournaledSubscription, serial: UInt64, feeds: [Int: JournalState.KeptFeed], keepsJournal: Bool
  ) -> Subscriber? {
    guard let accepted = kept.accepted else { return nil }
    var subscriber = Subscriber(
      uid: kept.uid, namespace: kept.namespace, name: kept.name, origin: kept.origin, serial: serial,
      generation: kept.generation)
    subscriber.accepted = accepted
    subscriber.edits = kept.edits
    subscriber.editToken = kept.editToken
    subscriber.isStopped = kept.isStopped
    subscriber.rights.isDenied = kept.isDenied
    subscriber.isConfirmed = false
    if keepsJournal { subscriber.keepJournal() }
    let wanted = Self.wanted(accepted.spec)
    for placement in kept.placements {
      guard let resource = feeds[placement.feed]?.feed.resource,
        let want = wanted.first(where: {
          $0.groupVersion == resource.groupVersion && $0.kind == resource.kind
        })
      else { continue }
      subscriber.placements.append(
        Subscriber.Placement(
          groupVersion: want.groupVersion, kind: want.kind, entries: want.entries,
          scope: accepted.spec.namespaces, feed: placement.feed, member: placement.member))
    }
    return subscriber
  }

  private mutating func restoreFeeds(_ state: JournalState, hasLost: Bool) {
    let end = state.feeds.keys.max().map { $0 + 1 } ?? 0
    feeds = [Feed?](repeating: nil, count: end)
    reflectors = [FeedReflector?](repeating: nil, count: end)
    for (number, kept) in state.feeds.sorted(by: { $0.key < $1.key }) {
      let members = Set(
        subscribers.all.flatMap { subscribers[$0].placements }.filter { $0.feed == number }.map(\.member))
      guard !members.isEmpty else { continue }
      feedSerial += 1
      var feed = kept.feed
      feed.serial = feedSerial
      feed.newest = kept.version.flatMap { ResourceVersion($0).decimal } ?? 0
      restoreInterests(kept, in: &feed, number: number, members: members)
      if hasLost || feed.interests.numbers.count != kept.interests.count {
        feed.forgetUnknown(members: members)
      }
      if configuration.keepsJournal { feed.keepLog() }
      feeds[number] = feed
      let machine = Reflector(
        ReflectorConfiguration(path: feed.resource.path(namespace: nil)), seed: random.next())
      reflectors[number] = FeedReflector(machine: machine)
      journal.versionsToResume[number] = kept.version
    }
  }

  private mutating func restoreInterests(
    _ kept: JournalState.KeptFeed, in feed: inout Feed, number: Int, members: Set<UInt32>
  ) {
    var interests: [(number: UInt32, interest: Interest)] = []
    var outdated: [(slot: UInt32, placement: Int)] = []
    for (place, interest) in kept.interests.sorted(by: { $0.key < $1.key }) {
      guard subscribers.isInUse(interest.subscription),
        let index = subscribers[interest.subscription].placements.firstIndex(where: { $0.feed == number })
      else { continue }
      let placement = subscribers[interest.subscription].placements[index]
      // An edit to selected namespaces that waits for their list: what is in force is the form before it.
      let isOutdated = placement.scope.isSelected && interest.scope == nil && feed.resource.namespaced
      guard placement.member == interest.member,
        let restored = interest.restored(from: placement.entries, isOutdated: isOutdated)
      else { continue }
      if isOutdated { outdated.append((interest.subscription, index)) }
      interests.append((place, restored))
      guard let scope = restored.scope else { continue }
      var selector: LabelSelector?
      if case .selected(let selected) = placement.scope, !restored.isRetired { selector = selected }
      feed.scopes.restore(scope, selector, active: kept.scopes[scope] ?? [])
    }
    feed.interests.restore(interests, members: members.sorted())
    for (slot, index) in outdated {
      subscribers[slot].placements[index].entries = []
      subscribers[slot].placements[index].scope = .all
    }
  }

  /// Which file had which subscription: one that cannot be read now leaves them in force (SEMANTICS 27).
  private mutating func restoreFiles() {
    for slot in subscribers.all {
      if case .file(let name) = subscribers[slot].origin {
        files.uids[name, default: []].append(subscribers[slot].uid)
      }
    }
  }

  // MARK: Going on

  /// Follows what was followed, from where it was, and lets what waited wait again.
  mutating func goOn(at now: EngineTime) {
    for name in journal.lostSubscriptions {
      notice(
        .warning, "a subscription of the journal is not accepted by this version; it begins anew",
        [HeaderField("subscription", name)])
    }
    journal.lostSubscriptions = []
    for slot in subscribers.all {
      if let kept = journal.restored[slot] {
        var items = kept.sortedItems
        // What was kept of children while rights were denied is owed.
        if kept.isDenied { for index in items.indices { items[index].child?.isGone = true } }
        subscribers[slot].queue.restore(items, at: now)
        for (key, timer) in kept.sortedTimers {
          subscribers[slot].requeues.set(timer.restored(at: now), for: key)
        }
        armRequeues(slot)
      }
      guard let spec = subscribers[slot].accepted?.spec else { continue }
      resetSink(slot, .events, spec.sink, at: now)
      resetSink(slot, .deadLetters, spec.delivery.deadLetterSink, at: now)
      settleResync(slot, at: now)
    }
    journal.restored = [:]
    for feed in feeds.indices where feeds[feed] != nil {
      if let version = journal.versionsToResume[feed] {
        resume(feed, from: version, at: now)
      } else {
        follow(feed, at: now)
      }
    }
    journal.versionsToResume = [:]
    for (groupVersion, _) in heldChildren.all { discovery.want(groupVersion) }
    for slot in subscribers.all { plan(slot, at: now) }
  }
}
