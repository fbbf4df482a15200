import CloudEvents
import JSONScan

/// Why an event names no object.
enum EventAddressError: Error, Equatable, CustomStringConvertible {
  /// Neither the extensions nor the body carry this.
  case missing(String)
  /// The value can't be what it should be in Kubernetes.
  case malformed(String, value: String)

  var description: String {
    switch self {
    case .missing(let part):
      "the event names no \(part): it needs the extensions kind, apiversion, name and namespace, or a JSON body "
        + "with kind, apiVersion, name and namespace (or metadata)"
    case .malformed(let part, let value): "the event's \(part) \(value.debugDescription) is not valid"
    }
  }
}

extension ReconcileRequest {
  /// Longest value of an event that is repeated in an error.
  private static let maxQuoted = 80

  /// Finds the object that an event is about: in the extensions that Knative's ApiServerSource and the hub send, else in the
  /// body, which is an ObjectReference (`ref` types) or the object itself (`resource` types). Senders before
  /// Knative 0.9 had only the body.
  init(_ event: CloudEvent) throws(EventAddressError) {
    let address = Address(event)
    try Self.require("kind", address.kind) { PathSegment.isValid($0) }
    try Self.require("apiVersion", address.apiVersion, isValid: Self.isAPIVersion)
    try Self.require("name", address.name) { PathSegment.isValid($0) }
    // A cluster-scoped object has no namespace.
    if let namespace = address.namespace, !namespace.isEmpty, !PathSegment.isValid(namespace) {
      throw .malformed("namespace", value: String(namespace.prefix(Self.maxQuoted)))
    }
    self.init(
      apiVersion: address.apiVersion ?? "", kind: address.kind ?? "", namespace: address.namespace ?? "",
      name: address.name ?? "", event: ReconcileEvent(event))
  }

  private static func require(
    _ part: String, _ value: String?, isValid: (String) -> Bool
  ) throws(EventAddressError) {
    guard let value, !value.isEmpty else { throw .missing(part) }
    guard isValid(value) else { throw .malformed(part, value: String(value.prefix(maxQuoted))) }
  }

  private static func isAPIVersion(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { PathSegment.isValid(String($0)) }
  }
}

/// The parts of an object's address, each from where it is first found.
private struct Address {
  var kind, apiVersion, name, namespace: String?

  init(_ event: CloudEvent) {
    kind = event[attribute: "kind"]
    apiVersion = event[attribute: "apiversion"]
    name = event[attribute: "name"]
    namespace = event[attribute: "namespace"]
    guard kind == nil || apiVersion == nil || name == nil || namespace == nil, let data = event.data,
      let body = try? JSONValue(parsing: data)
    else { return }
    kind = kind ?? body["kind"]?.string
    apiVersion = apiVersion ?? body["apiVersion"]?.string
    let metadata = body["metadata"] ?? body
    name = name ?? metadata["name"]?.string
    namespace = namespace ?? metadata["namespace"]?.string
  }
}

extension ReconcileEvent {
  fileprivate init(_ event: CloudEvent) {
    let operation = event.type.split(separator: ".").last.flatMap { Operation(rawValue: String($0)) }
    self.init(
      id: event.id, source: event.source, operation: operation ?? .other,
      cause: event[attribute: "hubcause"].flatMap(Cause.init(rawValue:)),
      attempt: event[attribute: "hubattempt"].flatMap { Int($0) } ?? 1,
      deletion: event[attribute: "hubreason"].flatMap(Deletion.init(rawValue:)),
      uid: event[attribute: "uid"], sequence: event[attribute: "sequence"])
  }
}
