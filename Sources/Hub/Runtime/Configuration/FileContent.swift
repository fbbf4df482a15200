import Glibc

/// Why a file could not be read; the sentence goes after the file's name.
public enum FileContentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system's reason.
  case system(String)
  /// A directory, a device, a pipe.
  case notAFile
  /// Larger than allowed, in bytes.
  case tooLarge(limit: Int)
  /// It was written while it was read.
  case changedWhileRead

  /// Part of a sentence for people.
  public var description: String {
    switch self {
    case .system(let reason): reason
    case .notAFile: "not a regular file"
    case .tooLarge(let limit): "larger than \(limit) bytes"
    case .changedWhileRead: "it was written while it was read"
    }
  }
}

/// Reads whole files, within a limit.
public enum FileContent {
  /// The bytes of a regular file (symbolic links are followed), at most `limit` of them.
  public static func read(_ path: String, limit: Int) throws(FileContentError) -> [UInt8] {
    try readSigned(path, limit: limit).bytes
  }

  /// The bytes of a file with the signature that they had throughout the reading.
  static func readSigned(
    _ path: String, limit: Int
  ) throws(FileContentError) -> (bytes: [UInt8], signature: FileSignature) {
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(lastSystemError()) }
    defer { close(descriptor) }
    let before = try signature(of: descriptor)
    guard before.size <= limit else { throw .tooLarge(limit: limit) }
    let bytes = try readAll(descriptor, limit: limit, expected: Int(before.size))
    guard try signature(of: descriptor) == before else { throw .changedWhileRead }
    return (bytes, before)
  }

  private static func signature(of descriptor: Int32) throws(FileContentError) -> FileSignature {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(lastSystemError()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    return FileSignature(status)
  }

  private static func readAll(
    _ descriptor: Int32, limit: Int, expected: Int
  ) throws(FileContentError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(expected)
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      // The kernel writes at most `count` bytes into the array's own storage.
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(lastSystemError()) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    }
  }

  /// Everything that comes from a descriptor until its end, at most `limit` bytes.
  static func readStream(_ descriptor: Int32, limit: Int) throws(FileContentError) -> [UInt8] {
    try readAll(descriptor, limit: limit, expected: 0)
  }

  /// Whether it is a directory, or a link to one.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The path without links and dots; nil if there is no such thing.
  static func resolved(_ path: String) -> String? {
    // realpath allocates what it returns.
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Whether there is something of this name, readable or not.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 || errno != ENOENT }

  static func lastSystemError() -> String { String(cString: strerror(errno)) }
}

/// What changes when a file's content does: also when a file of the same size and time takes its place.
struct FileSignature: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64
  let size: Int64
  let modified: [Int]

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = [
      status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
    ]
  }
}
