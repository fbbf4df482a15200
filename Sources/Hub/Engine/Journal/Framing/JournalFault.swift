/// Why the files of a journal are not loaded. The numbers are those in the files' names.
public enum JournalFault: Error, Equatable, Sendable {
  /// The file is another program's.
  case foreignFile(sequence: UInt64)
  /// The file is of a format that this hub no longer reads.
  case olderFormat(sequence: UInt64, version: UInt32)
  /// The file is of a format that this hub does not know yet.
  case newerFormat(sequence: UInt64, version: UInt32)
  /// The file was renamed: its head holds another number.
  case misnamed(sequence: UInt64, holds: UInt64)
  /// This file is needed and not there.
  case missingFile(sequence: UInt64)
  /// What was durable is broken or gone at this offset of the file, where this frame should be.
  case damaged(sequence: UInt64, offset: UInt64, frame: UInt64)
}
