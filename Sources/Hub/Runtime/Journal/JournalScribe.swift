import HubEngine

/// The writer's thread: takes what the queue has, writes it, and makes it durable with one sync; begins files, and
/// removes those that an image has made needless.
struct JournalScribe: ~Copyable {
  /// How much is written by one call, in bytes; a longer frame goes as a whole.
  private static let writeBytes = 1 << 20
  /// How many names are tried for a new file, if files of a failed attempt could not be removed.
  private static let nameAttempts = 16

  private let directory: JournalDirectory
  private let queue: JournalQueue
  private let disk: JournalDisk
  private let growthBytes: UInt64
  /// All files that are there, ascending; the last one is written, if any is.
  private var files: [JournalEnd.File]
  private var current: JournalFile?
  /// The file that is continued is not yet open, or nothing was ever written.
  private var isFirst = true
  /// The last durable frame.
  private var durable: UInt64
  private var imageBytes: UInt64
  private var bytesSinceImage: UInt64
  /// An image is asked for beyond so many bytes since the last.
  private var askAt: UInt64
  private var imageAt: Int64?
  private var buffer: [UInt8] = []

  init(
    _ directory: JournalDirectory, _ end: JournalEnd, queue: JournalQueue, settings: JournalSettings,
    disk: JournalDisk
  ) {
    self.directory = directory
    self.queue = queue
    self.disk = disk
    growthBytes = settings.growthBytes
    files = end.files
    durable = end.lastFrame
    imageBytes = end.imageBytes
    bytesSinceImage = end.bytesSinceImage
    imageAt = end.imageAt
    askAt = max(settings.growthBytes, end.imageBytes)
  }

  /// Until the queue says that it is over.
  mutating func run() {
    askIfGrown()
    while true {
      switch queue.next() {
      case .write(let items, let epoch): write(items, epoch: epoch)
      case .askForImage: queue.askForImage()
      case .wait(let milliseconds): queue.wait(milliseconds: milliseconds)
      case .end: return
      }
    }
  }

  /// An image begins a file, so what is before it goes into the file before.
  private mutating func write(_ items: [JournalQueue.Item], epoch: Int) {
    var rest = items[...]
    while let first = rest.first {
      let length = rest.dropFirst().firstIndex { $0.frame.beginsImage } ?? rest.endIndex
      let part = rest[..<length]
      do throws(JournalFailure) {
        try openFile(for: first)
        try write(part, epoch: epoch)
      } catch {
        abandon()
        queue.failed(Array(rest), epoch: epoch, reason: error.reason)
        return
      }
      rest = rest[length...]
    }
    askIfGrown()
  }

  private mutating func write(_ items: ArraySlice<JournalQueue.Item>, epoch: Int) throws(JournalFailure) {
    guard var file = current.take() else { throw JournalFailure(reason: "no file is open") }
    let before = file.bytes
    let started: UInt64
    do throws(JournalFailure) {
      try encode(items, into: &file)
      started = LoopClock.now().monotonic
      try file.sync()
    } catch {
      current = consume file
      throw error
    }
    let took = LoopClock.now().monotonic - started
    durable = items.last?.number ?? durable
    bytesSinceImage += file.bytes - before
    files[files.count - 1].bytes = file.bytes
    let completes = file.beginsWithImage && !file.hasImage && items.contains { $0.frame.completesImage }
    if completes {
      file.hasImage = true
      noteImage(bytes: file.bytes)
    }
    current = consume file
    report(items, syncNanoseconds: took)
    if completes { queue.completedImage(epoch: epoch) }
  }

  private mutating func encode(
    _ items: ArraySlice<JournalQueue.Item>, into file: inout JournalFile
  ) throws(JournalFailure) {
    for item in items {
      JournalFrameHeader.append(item.frame, number: item.number, durableBefore: durable, to: &buffer)
      guard buffer.count >= Self.writeBytes else { continue }
      try flush(into: &file)
    }
    try flush(into: &file)
  }

