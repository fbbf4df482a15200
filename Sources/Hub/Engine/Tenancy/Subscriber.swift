import Kubernetes

/// One subscription as the hub serves it: its accepted form, what it follows, what waits for it.
struct Subscriber: Sendable {
  enum Origin: Hashable, Sendable {
    case cluster
    case file(String)
  }

  /// What one of its kinds is placed on.
  struct Placement: Sendable {
    var groupVersion: GroupVersion
    var kind: String
    /// The entries of `spec.resources` of this kind, as they are in force.
    var entries: [ResourceInterest]
    var scope: NamespaceScope
    var feed: Int
    var member: UInt32

    /// Whether objects of this kind are followed here for themselves.
    func follows(_ kind: UInt32, feeds: [Feed?]) -> Bool {
      feeds[feed]?.kind == kind && entries.contains { !$0.controller }
    }
  }

  let uid: String
  let namespace: String
  let name: String
  let origin: Origin
  /// It is from a file (DESIGN 4).
  let isAdministrators: Bool
  /// Tells this subscriber from a later one in the same slot.
  let serial: UInt64
  /// `metadata.generation` as last seen.
  var generation: Int64 { didSet { isTouched = true } }
  /// The form in force: the last that was accepted (SEMANTICS 27).
  var accepted: OperatorSubscription? { didSet { isTouched = true } }
  /// The journal knows it.
  var isJournaled = false
  /// What the journal knows of it, its keys apart, has changed.
  var isTouched = false
  /// A hub served it before, and this one does not know what was told: everything is initial (SEMANTICS 28).
  var isRecovered = false
  /// It was seen since the hub began: what a journal kept may have been edited or deleted while the hub was down, so
  /// nothing is sent for it before.
  var isConfirmed = true
  /// Why the form last seen is not in force; empty if it is.
  var refusal: String?
  var placements: [Placement] = [] { didSet { isTouched = true } }
  /// Kinds that are waited for: not served, or not known yet.
  var missing: [String] = []
  var queue = WorkQueue()
  var requeues = RequeueTable()
  var sink = SinkState()
  /// Where its dead letters go, if somewhere.
  var deadLetterSink = SinkState()
  var rights = SubscriptionRights()
  /// The sink answered 410: nothing more is sent until an edit (SEMANTICS 23).
  var isStopped = false { didSet { isTouched = true } }
  /// Failures in a row over all keys, and the last one's reason.
  var failures = 0
  var lastFailure = ""
  /// The last error of a filter's expression in the form in force.
  var filterFailure: String?
  var lastDelivery: Int64?
  var delivered = 0
  var failed = 0
  /// The status says that the sink takes events.
  var isShownDelivering = false
  /// What tells the events that an edit causes from those before it; empty until the first edit (SEMANTICS 19).
  var editToken = "" { didSet { isTouched = true } }
  var edits: Int64 = 0
  var resync = ResyncClock()
  /// What the API server was last told, and what is on the way.
  var report = SubscriptionReport()
  /// What its tenant was told by Events.
  var announcements = Announcements()
  /// A deadline is set for a failure that becomes long.
  var isFailureTimed = false

  init(
    uid: String, namespace: String, name: String, origin: Origin, serial: UInt64, generation: Int64
  ) {
    self.uid = uid
    self.namespace = namespace
    self.name = name
    self.origin = origin
    isAdministrators = origin != .cluster
    self.serial = serial
    self.generation = generation
  }

  /// Failures in a row from which on the sink counts as failing in the status.
  static let failuresToReport = 3

  /// From now on changes are noted for the journal.
  mutating func keepJournal() {
    queue.changes = WorkQueue.Changes()
    requeues.changed = []
  }

  /// Who sends what, as the policy judges it.
  var sinkSender: SinkSender {
    SinkSender(
      namespace: namespace, isAdministrators: isAdministrators,
      tellsSecrets: accepted?.spec.tellsSecrets ?? false)
  }

  subscript(sink role: SinkRole) -> SinkState {
    get { role == .events ? sink : deadLetterSink }
    _modify {
      switch role {
      case .events: yield &sink
      case .deadLetters: yield &deadLetterSink
      }
    }
  }

  /// The machine of the sink that it sends to now, if it has joined it.
  func machine(_ role: SinkRole) -> SinkTable.Reference? {
    switch role {
    case .events: sink.currentMachine
    case .deadLetters: deadLetterSink.currentMachine
    }
  }

  /// The target that the accepted form names.
  func target(_ role: SinkRole) -> SinkTarget? {
    switch role {
    case .events: accepted?.spec.sink
    case .deadLetters: accepted?.spec.delivery.deadLetterSink
    }
  }

  /// Where objects of this kind are followed for themselves: more than one place if it is followed in more than one
  /// version.
  func placements(ofKind kind: UInt32, feeds: [Feed?]) -> [Placement] {
    placements.filter { $0.follows(kind, feeds: feeds) }
  }

  /// Whether it still has this place: numbers are given away again.
  func isPlaced(_ member: UInt32, on feed: Int) -> Bool {
    placements.contains { $0.member == member && $0.feed == feed }
  }

  /// A form replaces another. Files have no generation, so their edits are counted.
  mutating func noteEdit() {
    edits += 1
    editToken = "generation/\(generation == 0 ? edits : generation)"
  }
}
