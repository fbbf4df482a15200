import HubEngine

/// Files of a journal as a hub writes them, and what is read back from them.
struct JournalText {
  let sequence: UInt64
  private(set) var bytes: [UInt8]
  /// Where each frame begins, by number from the file's first.
  private(set) var offsets: [Int] = []
  private(set) var next: UInt64
  private(set) var durable: UInt64

  init(_ sequence: UInt64, firstFrame: UInt64 = 1, continues: Bool = true) {
    self.sequence = sequence
    next = firstFrame
    durable = firstFrame - 1
    bytes =
      JournalFileHeader(
        sequence: sequence, createdAt: 1_795_600_800_000_000_000, firstFrame: firstFrame, continues: continues
      ).encoded()
  }

  /// Appends frames, and syncs behind them: those of the next group say so.
  mutating func group(_ frames: [JournalFrame]) {
    for frame in frames {
      offsets.append(bytes.count)
      JournalFrameHeader.append(frame, number: next, durableBefore: durable, to: &bytes)
      next += 1
    }
    durable = next - 1
  }

  mutating func group(_ payloads: String...) {
    group(payloads.map { JournalFrame(entries: Array($0.utf8)) })
  }

  /// An image in pieces, each a group.
  mutating func image(_ payloads: String...) {
    for (index, payload) in payloads.enumerated() {
      group([
        JournalFrame(
          entries: Array(payload.utf8), beginsImage: index == 0, completesImage: index == payloads.count - 1)
      ])
    }
  }

  var scanned: ScannedFile { ScannedFile(bytes) }
  var file: (sequence: UInt64, scan: JournalFileScan) { (sequence, scanned.scan) }
}

/// What a scanner told of a file.
struct ScannedFile: Equatable {
  var payloads: [String] = []
  var scan: JournalFileScan

  init(_ bytes: [UInt8]) { self.init(pieces: [bytes]) }

  init(pieces: [[UInt8]]) {
    var scanner = JournalFileScanner()
    var payloads: [String] = []
    for piece in pieces {
      scanner.feed(piece.span.bytes) { header, payload in
        payloads.append(payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
      }
    }
    self.payloads = payloads
    scan = scanner.finish()
  }
}

/// Numbers that look random and follow from a seed.
struct JournalNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next(below bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }
}
