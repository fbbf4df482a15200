import JSONScan

extension ClusterStore {
  /// The finalizers by which the garbage collector holds an object (`propagationPolicy`).
  static let foregroundFinalizer = "foregroundDeletion"
  static let orphanFinalizer = "orphan"
  /// The finalizer by which the server holds a CRD until its objects are gone.
  static let customResourceFinalizer = "customresourcecleanup.apiextensions.k8s.io"

  /// Deletes an object, or marks it if finalizers hold it. Throws 404 or 409 (a precondition failed).
  @discardableResult
  func delete(
    _ resource: ResourceDefinition, namespace: String?, name: String, options: DeleteOptions = DeleteOptions()
  ) throws(APIError) -> DeleteOutcome {
    let old = try get(resource, namespace: namespace, name: name)
    if let uid = options.uid, uid != old.uid {
      throw .conflict(
        resource, name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(old.uid)")
    }
    if let version = options.resourceVersion, version != old.resourceVersion {
      throw .conflict(
        resource, name,
        "Precondition failed: ResourceVersion in precondition: \(version), "
          + "ResourceVersion in object meta: \(old.resourceVersion)")
    }
    var new = old
    addFinalizers(to: &new, resource, options.propagation)
    if Self.isReleased(new, resource) {
      if options.dryRun { return .removed(old) }
      return .removed(commit(.deleted, resource.id, old, previous: old))
    }
    if old.deletionTimestamp == nil { markDeleted(&new, resource) }
    guard new != old, !options.dryRun else { return .marked(new) }
    if !resource.isCustom { new = MemberOrder.arranged(new) }
    return .marked(commit(.modified, resource.id, new, previous: old))
  }

  private func addFinalizers(
    to object: inout JSONValue, _ resource: ResourceDefinition, _ propagation: DeleteOptions.Propagation
  ) {
    let finalizer: String?
    switch propagation {
    case .background: finalizer = nil
    case .foreground: finalizer = Self.foregroundFinalizer
    case .orphan: finalizer = Self.orphanFinalizer
    }
    if let finalizer, object.deletionTimestamp == nil, !object.finalizers.contains(finalizer) {
      object.finalizers += [finalizer]
    }
    if resource.id == BuiltInResources.customResourceDefinitions.id, object.deletionTimestamp == nil {
      object.finalizers += [Self.customResourceFinalizer]
    }
  }

  private func markDeleted(_ object: inout JSONValue, _ resource: ResourceDefinition) {
    object.set(.string(scheduler.timestamp), at: ["metadata", "deletionTimestamp"])
    switch resource.id {
    case BuiltInResources.namespaces.id:
      object.set("Terminating", at: ["status", "phase"])
    case BuiltInResources.customResourceDefinitions.id:
      CustomResources.setCondition(
        &object, "Terminating", "True", "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        at: scheduler.timestamp)
    default:
      object.set(.integer(0), at: ["metadata", "deletionGracePeriodSeconds"])
      if resource.countsGenerations {
        object.set(.integer(object.generation + 1), at: ["metadata", "generation"])
      }
    }
  }
}
