import JSONScan

/// Makes the replicas of Deployments available after a delay, in their status only: there are no ReplicaSets
/// and no Pods. The statuses on the way are those that the controllers of a real cluster write.
final class DeploymentController: ClusterController {
  private static let options = WriteOptions(manager: "kube-controller-manager", subresource: .status)
  private static let revisionAnnotation = "deployment.kubernetes.io/revision"

  private var context: ClusterContext?
  private var observation: Observation?

  func start(in context: ClusterContext) {
    self.context = context
    observation = context.store.observe(BuiltInResources.deployments.id) { [weak self] change in
      if change.kind != .deleted { self?.sync(change.object.key, uid: change.object.uid) }
    }
  }

  func stop() { observation = nil }

  /// Writes the next status, if the Deployment is not where it should be.
  private func sync(_ key: ObjectKey, uid: String) {
    guard let deployment = current(key, uid: uid), deployment.deletionTimestamp == nil else { return }
    let desired = deployment.value(at: ["spec", "replicas"])?.int ?? 1
    let observed = deployment.value(at: ["status", "observedGeneration"])?.int
    if deployment.annotations[Self.revisionAnnotation] == nil {
      write(deployment) { $0.announceReplicaSet() }
    } else if observed != deployment.generation {
      write(deployment) { $0.observe(desired: desired) }
      settleLater(key, uid: uid, generation: deployment.generation, desired: desired)
    }
  }

  private func settleLater(_ key: ObjectKey, uid: String, generation: Int, desired: Int) {
    guard let context else { return }
    context.scheduler.after(milliseconds: context.configuration.deploymentReadyMilliseconds) { [weak self] in
      guard let self, let deployment = current(key, uid: uid), deployment.generation == generation else {
        return
      }
      write(deployment) { $0.settle(desired: desired) }
    }
  }

  private func current(_ key: ObjectKey, uid: String) -> JSONValue? {
    guard
      let deployment = context?.store.find(
        BuiltInResources.deployments.id, namespace: key.namespace, name: key.name), deployment.uid == uid
    else { return nil }
    return deployment
  }

  private func write(_ deployment: JSONValue, _ change: (inout DeploymentStatus) -> Void) {
    guard let context else { return }
    var status = DeploymentStatus(deployment, time: context.scheduler.timestamp)
    change(&status)
    // Nothing can fail: the Deployment was read on this thread just now.
    _ = try? context.store.modify(
      BuiltInResources.deployments, namespace: deployment.namespace, name: deployment.name,
      options: Self.options
    ) { old in
      var new = old
      new.set("1", at: ["metadata", "annotations", Self.revisionAnnotation])
      new.set(status.json, at: ["status"])
      return new
    }
  }
}

/// The status of a Deployment (apps/v1 DeploymentStatus), where zeros are left out.
struct DeploymentStatus {
  private static let numbers = [
    "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
    "unavailableReplicas",
  ]

  private let time: String
  private let replicaSet: String
  private let generation: Int
  private var values: [String: Int] = [:]
  private var isObserved: Bool
  private var conditions: [JSONValue]

  init(_ deployment: JSONValue, time: String) {
    self.time = time
    generation = deployment.generation
    let status = deployment["status"] ?? .emptyObject
    for name in Self.numbers { values[name] = status[name]?.int }
    isObserved = status["observedGeneration"] != nil
    conditions = status["conditions"]?.array ?? []
    let template = deployment.value(at: ["spec", "template"]) ?? .null
    replicaSet = "\(deployment.name)-\(Self.hash(template))"
  }

  /// The first status: a ReplicaSet would have been made.
  mutating func announceReplicaSet() {
    setCondition(
      "Progressing", "True", "NewReplicaSetCreated", "Created new replica set \"\(replicaSet)\"")
  }

  /// A new generation was seen; its replicas are on their way.
  mutating func observe(desired: Int) {
    isObserved = true
    values["observedGeneration"] = generation
    let available = min(values["availableReplicas"] ?? 0, desired)
    values["replicas"] = desired
    values["updatedReplicas"] = desired
    values["readyReplicas"] = available
    values["availableReplicas"] = available
    values["unavailableReplicas"] = desired - available
    if available == desired {
      setAvailable(true)
    } else {
      if available == 0 { setAvailable(false) }
      setCondition(
        "Progressing", "True", "ReplicaSetUpdated", "ReplicaSet \"\(replicaSet)\" is progressing.")
    }
  }

  /// All replicas are available.
  mutating func settle(desired: Int) {
    values["readyReplicas"] = desired
    values["availableReplicas"] = desired
    values["unavailableReplicas"] = 0
    setAvailable(true)
    setCondition(
      "Progressing", "True", "NewReplicaSetAvailable",
      "ReplicaSet \"\(replicaSet)\" has successfully progressed.")
  }

  var json: JSONValue {
    var json = JSONObject()
    for name in Self.numbers {
      if let value = values[name], value != 0 { json[name] = .integer(value) }
    }
    if isObserved { json["terminatingReplicas"] = 0 }
    if !conditions.isEmpty { json["conditions"] = .array(conditions) }
    return .object(json)
  }

  private mutating func setAvailable(_ isAvailable: Bool) {
    if isAvailable {
      setCondition(
        "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
      setCondition(
        "Available", "False", "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.")
    }
  }

  /// A condition's update time changes with anything in it, its transition time with its status only.
  private mutating func setCondition(_ type: String, _ status: String, _ reason: String, _ message: String) {
    let position = conditions.firstIndex { $0["type"] == .string(type) }
    let old = position.map { conditions[$0] }
    if let old, old["status"] == .string(status), old["reason"] == .string(reason),
      old["message"] == .string(message)
    {
      return
    }
    let keepsTransition = old?["status"] == .string(status)
    let condition: JSONValue = [
      "type": .string(type), "status": .string(status), "lastUpdateTime": .string(time),
      "lastTransitionTime": keepsTransition ? old?["lastTransitionTime"] ?? .string(time) : .string(time),
      "reason": .string(reason), "message": .string(message),
    ]
    if let position { conditions.remove(at: position) }
    conditions.append(condition)
  }

  /// Ten digits that depend on the template alone (FNV-1a), as a pod-template-hash is.
  private static func hash(_ template: JSONValue) -> String {
    var hash: UInt32 = 0x811c_9dc5
    for byte in template.serialized(sortedKeys: true) { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    let digits = String(hash)
    return digits + String(repeating: "0", count: max(0, 10 - digits.count))
  }
}
