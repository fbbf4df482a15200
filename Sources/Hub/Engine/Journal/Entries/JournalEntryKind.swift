/// What an entry of the journal says. Every entry sets or removes one thing by its key, so the last one wins, and what an
/// image repeats does no harm (SEMANTICS 36). The numbers are part of the format: they are never given away again.
enum JournalEntryKind: UInt8, Sendable {
  /// Which cluster all this is about: the uid of its namespace `kube-system`.
  case cluster = 1
  /// The text behind a namespace's number.
  case namespace = 2
  /// The group and kind behind a kind's number, and the `apiVersion` under which it was followed last.
  case kind = 3
  /// A resource that is followed.
  case feed = 4
  case feedGone = 5
  /// How far a feed was followed, and in which epoch.
  case feedVersion = 19
  /// The entries that follow, of interests, scopes and objects, are of this feed.
  case inFeed = 6
  case interest = 7
  case interestGone = 8
  /// The namespaces that a selection of them holds.
  case scope = 21
  case object = 9
  case objectGone = 10
  /// A subscription in its accepted form.
  case subscription = 11
  case subscriptionGone = 12
  /// The entries that follow, of items and timers, are of this subscription.
  case inSubscription = 13
  /// A key that waits, backs off, is under way or is parked.
  case item = 14
  case itemGone = 15
  case timer = 16
  case timerGone = 17
  /// Children's changes whose owner's kind is not known yet: all of them, in place of those before.
  case held = 18
  /// The newest epoch of any resource, also of those that are followed no more.
  case epoch = 20
  /// The rights of a subscription were denied when they were last known: what waited was forgotten. Comes after its
  /// subscription, which without it has them, or was never reviewed.
  case denied = 22
}

/// Why an entry could not be read. The frame's checksum was right, so another version of the hub wrote it, or it is a
/// defect: the hub does not start on it.
public enum JournalEntryError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The entry at this offset of its frame ends early or holds what it cannot.
  case malformed(offset: Int)
  /// No such kind of entry is known.
  case unknownKind(UInt8, offset: Int)

  /// A sentence for the administrator, without the file's name.
  public var description: String {
    switch self {
    case .malformed(let offset): "an entry at byte \(offset) of a frame makes no sense"
    case .unknownKind(let kind, let offset):
      "an entry at byte \(offset) of a frame is of kind \(kind), which this version does not know"
    }
  }
}
