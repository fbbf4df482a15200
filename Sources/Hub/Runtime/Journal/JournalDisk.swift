import Glibc

/// The system calls that the writer makes on a file; tests put failing and slow ones in their place.
struct JournalDisk: Sendable {
  /// Writes some of the bytes at the file's position: how many, or -1 with errno.
  var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
  /// Makes what was written durable: 0, or -1 with errno.
  var sync: @Sendable (_ descriptor: Int32) -> Int32

  /// The system's.
  static let system = JournalDisk(
    write: { descriptor, bytes in Glibc.write(descriptor, bytes.baseAddress, bytes.count) },
    sync: { descriptor in fdatasync(descriptor) })
}

/// Why something could not be written.
struct JournalFailure: Error, Equatable {
  /// What was tried and the system's reason: part of a sentence.
  let reason: String

  /// A failed call, by errno.
  static func system(_ what: String) -> JournalFailure {
    JournalFailure(reason: "\(what): \(FileContent.lastSystemError())")
  }
}

/// A file of the journal that is being written. Closed with the value.
struct JournalFile: ~Copyable {
  /// Its number.
  let sequence: UInt64
  /// All frames before it were durable when it was made.
  let continues: Bool
  /// Bytes written.
  private(set) var bytes: UInt64
  /// Bytes known durable.
  private(set) var durableBytes: UInt64
  /// Its first frame begins an image.
  var beginsWithImage = false
  /// That image is complete and durable.
  var hasImage = false
  private let path: String
  private let descriptor: Int32
  private let disk: JournalDisk

  /// Goes on behind what was loaded.
  init(
    openAt path: String, sequence: UInt64, bytes: UInt64, disk: JournalDisk
  ) throws(JournalFailure) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .system("opening \(path)") }
    guard lseek(descriptor, Int(bytes), SEEK_SET) >= 0 else {
      let failure = JournalFailure.system("seeking in \(path)")
      close(descriptor)
      throw failure
    }
    self.descriptor = descriptor
    self.path = path
    self.sequence = sequence
    self.continues = true
    self.bytes = bytes
    self.durableBytes = bytes
    self.disk = disk
  }

  /// Makes a new file, which must not be there.
  init(
    newAt path: String, sequence: UInt64, continues: Bool, disk: JournalDisk
  ) throws(JournalFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system("making \(path)") }
    self.descriptor = descriptor
    self.path = path
    self.sequence = sequence
    self.continues = continues
    self.bytes = 0
    self.durableBytes = 0
    self.disk = disk
  }

  deinit { close(descriptor) }

  /// Writes all of it.
  mutating func write(_ content: [UInt8]) throws(JournalFailure) {
    var done = 0
    while done < content.count {
      // `rest` stays within the array, which lives as long as the closure.
      let count = content.withUnsafeBytes { all in
        disk.write(descriptor, UnsafeRawBufferPointer(rebasing: all[done...]))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system("writing \(path)") }
      guard count > 0 else { throw JournalFailure(reason: "writing \(path): nothing was taken") }
      done += count
      bytes += UInt64(count)
    }
  }

  /// Makes all of it durable.
  mutating func sync() throws(JournalFailure) {
    guard disk.sync(descriptor) == 0 else { throw .system("syncing \(path)") }
    durableBytes = bytes
  }

  /// Takes back what is not durable, as well as may be: what a failed disk keeps in memory looks written.
  mutating func cutToDurable() {
    if ftruncate(descriptor, Int(durableBytes)) == 0 { bytes = durableBytes }
  }
}
