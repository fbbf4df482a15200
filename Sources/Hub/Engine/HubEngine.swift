import Kubernetes

/// The hub's core: follows, routes, delivers, remembers. A value without clock, socket, thread, log or random number:
/// `handle` takes what happened and returns what to do, in order. The same inputs at the same times always have the
/// same effects.
///
/// The way of one watch event through it:
/// bytes → `Reflector` (Kubernetes) → `Feed` judges it by `ObjectStore` and `InterestIndex` → `RoutedChange` → `WorkQueue` of the
/// subscription → `FairScheduler` → `HubEvent` → a `send`; the answer is a `Verdict`.
public struct HubEngine: Sendable {
  /// What the engine was told at its start.
  public let configuration: EngineConfiguration

  var effects: [EngineEffect] = []
  var counters = EngineCounters()
  var random: SeededRandom
  var timers = DeadlineHeap<EngineTimer>()
  var requests = RequestTable()

  // Following.
  var feeds: [Feed?] = []
  var reflectors: [FeedReflector?] = []
  var namespaces = ByteTable()
  var kinds = KindTable()
  var discovery = DiscoveryTable()
  var kindRegistry = KindRegistry()
  var namespaceRegistry: NamespaceRegistry?
  var names = ObjectNames()
  var heldChildren = HeldChildren()
  /// The `apiVersion` under which a kind was followed last, for deletes that outlive its feed.
  var followedVersions: [UInt32: String] = [:]

  // Remembering.
  var journal = JournalProgress()
  var cluster = ClusterIdentity()
  var hasBegun = false
  var feedSerial: UInt64 = 0
  /// The highest epoch of a feed that is gone: a new one begins in it.
  var newestEpoch: UInt32 = 0

  // Subscriptions.
  var subscribers = SubscriberTable()
  var clusterSubscriptions: SubscriptionFeed?
  var files = SubscriptionFileSet()
  var statusPacer = StatusPacer()
  /// Subscriptions whose conditions may have changed.
  var unreported = TurnRing()
  /// Subscriptions whose status is to be written when the rate allows it.
  var unwritten = TurnRing()
  var isStatusTokenAwaited = false
  /// Subscriptions with something to tell by an Event.
  var unannounced = TurnRing()
  var announcementsInFlight = 0
  /// The API server refuses Events, and that was told.
  var isAnnouncingForbidden = false
  var statusWrites = 0

  // Delivering.
  var scheduler: FairScheduler
  var deliveries = DeliveryTable()
  var sinks = SinkTable()
  var reviews: AccessReviews
  var readsInFlight = 0
  /// Subscriptions whose next key needs a read that had to wait.
  var readers = FairScheduler()
  var tenants = TenantTable()
  var quota: SubscriptionQuota
  /// The forms of subscriptions that wait for the quota, by uid.
  var waitingForms: [String: OperatorSubscription] = [:]
  var throttling = ThrottlingWatch()
  /// Bytes of all bodies that wait, over all subscriptions.
  var waitingBodyBytes = 0

  /// An engine that has not begun; its first input is `.start`.
  public init(_ configuration: EngineConfiguration) {
    self.configuration = configuration
    random = SeededRandom(seed: configuration.seed)
    scheduler = FairScheduler(configuration.limits.shares)
    quota = SubscriptionQuota(
      tenantLimit: configuration.limits.tenant.subscriptions, hubLimit: configuration.limits.subscriptions)
    reviews = AccessReviews(lifetime: Duration64.seconds(configuration.limits.reviewSeconds))
    if configuration.keepsJournal { subscribers.noteChanges() }
  }

  var sinkJudge: SinkJudge { SinkJudge(policy: configuration.sinkPolicy, apiServer: configuration.source) }

  /// Takes a batch of inputs, in order, and returns the effects they have, in order.
  public mutating func handle(_ inputs: [EngineInput], at now: EngineTime) -> [EngineEffect] {
    for input in inputs { handle(input, at: now) }
    passTime(to: now)
    askDiscovery(at: now)
    dispatch(at: now)
    sendReviews()
    writeStatuses(at: now)
    writeAnnouncements(at: now)
    writeJournal(at: now)
    var result: [EngineEffect] = []
    swap(&result, &effects)
    return result
  }

  private mutating func handle(_ input: EngineInput, at now: EngineTime) {
    switch input {
    case .start: start(at: now)
    case .responseHead(let id, let status, let retryAfter): answerBegan(id, status, retryAfter, at: now)
    case .responseBytes(let id, let bytes): answerCame(id, bytes, at: now)
    case .responseEnd(let id, let end): answerEnded(id, end, at: now)
    case .sinkAnswer(let id, let answer): sinkAnswered(id, answer, at: now)
    case .subscriptionFiles(let files): filesChanged(files, at: now)
    case .writeImage: journal.isImageWanted = true
    case .tick: break
    }
  }

