import Glibc
import JSONScan

/// Why the data of an earlier life could not be read.
public struct DataFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence that names the file and what to do.
  public let description: String
}

/// The file in which a cluster's data survive its process: a line of JSON for each change, in their order. A line that
/// its end did not reach (the process was killed in it) was answered to nobody and is left out.
///
/// Written without waiting for the disk: it survives a process that is killed, not a machine.
final class DataFile {
  /// Larger files are written anew when they are opened, without the past.
  static let rewriteBytes = 64 << 20

  let path: String
  /// Why nothing can be written any more.
  private(set) var failure: String?
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Opens a file, or makes it, and lives its lines again in the store. Throws if it cannot be read or written, or is
  /// no such file.
  static func open(
    _ path: String, into store: ClusterStore, _ tokens: TokenIssuer, rewriteBytes: Int = rewriteBytes
  ) throws(DataFileError) -> DataFile {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
    guard descriptor >= 0 else {
      throw DataFileError(
        description: "\(path): \(String(cString: strerror(errno))); name a file that may be written")
    }
    let file = DataFile(path: path, descriptor: descriptor)
    let bytes = try file.read()
    // What comes after the last line's end is cut off.
    let whole = (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    if whole < bytes.count { ftruncate(descriptor, off_t(whole)) }
    for (number, line) in bytes[..<whole].split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let json = try? JSONValue(parsing: Array(line)), file.replay(json, store, tokens) else {
        throw DataFileError(
          description:
            "\(path):\(number + 1): is no line of a data file; remove the file to begin without data")
      }
    }
    return whole > rewriteBytes ? try file.rewritten(store, tokens) : file
  }

  private func read() throws(DataFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += buffer[..<count]
      } else if errno != EINTR {
        throw DataFileError(description: "\(path): \(String(cString: strerror(errno)))")
      }
    }
  }

  // MARK: Lines

  private static let kinds: [(String, StoreEvent.Kind)] = [
    ("added", .added), ("modified", .modified), ("deleted", .deleted),
  ]

  func append(_ event: StoreEvent, of id: ResourceID) {
    let kind = Self.kinds.first { $0.1 == event.kind }?.0 ?? ""
    write([
      "is": .string(kind), "version": .number(String(event.version)), "group": .string(id.group),
      "plural": .string(id.plural), "object": event.object,
    ])
  }

  func appendCompaction(_ version: UInt64) {
    write(["is": "compacted", "version": .number(String(version))])
  }

  func append(token: String, _ claims: JSONValue) {
    write(["is": "token", "token": .string(token), "claims": claims])
  }

  /// False if the line is none.
  private func replay(_ line: JSONValue, _ store: ClusterStore, _ tokens: TokenIssuer) -> Bool {
    guard let what = line["is"]?.string else { return false }
    if what == "token" {
      guard let token = line["token"]?.string, let claims = line["claims"].flatMap(TokenIssuer.Claims.init)
      else { return false }
      tokens.replay(token, claims)
      return true
    }
    guard case .number(let text)? = line["version"], let version = UInt64(text) else { return false }
    if what == "compacted" {
      store.replayCompaction(version)
      return true
    }
    guard let kind = Self.kinds.first(where: { $0.0 == what })?.1, let object = line["object"],
      let group = line["group"]?.string, let plural = line["plural"]?.string, !object.name.isEmpty
    else { return false }
    store.replay(kind, ResourceID(group: group, plural: plural), object, version: version)
    return true
  }

  // MARK: Writing

  func truncate() {
    if ftruncate(descriptor, 0) != 0 { fail() }
  }

  /// A file in place of this one: what is there now, the definitions of kinds first, and the version up to which the past
  /// is forgotten.
  private func rewritten(_ store: ClusterStore, _ tokens: TokenIssuer) throws(DataFileError) -> DataFile {
    let beside = path + ".new"
    let descriptor = Glibc.open(beside, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | O_TRUNC, 0o600)
    guard descriptor >= 0 else {
      throw DataFileError(description: "\(beside): \(String(cString: strerror(errno)))")
    }
    let file = DataFile(path: path, descriptor: descriptor)
    file.writeAll(store, tokens)
    if let failure = file.failure { throw DataFileError(description: failure) }
    guard rename(beside, path) == 0 else {
      throw DataFileError(description: "\(path): \(String(cString: strerror(errno)))")
    }
    return file
  }

  private func writeAll(_ store: ClusterStore, _ tokens: TokenIssuer) {
    let definitions = BuiltInResources.customResourceDefinitions.id
    for id in [definitions] + store.resourceIDs.filter({ $0 != definitions }) {
      let objects = store.list(id).map { (UInt64($0.resourceVersion) ?? 0, $0) }.sorted { $0.0 < $1.0 }
      for (version, object) in objects {
        append(StoreEvent(kind: .added, version: version, object: object, previous: nil), of: id)
      }
    }
    for (token, claims) in tokens.known { append(token: token, claims.json) }
    appendCompaction(store.version)
  }

  private func write(_ line: JSONValue) {
    guard failure == nil else { return }
    let bytes = line.serialized() + [UInt8(ascii: "\n")]
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { start += count } else if errno != EINTR { return fail() }
    }
  }

  private func fail() {
    failure =
      "the data file \(path) cannot be written: \(String(cString: strerror(errno))); make room and restart"
  }
}
