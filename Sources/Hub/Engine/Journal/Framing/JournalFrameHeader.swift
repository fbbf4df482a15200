/// The head of a frame: 36 bytes before its payload.
///
/// | offset | bytes | |
/// | --- | --- | --- |
/// | 0 | 4 | FF 4A F5 46 |
/// | 4 | 4 | bytes of the payload, at most 64 MiB |
/// | 8 | 8 | number of the frame |
/// | 16 | 8 | `durableBefore` |
/// | 24 | 4 | flags; bit 0: begins an image, bit 1: completes it |
/// | 28 | 4 | CRC32C of the payload |
/// | 32 | 4 | CRC32C of the 32 bytes before |
public struct JournalFrameHeader: Sendable, Equatable {
  /// Bytes of the payload.
  public var payloadBytes: Int
  /// The frame's number; each frame of a file has that of its predecessor and 1.
  public var number: UInt64
  /// The highest number that was known durable when this frame was written. So a frame tells of those before it: one
  /// that is durable and broken was damaged, one that is not was torn off.
  public var durableBefore: UInt64
  /// The first frame of an image.
  public var beginsImage: Bool
  /// The last frame of an image.
  public var completesImage: Bool
  /// The payload's checksum.
  public var payloadChecksum: UInt32

  /// Header and payload of a frame, behind what is in `bytes`. The payload is at most
  /// `JournalFormat.maxPayloadBytes` long.
  public static func append(
    _ frame: JournalFrame, number: UInt64, durableBefore: UInt64, to bytes: inout [UInt8]
  ) {
    precondition(frame.entries.count <= JournalFormat.maxPayloadBytes, "the writer refuses longer frames")
    precondition(durableBefore < number, "a frame is durable only after it was written")
    let header = JournalFrameHeader(
      payloadBytes: frame.entries.count, number: number, durableBefore: durableBefore,
      beginsImage: frame.beginsImage, completesImage: frame.completesImage,
      payloadChecksum: CRC32C.checksum(frame.entries.span.bytes))
    header.append(to: &bytes)
    bytes.append(contentsOf: frame.entries)
  }

  private func append(to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: JournalFormat.marker)
    bytes.appendLittleEndian(UInt32(payloadBytes))
    bytes.appendLittleEndian(number)
    bytes.appendLittleEndian(durableBefore)
    bytes.appendLittleEndian(UInt32((beginsImage ? 1 : 0) | (completesImage ? 2 : 0)))
    bytes.appendLittleEndian(payloadChecksum)
    bytes.appendLittleEndian(CRC32C.checksum(bytes.span.bytes.extracting(start..<bytes.count)))
  }

  /// Reads the 36 bytes at `at`, which must be there; nil if they are not the head of a frame.
  static func read(_ bytes: RawSpan, at: Int) -> JournalFrameHeader? {
    for index in 0..<JournalFormat.marker.count
    where bytes.byte(at + index) != JournalFormat.marker[index] {
      return nil
    }
    guard CRC32C.checksum(bytes.extracting(at..<at + 32)) == bytes.littleEndian32(at + 32) else { return nil }
    let flags = bytes.littleEndian32(at + 24)
    let header = JournalFrameHeader(
      payloadBytes: Int(bytes.littleEndian32(at + 4)), number: bytes.littleEndian64(at + 8),
      durableBefore: bytes.littleEndian64(at + 16), beginsImage: flags & 1 != 0,
      completesImage: flags & 2 != 0, payloadChecksum: bytes.littleEndian32(at + 28))
    guard header.payloadBytes <= JournalFormat.maxPayloadBytes, flags <= 3,
      header.durableBefore < header.number, header.number < .max
    else { return nil }
    return header
  }
}
