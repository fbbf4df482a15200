import Kubernetes

/// How much of the engine's state the journal holds already, and where an image has got to.
struct JournalProgress: Sendable {
  /// A feed's version alone is written at most so often: whoever resumes from an older one only sees again what is known.
  static let versionInterval = Duration64.seconds(1)
  /// About so many bytes of an image go into one batch, so that nothing waits long for it.
  static let imageBytes = 256 << 10

  /// What the journal was told of a feed last.
  struct FeedHead: Equatable, Sendable {
    var serial: UInt64
    var epoch: UInt32
    var version: String?
  }

  /// Numbers below these are in the journal.
  var namespaces = 0
  var kinds = 0
  var newestEpoch: UInt32 = 0
  var followedVersions: [UInt32: String] = [:]
  var feeds: [Int: FeedHead] = [:]
  var versionsWrittenAt: [Int: UInt64] = [:]
  /// The cluster's identity is in the journal.
  var isClusterWritten = false
  /// The shell asked for an image.
  var isImageWanted = false
  var image: ImageCursor?

  // What a journal kept, until the engine begins.
  var versionsToResume: [Int: String] = [:]
  var restored: [UInt32: JournaledSubscription] = [:]
  var lostSubscriptions: [String] = []

  /// Where the walk through everything that is remembered stands. What changes meanwhile is written anyway, so the walk
  /// may meet it before or after.
  enum ImageCursor: Equatable, Sendable {
    /// The subscriptions from this slot on.
    case subscriptions(next: UInt32)
    /// The keys of this subscription from this place of its queue on.
    case items(slot: UInt32, next: UInt32)
    /// These timers of this subscription from this one on.
    case timers(slot: UInt32, keys: [ObjectKey], next: Int)
    /// Objects of this feed before this index. Downwards: the last object takes the place of a removed one, so those that
    /// are still to come never move to where the walk has been.
    case objects(feed: Int, before: Int)
  }

  /// Nothing counts as written any more: an image begins.
  mutating func forgetWritten() {
    namespaces = 0
    kinds = 0
    followedVersions = [:]
    newestEpoch = 0
    feeds = [:]
    versionsWrittenAt = [:]
    isClusterWritten = false
  }
}
