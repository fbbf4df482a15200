/// What one batch of the engine changes of its state: all of it survives a crash, or nothing of it.
///
/// Entries are upserts and removals by key, of which the last one counts; an image of the whole state is many frames,
/// with frames of live changes between its pieces. How frames lie in files: docs/journal.md.
public struct JournalFrame: Sendable, Equatable {
  /// The entries, encoded by the engine; never empty of meaning for it, opaque to the files.
  public var entries: [UInt8]
  /// The first frame of an image: what came before it is no longer needed once the image is complete.
  public var beginsImage: Bool
  /// The last frame of an image. An image of one frame begins and completes with it.
  public var completesImage: Bool

  /// A frame; of live changes, unless it says otherwise.
  public init(entries: [UInt8], beginsImage: Bool = false, completesImage: Bool = false) {
    self.entries = entries
    self.beginsImage = beginsImage
    self.completesImage = completesImage
  }
}
