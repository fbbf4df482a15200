import JSONScan

/// What exists before the first request.
enum InitialObjects {
  private static let options = WriteOptions(manager: "kube-apiserver")

  static func create(in store: ClusterStore) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
      create(["metadata": ["name": .string(name)]], BuiltInResources.namespaces, in: store)
    }
    for role in InitialRoles.clusterRoles { create(role, AccessResources.clusterRoles, in: store) }
    for binding in InitialRoles.bindings { create(binding, AccessResources.clusterRoleBindings, in: store) }
  }

  private static func create(
    _ object: JSONValue, _ resource: ResourceDefinition, in store: ClusterStore
  ) {
    do {
      try store.create(object, in: resource, namespace: nil, options: options)
    } catch {
      preconditionFailure("\(resource.kind) \(object.name) could not be created: \(error.message)")
    }
  }
}
