#if DEBUG || FUZZING
  @testable import HubEngine

  /// A file of the journal means the same however it is cut, as it came and with its checksums put right; its good
  /// beginning is what its frames make when they are written again; and a part of it holds a part of its frames.
  func fuzzFrames(_ bytes: [UInt8]) throws(BrokenInvariant) {
    for file in [bytes, sealed(bytes)] {
      let whole = ReadFile([file])
      var numbers = SeededNumbers(from: file)
      for pieces in [file.map { [$0] }, numbers.pieces(of: file)] {
        try holdEqual(ReadFile(pieces), whole, "in pieces and whole")
      }
      try hold(whole.scan.fileBytes == UInt64(file.count), "another length")
      try hold(whole.scan.goodBytes <= whole.scan.fileBytes, "good bytes beyond the end")
      try hold((whole.scan.imageEnd ?? 0) <= whole.scan.goodBytes, "an image beyond the good bytes")
      try holdEqual(whole.written, Array(file[..<Int(whole.scan.goodBytes)]), "written again")
      let part = ReadFile([Array(file[..<numbers.next(below: file.count + 1)])])
      try hold(whole.frames.starts(with: part.frames), "a part of the file holds other frames")
      try planned(whole.scan, part.scan)
    }
  }

  /// What a scanner handed over.
  private struct ReadFile: Equatable {
    struct Frame: Equatable {
      var header: JournalFrameHeader
      var payload: [UInt8]
    }
    var frames: [Frame] = []
    var scan = JournalFileScan()

    init(_ pieces: [[UInt8]]) {
      var scanner = JournalFileScanner()
      for piece in pieces {
        scanner.feed(piece.span.bytes) { header, payload in
          // Copied inside the closure.
          frames.append(Frame(header: header, payload: payload.withUnsafeBytes { [UInt8]($0) }))
        }
      }
      scan = scanner.finish()
    }

    /// Its header and frames, made anew. The four bytes that nothing reads are zero in what a hub writes.
    var written: [UInt8] {
      var bytes = scan.header?.encoded() ?? []
      for frame in frames {
        JournalFrameHeader.append(
          JournalFrame(
            entries: frame.payload, beginsImage: frame.header.beginsImage,
            completesImage: frame.header.completesImage),
          number: frame.header.number, durableBefore: frame.header.durableBefore, to: &bytes)
      }
      return bytes
    }
  }

  /// A plan over files that the scans describe loads good bytes only, in order, and cuts only what is not good.
  private func planned(_ one: JournalFileScan, _ other: JournalFileScan) throws(BrokenInvariant) {
    let first = one.header?.sequence ?? 1
    // As the names of files have it.
    guard first >= JournalFormat.firstSequence, first < .max else { return }
    let files = [(sequence: first, scan: one), (sequence: first + 1, scan: other)]
    for count in 0...2 {
      let plan: JournalLoadPlan
      do {
        plan = try JournalLoadPlan(Array(files[..<count]))
      } catch {
        continue
      }
      for (part, file) in zip(plan.parts, files) {
        try hold(part.sequence == file.sequence && part.goodBytes == file.scan.goodBytes, "another part")
      }
      if let cut = plan.cut {
        try hold(cut.sequence == plan.parts.last?.sequence && cut.lostBytes > 0, "a cut that is none")
      }
    }
  }

  /// The same bytes with every checksum right, as if a defective hub had written them: what comes behind is read too.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let head = JournalFormat.fileHeaderBytes
    guard bytes.count >= head else { return bytes }
    bytes.replaceSubrange(0..<8, with: JournalFormat.magic)
    bytes.replaceSubrange(40..<44, with: [0, 0, 0, 0])
    seal(&bytes, 0..<44)
    var at = head
    while at + JournalFormat.frameHeaderBytes <= bytes.count, bytes[at] == JournalFormat.marker[0] {
      bytes.replaceSubrange(at..<at + 4, with: JournalFormat.marker)
      let start = at + JournalFormat.frameHeaderBytes
      let length = Int(bytes.span.bytes.littleEndian32(at + 4))
      if start + length <= bytes.count {
        var sum: [UInt8] = []
        sum.appendLittleEndian(CRC32C.checksum(bytes.span.bytes.extracting(start..<start + length)))
        bytes.replaceSubrange(at + 28..<at + 32, with: sum)
      }
      seal(&bytes, at..<at + 32)
      at = start + length
    }
    return bytes
  }

  /// Puts the checksum of a range behind it.
  private func seal(_ bytes: inout [UInt8], _ range: Range<Int>) {
    var sum: [UInt8] = []
    sum.appendLittleEndian(CRC32C.checksum(bytes.span.bytes.extracting(range)))
    bytes.replaceSubrange(range.upperBound..<range.upperBound + 4, with: sum)
  }

  /// Entries of a frame are taken or refused at a place inside it. An engine that begins from what they say makes an
  /// image from which an engine begins that makes the same one.
  func fuzzEntries(_ bytes: [UInt8]) throws(BrokenInvariant) {
    var state = JournalState()
    do throws(JournalEntryError) {
      try state.apply(bytes)
    } catch {
      switch error {
      case .malformed(let offset), .unknownKind(_, let offset):
        try hold((0..<max(bytes.count, 1)).contains(offset), "an entry outside the frame: \(offset)")
      }
      return
    }
    // Tables are made as long as the numbers say: slow, if they are high.
    guard state.isSmall else { return }
    // Objects are told last first, so every second image is the same.
    var images: [[JournalFrame]] = []
    for _ in 0..<4 {
      let image = image(of: state)
      images.append(image)
      state = JournalState()
      for frame in image {
        do {
          try state.apply(frame.entries)
        } catch {
          throw BrokenInvariant("an image is refused: \(error)")
        }
      }
    }
    try holdEqual(images[3], images[1], "an image and that of what it tells")
  }

  extension JournalState {
    fileprivate var isSmall: Bool {
      let places =
        feeds.keys.map { UInt32($0) } + feeds.values.flatMap(\.interests.keys) + subscriptions.keys
        + subscriptions.values.flatMap(\.placements).map(\.member)
      return places.allSatisfy { $0 < 4096 }
    }
  }

  /// The image that an engine writes first, when it begins from a state.
  private func image(of state: JournalState) -> [JournalFrame] {
    var configuration = EngineConfiguration(source: "https://10.0.0.1")
    configuration.keepsJournal = true
    var engine = HubEngine(configuration, restoring: state)
    let now = EngineTime(monotonic: 1_000_000_000, wall: 1_795_600_800_000_000_000)
    var frames: [JournalFrame] = []
    var input = EngineInput.start
    for _ in 0..<1000 {
      for effect in engine.handle([input], at: now) {
        if case .journal(let frame) = effect { frames.append(frame) }
      }
      if frames.last?.completesImage == true { break }
      input = .tick
    }
    return frames
  }

  /// A duration is read or refused with a reason and a remedy; what is read is the same in both styles.
  func fuzzDurations(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let text = String(decoding: bytes, as: UTF8.self)
    let milliseconds: Int
    do throws(DurationFault) {
      milliseconds = try DurationText.parse(text)
    } catch {
      try hold(!error.reason.isEmpty && !error.remedy.isEmpty, "a fault without words")
      return
    }
    try hold((0...DurationText.maxMilliseconds).contains(milliseconds), "\(text) is \(milliseconds) ms")
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let fraction = rest == 0 ? "" : "." + String(String(rest + 1000).dropFirst())
    for other in ["\(milliseconds)ms", "PT\(seconds)\(fraction)S", "\(seconds)s\(rest)ms"] {
      try holdEqual(try? DurationText.parse(other), milliseconds, "\(text.debugDescription) as \(other)")
    }
  }
#endif
