import Glibc
import HubEngine

/// The subscription files of a directory as they were last read. A file that cannot be read keeps its last good
/// content; one that is gone is withdrawn.
struct SubscriptionDirectory {
  /// The longest file, in bytes.
  static let maxFileBytes = SubscriptionLimits.maxFileBytes
  /// The most files; more are not read.
  static let maxFiles = 10_000

  private struct Known {
    var signature: FileSignature
    var bytes: [UInt8]
  }

  /// What a scan came to.
  struct Scan {
    /// All files by name, if any of them changed since the last scan.
    var changed: [SubscriptionFile]?
    /// Files that cannot be used, by name, with the reason; each is named once until the reason changes.
    var newProblems: [(name: String, reason: String)] = []
    /// A file was being written: look again soon.
    var isUnsettled = false
  }

  let path: String
  private var known: [String: Known] = [:]
  private var problems: [String: String] = [:]
  private var hasPosted = false

  init(path: String) { self.path = path }

  /// Reads what is new. Throws if the directory itself cannot be read; then everything stays as it was.
  mutating func scan() throws(FileContentError) -> Scan {
    let names = try Self.fileNames(in: path)
    var scan = Scan()
    var hasChanged = !hasPosted
    for name in known.keys where !names.contains(name) {
      known[name] = nil
      hasChanged = true
    }
    var nowProblems: [String: String] = [:]
    for name in names.prefix(Self.maxFiles) {
      do throws(FileContentError) {
        if try read(name) { hasChanged = true }
      } catch .changedWhileRead {
        scan.isUnsettled = true
      } catch {
        nowProblems[name] = "\(error)"
      }
    }
    if names.count > Self.maxFiles {
      nowProblems["*"] = "more than \(Self.maxFiles) files: the rest is not read"
    }
    scan.newProblems = nowProblems.filter { problems[$0.key] != $0.value }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
    problems = nowProblems
    if hasChanged {
      hasPosted = true
      scan.changed = known.sorted { $0.key < $1.key }.map {
        SubscriptionFile(name: $0.key, bytes: $0.value.bytes)
      }
    }
    return scan
  }

  /// Reads a file if it is not the one that was read last. True: the content changed.
  private mutating func read(_ name: String) throws(FileContentError) -> Bool {
    let file = path + "/" + name
    var status = stat()
    guard stat(file, &status) == 0 else { throw .system(FileContent.lastSystemError()) }
    let before = known[name]
    if let before, before.signature == FileSignature(status) { return false }
    let (bytes, signature) = try FileContent.readSigned(file, limit: Self.maxFileBytes)
    known[name] = Known(signature: signature, bytes: bytes)
    return before?.bytes != bytes
  }

  /// The names of the JSON and YAML files of a folder that hold objects, sorted.
  static func fileNames(in path: String) throws(FileContentError) -> [String] {
    guard let directory = opendir(path) else { throw .system(FileContent.lastSystemError()) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      // `d_name` ends with a zero byte within the entry, which lives until the next `readdir`.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      // Hidden files are those that editors and kubelets are still writing.
      guard !name.hasPrefix("."), !SubscriptionFiles.isKustomization(name) else { continue }
      if [".json", ".yaml", ".yml"].contains(where: name.hasSuffix) { names.append(name) }
    }
    return names.sorted()
  }
}