  private mutating func flush(into file: inout JournalFile) throws(JournalFailure) {
    defer { buffer.removeAll(keepingCapacity: buffer.count <= 2 * Self.writeBytes) }
    try file.write(buffer)
  }

  private func report(_ items: ArraySlice<JournalQueue.Item>, syncNanoseconds: UInt64) {
    let cpu = LoopClock.threadCPU()
    let (count, bytes, imageAt) = (files.count, files.reduce(0) { $0 + $1.bytes }, imageAt)
    queue.wrote(items, syncNanoseconds: syncNanoseconds) { statistics in
      statistics.cpuNanoseconds = cpu
      statistics.files = count
      statistics.fileBytes = bytes
      statistics.imageAt = imageAt
    }
  }

  // MARK: Files

  private mutating func openFile(for first: JournalQueue.Item) throws(JournalFailure) {
    if !first.frame.beginsImage {
      if current != nil { return }
      guard isFirst, first.number == durable + 1 else {
        throw JournalFailure(reason: "frames were lost, and no image has been begun since")
      }
      if let last = files.last {
        current = try JournalFile(
          openAt: directory.path(of: last.sequence), sequence: last.sequence, bytes: last.bytes, disk: disk)
        isFirst = false
        return
      }
    }
    try beginFile(for: first)
  }

  private mutating func beginFile(for first: JournalQueue.Item) throws(JournalFailure) {
    // All of the file before is durable: each part was synced as it was written.
    current = nil
    let continues = first.number == durable + 1
    var file = try makeFile(continues: continues)
    isFirst = false
    let now = LoopClock.now().wall
    file.beginsWithImage = first.frame.beginsImage
    let header = JournalFileHeader(
      sequence: file.sequence, createdAt: now, firstFrame: first.number, continues: continues)
    files.append(JournalEnd.File(sequence: file.sequence, bytes: 0))
    if imageAt == nil { imageAt = now }
    imageBegunAt = now
    // The name first: a file without one would take its frames with it.
    let problem = directory.sync()
    do throws(JournalFailure) {
      if let problem { throw JournalFailure(reason: "syncing \(directory.path): \(problem)") }
      try file.write(header.encoded())
    } catch {
      current = consume file
      throw error
    }
    current = consume file
  }

  private var imageBegunAt: Int64 = 0

  private func makeFile(continues: Bool) throws(JournalFailure) -> JournalFile {
    let first = (files.last?.sequence ?? JournalFormat.firstSequence - 1) + 1
    for sequence in first..<first + UInt64(Self.nameAttempts) where !directory.has(sequence) {
      return try JournalFile(
        newAt: directory.path(of: sequence), sequence: sequence, continues: continues, disk: disk)
    }
    throw JournalFailure(reason: "\(directory.path(of: first)) is there, and cannot be removed")
  }

  /// The file failed. What is not durable of it is taken back; of a file that is of no use so, nothing is left.
  private mutating func abandon() {
    buffer.removeAll()
    guard var file = current.take() else { return }
    file.cutToDurable()
    let isUseful = file.durableBytes > 0 && (file.continues || file.hasImage)
    if !isUseful, directory.remove(file.sequence) == nil { files.removeLast() }
  }

  /// What is before the image is no longer needed.
  private mutating func noteImage(bytes: UInt64) {
    imageBytes = bytes
    bytesSinceImage = 0
    imageAt = imageBegunAt
    askAt = max(growthBytes, imageBytes)
    let directory = directory
    let newest = files[files.count - 1].sequence
    // Oldest first, so that what is left hangs together. One that cannot be removed is tried again with the next image.
    files.removeAll { $0.sequence != newest && directory.remove($0.sequence) == nil }
    _ = directory.sync()
  }

  private mutating func askIfGrown() {
    guard bytesSinceImage > askAt else { return }
    // Should the image not come, again when as much has been written once more.
    askAt = 2 * bytesSinceImage
    queue.askForImage()
  }
}
