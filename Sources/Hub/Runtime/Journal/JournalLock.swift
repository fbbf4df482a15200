import Glibc

/// The lock of a state directory: the file `lock`, held by flock for as long as this value lives. It is released by the
/// system however the process ends, and its content, the holder's process id, is only for people.
struct JournalLock: ~Copyable, Sendable {
  private static let fileName = "lock"
  /// The longest process id that is shown, in bytes.
  private static let maxHolderBytes = 20
  /// How long a lock that is held is tried again, in milliseconds: its holder may be on its way out, and a child of the
  /// hub has it from its fork to its exec.
  static let patienceMilliseconds = 2000
  private static let stepMilliseconds = 20

  private let descriptor: Int32

  init(directory: String) throws(JournalError) {
    let path = directory + "/" + Self.fileName
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else {
      throw .unusable(path: directory, reason: "\(Self.fileName): \(FileContent.lastSystemError())")
    }
    var patience = Self.patienceMilliseconds
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR || (errno == EWOULDBLOCK && patience > 0) {
        patience -= Self.stepMilliseconds
        usleep(UInt32(Self.stepMilliseconds) * 1000)
        continue
      }
      let (code, reason) = (errno, FileContent.lastSystemError())
      defer { close(descriptor) }
      if code == EWOULDBLOCK { throw .locked(path: directory, pid: Self.holder(descriptor)) }
      throw .cannotLock(path: directory, reason: reason)
    }
    // A disk that is full must not keep the hub from starting: the lock holds without its text.
    _ = ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    // The array's own bytes, all of them.
    _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Lets another hub in.
  func release() { _ = flock(descriptor, LOCK_UN) }

  private static func holder(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: maxHolderBytes)
    // The kernel writes at most `count` bytes into the array's own storage.
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    let digits = bytes.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }
}
