/// The head of a journal's file: 48 bytes, whose layout is the same in all versions of the format.
///
/// | offset | bytes | |
/// | --- | --- | --- |
/// | 0 | 8 | `FHUBJNL` and a newline |
/// | 8 | 4 | format version |
/// | 12 | 4 | flags; bit 0: `continues` |
/// | 16 | 8 | sequence number of the file |
/// | 24 | 8 | time of creation, nanoseconds since 1970 |
/// | 32 | 8 | number of the first frame |
/// | 40 | 4 | 0 |
/// | 44 | 4 | CRC32C of the 44 bytes before |
public struct JournalFileHeader: Sendable, Equatable {
  /// The format's version.
  public var version = JournalFormat.version
  /// The file's number, as in its name; each file has that of its predecessor and 1.
  public var sequence: UInt64
  /// When it was made, in nanoseconds since 1970.
  public var createdAt: Int64
  /// The number of its first frame.
  public var firstFrame: UInt64
  /// All frames before `firstFrame` were durable in the files before when this one was made. False: some were lost
  /// (the disk failed), so the file is of use only with the complete image that it begins with.
  public var continues: Bool

  /// The header of a new file.
  public init(sequence: UInt64, createdAt: Int64, firstFrame: UInt64, continues: Bool) {
    self.sequence = sequence
    self.createdAt = createdAt
    self.firstFrame = firstFrame
    self.continues = continues
  }

  /// The file is the first of its directory, with the first frame ever: the state before it is empty.
  var isBeginning: Bool {
    sequence == JournalFormat.firstSequence && firstFrame == JournalFormat.firstFrame && continues
  }

  /// What the first bytes of a file are.
  enum Reading: Equatable {
    case valid(JournalFileHeader)
    /// Ours, and whole, but of another version.
    case otherVersion(UInt32)
    /// Too short, zeros, or its checksum does not fit.
    case torn
    /// They begin with something else.
    case foreign
  }

  /// The 48 bytes.
  public func encoded() -> [UInt8] {
    var bytes = JournalFormat.magic
    bytes.appendLittleEndian(version)
    bytes.appendLittleEndian(UInt32(continues ? 1 : 0))
    bytes.appendLittleEndian(sequence)
    bytes.appendLittleEndian(UInt64(bitPattern: createdAt))
    bytes.appendLittleEndian(firstFrame)
    bytes.appendLittleEndian(UInt32(0))
    bytes.appendLittleEndian(CRC32C.checksum(bytes.span.bytes))
    return bytes
  }

  /// Reads the first bytes of a file; fewer than 48 only if it has no more.
  static func read(_ bytes: RawSpan) -> Reading {
    let start = min(bytes.byteCount, JournalFormat.magic.count)
    // What was only begun is the beginning of ours, and behind it nothing or zeros.
    var isMagic = true
    var isOurs = true
    for at in 0..<start {
      let byte = bytes.byte(at)
      isMagic = isMagic && byte == JournalFormat.magic[at]
      isOurs = isOurs && (isMagic || byte == 0)
    }
    guard isOurs else { return .foreign }
    guard isMagic, bytes.byteCount >= JournalFormat.fileHeaderBytes else { return .torn }
    guard CRC32C.checksum(bytes.extracting(0..<44)) == bytes.littleEndian32(44) else { return .torn }
    let version = bytes.littleEndian32(8)
    guard version == JournalFormat.version else { return .otherVersion(version) }
    let flags = bytes.littleEndian32(12)
    let firstFrame = bytes.littleEndian64(32)
    // No hub counts as far as the highest number, so the next one can always be said.
    guard flags <= 1, firstFrame >= JournalFormat.firstFrame, firstFrame < .max else { return .torn }
    return .valid(
      JournalFileHeader(
        sequence: bytes.littleEndian64(16), createdAt: Int64(bitPattern: bytes.littleEndian64(24)),
        firstFrame: firstFrame, continues: flags == 1))
  }
}