  /// The monotonic time at which a `.tick` is wanted at the latest; nil: nothing is waited for.
  public var nextDeadline: UInt64? {
    if journal.image != nil { return 0 }
    var next = [timers.next, discovery.nextDeadline, clusterSubscriptions?.reflector.nextDeadline].compactMap
    { $0 }
    if configuration.keepsJournal, let deadline = cluster.nextDeadline { next.append(deadline) }
    if let deadline = scheduler.nextDeadline { next.append(deadline) }
    if let deadline = namespaceRegistry?.reflector.nextDeadline { next.append(deadline) }
    for follower in kindRegistry.followers {
      if let deadline = follower.reflector.nextDeadline { next.append(deadline) }
    }
    for reflector in reflectors {
      guard let reflector else { continue }
      if let deadline = reflector.machine.nextDeadline { next.append(deadline) }
      if let deadline = reflector.catchUp.nextDeadline { next.append(deadline) }
    }
    return next.min()
  }

  /// Everything whose time has come.
  private mutating func passTime(to now: EngineTime) {
    while let timer = timers.popDue(at: now.monotonic) { fire(timer, at: now) }
    scheduler.passTime(to: now.monotonic)
    if configuration.keepsJournal, let deadline = cluster.nextDeadline, deadline <= now.monotonic {
      askIdentity(at: now)
    }
    if let deadline = clusterSubscriptions?.reflector.nextDeadline, deadline <= now.monotonic {
      driveSubscriptions(.deadline, at: now)
    }
    if let deadline = namespaceRegistry?.reflector.nextDeadline, deadline <= now.monotonic {
      driveNamespaces(.deadline, at: now)
    }
    for source in KindRegistry.Source.allCases where source.rawValue < kindRegistry.followers.count {
      guard let deadline = kindRegistry.followers[source.rawValue].reflector.nextDeadline else { continue }
      if deadline <= now.monotonic { driveKinds(source, .deadline, at: now) }
    }
    for feed in reflectors.indices {
      if let deadline = reflectors[feed]?.machine.nextDeadline, deadline <= now.monotonic {
        drive(feed, .deadline, at: now)
      }
      if let deadline = reflectors[feed]?.catchUp.nextDeadline, deadline <= now.monotonic {
        beginCatchUp(feed)
      }
    }
  }

  private mutating func fire(_ timer: EngineTimer, at now: EngineTime) {
    switch timer {
    case .backoff(let slot, let serial, let place):
      guard subscribers.isCurrent(slot, serial) else { return }
      subscribers[slot].queue.wake(place, at: now.monotonic)
      schedule(slot)
    case .sink(let slot, let serial, let role):
      guard subscribers.isCurrent(slot, serial) else { return }
      resolveSink(slot, role, at: now)
    case .sinkMachine(let sink):
      sinks.woke(sink)
      release(sink)
    case .requeues(let slot, let serial):
      if subscribers.isCurrent(slot, serial) { fireRequeues(slot, at: now) }
    case .sweep: sweepDeliveries(at: now)
    case .status(let slot, let serial):
      guard subscribers.isCurrent(slot, serial) else { return }
      subscribers[slot].report.isTimed = false
      report(slot)
    case .longFailure(let slot, let serial):
      guard subscribers.isCurrent(slot, serial) else { return }
      subscribers[slot].isFailureTimed = false
      report(slot)
    case .resync(let slot, let serial, let edition):
      guard subscribers.isCurrent(slot, serial) else { return }
      resyncDue(slot, edition: edition, at: now)
    case .resyncPage(let slot, let serial, let edition):
      guard subscribers.isCurrent(slot, serial), subscribers[slot].resync.edition == edition else { return }
      readOn(slot, at: now)
    case .statusToken: isStatusTokenAwaited = false
    case .throttling: lookForThrottling(at: now)
    case .review(let slot, let serial):
      if subscribers.isCurrent(slot, serial) { reviewDue(slot, at: now) }
    }
  }

  mutating func notice(_ level: Notice.Level, _ message: String, _ fields: [HeaderField] = []) {
    effects.append(.notice(Notice(level, message, fields)))
  }
}

/// Everything that the engine waits for, but for the machines that know their own deadlines.
enum EngineTimer: Sendable {
  /// A key may be sent again.
  case backoff(slot: UInt32, serial: UInt64, place: WorkQueue.Place)
  /// A sink's reference is to be read (again).
  case sink(slot: UInt32, serial: UInt64, SinkRole)
  /// A sink may be tried again.
  case sinkMachine(SinkTable.Reference)
  /// A key is to be told again because its reconciler asked for that.
  case requeues(slot: UInt32, serial: UInt64)
  /// Look for deliveries that are overdue although the shell did not say so.
  case sweep
  /// A status may be written again.
  case status(slot: UInt32, serial: UInt64)
  /// A sink that is still failing has been for long.
  case longFailure(slot: UInt32, serial: UInt64)
  /// A part of a resync is due.
  case resync(slot: UInt32, serial: UInt64, edition: UInt64)
  /// A resync may read its next page.
  case resyncPage(slot: UInt32, serial: UInt64, edition: UInt64)
  /// Rights are to be reviewed again although nothing may be sent.
  case review(slot: UInt32, serial: UInt64)
  /// It is time to show whose rate holds it back.
  case throttling
  /// The pacer has a token again.
  case statusToken
}
