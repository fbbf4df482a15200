import JSONScan

/// What is particular to single kinds: values that the server fills in, and what it refuses.
enum ResourceRules {
  /// Fills in what the object leaves to the server, as a real one does.
  static func applyDefaults(to object: inout JSONValue, _ resource: ResourceDefinition) {
    guard !resource.isCustom else { return }
    switch resource.id {
    case BuiltInResources.deployments.id: WorkloadDefaults.deployment(&object)
    case BuiltInResources.statefulSets.id: WorkloadDefaults.statefulSet(&object)
    case BuiltInResources.replicaSets.id: WorkloadDefaults.replicaSet(&object)
    case BuiltInResources.pods.id: WorkloadDefaults.podSpec(&object, at: ["spec"])
    case BuiltInResources.namespaces.id: namespace(&object)
    case BuiltInResources.secrets.id: secret(&object)
    case BuiltInResources.services.id: service(&object)
    case BuiltInResources.events.id: event(&object)
    case BuiltInResources.customResourceDefinitions.id: CustomResources.applyDefaults(to: &object)
    case AccessResources.roleBindings.id, AccessResources.clusterRoleBindings.id:
      RoleRules.applyDefaults(toBinding: &object)
    default: break
    }
  }

  /// What is wrong with the object beyond its metadata. `old` is nil for a new one.
  static func causes(
    _ object: JSONValue, old: JSONValue?, _ resource: ResourceDefinition
  ) -> [APIError.Cause] {
    if resource.isCustom {
      return resource.schema.map { SchemaValidation.causes(object, old: old, $0) } ?? []
    }
    return switch resource.id {
    case BuiltInResources.deployments.id, BuiltInResources.statefulSets.id, BuiltInResources.replicaSets.id:
      workload(object, old: old)
    case BuiltInResources.customResourceDefinitions.id:
      CustomResources.causes(object, old: old)
    case AccessResources.roles.id, AccessResources.clusterRoles.id:
      RoleRules.causes(role: object, namespaced: resource.namespaced)
    case AccessResources.roleBindings.id, AccessResources.clusterRoleBindings.id:
      RoleRules.causes(binding: object, old: old, namespaced: resource.namespaced)
    default: []
    }
  }

  private static func workload(_ object: JSONValue, old: JSONValue?) -> [APIError.Cause] {
    guard let selector = object.value(at: ["spec", "selector"]), selector.object != nil else {
      return [.init(reason: "FieldValueRequired", message: "Required value", field: "spec.selector")]
    }
    var causes: [APIError.Cause] = []
    if let old, old.value(at: ["spec", "selector"]) != selector {
      let text = String(decoding: selector.serialized(), as: UTF8.self)
      causes.append(
        .init(
          reason: "FieldValueInvalid", message: "Invalid value: \(text): field is immutable",
          field: "spec.selector"))
    }
    let labels = object.value(at: ["spec", "template", "metadata", "labels"])?.object ?? JSONObject()
    let matches = selector["matchLabels"]?.object ?? JSONObject()
    if !matches.allSatisfy({ labels[$0.key] == $0.value }) {
      let text = String(decoding: JSONValue.object(labels).serialized(), as: UTF8.self)
      causes.append(
        .init(
          reason: "FieldValueInvalid",
          message: "Invalid value: \(text): `selector` does not match template `labels`",
          field: "spec.template.metadata.labels"))
    }
    if let replicas = object.value(at: ["spec", "replicas"])?.int, replicas < 0 {
      causes.append(
        .init(
          reason: "FieldValueInvalid",
          message: "Invalid value: \(replicas): must be greater than or equal to 0", field: "spec.replicas"))
    }
    return causes
  }

  private static func namespace(_ object: inout JSONValue) {
    object.set(.string(object.name), at: ["metadata", "labels", "kubernetes.io/metadata.name"])
    if object.deletionTimestamp == nil, object.value(at: ["spec", "finalizers"]) == nil {
      object.set(["kubernetes"], at: ["spec", "finalizers"])
    }
    object.moveLast("status")
  }

  private static func secret(_ object: inout JSONValue) {
    if let texts = object["stringData"]?.object {
      for (name, text) in texts {
        guard let text = text.string else { continue }
        object.set(.string(Base64.encode(Array(text.utf8))), at: ["data", name])
      }
      object.set(nil, at: ["stringData"])
    }
    if object["type"] == nil { object.set("Opaque", at: ["type"]) }
  }

  private static func service(_ object: inout JSONValue) {
    object.fill(["type": "ClusterIP", "sessionAffinity": "None"], at: ["spec"])
    guard var ports = object.value(at: ["spec", "ports"])?.array else { return }
    for position in ports.indices {
      ports[position].fill(["protocol": "TCP", "targetPort": ports[position]["port"] ?? 0], at: [])
    }
    object.set(.array(ports), at: ["spec", "ports"])
    object.moveLast("status")
  }

  private static func event(_ object: inout JSONValue) {
    for (name, value) in BuiltInResources.events.zeroMembers.sorted(by: { $0.key < $1.key })
    where object[name] == nil {
      object.set(value, at: [name])
    }
  }
}

extension JSONValue {
  /// Sets those of `values` whose names the object at the path does not have.
  mutating func fill(_ values: JSONObject, at path: [String]) {
    var members = (path.isEmpty ? self : value(at: path))?.object ?? JSONObject()
    for (name, value) in values where members[name] == nil || members[name] == .null { members[name] = value }
    if path.isEmpty { self = .object(members) } else { set(.object(members), at: path) }
  }

  /// Puts a member behind the others, where Go's structs have the status.
  mutating func moveLast(_ name: String) {
    guard let value = self[name] else { return }
    self[name] = nil
    self[name] = value
  }
}
