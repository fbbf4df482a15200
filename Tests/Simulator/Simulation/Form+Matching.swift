import JSONScan

/// What is known of namespaces: the labels `team` that they have, or ever had.
struct Places {
  private var teams: [String: Set<String>] = [:]

  /// As they are now.
  init(now cluster: FakeCluster) {
    for object in (cluster.objects[FakeCluster.namespaces] ?? [:]).values { add(object) }
  }

  /// As they were at any time.
  init(ever cluster: FakeCluster) {
    for event in cluster.archive[FakeCluster.namespaces] ?? [] { add(event.object) }
  }

  private mutating func add(_ namespace: JSONValue) {
    guard let name = namespace["metadata"]?["name"]?.string,
      let team = namespace["metadata"]?["labels"]?["team"]?.string
    else { return }
    teams[name, default: []].insert(team)
  }

  func isSelected(_ namespace: String, by scope: Form.Scope, of tenant: String) -> Bool {
    switch scope {
    case .own: namespace == tenant
    case .everywhere: true
    case .team(let team): teams[namespace]?.contains(team) ?? false
    }
  }
}

extension Form {
  /// Whether an entry for the object itself matches it.
  func matchesObject(
    _ object: JSONValue, _ resource: FakeCluster.Resource, tenant: String, _ places: Places
  ) -> Bool {
    entries.contains { !$0.isController && matches($0, object, resource, tenant, places) }
  }

  /// Whether an entry for the object's controller matches it.
  func matchesChild(
    _ object: JSONValue, _ resource: FakeCluster.Resource, tenant: String, _ places: Places
  ) -> Bool {
    entries.contains { $0.isController && matches($0, object, resource, tenant, places) }
      && Owner(controlling: object) != nil
  }

  private func matches(
    _ entry: Entry, _ object: JSONValue, _ resource: FakeCluster.Resource, _ tenant: String,
    _ places: Places
  ) -> Bool {
    let metadata = object["metadata"]
    let (namespace, name) = (metadata?["namespace"]?.string ?? "", metadata?["name"]?.string ?? "")
    if entry.resource != resource { return false }
    if resource.isNamespaced, !places.isSelected(namespace, by: scope, of: tenant) { return false }
    if !entry.names.isEmpty, !entry.names.contains(name) { return false }
    if let field = entry.field, !field.matches(namespace: namespace, name: name) { return false }
    if let app = entry.app, metadata?["labels"]?["app"]?.string != app { return false }
    if let kind = entry.ownerKind, Owner(controlling: object)?.kind != kind { return false }
    return true
  }

  /// Whether the filter lets an event of this kind and name pass, if it depends on no more.
  func lets(_ kind: String, _ name: String) -> Bool {
    filter?.passes(kind: kind, name: name, operation: "update") ?? true
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
