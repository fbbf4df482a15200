/// What a reflector has done since it was made; all only grow.
public struct ReflectorCounters: Sendable, Equatable {
  /// Complete lists begun.
  public internal(set) var lists: UInt64 = 0
  /// Pages received and understood.
  public internal(set) var pages: UInt64 = 0
  /// Objects received in pages.
  public internal(set) var listedObjects: UInt64 = 0
  /// Lists given up and started again.
  public internal(set) var abortedLists: UInt64 = 0
  /// Lists that were received to their end as a stream.
  public internal(set) var streamedLists: UInt64 = 0
  /// Connections that were given up since nothing came.
  public internal(set) var silences: UInt64 = 0
  /// Watches begun.
  public internal(set) var watches: UInt64 = 0
  /// Watches that ended at once without an event.
  public internal(set) var shortWatches: UInt64 = 0
  /// ADDED, MODIFIED and DELETED lines.
  public internal(set) var events: UInt64 = 0
  /// BOOKMARK lines.
  public internal(set) var bookmarks: UInt64 = 0
  /// Lines or pages that could not be understood or were over a limit.
  public internal(set) var malformed: UInt64 = 0
  /// Bytes of bodies received.
  public internal(set) var bytes: UInt64 = 0
  /// Waits begun after a failure.
  public internal(set) var backoffs: UInt64 = 0
  /// Answers that came for a request given up before.
  public internal(set) var staleAnswers: UInt64 = 0

  private var byReason = [UInt64](repeating: 0, count: ReflectorListReason.allCases.count)

  /// Complete lists begun for this reason.
  public func lists(because reason: ReflectorListReason) -> UInt64 { byReason[Int(reason.rawValue)] }

  mutating func countList(_ reason: ReflectorListReason) {
    lists += 1
    byReason[Int(reason.rawValue)] += 1
  }
}
