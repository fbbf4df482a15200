/// What was reconciled lately, so that it is not done again: events by `id`, and how far each object was told by `sequence`.
///
/// It forgets what was used longest ago, and all of it with the process: to forget costs a reconcile that was not needed,
/// and nothing else. So in doubt an event counts as news.
struct NewsMemory {
  /// How many ids are remembered. Repeated are the events that a hub had under way when a time-out or a crash took their
  /// answers: fewer than a receiver admits at once.
  static let maxIDs = 4096
  /// Of how many objects it is remembered how far they were told.
  static let maxObjects = 4096

  private struct EventName: Hashable {
    var source: String
    var id: String
    /// Part of it for senders whose ids are not unique.
    var key: ReconcileKey
  }

  /// Versions are compared within one source, object and incarnation only.
  private struct ObjectName: Hashable {
    var source: String
    var key: ReconcileKey
    var uid: String
  }

  private struct Progress {
    var sequence: EventSequence
    var answer: ReconcileAnswer
  }

  private var answers: RecencyCache<EventName, ReconcileAnswer>
  private var progress: RecencyCache<ObjectName, Progress>

  init(maxIDs: Int = Self.maxIDs, maxObjects: Int = Self.maxObjects) {
    answers = RecencyCache(capacity: maxIDs)
    progress = RecencyCache(capacity: maxObjects)
  }

  /// How many ids and objects are remembered.
  var counts: (ids: Int, objects: Int) { (answers.count, progress.count) }

  /// The answer to what need not be reconciled; nil: it is news.
  ///
  /// It is that of the reconcile which did it already, with the requeue that it asked for: the hub, which may not have
  /// seen it, forgets a timer that a 2xx does not repeat.
  mutating func answer(to request: ReconcileRequest) -> ReconcileAnswer? {
    let event = request.event
    // A hub that lost its state tells everything anew, with ids and versions that may be known. Somebody may have changed
    // meanwhile what only a reconcile repairs.
    if event.cause == .initial, event.attempt <= 1 { return nil }
    return olderNews(request) ?? answers[Self.name(of: request)]
  }

  /// `request` was reconciled, and this was the answer. Only a success is remembered.
  mutating func remember(_ request: ReconcileRequest, _ answer: ReconcileAnswer) {
    guard answer.status == ReconcileAnswer.done.status else { return }
    answers[Self.name(of: request)] = answer
    guard let (object, sequence) = Self.place(of: request) else { return }
    // Of another epoch: the hub counts anew, and so does this.
    if let known = progress[object], sequence.isOlder(than: known.sequence) { return }
    progress[object] = Progress(sequence: sequence, answer: answer)
  }

  /// An object is told again for a resync, or as was asked for, whatever its version. That one is gone is the last that can
  /// be said of an incarnation, whatever came before.
  private mutating func olderNews(_ request: ReconcileRequest) -> ReconcileAnswer? {
    let event = request.event
    if event.cause == .resync || event.cause == .requeue || event.saysGone { return nil }
    guard let (object, sequence) = Self.place(of: request), let known = progress[object],
      sequence.isOlder(than: known.sequence)
    else { return nil }
    return known.answer
  }

  private static func name(of request: ReconcileRequest) -> EventName {
    EventName(source: request.event.source, id: request.event.id, key: request.key)
  }

  private static func place(of request: ReconcileRequest) -> (ObjectName, EventSequence)? {
    guard let uid = request.event.uid, !uid.isEmpty,
      let sequence = request.event.sequence.flatMap(EventSequence.init)
    else { return nil }
    return (ObjectName(source: request.event.source, key: request.key, uid: uid), sequence)
  }
}

/// The hub's `sequence`: an epoch and a version, both decimal, with a point between them.
struct EventSequence: Sendable, Hashable {
  /// The longest part that is compared, in digits.
  static let maxDigits = 39

  private let epoch: Substring
  private let version: Substring

  /// Nil if it is none of the hub's: such are not compared.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(Self.isNumber) else { return nil }
    (epoch, version) = (parts[0].drop { $0 == "0" }, parts[1].drop { $0 == "0" })
  }

  private static func isNumber(_ text: Substring) -> Bool {
    (1...maxDigits).contains(text.utf8.count) && text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
  }

  /// Whether it is an earlier version of the same epoch. Equal ones are both news, as an object may leave and
  /// come back without having changed; and epochs are not compared, as a hub that lost its state counts them anew.
  func isOlder(than other: EventSequence) -> Bool {
    guard epoch == other.epoch else { return false }
    if version.utf8.count != other.version.utf8.count { return version.utf8.count < other.version.utf8.count }
    return version < other.version
  }
}

extension ReconcileEvent {
  /// Whether it says that the object is gone, and not only that it left the selection.
  var saysGone: Bool { operation == .delete && deletion != .left }
}

extension ReconcileRequest: SerializedInput {
  struct AttemptIdentity: Hashable {
    var source: String
    var id: String
  }

  var identity: AttemptIdentity { AttemptIdentity(source: event.source, id: event.id) }

  /// State is read anyway, so one run does for all changes of one object. But the end of one incarnation and the news of
  /// another are two things to tell.
  func sharesRun(with later: ReconcileRequest) -> Bool {
    if event.operation != .delete, later.event.operation != .delete { return true }
    return event.uid == later.event.uid && (event.uid != nil || event.operation == later.event.operation)
  }

  /// The one of both that says more about the present, for two that share a run.
  func newest(or later: ReconcileRequest) -> ReconcileRequest {
    if later.event.saysGone { return later }
    if event.saysGone { return self }
    guard event.uid == later.event.uid, event.source == later.event.source,
      let mine = event.sequence.flatMap(EventSequence.init),
      let other = later.event.sequence.flatMap(EventSequence.init)
    else { return later }
    return other.isOlder(than: mine) ? self : later
  }
}

extension [ReconcileRequest] {
  /// Of requests that share a run; nil if there is none.
  var newest: ReconcileRequest? {
    guard let first else { return nil }
    return dropFirst().reduce(first) { $0.newest(or: $1) }
  }
}
