/// What one reflector follows, and its limits. The defaults are those of client-go and kube-rs.
public struct ReflectorConfiguration: Sendable, Equatable {
  /// The collection's path, as `/apis/apps/v1/deployments`, without a query.
  public var path: String
  /// A label selector in query syntax (not encoded), "" for all.
  public var labelSelector: String
  /// A field selector in query syntax (not encoded), "" for all.
  public var fieldSelector: String

  /// Ask for the objects' metadata alone (`PartialObjectMetadata`). A server that has no such form sends the objects.
  public var isMetadataOnly = false

  /// The `Accept` header of its requests; nil where JSON is all that is asked for.
  public func accept(streaming: Bool) -> String? {
    guard isMetadataOnly else { return nil }
    let kind = streaming ? "PartialObjectMetadata" : "PartialObjectMetadataList"
    return "application/json;as=\(kind);g=meta.k8s.io;v=v1,application/json"
  }

  /// Objects asked for in one page.
  public var pageSize = 500
  /// How long the API server shall keep a watch open, in seconds; drawn anew for each watch.
  public var watchTimeoutSeconds: ClosedRange<Int> = 300...600
  /// Seconds a watch may outlive its time-out before the transfer is given up.
  public var watchGraceSeconds = 30
  /// Seconds without a byte after which a watch counts as dead, whatever the transfer says. API servers send a bookmark
  /// about every minute.
  public var watchSilenceSeconds = 150
  /// Dead watches in a row without an event or bookmark before the resource is listed to be sure; doubled with each
  /// such list, up to `maxSilentWatches`, as some servers send no bookmarks.
  public var silentWatches = 2
  /// See `silentWatches`.
  public var maxSilentWatches = 16
  /// Seconds one page may take as a whole.
  public var pageDeadlineSeconds = 120
  /// The longest line of a watch, in bytes. An object is at most about 1.5 MB in etcd; as JSON it can be larger.
  public var maxLineBytes = 8 << 20
  /// The largest page, in bytes; a larger one is asked for again with half the objects. Whoever moves the bytes
  /// must allow more than this, or the reflector sees only a broken transfer.
  public var maxPageBytes = 32 << 20
  /// Ask for a list as a stream (`sendInitialEvents`) where the server has that; false: always in pages.
  public var streamsLists = true
  /// Seconds without a byte after which a streaming list is given up: the server knows none. The list then comes in
  /// pages, and so do all later ones.
  public var streamSilenceSeconds = 30
  /// Seconds that a streaming list may take as a whole; then as above.
  public var streamSeconds = 300
  /// Streaming lists in a row that broke before all lists come in pages.
  public var maxFailedStreams = 3
  /// How much of an error's body is kept, in bytes.
  public var maxErrorBytes = 64 << 10
  /// The waits between attempts.
  public var backoff = ReflectorBackoff()
  /// The longest `Retry-After` that is obeyed, in seconds.
  public var maxRetryAfterSeconds = 300
  /// How long a relist that is answered "too large resource version" insists on its version, in seconds
  /// (SEMANTICS 8).
  public var tooLargeVersionPatienceSeconds = 60
  /// A watch shorter than this without progress counts as a failure, in milliseconds.
  public var shortWatchMilliseconds = 1000
  /// Failures in a row from which on they count as an obstacle; the two that the server names count at once.
  public var failuresToTell = 3
  /// Watches that fail in a row before the resource is listed again.
  public var maxFailedWatches = 5
  /// A watch of at least this many seconds that ended without an event or bookmark is suspected to wait for a
  /// version which a restored etcd has not reached; the resource is listed to find out.
  public var silentWatchSeconds = 240

  /// Follows the collection at `path`.
  public init(path: String, labelSelector: String = "", fieldSelector: String = "") {
    self.path = path
    self.labelSelector = labelSelector
    self.fieldSelector = fieldSelector
  }
}

/// The waits between failed attempts: doubling from `baseMilliseconds` to `maxMilliseconds`, each times a random
/// factor between 1 and 1 + `jitter`; from the start again once the last failure is `resetSeconds` ago.
public struct ReflectorBackoff: Sendable, Equatable {
  /// The first wait, in milliseconds.
  public var baseMilliseconds: UInt64 = 800
  /// The longest wait before jitter, in milliseconds.
  public var maxMilliseconds: UInt64 = 30_000
  /// How much may be added, as a share of the wait.
  public var jitter = 1.0
  /// Seconds without a failure after which the next wait is the first again.
  public var resetSeconds: UInt64 = 120

  /// The defaults.
  public init() {}
}
