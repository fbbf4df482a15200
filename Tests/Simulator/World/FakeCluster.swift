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
  static let namespaces = Resource(
    apiVersion: "v1", plural: "namespaces", kind: "Namespace", isNamespaced: false)
  /// Kubernetes Events. Served only where a test adds them.
  static let objectEvents = Resource(apiVersion: "v1", plural: "events", kind: "Event")
  static let nodes = Resource(apiVersion: "v1", plural: "nodes", kind: "Node", isNamespaced: false)
  static let subscriptions = Resource(
    apiVersion: "frugalhub.dev/v1alpha1", plural: "operatorsubscriptions", kind: "OperatorSubscription")
  static let definitions = Resource(
    apiVersion: "apiextensions.k8s.io/v1", plural: "customresourcedefinitions",
    kind: "CustomResourceDefinition", isNamespaced: false)
  static let apiServices = Resource(
    apiVersion: "apiregistration.k8s.io/v1", plural: "apiservices", kind: "APIService", isNamespaced: false)
  static let services = Resource(apiVersion: "serving.knative.dev/v1", plural: "services", kind: "Service")

  var served: [Resource] = [foos, deployments, configMaps, nodes, subscriptions, services]
  var version = 100
  private(set) var objects: [Resource: [Key: JSONValue]] = [:]
  /// Everything that ever happened, in order. What was compacted is not told to new watches any more.
  private(set) var events: [Resource: [Event]] = [:]
  /// The same, and what a restored backup knows nothing of.
  private(set) var archive: [Resource: [Event]] = [:]
  /// A watch from before this version is answered 410, and so is a list that began before it.
  private(set) var compacted = 0
  /// Kinds that were installed later, and when: nothing of before is told to new watches.
  var born: [Resource: Int] = [:]
  /// The uid of its namespace `kube-system`.
  var identity = "5f2a4c2e-0000-4000-8000-000000000001"
  /// `/apis` can be asked for in the aggregated form.
  var hasAggregatedDiscovery = false
  /// Groups whose server does not answer: stale in the aggregated form, 503 in the older one.
  var awayGroups: Set<String> = []
  /// Versions are no decimal numbers (KEP-5504).
  var hasOpaqueVersions = false
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
    metadata["resourceVersion"] = .string(text(ofVersion: version))
    if resource != Self.configMaps {
      // As custom resources have it: only what is no metadata and no status counts.
      let isChanged = old.map { $0["spec"] != members["spec"] } ?? true
      let generation = (old?["metadata"]?["generation"]?.int ?? 0) + (isChanged ? 1 : 0)
      metadata["generation"] = .number(String(generation))
    }
    object["metadata"] = metadata
    objects[resource, default: [:]][key] = object
    record(resource, Event(version: version, type: old == nil ? "ADDED" : "MODIFIED", object: object))
    return object
  }

  mutating func delete(_ resource: Resource, _ namespace: String, _ name: String) {
    guard var object = objects[resource]?.removeValue(forKey: Key(namespace: namespace, name: name)) else {
      return
    }
    version += 1
    object["metadata"]?["resourceVersion"] = .string(text(ofVersion: version))
    record(resource, Event(version: version, type: "DELETED", object: object))
  }

  /// Replaces an object's status, as a write to the status subresource does: its generation stays.
  mutating func putStatus(_ resource: Resource, _ key: Key, _ status: JSONValue) {
    guard var object = objects[resource]?[key] else { return }
    version += 1
    object["status"] = status
    object["metadata"]?["resourceVersion"] = .string(text(ofVersion: version))
    objects[resource]?[key] = object
    record(resource, Event(version: version, type: "MODIFIED", object: object))
  }

  private mutating func record(_ resource: Resource, _ event: Event) {
    events[resource, default: []].append(event)
    archive[resource, default: []].append(event)
  }

  /// What an object was at a version, by the server or by one that was restored since.
  func wasEver(_ resource: Resource, _ key: Key, at version: Int) -> [JSONValue] {
    (archive[resource] ?? []).filter { $0.version == version && Self.key(of: $0.object) == key }
      .map(\.object)
  }

  /// Everything so far becomes too old to be watched from. Watches that are open go on.
  mutating func compact() { compacted = version }

  /// etcd is restored from a backup: the objects are those of an earlier version, and versions go on from there.
  mutating func restore(to earlier: Int) {
    for resource in objects.keys { objects[resource] = state(resource, at: earlier) }
    for resource in events.keys { events[resource]?.removeAll { $0.version > earlier } }
    version = earlier
    compacted = min(compacted, earlier)
  }

  func text(ofVersion version: Int) -> String { hasOpaqueVersions ? "v\(version)" : String(version) }

  func version(ofText text: String?) -> Int? {
    text.flatMap { Int(hasOpaqueVersions ? String($0.drop { $0 == "v" }) : $0) }
  }

  private mutating func newUID() -> String {
    uids += 1
    let digits = String(uids, radix: 16)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  func object(_ resource: Resource, _ namespace: String, _ name: String) -> JSONValue? {
    objects[resource]?[Key(namespace: namespace, name: name)]
  }

  /// The objects of a resource as they were at a version.
  func state(_ resource: Resource, at version: Int) -> [Key: JSONValue] {
    if version >= self.version { return objects[resource] ?? [:] }
    var state: [Key: JSONValue] = [:]
    for event in events[resource] ?? [] {
      if event.version > version { break }
      if event.type == "DELETED" {
        state.removeValue(forKey: Self.key(of: event.object))
      } else {
        state[Self.key(of: event.object)] = event.object
      }
    }
    return state
  }

  static func key(of object: JSONValue) -> Key {
    Key(
      namespace: object["metadata"]?["namespace"]?.string ?? "",
      name: object["metadata"]?["name"]?.string ?? "")
  }

  func keys(_ resource: Resource) -> [Key] { (objects[resource] ?? [:]).keys.sorted() }
}
