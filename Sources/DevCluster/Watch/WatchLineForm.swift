import JSONScan

/// In which form objects are sent.
enum ObjectForm: Hashable, Sendable {
  case whole
  /// `PartialObjectMetadata` of meta.k8s.io/v1.
  case metadata
  /// Rows of a `Table` of meta.k8s.io/v1.
  case table(TableText.Included)
}

/// In which form a watch sends an event: with this its text can be shared among watchers.
struct WatchLineForm: Hashable {
  enum Change: String { case added = "ADDED", modified = "MODIFIED", deleted = "DELETED" }

  var change: Change
  var form: ObjectForm
  /// The API version asked for; custom resources may be stored in another.
  var apiVersion: String
  /// The object left the watch's selection: its last matching state is sent, in the version of the event.
  var isLeaving: Bool
}

/// Objects as they are sent.
enum ObjectText {
  static func whole(_ object: JSONValue, _ resource: ResourceDefinition) -> [UInt8] {
    inVersion(object, resource).serialized(sortedKeys: resource.isCustom)
  }

  static func partial(_ object: JSONValue) -> JSONValue {
    [
      "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
      "metadata": object["metadata"] ?? .emptyObject,
    ]
  }

  /// `now`: seconds since 1970, for the ages in tables.
  static func text(
    _ object: JSONValue, _ resource: ResourceDefinition, _ form: ObjectForm, now: Int64
  ) -> [UInt8] {
    switch form {
    case .whole: whole(object, resource)
    case .metadata: partial(object).serialized()
    case .table(let included):
      TableText(resource: resource, included: included, now: now).table(of: object).serialized()
    }
  }

  /// The version asked for; without schemas there is nothing else to convert.
  static func inVersion(_ object: JSONValue, _ resource: ResourceDefinition) -> JSONValue {
    guard object["apiVersion"]?.string != resource.apiVersion else { return object }
    var object = object
    object.set(.string(resource.apiVersion), at: ["apiVersion"])
    return object
  }
}
