/// A kind of object and where the API server serves it.
public struct KubernetesResource: Sendable, Hashable {
  /// `group/version`, or the version alone for core kinds.
  public let apiVersion: String
  /// The kind, such as `Deployment`.
  public let kind: String
  /// The name in paths, such as `deployments`.
  public let plural: String
  /// Whether its objects live in namespaces.
  public let isNamespaced: Bool

  /// Names a resource; an operator's author knows the plural, so nothing is guessed or looked up.
  public init(apiVersion: String, kind: String, plural: String, isNamespaced: Bool = true) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.plural = plural
    self.isNamespaced = isNamespaced
  }

  /// Deployments of `apps/v1`.
  public static let deployments = KubernetesResource(
    apiVersion: "apps/v1", kind: "Deployment", plural: "deployments")
  /// Events of the core group, which `kubectl describe` shows.
  public static let events = KubernetesResource(apiVersion: "v1", kind: "Event", plural: "events")

  /// The path of an object, or of the collection if `name` is nil. Segments are percent-encoded, so that no name
  /// can lead elsewhere.
  public func path(namespace: String, name: String? = nil, subresource: String? = nil) -> String {
    var path = apiVersion.contains("/") ? "/apis/\(apiVersion)" : "/api/\(apiVersion)"
    if isNamespaced, !namespace.isEmpty { path += "/namespaces/" + PathSegment.encode(namespace) }
    path += "/" + plural
    if let name { path += "/" + PathSegment.encode(name) }
    if let subresource { path += "/" + subresource }
    return path
  }
}

/// Names as they appear in paths and queries.
enum PathSegment {
  /// Whether `name` can be a name in Kubernetes at all: apimachinery's `IsValidPathSegmentName`, plus the length
  /// and the control characters that no API server stores.
  static func isValid(_ name: String) -> Bool {
    let utf8 = name.utf8
    return (1...253).contains(utf8.count) && name != "." && name != ".."
      && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "%") }
  }

  /// Percent-encodes everything but RFC 3986's unreserved characters.
  static func encode(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        out.append(byte)
      default:
        out += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
