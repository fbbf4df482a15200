import JSONScan

/// What identifies stored objects of one kind, whatever version they are asked in.
struct ResourceID: Hashable, Sendable, CustomStringConvertible {
  /// Empty for the core group.
  let group: String
  let plural: String

  var description: String { group.isEmpty ? plural : "\(plural).\(group)" }
}

/// One resource as it is served: a group, a version and a plural, and the rules of its objects.
///
/// A custom resource of several versions has a definition for each; they share one `ResourceID` and so their
/// objects.
struct ResourceDefinition: Hashable, Sendable {
  /// How names of new objects are checked.
  enum NameRule: Hashable, Sendable {
    /// RFC 1123 subdomain: most kinds.
    case subdomain
    /// RFC 1123 label: namespaces.
    case label
    /// RFC 1035 label: Services.
    case dns1035Label
    /// Whatever can be one part of a path: roles and bindings.
    case pathSegment
  }

  /// Where the scale subresource finds its numbers.
  struct ScalePaths: Hashable, Sendable {
    var specReplicas: [String]
    var statusReplicas: [String]
    /// A label selector as text; nil where `spec.selector` is a LabelSelector object.
    var labelSelector: [String]?
  }

  var group: String
  var version: String
  var plural: String
  var singular: String
  var kind: String
  var listKind: String
  var namespaced = true
  var shortNames: [String] = []
  var categories: [String] = []
  var nameRule = NameRule.subdomain
  /// The status is written through its own path only.
  var hasStatus = false
  var scale: ScalePaths?
  /// `metadata.generation` counts changes of what is desired; false for kinds without a spec, such as
  /// ConfigMap.
  var countsGenerations = true
  /// Defined by a CustomResourceDefinition: members are written alphabetically, strategic merge is not
  /// served.
  var isCustom = false
  /// The status of a new object where the type has one that is never absent.
  var initialStatus: JSONValue?
  /// Members beside `metadata` that a bookmark of this type carries, as Go writes the zero value.
  var zeroMembers: [String: JSONValue] = [:]
  /// Field selectors beyond `metadata.name` and `metadata.namespace`.
  var selectableFields: [String] = []
  /// What tables show of custom resources beside the name.
  var columns: [CustomColumn] = []
  /// Of custom resources (`openAPIV3Schema`).
  var schema: StructuralSchema?
  /// Shown in discovery documents only.
  var served = true
  /// One sentence about the kind, for `kubectl explain`.
  var summary = ""
  /// Is asked by POST and not kept: reviews.
  var isReview = false

  var id: ResourceID { ResourceID(group: group, plural: plural) }
  /// `v1` or `apps/v1`.
  var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
  /// `configmaps` or `deployments.apps`, as messages have it.
  var qualifiedPlural: String { id.description }
  /// `ConfigMap` or `Deployment.apps`, as messages have it.
  var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
  /// Namespaces are not deleted by collection.
  var allowsDeleteCollection: Bool { !(group.isEmpty && plural == "namespaces") }
}
