/// A resource that an API server serves: what discovery says about a kind.
public struct APIResource: Hashable, Sendable {
  /// The group and version it is served at.
  public let groupVersion: GroupVersion
  /// The kind of its objects, as `Deployment`.
  public let kind: String
  /// The name in paths, as `deployments`.
  public let plural: String
  /// Whether its objects live in namespaces.
  public let namespaced: Bool
  /// What can be done with it: `get`, `list`, `watch`, …
  public let verbs: [String]

  /// A resource by parts.
  public init(groupVersion: GroupVersion, kind: String, plural: String, namespaced: Bool, verbs: [String]) {
    self.groupVersion = groupVersion
    self.kind = kind
    self.plural = plural
    self.namespaced = namespaced
    self.verbs = verbs
  }

  /// Its kind without the version.
  public var groupKind: GroupKind { GroupKind(group: groupVersion.group, kind: kind) }

  /// Whether a reflector can follow it.
  public var canListAndWatch: Bool { verbs.contains("list") && verbs.contains("watch") }

  /// The path of a collection (no `name`), an object, or an object's subresource. A namespace given for a
  /// cluster-scoped resource is left out; `nil` on a namespaced one means all namespaces.
  public func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
    var path = groupVersion.path
    if namespaced, let namespace, !namespace.isEmpty {
      path += "/namespaces/" + PercentEncoding.encode(namespace)
    }
    path += "/" + plural
    if let name { path += "/" + PercentEncoding.encode(name) }
    if let subresource { path += "/" + subresource }
    return path
  }
}
