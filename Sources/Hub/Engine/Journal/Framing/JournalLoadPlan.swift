/// What is to be done with the files of a journal before it is written on: which to load and how much of each, where
/// to cut, what to remove. Made of scans alone, so it is the same for a disk and for a simulated one.
public struct JournalLoadPlan: Sendable, Equatable {
  /// A file to load.
  public struct Part: Sendable, Equatable {
    /// Its number.
    public var sequence: UInt64
    /// The bytes from its beginning that are good.
    public var goodBytes: UInt64
  }
  /// A torn tail.
  public struct Cut: Sendable, Equatable {
    /// The file, always the last of the parts.
    public var sequence: UInt64
    /// The size that it is to have.
    public var size: UInt64
    /// The bytes beyond.
    public var lostBytes: UInt64
  }

  /// The files to load, in order. Empty: there is no state.
  public private(set) var parts: [Part] = []
  /// What to cut before anything is appended.
  public private(set) var cut: Cut?
  /// Files behind the parts, of no use: of a file that was only begun, or an image that was not completed after frames
  /// were lost. To be removed, durably, before anything is appended.
  public private(set) var removals: [UInt64] = []
  /// The number of the last frame of the parts; 0: none was ever written.
  public private(set) var lastFrame: UInt64 = 0
  /// Bytes of the newest complete image, 0 without one.
  public private(set) var imageBytes: UInt64 = 0
  /// Bytes of everything loaded that is not that image.
  public private(set) var bytesSinceImage: UInt64 = 0
  /// When the first part was made, in nanoseconds since 1970.
  public private(set) var imageAt: Int64?

  /// Of the files of a directory, `numbers`: those that must be scanned, newest first, until `isEnough` says so.
  public static func isEnough(_ scan: JournalFileScan) -> Bool { scan.isBase }

  /// Judges the newest files, in ascending order: down to one that `isEnough`, or all that there are.
  public init(_ files: [(sequence: UInt64, scan: JournalFileScan)]) throws(JournalFault) {
    for file in files { try Self.checkHeader(file.sequence, file.scan) }
    guard let first = files.first else { return }
    guard first.scan.isBase || first.sequence == JournalFormat.firstSequence else {
      throw Self.withoutBase(first)
    }
    lastFrame = JournalFormat.firstFrame - 1
    for (index, file) in files.enumerated() {
      guard file.sequence == first.sequence + UInt64(index) || file.scan.header?.continues == false else {
        throw .missingFile(sequence: first.sequence + UInt64(index))
      }
      guard try take(file, isFirst: index == 0, before: files[(index + 1)...]) else {
        removals = files[index...].map(\.sequence).filter { $0 != parts.last?.sequence }
        break
      }
    }
    imageBytes = first.scan.imageEnd ?? 0
    bytesSinceImage = parts.reduce(0) { $0 + $1.goodBytes } - (parts.isEmpty ? 0 : imageBytes)
    imageAt = first.scan.header?.createdAt
  }

  private static func checkHeader(_ sequence: UInt64, _ scan: JournalFileScan) throws(JournalFault) {
    switch scan.headerFault {
    case .otherVersion(let version) where version > JournalFormat.version:
      throw .newerFormat(sequence: sequence, version: version)
    case .otherVersion(let version): throw .olderFormat(sequence: sequence, version: version)
    // With frames in it the file is ours, and its head is broken.
    case .foreign where !scan.hasStrays: throw .foreignFile(sequence: sequence)
    case .foreign, .torn, nil: break
    }
    if let header = scan.header, header.sequence != sequence {
      throw .misnamed(sequence: sequence, holds: header.sequence)
    }
  }

  private static func withoutBase(_ first: (sequence: UInt64, scan: JournalFileScan)) -> JournalFault {
    // A lost head may be that of a complete image; which frame came first, nothing says.
    first.scan.header == nil && first.scan.hasStrays
      ? .damaged(sequence: first.sequence, offset: 0, frame: 0)
      : .missingFile(sequence: first.sequence - 1)
  }

  /// Adds a file to the parts. False: the journal ends here, in this file or before it.
  private mutating func take(
    _ file: (sequence: UInt64, scan: JournalFileScan), isFirst: Bool,
    before later: ArraySlice<(sequence: UInt64, scan: JournalFileScan)>
  ) throws(JournalFault) -> Bool {
    let scan = file.scan
    guard let header = scan.header else {
      try refuseIfDamaged(file, frame: lastFrame + 1, later)
      return false
    }
    if isFirst {
      // The first file, but frames before it were lost, and its image was not completed.
      guard scan.isBase else { return false }
    } else {
      guard header.continues else { return false }
      // A head that continues was made when all before it was durable.
      guard header.firstFrame == lastFrame + 1, let before = parts.last else {
        throw .damaged(
          sequence: file.sequence - 1, offset: parts.last?.goodBytes ?? 0, frame: lastFrame + 1)
      }
      assert(before.sequence + 1 == file.sequence, "parts follow each other")
    }
    lastFrame = scan.lastFrame
    parts.append(Part(sequence: file.sequence, goodBytes: scan.goodBytes))
    guard scan.goodBytes < scan.fileBytes else { return true }
    try refuseIfDamaged(file, frame: lastFrame + 1, later)
    cut = Cut(
      sequence: file.sequence, size: scan.goodBytes, lostBytes: scan.fileBytes - scan.goodBytes)
    return false
  }

  /// The good beginning of a file ends early. That is damage if a frame in it, or the head of the next file, says that
  /// the rest had been durable.
  private func refuseIfDamaged(
    _ file: (sequence: UInt64, scan: JournalFileScan), frame: UInt64,
    _ later: ArraySlice<(sequence: UInt64, scan: JournalFileScan)>
  ) throws(JournalFault) {
    let next = later.lazy.compactMap(\.scan.header).first
    guard file.scan.isDamaged(before: frame - 1) || next?.continues == true else { return }
    throw .damaged(sequence: file.sequence, offset: file.scan.goodBytes, frame: frame)
  }
}
