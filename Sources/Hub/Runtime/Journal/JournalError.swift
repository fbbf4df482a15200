import HubEngine

/// Why the state directory cannot be used. Each sentence names the directory or file and says what to do.
public enum JournalError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It is there and no directory.
  case notADirectory(path: String)
  /// It can neither be opened nor made.
  case unusable(path: String, reason: String)
  /// Another hub has it. The process id is that of its lock file, as that process sees itself.
  case locked(path: String, pid: String?)
  /// Its file system knows no locks.
  case cannotLock(path: String, reason: String)
  /// A file of it cannot be read, cut or removed.
  case file(path: String, reason: String)
  /// What its files hold is not loaded.
  case fault(directory: String, JournalFault)
  /// The frames are as they were written, and what they say is refused.
  case refused(path: String, offset: UInt64, reason: String)

  /// One or two sentences for people.
  public var description: String {
    switch self {
    case .notADirectory(let path): "\(path) is not a directory; name one, or a place where one can be made"
    case .unusable(let path, let reason):
      "\(path) cannot be used: \(reason); give a directory that this user may read and write"
    case .locked(let path, let pid):
      "\(path) is in use by another hub (process \(pid ?? "unknown")); stop that one, or give each its own"
        + " directory"
    case .cannotLock(let path, let reason):
      "\(path) cannot be locked: \(reason); use a file system that knows flock"
    case .file(let path, let reason): "\(path): \(reason)"
    case .fault(let directory, let fault): Self.sentence(fault, directory)
    case .refused(let path, let offset, let reason):
      "\(path): the state at byte \(offset) cannot be used: \(reason); \(Self.wayOut(path))"
    }
  }

  private static func sentence(_ fault: JournalFault, _ directory: String) -> String {
    func file(_ sequence: UInt64) -> String { directory + "/" + JournalFormat.fileName(sequence) }
    switch fault {
    case .foreignFile(let sequence):
      return "\(file(sequence)) is not a journal of this hub; move it away, or give another directory"
    case .olderFormat(let sequence, let version):
      return "\(file(sequence)) has the format \(version), which this hub no longer reads (it writes"
        + " \(JournalFormat.version)); start a version that does, or: \(wayOut(directory))"
    case .newerFormat(let sequence, let version):
      return
        "\(file(sequence)) has the format \(version), and this hub knows \(JournalFormat.version); start the"
        + " version that wrote it, or: \(wayOut(directory))"
    case .misnamed(let sequence, let holds):
      return "\(file(sequence)) was renamed: it is \(JournalFormat.fileName(holds)); give it its name back"
    case .missingFile(let sequence):
      return "\(file(sequence)) is missing; put it back, or: \(wayOut(directory))"
    case .damaged(let sequence, let offset, let frame):
      return
        "\(file(sequence)) is damaged at byte \(offset)\(frame == 0 ? "" : " (frame \(frame))"), where it had been safely on disk;"
        + " restore the directory, or: \(wayOut(directory))"
    }
  }

  /// What docs/journal.md says at length.
  private static func wayOut(_ path: String) -> String {
    "move the directory away and start without: everything is told again as initial, and deletes made since are"
      + " not known (docs/journal.md)"
  }
}
