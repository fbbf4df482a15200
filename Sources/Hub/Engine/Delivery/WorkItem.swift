/// What a reconciler is told about, within one subscription (SEMANTICS, "key"). The kind is a number in the engine's
/// table of groups and kinds; the version of the API group is no part of it.
struct ObjectKey: Hashable, Sendable {
  var kind: UInt32
  var namespace: String
  var name: String
}

/// Why a key is to be sent, weakest first: of several the strongest is told (SEMANTICS 15).
enum Cause: UInt8, Comparable, Sendable {
  case resync
  case initial
  case requeue
  case change

  static func < (left: Cause, right: Cause) -> Bool { left.rawValue < right.rawValue }

  /// The value of `hubcause`.
  var text: String {
    switch self {
    case .resync: "resync"
    case .initial: "initial"
    case .requeue: "requeue"
    case .change: "change"
    }
  }

  /// Stale work waits behind fresh changes (SEMANTICS 18).
  var isStale: Bool { self == .initial || self == .resync }
}

/// Why a delete is told: the value of `hubreason` (SEMANTICS 21).
enum DeleteReason: String, Sendable {
  case deleted
  case left
}

/// Which incarnation, at which version.
struct Incarnation: Hashable, Sendable {
  var uid: UInt128
  var uidText: String
  var version: String
  /// The version is decimal, so a `sequence` can be made of it.
  var isComparable: Bool
  var epoch: UInt32

  /// What tells its states apart. A restored API server gives versions out again, in a new epoch: what it brings back is no
  /// repetition of what was told before (SEMANTICS 8, 19).
  var distinction: String { epoch == 0 ? version : "\(epoch).\(version)" }
}

/// An object's text that waits to be sent, and of which version it is.
struct HeldBody: Sendable {
  var bytes: [UInt8]
  var version: UInt128
  var isComparable: Bool

  /// The store knows a newer version by now: a gate kept it from the queue, or it was read too early.
  func isOlder(than record: ObjectRecord) -> Bool {
    isComparable && !record.flags.contains(.opaqueVersion) && version < record.version
  }
}

/// A delete that waits to be told. It outlives the object's record.
struct PendingDelete: Sendable {
  var incarnation: Incarnation
  var reason: DeleteReason
  /// The last state, in Resource mode, if it is held.
  var body: [UInt8]?
}

/// A child's change that is to be told to its controlling owner's key (SEMANTICS 5).
struct ChildChange: Hashable, Sendable {
  var owner: OwnerReference
  var childKind: String
  var childUID: UInt128
  var childVersion: String
  /// What tells this telling of it from others (SEMANTICS 19): of its own, since what else waits for the key may vanish.
  var token = ""
  /// The child is its owner's no more: nothing else would ever tell the owner.
  var isGone = false
}

/// A change of one key of one subscription, as routing hands it to the work queue.
struct KeyChange: Sendable {
  enum What: Sendable {
    /// The object lives and matches; its state is in the store. The body is there in Resource mode, if it fits.
    case live(body: HeldBody?)
    /// The incarnation no longer exists, or no longer matches.
    case gone(PendingDelete, wasAcknowledged: Bool, isTold: Bool)
    /// A child of the key's object changed.
    case child(ChildChange)
  }

  var key: ObjectKey
  var what: What
  var cause: Cause
  /// Tells events apart that have the same version (SEMANTICS 19); empty for changes.
  var token: String = ""
}

/// The parts of what waits for a key.
struct KeyParts: OptionSet, Sendable {
  let rawValue: UInt8
  static let live = KeyParts(rawValue: 1)
  static let child = KeyParts(rawValue: 2)
  static let delete = KeyParts(rawValue: 4)
}

/// A key that waits, is under way, backs off or is parked.
struct WorkItem: Sendable {
  enum Place: Equatable, Sendable {
    case fresh
    case stale
    /// Until this monotonic time.
    case backoff(UInt64)
    case flight(DeliveryID)
    /// Its body is being read from the API server.
    case reading
    case parked
    /// It is to be told to the dead letter sink.
    case letter
    case letterFlight(DeliveryID)
  }

  struct Stamp: Sendable {
    var cause: Cause
    var token: String
    /// When the hub saw the newest change, wall clock.
    var seen: Int64
    /// When the key became dirty, monotonic.
    var since: UInt64
  }

  let key: ObjectKey
  /// Unique among all items of the queue, ever: an old deadline or queue place is known by it.
  let ticket: UInt64
  /// The uid of the incarnation that was sent and not acknowledged: its delete must be told (SEMANTICS 15).
  var attempted: UInt128?
  var place: Place
  /// What is to be told.
  var parts: KeyParts = []
  /// What the delivery in flight tells.
  var sent: KeyParts = []
  /// What changed since the delivery in flight was sent.
  var dirty: KeyParts = []
  /// What waited already when the delivery in flight was sent, and is to be told after it.
  var behind: KeyParts = []
  /// It changed since its body was asked for: what the answer lacks may have come later.
  var isReadOutdated = false
  /// What is in flight left, or was deleted, since it was sent: a yes to it says nothing of what came after.
  var hasLeftInFlight = false
  /// The subscription was edited since what is in flight was sent: a no to it is not the last word (SEMANTICS 24).
  var isEdited = false
  /// It made a sink that answered others fail. The next such failure is its own (SEMANTICS 23).
  var isSuspect = false
  /// Nothing but the journal would bring it back if the hub died: no version of a feed, no timer. It is sent once the
  /// journal is safe, so that its answer, and a wish to be called again in it, cannot be lost (SEMANTICS 25, 36).
  var awaitsJournal = false
  /// The journal knows it.
  var isJournaled = false
  /// It changed since the journal was written.
  var isTouched = false
  @Aside var delete: PendingDelete?
  @Aside var child: ChildChange?
  @Aside var body: HeldBody?
  /// Its delivery failed for good, which the dead letter sink is to hear.
  @Aside var letter: DeadLetter?
  var stamp: Stamp
  /// The stamp of what changed during the flight.
  @Aside var nextStamp: Stamp?
  /// Attempts of the present event; a newer change begins again (SEMANTICS 17).
  var attempts = 0
  /// Failures in a row; only success ends the row, so a change never shortens a backoff (SEMANTICS 17).
  var failures = 0

  /// What is in flight is not what would be sent now.
  var isOutdated: Bool { !dirty.isEmpty || isEdited }

  init(key: ObjectKey, ticket: UInt64, place: Place, stamp: Stamp) {
    self.key = key
    self.ticket = ticket
    self.place = place
    self.stamp = stamp
  }
}
