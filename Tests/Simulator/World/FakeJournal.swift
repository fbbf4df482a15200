import HubEngine

/// A journal's directory in memory: the bytes are those that the hub writes to disk, framed by the same code, and they
/// are read again by the same scanner. A crash keeps what was synced, and as much of the rest as somebody says.
struct FakeJournal {
  struct File {
    var sequence: UInt64
    var bytes: [UInt8]
    /// So many of them no crash can take away.
    var synced = 0
    /// What is in it.
    var frames: [JournalFrame] = []

    /// It begins with an image that is complete.
    var isBase: Bool { frames.first?.beginsImage == true && frames.contains(where: \.completesImage) }
  }

  /// What a start found besides frames.
  struct Opening {
    var state = JournalState()
    /// A torn tail was cut off.
    var hasCut = false
    /// A file was removed that was only begun.
    var hasRemovals = false
  }

  private(set) var files: [File] = []
  /// The frames of all files.
  var frames: [JournalFrame] { files.flatMap(\.frames) }
  /// True: each frame is safe as soon as it is appended.
  var syncsAtOnce = true
  private var next = JournalFormat.firstFrame
  private var durable = JournalFormat.firstFrame - 1
  private var sequence: UInt64 = 0

  /// Everything that was appended is safe.
  var isDurable: Bool { durable + 1 == next }

  /// Bytes that a crash may take away.
  var pendingBytes: Int { files.reduce(0) { $0 + $1.bytes.count - $1.synced } }

  mutating func append(_ frame: JournalFrame) {
    if frame.beginsImage || files.isEmpty { beginFile() }
    JournalFrameHeader.append(
      frame, number: next, durableBefore: durable, to: &files[files.count - 1].bytes)
    next += 1
    files[files.count - 1].frames.append(frame)
    if syncsAtOnce { sync() }
  }

  /// As the hub's writer does: what is before an image is durable when its file begins.
  private mutating func beginFile() {
    if !files.isEmpty { sync() }
    sequence += 1
    let header = JournalFileHeader(sequence: sequence, createdAt: 0, firstFrame: next, continues: true)
    files.append(File(sequence: sequence, bytes: header.encoded()))
  }

  mutating func sync() {
    for index in files.indices { files[index].synced = files[index].bytes.count }
    durable = next - 1
    if let base = files.lastIndex(where: \.isBase) { files.removeFirst(base) }
  }

  /// The hub dies: of what was not synced so many bytes are kept, and behind them so many zeros.
  mutating func crash(keeping extra: Int, zeros: Int = 0) {
    var rest = extra
    for index in files.indices {
      let pending = files[index].bytes.count - files[index].synced
      let kept = min(rest, pending)
      rest -= kept
      files[index].bytes.removeLast(pending - kept)
    }
    if zeros > 0, let last = files.indices.last {
      files[last].bytes += [UInt8](repeating: 0, count: zeros)
    }
  }

  /// One byte of what is on disk becomes another.
  mutating func damage(file: Int, at offset: Int) { files[file].bytes[offset] ^= 0x20 }

  /// Reads the files in chunks of such a size, as the hub does at its start, and goes on behind what is good of them.
  mutating func load(chunk: Int = 4096) throws -> Opening {
    var scans: [(sequence: UInt64, scan: JournalFileScan)] = []
    for file in files.reversed() {
      scans.append((file.sequence, try Self.scan(file.bytes, chunk) { _ in }))
      if JournalLoadPlan.isEnough(scans[scans.count - 1].scan) { break }
    }
    let plan = try JournalLoadPlan(scans.reversed())
    var opening = Opening()
    opening.hasCut = plan.cut != nil
    opening.hasRemovals = !plan.removals.isEmpty
    var kept: [File] = []
    for part in plan.parts {
      guard var file = files.first(where: { $0.sequence == part.sequence }) else { continue }
      file.bytes.removeLast(file.bytes.count - Int(part.goodBytes))
      file.frames = []
      _ = try Self.scan(file.bytes, chunk) { frame in
        try opening.state.apply(frame.entries)
        file.frames.append(frame)
      }
      file.synced = file.bytes.count
      kept.append(file)
    }
    files = kept
    sequence = files.last?.sequence ?? 0
    durable = plan.lastFrame
    next = durable + 1
    return opening
  }

  private static func scan(_ bytes: [UInt8], _ chunk: Int, _ take: (JournalFrame) throws -> Void) throws
    -> JournalFileScan
  {
    var scanner = JournalFileScanner()
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + max(1, chunk))
      try scanner.feed(bytes.span.bytes.extracting(start..<end)) { header, payload in
        let entries = payload.withUnsafeBytes { Array($0) }
        try take(
          JournalFrame(
            entries: entries, beginsImage: header.beginsImage, completesImage: header.completesImage))
      }
      start = end
    }
    return scanner.finish()
  }
}
