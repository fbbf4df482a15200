/// An API group and version, as in `apps/v1`; the group of the core kinds is the empty string.
public struct GroupVersion: Hashable, Sendable, CustomStringConvertible {
  /// The group, "" for core kinds.
  public let group: String
  /// The version, as `v1`.
  public let version: String

  /// A group and version by parts.
  public init(group: String, version: String) {
    self.group = group
    self.version = version
  }

  /// Reads an object's `apiVersion`: `v1` or `group/v1`. Nil if a part is empty or there are more than two.
  public init?(apiVersion: String) {
    let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1 where !parts[0].isEmpty:
      self.init(group: "", version: String(parts[0]))
    case 2 where !parts[0].isEmpty && !parts[1].isEmpty:
      self.init(group: String(parts[0]), version: String(parts[1]))
    default:
      return nil
    }
  }

  /// As an object's `apiVersion` field has it.
  public var apiVersion: String { group.isEmpty ? version : group + "/" + version }

  /// Where the group's resources are served: `/api/v1` for core kinds, else `/apis/group/version`.
  public var path: String { group.isEmpty ? "/api/" + version : "/apis/" + group + "/" + version }

  /// The same as `apiVersion`.
  public var description: String { apiVersion }
}

/// A kind whatever its version: what owner references and events are compared by.
public struct GroupKind: Hashable, Sendable, CustomStringConvertible {
  /// The API group, "" for core kinds.
  public let group: String
  /// The kind, as `Deployment`.
  public let kind: String

  /// A group and a kind.
  public init(group: String, kind: String) {
    self.group = group
    self.kind = kind
  }

  /// As `Deployment.apps`; for core kinds only the kind.
  public var description: String { group.isEmpty ? kind : kind + "." + group }
}
