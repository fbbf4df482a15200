import Foundation
import JSONScan

/// An API server as the engine sees it, in memory and without time: objects, versions, an event log, lists in pages,
/// watches. Written for these tests alone; it shares nothing with the dev cluster or the engine.
struct FakeCluster {
  struct Resource: Hashable {
    var apiVersion: String
    var plural: String
    var kind: String
    var isNamespaced = true

    var path: String { (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion + "/" + plural }
  }

  struct Key: Hashable, Comparable {
    var namespace: String
    var name: String
    static func < (left: Key, right: Key) -> Bool {
      (left.namespace, left.name) < (right.namespace, right.name)
    }
  }

  struct Event {
    var version: Int
    var type: String
    var object: JSONValue
  }

  static let foos = Resource(apiVersion: "samplecontroller.k8s.io/v1alpha1", plural: "foos", kind: "Foo")
  static let deployments = Resource(apiVersion: "apps/v1", plural: "deployments", kind: "Deployment")
  static let configMaps = Resource(apiVersion: "v1", plural: "configmaps", kind: "ConfigMap")
  static let nodes = Resource(apiVersion: "v1", plural: "nodes", kind: "Node", isNamespaced: false)
  static let subscriptions = Resource(
    apiVersion: "frugalhub.dev/v1alpha1", plural: "operatorsubscriptions", kind: "OperatorSubscription")
  static let services = Resource(apiVersion: "serving.knative.dev/v1", plural: "services", kind: "Service")

  var served: [Resource] = [foos, deployments, configMaps, nodes, subscriptions, services]
  var version = 100
  private(set) var objects: [Resource: [Key: JSONValue]] = [:]
  private(set) var events: [Resource: [Event]] = [:]
  /// Events up to this version are forgotten: a watch from before is answered 410.
  private(set) var compacted = 0
  private var uids = 0

  // MARK: Changing

  /// Creates or replaces an object and returns it as stored.
  @discardableResult
  mutating func put(_ resource: Resource, _ namespace: String, _ name: String, _ members: JSONValue = [:])
    -> JSONValue
  {
    version += 1
    let key = Key(namespace: namespace, name: name)
    let old = objects[resource]?[key]
    var object = members
    object["kind"] = .string(resource.kind)
    object["apiVersion"] = .string(resource.apiVersion)
    var metadata = members["metadata"] ?? [:]
    metadata["name"] = .string(name)
    if resource.isNamespaced { metadata["namespace"] = .string(namespace) }
    metadata["uid"] = old?["metadata"]?["uid"] ?? .string(newUID())
    metadata["resourceVersion"] = .string(String(version))
    metadata["generation"] = .number(String((old?["metadata"]?["generation"]?.int ?? 0) + 1))
    object["metadata"] = metadata
    objects[resource, default: [:]][key] = object
    events[resource, default: []].append(
      Event(version: version, type: old == nil ? "ADDED" : "MODIFIED", object: object))
    return object
  }

  mutating func delete(_ resource: Resource, _ namespace: String, _ name: String) {
    guard var object = objects[resource]?.removeValue(forKey: Key(namespace: namespace, name: name)) else {
      return
    }
    version += 1
    object["metadata"]?["resourceVersion"] = .string(String(version))
    events[resource, default: []].append(Event(version: version, type: "DELETED", object: object))
  }

  /// Everything so far becomes too old to be watched from.
  mutating func compact() {
    compacted = version
    events = [:]
  }

  private mutating func newUID() -> String {
    uids += 1
    let digits = String(uids, radix: 16)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  func object(_ resource: Resource, _ namespace: String, _ name: String) -> JSONValue? {
    objects[resource]?[Key(namespace: namespace, name: name)]
  }

  func keys(_ resource: Resource) -> [Key] { (objects[resource] ?? [:]).keys.sorted() }

  // MARK: Answering

  func resource(ofPath path: String) -> Resource? { served.first { $0.path == path } }

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

  /// One page of a list; the continue token is the number of objects that came before.
  func page(_ resource: Resource, limit: Int, after: Int) -> JSONValue {
    let keys = keys(resource)
    let end = min(keys.count, after + limit)
    let items = keys[min(after, end)..<end].compactMap { key -> JSONValue? in
      guard var object = objects[resource]?[key] else { return nil }
      // As typed lists have it.
      object["kind"] = nil
      object["apiVersion"] = nil
      return object
    }
    var metadata: JSONValue = ["resourceVersion": .string(String(version))]
    if end < keys.count { metadata["continue"] = .string(String(end)) }
    return [
      "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion),
      "metadata": metadata,
      "items": .array(items),
    ]
  }

  static func status(_ code: Int, _ reason: String, _ message: String) -> JSONValue {
    [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
      "reason": .string(reason), "code": .number(String(code)),
    ]
  }
}
