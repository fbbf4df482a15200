/// Reads one of the journal's files as a stream of chunks of any size: hands over its frames, and finds where the
/// good beginning ends and what lies behind it.
///
/// Nothing in a file makes it fail or hold more than the longest frame; what is wrong is told by `finish`.
public struct JournalFileScanner: Sendable {
  private enum Phase {
    case header
    case frames
    /// The good beginning has ended; frames behind it only bear witness.
    case strays
  }

  private var phase = Phase.header
  private var scan = JournalFileScan()
  /// What was fed and is not yet used; the bytes before `start` are.
  private var buffer: [UInt8] = []
  private var start = 0

  /// At the beginning of a file.
  public init() {}

  /// What has been found so far.
  public var progress: JournalFileScan { scan }

  /// Takes the next bytes of the file. `body` gets the head and the payload of each frame of the good beginning, in
  /// order; when it throws, the scanner is of no more use, and `progress.goodBytes` is the offset of that frame.
  public mutating func feed<Failure: Error>(
    _ chunk: RawSpan, _ body: (JournalFrameHeader, RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    // Copied inside the closure.
    chunk.withUnsafeBytes { buffer.append(contentsOf: $0) }
    scan.fileBytes += UInt64(chunk.byteCount)
    try advance(isEnd: false, body)
    buffer.removeFirst(start)
    start = 0
  }

  /// The file has ended. The frame that it may have ended in is not one.
  public mutating func finish() -> JournalFileScan {
    advance(isEnd: true) { _, _ in }
    return scan
  }

  private mutating func advance<Failure: Error>(
    isEnd: Bool, _ body: (JournalFrameHeader, RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    if phase == .header { readHeader(isEnd: isEnd) }
    while phase == .frames {
      guard try readFrame(isEnd: isEnd, body) else { return }
    }
    if phase == .strays { searchStrays() }
  }

  private mutating func readHeader(isEnd: Bool) {
    guard buffer.count >= JournalFormat.fileHeaderBytes || isEnd else { return }
    switch JournalFileHeader.read(buffer.span.bytes) {
    case .valid(let header):
      scan.header = header
      scan.goodBytes = UInt64(JournalFormat.fileHeaderBytes)
      scan.lastFrame = header.firstFrame - 1
      start = JournalFormat.fileHeaderBytes
      phase = .frames
    case .otherVersion(let version): beginStrays(.otherVersion(version))
    case .torn: beginStrays(.torn)
    case .foreign: beginStrays(.foreign)
    }
  }

  private mutating func beginStrays(_ fault: JournalFileScan.HeaderFault) {
    scan.headerFault = fault
    phase = .strays
  }

  /// False: more bytes are needed, or there are none.
  private mutating func readFrame<Failure: Error>(
    isEnd: Bool, _ body: (JournalFrameHeader, RawSpan) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    // A second reference to the same bytes, so that the rest of the scanner can change beside them.
    let held = buffer
    let bytes = held.span.bytes
    let rest = bytes.byteCount - start
    guard rest >= JournalFormat.frameHeaderBytes else {
      if isEnd { phase = .strays }
      return false
    }
    let payloadStart = start + JournalFormat.frameHeaderBytes
    guard let header = JournalFrameHeader.read(bytes, at: start), header.number == scan.lastFrame + 1 else {
      phase = .strays
      return true
    }
    guard payloadStart + header.payloadBytes <= bytes.byteCount else {
      if isEnd { phase = .strays }
      return isEnd
    }
    let payload = bytes.extracting(payloadStart..<payloadStart + header.payloadBytes)
    guard CRC32C.checksum(payload) == header.payloadChecksum else {
      phase = .strays
      return true
    }
    try body(header, payload)
    accept(header)
    return true
  }

  private mutating func accept(_ header: JournalFrameHeader) {
    let length = JournalFormat.frameHeaderBytes + header.payloadBytes
    start += length
    scan.goodBytes += UInt64(length)
    scan.lastFrame = header.number
    if scan.frames == 0 { scan.beginsWithImage = header.beginsImage }
    scan.frames += 1
    if scan.beginsWithImage && header.completesImage && scan.imageEnd == nil {
      scan.imageEnd = scan.goodBytes
    }
  }

  /// Looks at every offset for the head of a frame. Its own checksum makes it one, whatever became of its payload.
  private mutating func searchStrays() {
    let held = buffer
    let bytes = held.span.bytes
    let first = JournalFormat.marker[0]
    var at = start
    while at &+ JournalFormat.frameHeaderBytes <= bytes.byteCount {
      if bytes.byte(at) == first, let header = JournalFrameHeader.read(bytes, at: at) {
        scan.hasStrays = true
        scan.strayDurable = max(scan.strayDurable, header.durableBefore)
      }
      at &+= 1
    }
    start = at
  }
}
