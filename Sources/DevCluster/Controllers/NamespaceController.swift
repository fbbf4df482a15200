import JSONScan

/// Gives each namespace its `default` ServiceAccount, and empties namespaces that are being deleted.
final class NamespaceController: ClusterController {
  private static let options = WriteOptions(manager: "kube-controller-manager")

  private var context: ClusterContext?
  private var observations: [Observation] = []
  private var terminating: Set<String> = []

  func start(in context: ClusterContext) {
    self.context = context
    let namespaces = BuiltInResources.namespaces.id
    observations = [
      context.store.observe(namespaces) { [weak self] in self?.changed($0) },
      // The last object of a namespace may go long after the namespace was deleted, by its finalizer.
      context.store.observe(nil) { [weak self] change in
        guard let self, let namespace = change.object.namespace, terminating.contains(namespace) else {
          return
        }
        if change.kind == .deleted { empty(namespace) }
      },
    ]
  }

  func stop() { observations = [] }

  private func changed(_ change: ObjectChange) {
    let name = change.object.name
    if change.kind == .deleted {
      terminating.remove(name)
    } else if change.object.deletionTimestamp != nil {
      terminating.insert(name)
      empty(name)
    } else {
      createServiceAccount(name)
    }
  }

  private func createServiceAccount(_ namespace: String) {
    // Refused if it exists, or the namespace has gone meanwhile: both are well.
    _ = try? context?.store.create(
      ["metadata": ["name": "default"]], in: BuiltInResources.serviceAccounts, namespace: namespace,
      options: Self.options)
  }

  /// Deletes what is in a namespace and, when nothing is left, lets the namespace go.
  private func empty(_ namespace: String) {
    guard let store = context?.store else { return }
    var isEmpty = true
    for id in store.resourceIDs {
      guard let resource = store.registry.any(of: id), resource.namespaced else { continue }
      for object in store.list(id, namespace: namespace) {
        if object.deletionTimestamp == nil {
          _ = try? store.delete(resource, namespace: namespace, name: object.name)
        }
        if store.find(id, namespace: namespace, name: object.name) != nil { isEmpty = false }
      }
    }
    guard isEmpty else { return }
    _ = try? store.modify(
      BuiltInResources.namespaces, namespace: nil, name: namespace, options: Self.options
    ) { old in
      var new = old
      new.set([], at: ["spec", "finalizers"])
      return new
    }
  }
}
