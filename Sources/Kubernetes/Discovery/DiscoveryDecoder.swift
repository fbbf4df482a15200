import JSONScan

/// Why a discovery document was not understood. A failed discovery proves nothing about what is served
/// (SEMANTICS 7): ask again.
public enum DiscoveryError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text is not JSON.
  case json(JSONError)
  /// It is not of the kind that was asked for; the kind found, if any.
  case wrongKind(expected: String, found: String?)
  /// A required member is missing or of the wrong type.
  case malformed(String)

  /// What is wrong with it.
  public var description: String {
    switch self {
    case .json(let error): "not JSON: \(error)"
    case .wrongKind(let expected, let found): "expected \(expected), got \(found ?? "no kind")"
    case .malformed(let what): "malformed discovery: \(what)"
    }
  }
}

/// What an aggregated discovery document says.
public struct AggregatedDiscovery: Sendable, Equatable {
  /// The resources, groups and versions in the server's order of preference.
  public var resources: [APIResource]
  /// Groups and versions whose server did not answer: what is missing there may be served all the same.
  public var stale: [GroupVersion]

  /// A document by parts.
  public init(resources: [APIResource], stale: [GroupVersion]) {
    self.resources = resources
    self.stale = stale
  }
}

/// Reads what an API server says it serves.
public enum DiscoveryDecoder {
  /// The `Accept` header that asks for the aggregated form in the newest version that both sides know. A server that
  /// knows none sends an `APIGroupList`.
  public static let aggregatedAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

  /// The resources of an `APIResourceList` (`/api/v1`, `/apis/GROUP/VERSION`), without subresources.
  public static func resources(fromResourceList text: RawSpan) throws(DiscoveryError) -> [APIResource] {
    let document = try parse(text, kind: "APIResourceList")
    guard let groupVersion = document["groupVersion"]?.string.flatMap(GroupVersion.init(apiVersion:)) else {
      throw .malformed("groupVersion")
    }
    var resources: [APIResource] = []
    for entry in try entries(document["resources"], "resources") {
      guard let name = entry["name"]?.string, let kind = entry["kind"]?.string,
        let namespaced = entry["namespaced"]?.bool
      else { throw .malformed("a resource without name, kind or namespaced") }
      if name.utf8.contains(UInt8(ascii: "/")) { continue }
      resources.append(
        APIResource(
          groupVersion: groupVersion, kind: kind, plural: name, namespaced: namespaced,
          verbs: entry["verbs"]?.array?.compactMap(\.string) ?? []))
    }
    return resources
  }

  /// The resources of an `APIGroupDiscoveryList` (`/api` and `/apis`, version v2 or v2beta1).
  public static func aggregated(_ text: RawSpan) throws(DiscoveryError) -> AggregatedDiscovery {
    let document = try parse(text, kind: "APIGroupDiscoveryList")
    var found = AggregatedDiscovery(resources: [], stale: [])
    for group in try entries(document["items"], "items") {
      let name = group["metadata"]?["name"]?.string ?? ""
      for version in try entries(group["versions"], "versions") {
        guard let versionName = version["version"]?.string else { throw .malformed("a version without name") }
        let groupVersion = GroupVersion(group: name, version: versionName)
        if version["freshness"]?.string == "Stale" { found.stale.append(groupVersion) }
        for entry in try entries(version["resources"], "resources") {
          if let resource = try aggregatedResource(entry, groupVersion) { found.resources.append(resource) }
        }
      }
    }
    return found
  }

  /// The groups and versions of an `APIGroupList` (`/apis`), in the server's order; or of `APIVersions` (`/api`).
  public static func groupVersions(fromGroupList text: RawSpan) throws(DiscoveryError) -> [GroupVersion] {
    let document = try parse(text)
    switch document["kind"]?.string {
    case "APIVersions":
      return try entries(document["versions"], "versions").compactMap {
        $0.string.map { GroupVersion(group: "", version: $0) }
      }
    case "APIGroupList":
      var found: [GroupVersion] = []
      for group in try entries(document["groups"], "groups") {
        for version in try entries(group["versions"], "versions") {
          guard let text = version["groupVersion"]?.string, let groupVersion = GroupVersion(apiVersion: text)
          else { throw .malformed("groupVersion") }
          found.append(groupVersion)
        }
      }
      return found
    case let kind:
      throw .wrongKind(expected: "APIGroupList", found: kind)
    }
  }

  /// An entry without `responseKind` serves only subresources.
  private static func aggregatedResource(
    _ entry: JSONValue, _ groupVersion: GroupVersion
  ) throws(DiscoveryError) -> APIResource? {
    guard let plural = entry["resource"]?.string else { throw .malformed("a resource without name") }
    guard let kind = entry["responseKind"]?["kind"]?.string, !kind.isEmpty else { return nil }
    return APIResource(
      groupVersion: groupVersion, kind: kind, plural: plural,
      namespaced: entry["scope"]?.string == "Namespaced",
      verbs: entry["verbs"]?.array?.compactMap(\.string) ?? [])
  }

  private static func parse(_ text: RawSpan, kind: String? = nil) throws(DiscoveryError) -> JSONValue {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: text)
    } catch {
      throw .json(error)
    }
    if let kind, document["kind"]?.string != kind {
      throw .wrongKind(expected: kind, found: document["kind"]?.string)
    }
    return document
  }

  private static func entries(_ value: JSONValue?, _ name: String) throws(DiscoveryError) -> [JSONValue] {
    guard let value, value != .null else { return [] }
    guard let array = value.array else { throw .malformed(name) }
    return array
  }
}
