import JSONScan

/// Writes the conditions of CustomResourceDefinitions, and deletes their objects before them. (Serving begins
/// within the write that creates the CRD: `CustomResources.serve`.)
final class CustomResourceController: ClusterController {
  private static let options = WriteOptions(manager: "kube-apiserver", subresource: .status)
  private static let resource = BuiltInResources.customResourceDefinitions

  private var context: ClusterContext?
  private var observations: [Observation] = []
  /// The objects whose CRDs are being deleted, by the name of the CRD.
  private var terminating: [ResourceID: String] = [:]

  func start(in context: ClusterContext) {
    self.context = context
    observations = [
      context.store.observe(Self.resource.id) { [weak self] in self?.changed($0) },
      context.store.observe(nil) { [weak self] change in
        guard let self, change.kind == .deleted, let crd = terminating[change.resource] else { return }
        empty(change.resource, crd: crd)
      },
    ]
  }

  func stop() { observations = [] }

  private func changed(_ change: ObjectChange) {
    guard let id = CustomResources.id(of: change.object) else { return }
    if change.kind == .deleted {
      terminating[id] = nil
      // A CRD of the same name may have come meanwhile: its resource is served already.
      guard let store = context?.store,
        store.find(Self.resource.id, namespace: nil, name: change.object.name) == nil
      else { return }
      store.stopServing(id)
    } else if change.object.deletionTimestamp != nil {
      guard terminating[id] == nil else { return }
      terminating[id] = change.object.name
      setCondition(
        change.object.name, "Terminating", "True", "InstanceDeletionInProgress",
        "CustomResource deletion is in progress")
      empty(id, crd: change.object.name)
    } else {
      establish(change.object)
    }
  }

  /// Accepts the names, then establishes: two writes, as of a real server.
  private func establish(_ crd: JSONValue) {
    guard let group = crd.value(at: ["spec", "group"])?.string else { return }
    let names = crd.value(at: ["spec", "names"]) ?? .emptyObject
    if crd.value(at: ["status", "acceptedNames"]) != names {
      let approval = crd.annotations[CustomResources.approvalAnnotation]?.string
      write(crd.name) { crd, time in
        if CustomResources.isProtected(group: group) {
          let isApproved = approval?.hasPrefix("https://") ?? false
          CustomResources.setCondition(
            &crd, "KubernetesAPIApprovalPolicyConformant", isApproved ? "True" : "False",
            isApproved ? "ApprovedAnnotation" : "UnapprovedAnnotation",
            isApproved ? "approved in \(approval ?? "")" : "not approved: \"\(approval ?? "")\"", at: time)
        }
        CustomResources.setCondition(
          &crd, "NamesAccepted", "True", "NoConflicts", "no conflicts found", at: time)
        CustomResources.setCondition(
          &crd, "Established", "False", "Installing", "the initial names have been accepted", at: time)
        crd.set(names, at: ["status", "acceptedNames"])
      }
    } else if let conditions = crd.value(at: ["status", "conditions"])?.array,
      conditions.contains(where: { $0["type"] == "Established" && $0["status"] == "False" })
    {
      setCondition(
        crd.name, "Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
    }
  }

  /// Deletes the objects of a CRD and, when none is left, lets the CRD go.
  private func empty(_ id: ResourceID, crd: String) {
    guard let store = context?.store, let resource = store.registry.any(of: id) else { return }
    for object in store.list(id) where object.deletionTimestamp == nil {
      _ = try? store.delete(resource, namespace: object.namespace, name: object.name)
    }
    guard store.list(id).isEmpty else { return }
    _ = try? store.modify(
      Self.resource, namespace: nil, name: crd, options: WriteOptions(manager: "kube-apiserver")
    ) { old in
      var new = old
      new.finalizers.removeAll { $0 == ClusterStore.customResourceFinalizer }
      return new
    }
  }

  private func setCondition(
    _ name: String, _ type: String, _ status: String, _ reason: String, _ message: String
  ) {
    write(name) { crd, time in CustomResources.setCondition(&crd, type, status, reason, message, at: time) }
  }

  private func write(_ name: String, _ change: (inout JSONValue, String) -> Void) {
    guard let context else { return }
    let time = context.scheduler.timestamp
    // Refused only if the CRD is gone meanwhile.
    _ = try? context.store.modify(Self.resource, namespace: nil, name: name, options: Self.options) { old in
      var new = old
      change(&new, time)
      return new
    }
  }
}
