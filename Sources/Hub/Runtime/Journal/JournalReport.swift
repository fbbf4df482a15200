import HubEngine

/// What the writer tells the loop.
enum JournalReport: Sendable, Equatable {
  /// All frames up to this number are durable. Only told to who waits (`JournalWriter.reportDurable`).
  case durable(UInt64)
  /// The state has grown beyond its image, or is lost in part: an image is wanted.
  case imageWanted
  /// Frames are dropped from now on, and nothing more becomes durable; why.
  case failed(String)
  /// A new image is durable after a failure: all is well again.
  case recovered
}

/// What is known of the journal at one moment.
struct JournalStatistics: Sendable, Equatable {
  /// Where it is.
  var path = ""
  /// Frames made durable.
  var frames = 0
  /// Their bytes in the files.
  var bytes = 0
  /// Frames that were dropped while it failed.
  var dropped = 0
  /// Syncs of files, by how long they took.
  var syncs = LatencyHistogram()
  /// CPU time of the writer's thread in nanoseconds.
  var cpuNanoseconds: UInt64 = 0
  /// Bytes that wait to be written or synced.
  var waitingBytes = 0
  /// Files, and their bytes.
  var files = 0
  /// Bytes of all files.
  var fileBytes: UInt64 = 0
  /// When the newest complete image was begun, in nanoseconds since 1970; the first file, when there is none yet.
  var imageAt: Int64?
  /// Why it fails now; nil: it does not.
  var problem: String?

  /// The age of the newest image; 0 if the clock went back.
  func imageAgeSeconds(at now: EngineTime) -> Double? {
    imageAt.map { Double(max(0, now.wall - $0)) / 1e9 }
  }
}

/// The bounds of the journal.
public struct JournalSettings: Sendable, Equatable {
  /// Bytes of frames that may wait for the disk; beyond it the journal counts as failed, and frames are dropped until
  /// the disk is well again.
  public var waitingBytes = 128 << 20
  /// How long frames that no delivery waits for may be gathered before they are synced, in milliseconds. A crash of the
  /// hub within that time repeats deliveries, and loses none.
  public var gatherMilliseconds = 10
  /// How often a new image is tried after a failure, in milliseconds.
  public var retryMilliseconds = 5_000
  /// A new image is made when so many bytes, and as many as the last image had, came after it.
  public var growthBytes: UInt64 = 8 << 20

  /// The defaults.
  public init() {}
}
