import JSONScan

/// The members of an object's `metadata` that the API server itself reads and writes.
///
/// (Where an optional JSONValue is chosen by `?:`, absence is written `.none`: a `nil` there would be a JSON
/// null.)
extension JSONValue {
  var metadata: JSONObject {
    get { self["metadata"]?.object ?? JSONObject() }
    set { self["metadata"] = .object(newValue) }
  }

  var name: String { self["metadata"]?["name"]?.string ?? "" }
  var namespace: String? { self["metadata"]?["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
  var uid: String { self["metadata"]?["uid"]?.string ?? "" }
  var resourceVersion: String { self["metadata"]?["resourceVersion"]?.string ?? "" }
  var generation: Int { self["metadata"]?["generation"]?.int ?? 0 }
  var deletionTimestamp: String? { self["metadata"]?["deletionTimestamp"]?.string }
  var labels: JSONObject { self["metadata"]?["labels"]?.object ?? JSONObject() }
  var annotations: JSONObject { self["metadata"]?["annotations"]?.object ?? JSONObject() }

  var finalizers: [String] {
    get { self["metadata"]?["finalizers"]?.array?.compactMap(\.string) ?? [] }
    set {
      set(
        newValue.isEmpty ? .none : .array(newValue.map { .string($0) }), at: ["metadata", "finalizers"])
    }
  }

  var ownerReferences: [JSONValue] {
    get { self["metadata"]?["ownerReferences"]?.array ?? [] }
    set { set(newValue.isEmpty ? .none : .array(newValue), at: ["metadata", "ownerReferences"]) }
  }

  /// Where the object lives among those of its resource.
  var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

  /// The value under member names, outermost first.
  func value(at path: [String]) -> JSONValue? {
    var value = self
    for name in path {
      guard let next = value[name] else { return nil }
      value = next
    }
    return value
  }

  /// Sets the value under member names and makes the objects on the way; nil removes.
  mutating func set(_ value: JSONValue?, at path: [String]) {
    set(value, at: path[...])
  }

  private mutating func set(_ value: JSONValue?, at path: ArraySlice<String>) {
    guard let name = path.first else { return }
    var members = object ?? JSONObject()
    if path.count == 1 {
      members[name] = value
    } else if members[name] != nil || value != nil {
      var inner = members[name] ?? .object(JSONObject())
      inner.set(value, at: path.dropFirst())
      members[name] = inner
    }
    self = .object(members)
  }

  /// A whole number.
  static func integer(_ value: Int) -> JSONValue { .number(String(value)) }

  /// An object without members.
  static var emptyObject: JSONValue { .object(JSONObject()) }
}

/// Namespace (nil for cluster-scoped kinds) and name. Sorted as etcd sorts its keys, so pages come in the
/// same order as from a real server.
struct ObjectKey: Hashable, Comparable, Sendable {
  let namespace: String?
  let name: String
  /// `namespace/name` or `name`.
  let path: String

  init(namespace: String?, name: String) {
    self.namespace = namespace
    self.name = name
    path = namespace.map { "\($0)/\(name)" } ?? name
  }

  static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
  }

  static func == (left: ObjectKey, right: ObjectKey) -> Bool { left.path == right.path }
  func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

/// The order in which Go writes the members of built-in types: `kind`, `apiVersion`, `metadata` first, and
/// the members of `metadata` as its struct has them. Custom resources come alphabetically when they are
/// written.
enum MemberOrder {
  private static let metadata = [
    "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations",
    "ownerReferences", "finalizers", "managedFields",
  ]
  private static let top = ["kind", "apiVersion", "metadata"]

  static func arranged(_ object: JSONValue) -> JSONValue {
    guard let members = object.object else { return object }
    var arranged = arrange(members, first: top)
    if let metadata = arranged["metadata"]?.object {
      arranged["metadata"] = .object(arrange(metadata, first: Self.metadata))
    }
    return .object(arranged)
  }

  private static func arrange(_ members: JSONObject, first: [String]) -> JSONObject {
    var arranged = JSONObject()
    for name in first {
      if let value = members[name] { arranged[name] = value }
    }
    for (name, value) in members where !first.contains(name) { arranged[name] = value }
    return arranged
  }
}
