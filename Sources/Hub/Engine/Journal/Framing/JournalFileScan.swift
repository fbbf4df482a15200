/// What is in one of the journal's files: its good beginning, and what the rest proves.
public struct JournalFileScan: Sendable, Equatable {
  /// What is wrong with the head of a file.
  public enum HeaderFault: Sendable, Equatable {
    /// Cut, zeros, or with a checksum that does not fit.
    case torn
    /// Another program's file.
    case foreign
    /// Of another version of the format.
    case otherVersion(UInt32)
  }

  /// Its head; nil: see `headerFault`.
  public internal(set) var header: JournalFileHeader?
  /// Why there is no head.
  public internal(set) var headerFault: HeaderFault?
  /// Bytes of the whole file.
  public internal(set) var fileBytes: UInt64 = 0
  /// Bytes of the head and the valid frames that follow each other behind it. Where frames are handed over one by
  /// one: the offset of the one at hand.
  public internal(set) var goodBytes: UInt64 = 0
  /// Valid frames in the good beginning.
  public internal(set) var frames = 0
  /// The number of the last of them; of the last before this file, if there is none.
  public internal(set) var lastFrame: UInt64 = 0
  /// The file begins with an image that is complete: the offset behind it.
  public internal(set) var imageEnd: UInt64?
  var beginsWithImage = false
  /// There are frames behind the good beginning; the highest `durableBefore` of theirs.
  var hasStrays = false
  var strayDurable: UInt64 = 0

  /// The good beginning is all there is.
  public var isWhole: Bool { header != nil && goodBytes == fileBytes }

  /// Behind the good beginning a frame says that what is missing before it had been durable: the file was damaged
  /// after it was written, not torn off while it was. `before` is the last frame of the files before this one, for a
  /// file whose head is gone.
  public func isDamaged(before: UInt64) -> Bool { strayDurable > (header == nil ? before : lastFrame) }

  /// The file can be the first that is loaded: the state before it is empty, or is all in its image.
  var isBase: Bool {
    guard let header else { return false }
    return imageEnd != nil || header.isBeginning
  }
}
