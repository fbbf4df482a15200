import Glibc
import HubEngine

/// Where a loaded journal ends, and so where it is written on.
struct JournalEnd: Sendable, Equatable {
  /// A file that holds a part of it.
  struct File: Sendable, Equatable {
    /// Its number.
    var sequence: UInt64
    /// Its size, behind which the next frame goes.
    var bytes: UInt64
  }
  /// A torn tail that was cut off.
  struct Cut: Sendable, Equatable {
    /// The file.
    var path: String
    /// How many bytes it lost.
    var lostBytes: UInt64
  }

  /// The files that hold it, ascending; none: nothing was ever written.
  var files: [File] = []
  /// The number of the last frame; 0: none was ever written.
  var lastFrame: UInt64 = 0
  /// Bytes of the newest complete image.
  var imageBytes: UInt64 = 0
  /// Bytes of what came after it.
  var bytesSinceImage: UInt64 = 0
  /// When the image was begun, in nanoseconds since 1970; nil without files.
  var imageAt: Int64?
  /// Frames that were loaded.
  var frames = 0
  /// What was cut off.
  var cut: Cut?
}

extension JournalDirectory {
  /// How much of a file is read at once, in bytes.
  private static var chunkBytes: Int { 1 << 20 }

  /// Hands the payload of every frame that counts to `apply`, in order. Judges all files first, so that nothing is
  /// handed over of a journal that is refused; then cuts a torn tail and makes what is left durable: it may have been
  /// read from memory alone.
  func load(_ apply: (RawSpan) throws -> Void) throws(JournalError) -> JournalEnd {
    let sequences = try sequences()
    let plan = try plan(sequences)
    var end = JournalEnd()
    for part in plan.parts { end.frames += try read(part, apply) }
    try settle(plan)
    if let first = plan.parts.first?.sequence {
      // Left over when a hub died while it removed them. If they cannot be removed now, they can later.
      for sequence in sequences where sequence < first { _ = remove(sequence) }
    }
    end.files = plan.parts.map { JournalEnd.File(sequence: $0.sequence, bytes: $0.goodBytes) }
    end.lastFrame = plan.lastFrame
    end.imageBytes = plan.imageBytes
    end.bytesSinceImage = plan.bytesSinceImage
    end.imageAt = plan.imageAt
    end.cut = plan.cut.map { JournalEnd.Cut(path: path(of: $0.sequence), lostBytes: $0.lostBytes) }
    return end
  }

  private func plan(_ sequences: [UInt64]) throws(JournalError) -> JournalLoadPlan {
    var files: [(sequence: UInt64, scan: JournalFileScan)] = []
    for sequence in sequences.reversed() {
      var scanner = JournalFileScanner()
      try readChunks(sequence) { chunk in scanner.feed(chunk) { _, _ in } }
      let scan = scanner.finish()
      files.append((sequence, scan))
      if JournalLoadPlan.isEnough(scan) { break }
    }
    do throws(JournalFault) {
      return try JournalLoadPlan(files.reversed())
    } catch {
      throw .fault(directory: path, error)
    }
  }

  private func read(
    _ part: JournalLoadPlan.Part, _ apply: (RawSpan) throws -> Void
  ) throws(JournalError) -> Int {
    var scanner = JournalFileScanner()
    let file = path(of: part.sequence)
    try readChunks(part.sequence) { chunk throws(JournalError) in
      do {
        try scanner.feed(chunk) { _, payload in try apply(payload) }
      } catch {
        throw .refused(path: file, offset: scanner.progress.goodBytes, reason: "\(error)")
      }
    }
    let scan = scanner.finish()
    guard scan.goodBytes == part.goodBytes else {
      throw .file(path: file, reason: "it was changed while it was read; let no other program write it")
    }
    return scan.frames
  }

  private func readChunks(
    _ sequence: UInt64, _ take: (RawSpan) throws(JournalError) -> Void
  ) throws(JournalError) {
    let file = path(of: sequence)
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .file(path: file, reason: FileContent.lastSystemError()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .file(path: file, reason: "not a regular file; move it away")
    }
    var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
    while true {
      // The kernel writes at most `count` bytes into the array's own storage.
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .file(path: file, reason: FileContent.lastSystemError()) }
      if count == 0 { return }
      try take(chunk.span.bytes.extracting(0..<count))
    }
  }

  /// Brings the directory into the state that the plan says, durably.
  private func settle(_ plan: JournalLoadPlan) throws(JournalError) {
    for sequence in plan.removals.reversed() {
      if let reason = remove(sequence) { throw .file(path: path(of: sequence), reason: reason) }
    }
    // Before the cut: a file behind a cut one would prove that it was damaged.
    if !plan.removals.isEmpty, let reason = sync() { throw .unusable(path: path, reason: reason) }
    guard let last = plan.parts.last else { return }
    let file = path(of: last.sequence)
    let descriptor = open(file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .file(path: file, reason: FileContent.lastSystemError()) }
    defer { close(descriptor) }
    if let cut = plan.cut, ftruncate(descriptor, Int(cut.size)) != 0 {
      throw .file(path: file, reason: "cannot be cut: \(FileContent.lastSystemError())")
    }
    guard fsync(descriptor) == 0 else { throw .file(path: file, reason: FileContent.lastSystemError()) }
    if let reason = sync() { throw .unusable(path: path, reason: reason) }
  }
}
