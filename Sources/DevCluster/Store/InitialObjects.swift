import JSONScan

/// What exists before the first request.
enum InitialObjects {
  private static let options = WriteOptions(manager: "kube-apiserver")

  static func create(in store: ClusterStore) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
      do {
        try store.create(
          ["metadata": ["name": .string(name)]], in: BuiltInResources.namespaces, namespace: nil,
          options: options)
      } catch {
        preconditionFailure("the namespace \(name) could not be created: \(error.message)")
      }
    }
  }
}
