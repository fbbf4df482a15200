import JSONScan

import HubEngine

/// What a subscription of the simulation asks for: a small model of an OperatorSubscription with its own idea of what
/// matches, so that the engine is not judged by its own code.
struct Form: Equatable, CustomStringConvertible {
  struct Entry: Equatable, CustomStringConvertible {
    var resource: FakeCluster.Resource
    /// The value that the label `app` must have.
    var app: String?
    var isController = false
    /// The kind that the controlling owner must have.
    var ownerKind: String?
    var operations = ["Add", "Update", "Delete"]
    /// The names that the object may have; empty: all.
    var names: [String] = []
    /// The paths whose change counts; empty: any.
    var changes: [String] = []

    var description: String {
      "\(resource.kind)\(app.map { " app=" + $0 } ?? "")\(isController ? " controller" : "")"
        + "\(ownerKind.map { " owner=" + $0 } ?? "")\(operations.count < 3 ? " \(operations)" : "")"
        + "\(names.isEmpty ? "" : " named \(names)")\(changes.isEmpty ? "" : " changes \(changes)")"
    }
  }

  var entries: [Entry]
  var isEverywhere = false
  var isResourceMode = false
  var isSuspended = false
  var retry: Int?
  var concurrency = 4
  /// In seconds; nil for none.
  var resync: Int?
  var isSpread = false
  /// Where its events go; a new one is a new sink.
  var url: String
  /// What no rule depends on, to make an edit of it.
  var timeout = 30

  var description: String {
    "\(entries)\(isEverywhere ? " everywhere" : "")\(isResourceMode ? " Resource" : "")"
      + "\(isSuspended ? " suspended" : "") retry=\(retry.map(String.init) ?? "ever") concurrency=\(concurrency) "
      + "\(resync.map { "resync=\($0)\(isSpread ? " spread" : "") " } ?? "")" + url
  }

  var json: JSONValue {
    var delivery: JSONValue = [
      "timeout": .string("\(timeout)s"), "backoffDelay": "100ms", "concurrency": .number(String(concurrency)),
    ]
    if let retry { delivery["retry"] = .number(String(retry)) }
    var spec: JSONValue = [
      "resources": .array(entries.map(Self.json)), "sink": ["uri": .string(url)], "delivery": delivery,
      "mode": .string(isResourceMode ? "Resource" : "Reference"), "suspend": .bool(isSuspended),
    ]
    if let resync { spec["resync"] = ["period": .string("\(resync)s"), "spread": .bool(isSpread)] }
    if isEverywhere { spec["namespaceSelector"] = [:] }
    return spec
  }

  private static func json(_ entry: Entry) -> JSONValue {
    var object: JSONValue = [
      "apiVersion": .string(entry.resource.apiVersion), "kind": .string(entry.resource.kind),
      "controller": .bool(entry.isController),
      "operations": .array(entry.operations.map(JSONValue.string)),
    ]
    if !entry.names.isEmpty { object["names"] = .array(entry.names.map(JSONValue.string)) }
    if !entry.changes.isEmpty { object["changes"] = .array(entry.changes.map(JSONValue.string)) }
    if let app = entry.app { object["selector"] = ["matchLabels": ["app": .string(app)]] }
    if let owner = entry.ownerKind {
      // Another version than the objects carry: it is ignored.
      let group = owner == "Foo" ? "samplecontroller.k8s.io/v9" : "v9"
      object["owner"] = ["apiVersion": .string(group), "kind": .string(owner)]
    }
    return object
  }

  /// Whether an entry for the object itself matches it.
  func matchesObject(_ object: JSONValue, _ resource: FakeCluster.Resource, tenant: String) -> Bool {
    entries.contains { !$0.isController && matches($0, object, resource, tenant) }
  }

  /// Whether an entry for the object's controller matches it.
  func matchesChild(_ object: JSONValue, _ resource: FakeCluster.Resource, tenant: String) -> Bool {
    entries.contains { $0.isController && matches($0, object, resource, tenant) }
      && Owner(controlling: object) != nil
  }

  private func matches(
    _ entry: Entry, _ object: JSONValue, _ resource: FakeCluster.Resource, _ tenant: String
  ) -> Bool {
    let metadata = object["metadata"]
    if entry.resource != resource { return false }
    if resource.isNamespaced, !isEverywhere, metadata?["namespace"]?.string != tenant { return false }
    if !entry.names.isEmpty, !entry.names.contains(metadata?["name"]?.string ?? "") { return false }
    if let app = entry.app, metadata?["labels"]?["app"]?.string != app { return false }
    if let kind = entry.ownerKind, Owner(controlling: object)?.kind != kind { return false }
    return true
  }
}

/// The controlling owner of an object.
struct Owner: Hashable {
  /// The uid in every owner reference: no object has it, so an event with it is a child's.
  static let uid = "11111111-0000-4000-8000-000000000000"

  var kind: String
  var name: String

  init?(controlling object: JSONValue) {
    let references = object["metadata"]?["ownerReferences"]?.array ?? []
    guard let found = references.first(where: { $0["controller"]?.bool == true }),
      let kind = found["kind"]?.string, let name = found["name"]?.string
    else { return nil }
    self.kind = kind
    self.name = name
  }

  /// The key under which it is told for a child in this namespace: a Node is in none.
  func key(namespace: String) -> String { "\(kind) \(kind == "Node" ? "" : namespace)/\(name)" }
}
