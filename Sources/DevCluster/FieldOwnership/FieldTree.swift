import JSONScan

/// A set of fields as `managedFields[].fieldsV1` writes it: a tree of path elements (`f:name`, `k:{…}`,
/// `v:…`).
struct FieldTree: Equatable {
  /// The path to this place is itself in the set: written `{}` where nothing is below, else `".": {}`.
  var isMember = false
  private(set) var children: [String: FieldTree] = [:]

  var isEmpty: Bool { !isMember && children.isEmpty }

  init() {}

  /// Reads the JSON form; what is not of that form is left out.
  init(_ json: JSONValue) {
    guard let members = json.object else { return }
    isMember = members.isEmpty || members["."] != nil
    for (element, below) in members where element != "." { children[element] = FieldTree(below) }
  }

  /// The JSON form, elements sorted.
  var json: JSONValue {
    var members = JSONObject()
    if isMember, !children.isEmpty { members["."] = .emptyObject }
    for (element, child) in children.sorted(by: { $0.key < $1.key }) { members[element] = child.json }
    return .object(members)
  }

  mutating func insert(_ path: [String]) { insert(path[...]) }

  private mutating func insert(_ path: ArraySlice<String>) {
    guard let element = path.first else {
      isMember = true
      return
    }
    children[element, default: FieldTree()].insert(path.dropFirst())
  }

  /// Whether this very path is in the set.
  func contains(_ path: some Collection<String>) -> Bool { place(path)?.isMember ?? false }

  /// Whether the path or anything below it is in the set.
  func reaches(_ path: some Collection<String>) -> Bool { place(path) != nil }

  private func place(_ path: some Collection<String>) -> FieldTree? {
    var tree = self
    for element in path {
      guard let child = tree.children[element] else { return nil }
      tree = child
    }
    return tree
  }

  /// All paths in the set, sorted, each before those below it.
  var paths: [[String]] {
    var all: [[String]] = isMember ? [[]] : []
    for (element, child) in children.sorted(by: { $0.key < $1.key }) {
      all += child.paths.map { [element] + $0 }
    }
    return all
  }

  /// Removes one path, not what is below it; empty branches go too.
  mutating func remove(_ path: [String]) { remove(path[...]) }

  private mutating func remove(_ path: ArraySlice<String>) {
    guard let element = path.first else {
      isMember = false
      return
    }
    guard var child = children[element] else { return }
    child.remove(path.dropFirst())
    children[element] = child.isEmpty ? nil : child
  }
}
