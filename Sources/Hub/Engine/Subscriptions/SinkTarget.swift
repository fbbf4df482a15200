/// Where events go: Knative's Destination. At least one of the two is there.
public struct SinkTarget: Hashable, Sendable {
  /// An object that has an address.
  public let ref: SinkReference?
  /// An absolute http or https URL; beside a `ref`, a reference relative to its address.
  public let uri: String?

  /// A target out of its parts, which the parser has judged.
  public init(ref: SinkReference? = nil, uri: String? = nil) {
    self.ref = ref
    self.uri = uri
  }
}

/// The object that a sink names: a Service, a Knative Service, or anything with `status.address.url`.
public struct SinkReference: Hashable, Sendable {
  /// Group and version, as `serving.knative.dev/v1`.
  public let apiVersion: String
  /// The kind, as `Service`.
  public let kind: String
  /// The namespace; the subscription's own unless it is written.
  public let namespace: String
  /// The name.
  public let name: String

  /// A reference out of its parts.
  public init(apiVersion: String, kind: String, namespace: String, name: String) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }

  /// Whether this is a core Service, whose address is its DNS name; every other kind is read for its address.
  public var isCoreService: Bool { apiVersion == "v1" && kind == "Service" }
}
