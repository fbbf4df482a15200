import JSONScan

extension ClusterStore {
  /// Creates an object and returns it as stored.
  ///
  /// The server sets uid, creationTimestamp, generation, managedFields and, for `generateName`, the name; the
  /// status starts empty if the kind has a status of its own. Throws 400, 404 (no such namespace), 409 or
  /// 422.
  @discardableResult
  func create(
    _ sent: JSONValue, in resource: ResourceDefinition, namespace: String?, options: WriteOptions
  ) throws(APIError) -> JSONValue {
    var object = sent
    try checkType(object, resource)
    try placeInNamespace(&object, resource, namespace)
    guard object.resourceVersion.isEmpty else {
      throw APIError(
        code: 500, reason: "", message: "resourceVersion should not be set on objects to be created")
    }
    generateName(&object)
    clearServerFields(&object)
    object.set(.string(object.name), at: ["metadata", "name"])
    resetStatus(&object, resource)
    ResourceRules.applyDefaults(to: &object, resource)
    let causes = MetadataRules.causes(object, resource) + ResourceRules.causes(object, old: nil, resource)
    if !causes.isEmpty { throw .invalid(resource, object.name, causes) }
    try checkNamespaceAccepts(resource, namespace, name: object.name)
    guard find(resource.id, namespace: namespace, name: object.name) == nil else {
      throw .alreadyExists(resource, object.name)
    }

    object.set(.string(names.uid()), at: ["metadata", "uid"])
    if resource.countsGenerations { object.set(.integer(1), at: ["metadata", "generation"]) }
    object.set(.string(scheduler.timestamp), at: ["metadata", "creationTimestamp"])
    // The status that a new object starts with is nobody's.
    let unowned: JSONValue? = resource.hasStatus ? object["status"].map { ["status": $0] } : nil
    if let managedFields = options.managedFields {
      object.set(managedFields, at: ["metadata", "managedFields"])
    } else {
      ManagedFields.record(old: unowned, new: &object, by: writer(resource, options))
    }
    if !resource.isCustom { object = MemberOrder.arranged(object) }
    if options.dryRun { return object }
    let stored = commit(.added, resource.id, object, previous: nil)
    if resource.id == BuiltInResources.customResourceDefinitions.id {
      CustomResources.serve(stored, in: self)
    }
    return stored
  }

  /// Who writes, as managedFields have it.
  func writer(_ resource: ResourceDefinition, _ options: WriteOptions) -> FieldWriter {
    FieldWriter(
      manager: options.manager, apiVersion: resource.apiVersion, subresource: options.subresource,
      time: scheduler.timestamp, shape: FieldShape.of(resource), isBuiltIn: !resource.isCustom)
  }

  /// The kind and version of a body must be those of its path; absent ones are filled in.
  func checkType(_ object: JSONValue, _ resource: ResourceDefinition) throws(APIError) {
    guard object.object != nil else {
      throw .badRequest("the object provided is unrecognized (must be of type \(resource.kind))")
    }
    if let kind = object["kind"]?.string, !kind.isEmpty, kind != resource.kind {
      throw .badRequest(
        "\(kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): "
          + "the kind of the object does not match the path")
    }
    if let apiVersion = object["apiVersion"]?.string, !apiVersion.isEmpty, apiVersion != resource.apiVersion {
      throw .badRequest(
        "the API version in the data (\(apiVersion)) does not match the expected API version "
          + "(\(resource.apiVersion))")
    }
    if let metadata = object["metadata"], metadata.object == nil, metadata != .null {
      throw .badRequest("json: cannot unmarshal \(metadata.kind) into Go struct field .metadata")
    }
  }

  private func placeInNamespace(
    _ object: inout JSONValue, _ resource: ResourceDefinition, _ namespace: String?
  ) throws(APIError) {
    object.set(.string(resource.kind), at: ["kind"])
    object.set(.string(resource.apiVersion), at: ["apiVersion"])
    if object["metadata"]?.object == nil { object.set(.emptyObject, at: ["metadata"]) }
    if let own = object.namespace, own != namespace {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    object.set(namespace.map { .string($0) }, at: ["metadata", "namespace"])
  }

  private func generateName(_ object: inout JSONValue) {
    guard object.name.isEmpty, let prefix = object["metadata"]?["generateName"]?.string, !prefix.isEmpty
    else { return }
    // A real server cuts the prefix so that the name keeps within 63 characters.
    object.set(.string(prefix.prefix(58) + names.suffix()), at: ["metadata", "name"])
  }

  private func clearServerFields(_ object: inout JSONValue) {
    for name in [
      "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
      "deletionGracePeriodSeconds", "managedFields", "selfLink",
    ] {
      object.set(nil, at: ["metadata", name])
    }
  }

  private func resetStatus(_ object: inout JSONValue, _ resource: ResourceDefinition) {
    if resource.hasStatus { object.set(resource.initialStatus, at: ["status"]) }
  }

  private func checkNamespaceAccepts(
    _ resource: ResourceDefinition, _ namespace: String?, name: String
  ) throws(APIError) {
    guard let namespace else { return }
    guard let owner = find(BuiltInResources.namespaces.id, namespace: nil, name: namespace) else {
      throw .notFound(BuiltInResources.namespaces, namespace)
    }
    guard owner.deletionTimestamp != nil else { return }
    throw .forbidden(
      resource, name,
      "unable to create new content in namespace \(namespace) because it is being terminated",
      causes: [
        .init(
          reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated",
          field: "metadata.namespace")
      ])
  }
}
