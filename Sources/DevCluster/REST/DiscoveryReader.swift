import HTTP
import JSONScan

/// Answers what is served, in the legacy form (a document for each group and version) and in the aggregated
/// one.
struct DiscoveryReader {
  private static let aggregatedType =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

  let registry: ResourceRegistry

  /// `/api`
  func core(_ accept: String?) -> HTTPResponse {
    if Negotiation.wantsAggregatedDiscovery(accept) { return aggregated([""]) }
    let json: JSONValue = [
      "kind": "APIVersions", "versions": ["v1"],
      "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"]],
    ]
    return Answer.json(200, json.serialized())
  }

  /// `/apis`
  func groups(_ accept: String?) -> HTTPResponse {
    if Negotiation.wantsAggregatedDiscovery(accept) { return aggregated(registry.groups) }
    let json: JSONValue = [
      "kind": "APIGroupList", "apiVersion": "v1", "groups": .array(registry.groups.map(entry(ofGroup:))),
    ]
    return Answer.json(200, json.serialized())
  }

  /// `/apis/GROUP`; nil if it is not served.
  func group(_ name: String) -> HTTPResponse? {
    guard registry.groups.contains(name) else { return nil }
    var json: JSONObject = ["kind": "APIGroup", "apiVersion": "v1"]
    for (key, value) in entry(ofGroup: name).object ?? JSONObject() { json[key] = value }
    return Answer.json(200, JSONValue.object(json).serialized())
  }

  /// `/api/v1`, `/apis/GROUP/VERSION`; nil if it is not served.
  func resources(group: String, version: String) -> HTTPResponse? {
    let resources = registry.resources(group: group, version: version)
    guard let first = resources.first else { return nil }
    let json: JSONValue = [
      "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(first.apiVersion),
      "resources": .array(resources.flatMap(legacyEntries)),
    ]
    return Answer.json(200, json.serialized())
  }

  private func entry(ofGroup group: String) -> JSONValue {
    let versions: [JSONValue] = registry.versions(of: group).map {
      ["groupVersion": .string("\(group)/\($0)"), "version": .string($0)]
    }
    return [
      "name": .string(group), "versions": .array(versions), "preferredVersion": versions.first ?? [:],
    ]
  }

  // MARK: Legacy

  private func legacyEntries(_ resource: ResourceDefinition) -> [JSONValue] {
    var main: JSONObject = [
      "name": .string(resource.plural), "singularName": .string(resource.singular),
      "namespaced": .bool(resource.namespaced), "kind": .string(resource.kind),
      "verbs": verbs(resource),
    ]
    addNames(resource, to: &main)
    if !resource.isReview { main["storageVersionHash"] = .string(storageVersionHash(resource)) }
    var entries: [JSONValue] = [.object(main)]
    if resource.id == BuiltInResources.serviceAccounts.id {
      entries.append([
        "name": "serviceaccounts/token", "singularName": "", "namespaced": true,
        "group": "authentication.k8s.io", "version": "v1", "kind": "TokenRequest", "verbs": ["create"],
      ])
    }
    if resource.scale != nil {
      entries.append([
        "name": .string(resource.plural + "/scale"), "singularName": "",
        "namespaced": .bool(resource.namespaced), "group": "autoscaling", "version": "v1", "kind": "Scale",
        "verbs": ["get", "patch", "update"],
      ])
    }
    if resource.hasStatus {
      entries.append([
        "name": .string(resource.plural + "/status"), "singularName": "",
        "namespaced": .bool(resource.namespaced), "kind": .string(resource.kind),
        "verbs": ["get", "patch", "update"],
      ])
    }
    return entries
  }

  private func verbs(_ resource: ResourceDefinition) -> JSONValue {
    if resource.isReview { return ["create"] }
    if resource.isCustom {
      return ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
    }
    return resource.allowsDeleteCollection
      ? ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
      : ["create", "delete", "get", "list", "patch", "update", "watch"]
  }

  private func addNames(_ resource: ResourceDefinition, to entry: inout JSONObject) {
    if !resource.shortNames.isEmpty { entry["shortNames"] = .array(resource.shortNames.map { .string($0) }) }
    if !resource.categories.isEmpty { entry["categories"] = .array(resource.categories.map { .string($0) }) }
  }

  /// Eight bytes that depend on group, version and kind alone (FNV-1a; a real server hashes with SHA-256).
  private func storageVersionHash(_ resource: ResourceDefinition) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(resource.apiVersion)/\(resource.kind)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return Base64.encode((0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) })
  }

  // MARK: Aggregated (apidiscovery.k8s.io/v2)

  private func aggregated(_ groups: [String]) -> HTTPResponse {
    let items: [JSONValue] = groups.map { group in
      let versions: [JSONValue] = registry.versions(of: group).map { version in
        [
          "version": .string(version),
          "resources": .array(registry.resources(group: group, version: version).map(aggregatedEntry)),
          "freshness": "Current",
        ]
      }
      return [
        "metadata": group.isEmpty ? [:] : ["name": .string(group)], "versions": .array(versions),
      ]
    }
    let json: JSONValue = [
      "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
      "items": .array(items),
    ]
    var response = Answer.json(200, json.serialized())
    response.headers.set("Content-Type", Self.aggregatedType)
    return response
  }

  private func aggregatedEntry(_ resource: ResourceDefinition) -> JSONValue {
    // Built-in kinds are named without group and version, as recorded.
    let kind: JSONValue = [
      "group": .string(resource.isCustom ? resource.group : ""),
      "version": .string(resource.isCustom ? resource.version : ""), "kind": .string(resource.kind),
    ]
    var entry: JSONObject = [
      "resource": .string(resource.plural), "responseKind": kind,
      "scope": resource.namespaced ? "Namespaced" : "Cluster", "singularResource": .string(resource.singular),
      "verbs": verbs(resource),
    ]
    addNames(resource, to: &entry)
    var parts: [JSONValue] = []
    if resource.scale != nil {
      parts.append([
        "subresource": "scale",
        "responseKind": ["group": "autoscaling", "version": "v1", "kind": "Scale"],
        "verbs": ["get", "patch", "update"],
      ])
    }
    if resource.hasStatus {
      parts.append([
        "subresource": "status", "responseKind": kind, "verbs": ["get", "patch", "update"],
      ])
    }
    if resource.id == BuiltInResources.serviceAccounts.id {
      parts.append([
        "subresource": "token",
        "responseKind": ["group": "authentication.k8s.io", "version": "v1", "kind": "TokenRequest"],
        "verbs": ["create"],
      ])
    }
    if !parts.isEmpty { entry["subresources"] = .array(parts) }
    return .object(entry)
  }
}
