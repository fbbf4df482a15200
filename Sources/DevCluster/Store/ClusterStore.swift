import JSONScan

/// The whole state of the cluster: objects by resource, one version counter, and what happened lately.
///
/// Confined to the thread of the cluster's HTTP server: it has no lock and is not Sendable; requests and
/// controllers run there one after the other, so each sees whole writes. Controllers write with the same
/// functions as HTTP requests do and learn of changes by `observe`.
final class ClusterStore {
  let scheduler: any ClusterScheduler
  let historyLimit: Int
  /// The version of the latest write; every write makes one, whatever the resource.
  private(set) var version: UInt64 = 1
  /// What is served; changed by `CustomResources` only.
  private(set) var registry: ResourceRegistry
  /// Told of each event as it is committed: feeds the watch streams.
  var onCommit: ((ResourceID, StoreEvent) -> Void)?
  /// Told when a resource is no longer served.
  var onRemoval: ((ResourceID) -> Void)?
  var names: NameGenerator
  /// Where every change is written; nil: nowhere.
  var dataFile: DataFile?

  private var tables: [ResourceID: ResourceTable] = [:]
  private var observers: ChangeObservers

  init(scheduler: any ClusterScheduler, historyLimit: Int, seed: UInt64) {
    self.scheduler = scheduler
    self.historyLimit = historyLimit
    registry = ResourceRegistry()
    observers = ChangeObservers(scheduler: scheduler)
    names = NameGenerator(seed: seed)
    for definition in registry.definitions where !definition.isReview { addTable(definition.id) }
  }

  // MARK: Reading

  /// The object, or nil.
  func find(_ id: ResourceID, namespace: String?, name: String) -> JSONValue? {
    tables[id]?[ObjectKey(namespace: namespace, name: name)]
  }

  /// The object, or 404.
  func get(
    _ resource: ResourceDefinition, namespace: String?, name: String
  ) throws(APIError) -> JSONValue {
    guard let object = find(resource.id, namespace: namespace, name: name) else {
      throw .notFound(resource, name)
    }
    return object
  }

  /// All objects of a resource in a namespace or, with nil, in all; in order of namespace and name.
  func list(_ id: ResourceID, namespace: String? = nil) -> [JSONValue] {
    guard let table = tables[id] else { return [] }
    return table.keys(namespace: namespace).compactMap { table[$0] }
  }

  /// The objects and the history of a resource.
  func table(_ id: ResourceID) -> ResourceTable? { tables[id] }

  /// The resources that have a table, in the order of discovery.
  var resourceIDs: [ResourceID] {
    var seen = Set<ResourceID>()
    return registry.definitions.map(\.id).filter { tables[$0] != nil && seen.insert($0).inserted }
  }

  // MARK: Observing

  /// Calls `body` for each change of a resource (nil: of all), on the cluster's thread, in the order of the
  /// writes and after the write that caused it has returned. Objects that exist already come first, as added.
  /// Ends when the observation is cancelled or let go of.
  func observe(_ id: ResourceID?, _ body: @escaping (ObjectChange) -> Void) -> Observation {
    let existing = (id.map { [$0] } ?? resourceIDs).flatMap { id in
      list(id).map { ObjectChange(resource: id, kind: .added, version: version, object: $0, previous: nil) }
    }
    return observers.add(id, since: version, existing: existing, body)
  }

  // MARK: Committing

  /// Makes a change visible: gives it a version, keeps it, and tells watchers and observers.
  func commit(_ kind: StoreEvent.Kind, _ id: ResourceID, _ object: JSONValue, previous: JSONValue?)
    -> JSONValue
  {
    precondition(tables[id] != nil, "a write to \(id), which has no table")
    version += 1
    var object = object
    object.set(.string(String(version)), at: ["metadata", "resourceVersion"])
    let event = StoreEvent(kind: kind, version: version, object: object, previous: previous)
    tables[id]?.apply(event)
    dataFile?.append(event, of: id)
    onCommit?(id, event)
    observers.enqueue(
      ObjectChange(resource: id, kind: kind, version: version, object: object, previous: previous))
    return object
  }

  /// Makes every version handed out so far too old to watch from or to continue a list at: 410. Objects stay.
  func compact() {
    version += 1
    for id in tables.keys { tables[id]?.history.compact(through: version) }
    dataFile?.appendCompaction(version)
  }

  // MARK: The past

  /// Makes a change that happened in an earlier life, without telling anybody.
  func replay(_ kind: StoreEvent.Kind, _ id: ResourceID, _ object: JSONValue, version: UInt64) {
    guard let table = tables[id] else { return }
    self.version = max(self.version, version)
    let event = StoreEvent(kind: kind, version: version, object: object, previous: table[object.key])
    tables[id]?.apply(event)
    guard id == BuiltInResources.customResourceDefinitions.id else { return }
    if kind != .deleted {
      CustomResources.serve(object, in: self)
    } else if let id = CustomResources.id(of: object) {
      stopServing(id)
    }
  }

  /// Forgets what happened before a version, in an earlier life.
  func replayCompaction(_ version: UInt64) {
    self.version = max(self.version, version)
    for id in tables.keys { tables[id]?.history.compact(through: version) }
  }

  /// Loses everything, as if the data of an API server were lost: observers see all objects go, watches must have been
  /// cut before.
  func reset() {
    for id in resourceIDs {
      for object in list(id) {
        observers.enqueue(
          ObjectChange(resource: id, kind: .deleted, version: version, object: object, previous: object))
      }
    }
    observers.forgetVersions()
    version = 1
    registry = ResourceRegistry()
    tables = [:]
    for definition in registry.definitions where !definition.isReview { addTable(definition.id) }
    dataFile?.truncate()
  }

  // MARK: Resources

  /// Serves these definitions of one kind of objects.
  func serve(_ id: ResourceID, as definitions: [ResourceDefinition]) {
    registry.replace(id, with: definitions)
    if tables[id] == nil { addTable(id) }
  }

  /// Stops serving; the objects must be gone.
  func stopServing(_ id: ResourceID) {
    registry.remove(id)
    tables[id] = nil
    onRemoval?(id)
  }

  private func addTable(_ id: ResourceID) {
    // Nothing of this resource happened before now, but its versions begin here.
    tables[id] = ResourceTable(historyLimit: historyLimit, completeAfter: 0)
  }
}
