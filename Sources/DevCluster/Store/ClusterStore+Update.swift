import JSONScan

extension ClusterStore {
  /// Replaces an object, or its status (`options.subresource`), and returns it as stored.
  ///
  /// A write that changes nothing makes no version and no event. Throws 400, 404, 409 (the version or uid
  /// sent is not the current one) or 422.
  @discardableResult
  func update(
    _ sent: JSONValue, in resource: ResourceDefinition, namespace: String?, name: String,
    options: WriteOptions
  ) throws(APIError) -> JSONValue {
    let old = try get(resource, namespace: namespace, name: name)
    try checkType(sent, resource)
    try checkIdentity(sent, old, resource)
    if sent.resourceVersion.isEmpty, resource.isCustom {
      let cause = APIError.Cause(
        reason: "FieldValueInvalid", message: "Invalid value: 0x0: must be specified for an update",
        field: "metadata.resourceVersion")
      throw .invalid(resource, name, [cause])
    }
    return try replace(old, by: sent, in: resource, options: options)
  }

  /// Reads an object, changes it with `change`, and writes the result; the version read is a precondition
  /// only if the change sets another. Throws what `change` throws, and as `update` does.
  @discardableResult
  func modify(
    _ resource: ResourceDefinition, namespace: String?, name: String, options: WriteOptions,
    _ change: (JSONValue) throws(APIError) -> JSONValue
  ) throws(APIError) -> JSONValue {
    let old = try get(resource, namespace: namespace, name: name)
    let new = try change(ObjectText.inVersion(old, resource))
    try checkType(new, resource)
    try checkIdentity(new, old, resource)
    return try replace(old, by: new, in: resource, options: options)
  }

  private func checkIdentity(
    _ sent: JSONValue, _ old: JSONValue, _ resource: ResourceDefinition
  ) throws(APIError) {
    guard sent.name.isEmpty || sent.name == old.name else {
      throw .badRequest(
        "the name of the object (\(sent.name)) does not match the name on the URL (\(old.name))")
    }
    if let namespace = sent.namespace, namespace != old.namespace {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    if !sent.uid.isEmpty, sent.uid != old.uid {
      throw .conflict(
        resource, old.name,
        "Precondition failed: UID in precondition: \(sent.uid), UID in object meta: \(old.uid)")
    }
    if !sent.resourceVersion.isEmpty, sent.resourceVersion != old.resourceVersion {
      throw .conflict(resource, old.name)
    }
  }

  private func replace(
    _ old: JSONValue, by sent: JSONValue, in resource: ResourceDefinition, options: WriteOptions
  ) throws(APIError) -> JSONValue {
    var new = merged(old, sent, resource, options.subresource)
    keepServerFields(of: old, in: &new)
    let managedFields = options.managedFields ?? ManagedFields.base(old: old, sent: sent, options.subresource)
    new.set(managedFields, at: ["metadata", "managedFields"])
    ResourceRules.applyDefaults(to: &new, resource)
    var causes = MetadataRules.updateCauses(new, old: old)
    causes += MetadataRules.causes(new, resource) + ResourceRules.causes(new, old: old, resource)
    if !causes.isEmpty { throw .invalid(resource, old.name, causes) }
    if resource.countsGenerations, Self.desired(new, resource) != Self.desired(old, resource) {
      new.set(.integer(old.generation + 1), at: ["metadata", "generation"])
    }
    guard new != old else { return old }
    if options.managedFields != nil {
      // They are right already.
    } else if options.subresource == .scale, let paths = resource.scale,
      new.value(at: paths.specReplicas) == 0
    {
      ManagedFields.release(old: old, new: &new, shape: FieldShape.of(resource))
    } else {
      ManagedFields.record(old: old, new: &new, by: writer(resource, options))
    }
    if !resource.isCustom { new = MemberOrder.arranged(new) }
    if options.dryRun { return new }
    if new.deletionTimestamp != nil, Self.isReleased(new, resource) {
      _ = commit(.deleted, resource.id, new, previous: old)
      return new
    }
    let stored = commit(.modified, resource.id, new, previous: old)
    if resource.id == BuiltInResources.customResourceDefinitions.id {
      CustomResources.serve(stored, in: self)
    }
    return stored
  }

  /// What the sent object may change: everything but the status, or the status alone.
  private func merged(
    _ old: JSONValue, _ sent: JSONValue, _ resource: ResourceDefinition, _ subresource: Subresource?
  ) -> JSONValue {
    guard resource.hasStatus else { return sent }
    var new: JSONValue
    switch subresource {
    case nil, .scale, .token:
      new = sent
      new.set(old["status"], at: ["status"])
    case .status:
      new = old
      new.set(sent["status"], at: ["status"])
      // Built-in types also take annotations with the status: the Deployment controller writes both at once.
      if !resource.isCustom { new.set(sent["metadata"]?["annotations"], at: ["metadata", "annotations"]) }
    }
    return new
  }

  private func keepServerFields(of old: JSONValue, in new: inout JSONValue) {
    for name in ["kind", "apiVersion"] { new.set(old[name], at: [name]) }
    for name in [
      "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
      "deletionGracePeriodSeconds", "generateName", "managedFields", "selfLink",
    ] {
      new.set(old["metadata"]?[name], at: ["metadata", name])
    }
    // An empty map or list is the same as none.
    for name in ["labels", "annotations", "finalizers", "ownerReferences"] {
      guard let value = new["metadata"]?[name] else { continue }
      if value == .null || value.object?.isEmpty == true || value.array?.isEmpty == true {
        new.set(nil, at: ["metadata", name])
      }
    }
  }

  /// What `metadata.generation` counts changes of.
  private static func desired(_ object: JSONValue, _ resource: ResourceDefinition) -> JSONValue {
    var desired = object
    for name in ["metadata", "kind", "apiVersion"] { desired.set(nil, at: [name]) }
    if resource.hasStatus { desired.set(nil, at: ["status"]) }
    return desired
  }

  /// Whether nothing holds a deleted object back any more.
  static func isReleased(_ object: JSONValue, _ resource: ResourceDefinition) -> Bool {
    if !object.finalizers.isEmpty { return false }
    guard resource.id == BuiltInResources.namespaces.id else { return true }
    return object.value(at: ["spec", "finalizers"])?.array?.isEmpty ?? true
  }
}
