/// Which resources are served now, in the order in which discovery lists them.
struct ResourceRegistry {
  /// Definitions by group and version; built in first, custom ones in the order they came.
  private(set) var definitions: [ResourceDefinition]

  init(builtIn: [ResourceDefinition] = BuiltInResources.all) {
    definitions = builtIn
  }

  /// The resource under a path's group, version and plural, if it is served.
  func find(group: String, version: String, plural: String) -> ResourceDefinition? {
    definitions.first {
      $0.served && $0.plural == plural && $0.version == version && $0.group == group
    }
  }

  /// The resource of a kind, in the version asked for or, if that is not served, in any.
  func find(group: String, version: String? = nil, kind: String) -> ResourceDefinition? {
    let ofKind = definitions.filter { $0.served && $0.kind == kind && $0.group == group }
    return ofKind.first { $0.version == version } ?? ofKind.first
  }

  /// Any definition of stored objects.
  func any(of id: ResourceID) -> ResourceDefinition? { definitions.first { $0.id == id } }

  /// The groups that are served, without the core group, in order.
  var groups: [String] {
    var seen: [String] = []
    for definition in definitions where definition.served && !definition.group.isEmpty {
      if !seen.contains(definition.group) { seen.append(definition.group) }
    }
    return seen
  }

  /// The served versions of a group, in order of preference.
  func versions(of group: String) -> [String] {
    var seen: [String] = []
    for definition in definitions where definition.served && definition.group == group {
      if !seen.contains(definition.version) { seen.append(definition.version) }
    }
    return seen
  }

  /// What is served under a group and version, by plural.
  func resources(group: String, version: String) -> [ResourceDefinition] {
    definitions.filter { $0.served && $0.group == group && $0.version == version }
      .sorted { $0.plural < $1.plural }
  }

  /// Serves these definitions instead of earlier ones of the same objects.
  mutating func replace(_ id: ResourceID, with new: [ResourceDefinition]) {
    if let position = definitions.firstIndex(where: { $0.id == id }) {
      definitions.removeAll { $0.id == id }
      definitions.insert(contentsOf: new, at: position)
    } else {
      definitions += new
    }
  }

  mutating func remove(_ id: ResourceID) {
    definitions.removeAll { $0.id == id }
  }
}
