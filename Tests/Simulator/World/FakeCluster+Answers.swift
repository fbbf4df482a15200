import Foundation
import JSONScan

/// What the API server says of what it holds: discovery, pages and objects.
extension FakeCluster {
  func resource(ofPath path: String) -> Resource? { served.first { $0.path == path } }

  /// The resource and namespace of the path of one namespace's objects.
  func collection(ofPath path: String) -> (Resource, String)? {
    for resource in served where resource.isNamespaced {
      let parts = path.split(separator: "/").map(String.init)
      guard parts.count >= 3, parts[parts.count - 3] == "namespaces",
        parts[parts.count - 1] == resource.plural,
        resource.path == "/" + (parts.dropLast(3) + [resource.plural]).joined(separator: "/")
      else { continue }
      return (resource, parts[parts.count - 2])
    }
    return nil
  }

  /// The resource, namespace and name of an object's path, with or without a subresource.
  func object(ofPath path: String) -> (Resource, Key)? {
    for resource in served {
      let group = (resource.apiVersion.contains("/") ? "/apis/" : "/api/") + resource.apiVersion
      guard path.hasPrefix(group + "/") else { continue }
      let parts = path.dropFirst(group.count + 1).split(separator: "/").map(String.init)
      if resource.isNamespaced, parts.count >= 4, parts[0] == "namespaces", parts[2] == resource.plural {
        return (resource, Key(namespace: parts[1], name: parts[3]))
      }
      if !resource.isNamespaced, parts.count >= 2, parts[0] == resource.plural {
        return (resource, Key(namespace: "", name: parts[1]))
      }
    }
    return nil
  }

  /// The APIResourceList of a group and version, or nil if nothing of it is served.
  func discovery(ofPath path: String) -> JSONValue? {
    let found = served.filter { $0.path == path + "/" + $0.plural }
    guard let first = found.first else { return nil }
    return [
      "kind": "APIResourceList", "groupVersion": .string(first.apiVersion),
      "resources": .array(
        found.map { resource in
          [
            "name": .string(resource.plural), "singularName": "", "namespaced": .bool(resource.isNamespaced),
            "kind": .string(resource.kind), "verbs": ["get", "list", "watch"],
          ]
        }),
    ]
  }

  /// What a GET of `/apis` in the aggregated form says.
  var aggregatedDiscovery: JSONValue {
    var versions: [String] = []
    for resource in served where resource.apiVersion.contains("/") && !versions.contains(resource.apiVersion)
    {
      versions.append(resource.apiVersion)
    }
    return [
      "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
      "items": .array(versions.map(aggregatedItem)),
    ]
  }

  private func aggregatedItem(_ apiVersion: String) -> JSONValue {
    let parts = apiVersion.split(separator: "/").map(String.init)
    let isAway = awayGroups.contains(parts[0])
    let resources = served.filter { $0.apiVersion == apiVersion && !isAway }.map { resource -> JSONValue in
      [
        "resource": .string(resource.plural),
        "scope": .string(resource.isNamespaced ? "Namespaced" : "Cluster"),
        "responseKind": [
          "group": .string(parts[0]), "version": .string(parts[1]), "kind": .string(resource.kind),
        ],
        "verbs": ["get", "list", "watch"],
      ]
    }
    let version: JSONValue = [
      "version": .string(parts[1]), "freshness": .string(isAway ? "Stale" : "Current"),
      "resources": .array(resources),
    ]
    return ["metadata": ["name": .string(parts[0])], "versions": [version]]
  }

  /// One page of a list as of `version` (now, if it is nil), or nil if its continue token has expired. The token holds
  /// the version and how many objects came before.
  func page(
    _ resource: Resource, limit: Int, at version: Int? = nil, continuing token: String? = nil,
    in namespace: String? = nil
  ) -> JSONValue? {
    let parts = (token ?? "").split(separator: ".").compactMap { Int($0) }
    let version = parts.count == 2 ? parts[0] : version ?? self.version
    if parts.count == 2, version < compacted { return nil }
    let state = state(resource, at: version)
    let keys = state.keys.filter { namespace == nil || $0.namespace == namespace }.sorted()
    let start = min(parts.count == 2 ? parts[1] : 0, keys.count)
    let end = min(keys.count, start + min(limit, keys.count))
    let items = keys[start..<end].compactMap { key -> JSONValue? in
      guard var object = state[key] else { return nil }
      // As typed lists have it.
      object["kind"] = nil
      object["apiVersion"] = nil
      return object
    }
    var metadata: JSONValue = ["resourceVersion": .string(text(ofVersion: version))]
    if end < keys.count { metadata["continue"] = .string("\(version).\(end)") }
    return [
      "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion),
      "metadata": metadata,
      "items": .array(items),
    ]
  }

  /// An object's metadata alone.
  static func partial(_ object: JSONValue) -> JSONValue {
    ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:]]
  }

  static func partial(list: JSONValue) -> JSONValue {
    [
      "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
      "metadata": list["metadata"] ?? [:],
      "items": .array((list["items"]?.array ?? []).map { partial($0) }),
    ]
  }

  static func status(_ code: Int, _ reason: String, _ message: String) -> JSONValue {
    [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
      "reason": .string(reason), "code": .number(String(code)),
    ]
  }
}
