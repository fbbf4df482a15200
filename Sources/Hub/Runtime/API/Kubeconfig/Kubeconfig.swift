import JSONScan

/// The clusters, users and contexts of one or several kubeconfigs, merged as kubectl does: of each name, and of
/// `current-context`, the first file that has it counts.
struct Kubeconfig {
  /// Names with where they were found.
  typealias Entries = [String: KubeconfigNode]

  private(set) var clusters: Entries = [:]
  private(set) var users: Entries = [:]
  private(set) var contexts: Entries = [:]
  private(set) var currentContext: String?
  /// The files that were read.
  private(set) var paths: [String] = []

  /// Reads files; those that do not exist are skipped unless they must exist. `setting` says in messages who named them.
  init(files: [String], mustExist: Bool, setting: String) throws(KubeconfigError) {
    for path in files {
      guard mustExist || FileContent.exists(path) else { continue }
      let bytes: [UInt8]
      do throws(FileContentError) {
        bytes = try FileContent.read(path, limit: KubeconfigText.maxBytes)
      } catch {
        throw .unreadable(setting: setting, path: path, reason: "\(error)")
      }
      try add(try KubeconfigText(bytes, path: path))
    }
    guard !paths.isEmpty else { throw .noFile(setting: setting, paths: files) }
  }

  /// Adds what the files before have not.
  mutating func add(_ text: KubeconfigText) throws(KubeconfigError) {
    paths.append(text.path)
    // An empty file has nothing.
    guard text.root != .null else { return }
    let root = try KubeconfigNode(text).object()
    clusters.merge(try Self.entries("clusters", "cluster", of: root)) { first, _ in first }
    users.merge(try Self.entries("users", "user", of: root)) { first, _ in first }
    contexts.merge(try Self.entries("contexts", "context", of: root)) { first, _ in first }
    if currentContext == nil { currentContext = try root.string("current-context") }
  }

  /// A list of `{name: …, cluster: {…}}`.
  private static func entries(
    _ list: String, _ kind: String, of root: KubeconfigNode
  ) throws(KubeconfigError) -> Entries {
    var entries: Entries = [:]
    guard let node = root[list] else { return entries }
    for element in try node.elements() {
      let element = try element.object()
      guard let name = try element.string("name") else {
        throw element.error(.missing(remedy: "name the \(kind)"), at: "name")
      }
      guard entries[name] == nil else { throw element.error(.duplicate(name), at: "name") }
      // An entry without content is one of defaults: a user without credentials.
      entries[name] = try element[kind]?.object() ?? element
    }
    return entries
  }

  /// The files, for messages.
  var shownPaths: String { paths.joined(separator: ":") }
}
