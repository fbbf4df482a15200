import JSONScan

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
  /// Which of `status.addresses` is meant, by its name; nil: `status.address`.
  public let address: String?

  /// A reference out of its parts.
  public init(apiVersion: String, kind: String, namespace: String, name: String, address: String? = nil) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.namespace = namespace
    self.name = name
    self.address = address
  }

  /// Whether this is a core Service, whose address is its DNS name; every other kind is read for its address.
  public var isCoreService: Bool { apiVersion == "v1" && kind == "Service" }
}

extension SinkReference {
  /// The address of a core Service: its DNS name and port 80, as Knative has it. A Service with another port
  /// is named by `sink.uri`.
  public func serviceURL(clusterDomain: String = "cluster.local") -> String {
    "http://\(name).\(namespace).svc.\(clusterDomain)"
  }

  /// The address that an Addressable tells of itself: that of `status.addresses` with the name that is asked for, or
  /// `status.address.url`, or the first of `status.addresses`; nil while it has none. Not judged:
  /// `SinkTarget.url(address:)` does that.
  public func address(in object: RawSpan) -> String? {
    guard let status = try? JSONValue(parsing: object)["status"] else { return nil }
    if let address {
      return status["addresses"]?.array?.lazy.filter { $0["name"]?.string == address }.first?["url"]?.string
    }
    if let url = status["address"]?["url"]?.string { return url }
    return status["addresses"]?.array?.lazy.compactMap { $0["url"]?.string }.first
  }
}

extension SinkTarget {
  /// Where to deliver: `uri` as seen from the address of `ref` (RFC 3986 section 5.2), the address alone, or
  /// `uri` alone. The result keeps the rules of `SinkURI`, whatever the Addressable answered.
  public func url(address: String?) throws(SinkURIFault) -> String {
    guard ref != nil else {
      guard let uri else { throw .empty }
      try SinkURI.checkAbsolute(uri)
      return uri
    }
    guard let address else { throw .noAddress }
    if let uri { return try SinkURI.resolve(uri, against: address) }
    try SinkURI.checkAbsolute(address)
    return address
  }
}
