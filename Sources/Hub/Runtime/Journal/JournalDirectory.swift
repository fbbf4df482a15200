import Glibc
import HubEngine

/// The state directory of one hub: locked for this process while the value lives.
final class JournalDirectory: Sendable {
  /// Where it is, as it was given.
  let path: String
  private let descriptor: Int32
  private let lock: JournalLock

  /// Makes the directory if it is not there (its parent must be), and locks it.
  init(_ path: String) throws(JournalError) {
    if mkdir(path, 0o700) != 0 && errno != EEXIST {
      throw .unusable(path: path, reason: FileContent.lastSystemError())
    }
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOTDIR { throw .notADirectory(path: path) }
      throw .unusable(path: path, reason: FileContent.lastSystemError())
    }
    do throws(JournalError) {
      lock = try JournalLock(directory: path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Lets another hub in; this one touches nothing there any more.
  func release() { lock.release() }

  /// The path of a file.
  func path(of sequence: UInt64) -> String { path + "/" + JournalFormat.fileName(sequence) }

  /// The numbers of the journal's files, ascending. Other files are nobody's business here.
  func sequences() throws(JournalError) -> [UInt64] {
    guard let directory = opendir(path) else {
      throw .unusable(path: path, reason: FileContent.lastSystemError())
    }
    defer { closedir(directory) }
    var numbers: [UInt64] = []
    while let entry = readdir(directory) {
      // `d_name` ends with a zero byte within the entry, which lives until the next `readdir`.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = JournalFormat.sequence(ofFileName: name) { numbers.append(number) }
    }
    return numbers.sorted()
  }

  /// Makes the creation and removal of files durable. Nil, or the system's reason.
  func sync() -> String? { fsync(descriptor) == 0 ? nil : FileContent.lastSystemError() }

  /// Whether there is a file of this number, or something else of its name.
  func has(_ sequence: UInt64) -> Bool {
    var status = stat()
    return lstat(path(of: sequence), &status) == 0
  }

  /// Removes a file. Nil, or the system's reason; one that is not there is removed.
  func remove(_ sequence: UInt64) -> String? {
    if unlink(path(of: sequence)) == 0 || errno == ENOENT { return nil }
    return FileContent.lastSystemError()
  }
}
