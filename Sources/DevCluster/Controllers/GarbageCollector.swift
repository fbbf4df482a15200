import JSONScan

/// Deletes what is owned by objects that are gone, and carries out `propagationPolicy` (by the finalizers
/// `foregroundDeletion` and `orphan`).
///
/// An object goes when all its owners are gone; while one lives, references to the gone ones are removed.
/// Owners of kinds that are not served are taken to live: nothing proves the contrary.
final class GarbageCollector: ClusterController {
  /// One object, wherever it is.
  private struct Place: Hashable {
    let resource: ResourceID
    let key: ObjectKey
  }

  private static let options = WriteOptions(manager: "kube-controller-manager")

  private var context: ClusterContext?
  private var observation: Observation?
  /// By the uid of an owner, the places of what it owns.
  private var dependents: [String: Set<Place>] = [:]

  func start(in context: ClusterContext) {
    self.context = context
    observation = context.store.observe(nil) { [weak self] in self?.changed($0) }
  }

  func stop() { observation = nil }

  private func changed(_ change: ObjectChange) {
    let place = Place(resource: change.resource, key: change.object.key)
    let before = Set(owners(of: change.previous))
    let after = change.kind == .deleted ? [] : Set(owners(of: change.object))
    for uid in before.subtracting(after) {
      dependents[uid]?.remove(place)
      if dependents[uid]?.isEmpty == true { dependents[uid] = nil }
    }
    for uid in after.subtracting(before) { dependents[uid, default: []].insert(place) }

    switch change.kind {
    case .deleted:
      for dependent in sorted(dependents[change.object.uid]) { collect(dependent) }
      // A child that is gone may have been the last that a foreground deletion waits for.
      for uid in before { finishForeground(ofOwner: uid, in: change) }
    case .added, .modified:
      if after != before || change.kind == .added { collect(place) }
      if change.object.deletionTimestamp != nil { propagate(place) }
    }
  }

  private func owners(of object: JSONValue?) -> [String] {
    object?.ownerReferences.compactMap { $0["uid"]?.string } ?? []
  }

  private func sorted(_ places: Set<Place>?) -> [Place] {
    (places ?? []).sorted {
      ($0.resource.description, $0.key.path) < ($1.resource.description, $1.key.path)
    }
  }

  private func find(_ place: Place) -> JSONValue? {
    context?.store.find(place.resource, namespace: place.key.namespace, name: place.key.name)
  }

  // MARK: Gone owners

  /// Deletes an object whose owners are all gone, or removes its references to those that are.
  private func collect(_ place: Place) {
    guard let context, let object = find(place), let resource = context.store.registry.any(of: place.resource)
    else { return }
    let references = object.ownerReferences
    let living = references.filter { isAlive($0, namespace: object.namespace) }
    guard living.count < references.count else { return }
    // Failures mean that the object is gone or held by finalizers: nothing is left to do.
    if living.isEmpty {
      guard object.deletionTimestamp == nil else { return }
      var options = DeleteOptions()
      options.uid = object.uid
      _ = try? context.store.delete(
        resource, namespace: object.namespace, name: object.name, options: options)
    } else {
      _ = try? context.store.modify(
        resource, namespace: object.namespace, name: object.name, options: Self.options
      ) { old in
        var new = old
        new.ownerReferences = living
        return new
      }
    }
  }

  private func isAlive(_ reference: JSONValue, namespace: String?) -> Bool {
    guard let context, let apiVersion = reference["apiVersion"]?.string, let kind = reference["kind"]?.string,
      let name = reference["name"]?.string
    else { return true }
    let group = apiVersion.split(separator: "/").count == 2 ? String(apiVersion.split(separator: "/")[0]) : ""
    guard let resource = context.store.registry.find(group: group, kind: kind) else { return true }
    let owner = context.store.find(
      resource.id, namespace: resource.namespaced ? namespace : nil, name: name)
    return owner?.uid == reference["uid"]?.string
  }

  // MARK: Propagation

  /// Takes the next step of a deletion that waits for its dependents.
  private func propagate(_ place: Place) {
    guard let object = find(place) else { return }
    if object.finalizers.contains(ClusterStore.orphanFinalizer) {
      for dependent in sorted(dependents[object.uid]) { orphan(dependent, from: object.uid) }
      removeFinalizer(ClusterStore.orphanFinalizer, place)
    } else if object.finalizers.contains(ClusterStore.foregroundFinalizer) {
      let waiting = sorted(dependents[object.uid])
      for dependent in waiting { deleteBlocking(dependent) }
      if dependents[object.uid]?.contains(where: { find($0) != nil }) != true {
        removeFinalizer(ClusterStore.foregroundFinalizer, place)
      }
    }
  }

  private func orphan(_ place: Place, from uid: String) {
    guard let context, let resource = context.store.registry.any(of: place.resource) else { return }
    _ = try? context.store.modify(
      resource, namespace: place.key.namespace, name: place.key.name, options: Self.options
    ) { old in
      var new = old
      new.ownerReferences.removeAll { $0["uid"] == .string(uid) }
      return new
    }
  }

  private func deleteBlocking(_ place: Place) {
    guard let context, let object = find(place), object.deletionTimestamp == nil,
      let resource = context.store.registry.any(of: place.resource)
    else { return }
    var options = DeleteOptions()
    options.propagation = .foreground
    options.uid = object.uid
    _ = try? context.store.delete(resource, namespace: object.namespace, name: object.name, options: options)
  }

  /// The owner of a child that is gone, if it waits for its children.
  private func finishForeground(ofOwner uid: String, in change: ObjectChange) {
    guard let context, dependents[uid] == nil else { return }
    for reference in change.object.ownerReferences where reference["uid"] == .string(uid) {
      guard let apiVersion = reference["apiVersion"]?.string, let kind = reference["kind"]?.string,
        let name = reference["name"]?.string
      else { continue }
      let parts = apiVersion.split(separator: "/")
      let group = parts.count == 2 ? String(parts[0]) : ""
      guard let resource = context.store.registry.find(group: group, kind: kind) else { continue }
      propagate(
        Place(
          resource: resource.id,
          key: ObjectKey(namespace: resource.namespaced ? change.object.namespace : nil, name: name)))
    }
  }

  private func removeFinalizer(_ finalizer: String, _ place: Place) {
    guard let context, let resource = context.store.registry.any(of: place.resource) else { return }
    _ = try? context.store.modify(
      resource, namespace: place.key.namespace, name: place.key.name, options: Self.options
    ) { old in
      var new = old
      new.finalizers.removeAll { $0 == finalizer }
      return new
    }
  }
}
