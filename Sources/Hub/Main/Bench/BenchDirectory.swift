import Glibc
import Synchronization

/// The files of one measurement, gone with it. They are in `TMPDIR`, or `/tmp`.
final class BenchDirectory {
  /// Those that are there, for an end by a signal.
  private static let paths = Mutex<[String]>([])

  let path: String
  /// Read by the hub.
  var subscriptions: String { path + "/subscriptions" }
  /// Of the hub's journal.
  var state: String { path + "/state" }
  /// Where the sink leaves one of the hub's requests for the yardstick.
  var request: String { path + "/captured.request" }

  init() throws(BenchFailure) {
    // Nothing here changes the environment.
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = "\(parent)/hub-bench-XXXXXX".utf8.map { CChar(bitPattern: $0) } + [0]
    guard mkdtemp(&template) != nil else { throw .files(Self.lastError) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    Self.paths.withLock { $0.append(path) }
    guard mkdir(subscriptions, 0o700) == 0 else { throw .files(Self.lastError) }
  }

  deinit {
    Self.remove(path)
    Self.paths.withLock { paths in paths.removeAll { $0 == path } }
  }

  /// Removes what all measurements left so far.
  static func removeAll() {
    for path in paths.withLock({ $0 }) { remove(path) }
  }

  /// A new file of subscriptions.
  func writeSubscriptions(_ bytes: [UInt8], name: String) throws(BenchFailure) {
    let descriptor = open("\(subscriptions)/\(name)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .files(Self.lastError) }
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw .files(Self.lastError) }
  }

  /// Bytes of all files of the journal.
  var stateBytes: Int {
    Self.entries(state).reduce(0) { sum, name in
      var status = stat()
      return stat("\(state)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
    }
  }

  private static var lastError: String { String(cString: strerror(errno)) }

  private static func entries(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    for name in entries(path) {
      let entry = "\(path)/\(name)"
      if unlink(entry) != 0 { remove(entry) }
    }
    rmdir(path)
  }
}
