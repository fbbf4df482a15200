/// The constants of the journal's files (docs/journal.md). All numbers in files are little endian.
public enum JournalFormat {
  /// The version that this hub writes, and the only one that it reads.
  public static let version: UInt32 = 1
  /// The first bytes of every file, in all versions.
  static let magic: [UInt8] = Array("FHUBJNL\n".utf8)
  /// Bytes of a file's header, in all versions.
  public static let fileHeaderBytes = 48
  /// The first bytes of every frame. 0xFF and 0xF5 are in no UTF-8 text, so no name or spec looks like a frame.
  static let marker: [UInt8] = [0xFF, 0x4A, 0xF5, 0x46]
  /// Bytes of a frame's header.
  public static let frameHeaderBytes = 36
  /// The longest payload of a frame, in bytes; a header that claims more is none.
  public static let maxPayloadBytes = 64 << 20
  /// The number of the first frame ever.
  public static let firstFrame: UInt64 = 1
  /// The number of the first file of a directory: the state before it is empty.
  public static let firstSequence: UInt64 = 1

  private static let digits = 16
  private static let prefix = "journal-"
  private static let suffix = ".log"

  /// The name of a file: `journal-0000000000000001.log`.
  public static func fileName(_ sequence: UInt64) -> String {
    let number = String(sequence)
    return prefix + String(repeating: "0", count: max(0, digits - number.count)) + number + suffix
  }

  /// The sequence number in a file's name; nil if it is not the name of a journal's file.
  public static func sequence(ofFileName name: String) -> UInt64? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    let number = name.dropFirst(prefix.count).dropLast(suffix.count)
    guard number.utf8.count == digits, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return UInt64(number).flatMap { $0 >= firstSequence ? $0 : nil }
  }
}
