import JSONScan
import ReconcilerKit

/// The controller of kubernetes/sample-controller as a reconciler that sleeps: a Foo asks for a Deployment of its
/// name and size, and shows how many of its replicas are available.
///
/// Behaviour and Events are those of the original to the letter, including that every successful sync writes the
/// status and records `Synced`, and that a Deployment which belongs to somebody else is reported and left alone.
struct FooReconciler: Reconciler {
  static let foos = KubernetesResource(
    apiVersion: "samplecontroller.k8s.io/v1alpha1", kind: "Foo", plural: "foos")

  /// After a change of the Deployment, in seconds: the original's resync. A subscription that follows Deployments too
  /// (`controller: true`) tells sooner what became of it, and so clears it.
  static let secondLookSeconds = 30

  var log = ReconcilerLog.standard

  func reconcile(_ request: ReconcileRequest, using api: KubernetesAPI) async throws -> ReconcileResult {
    guard request.kind == "Foo" else {
      throw ReconcilerError.terminal(
        "told of a \(request.kind), and only Foos are known here: follow it with controller: true")
    }
    guard let foo = try await api.find(Self.foos, namespace: request.namespace, name: request.name) else {
      log.log(.info, "Foo no longer exists", ["object": request.key.description])
      return .done
    }
    guard let name = foo["spec"]?["deploymentName"]?.string, !name.isEmpty else {
      // Trying again can't help; the next edit of the Foo will come here by itself.
      log.log(.warning, "deployment name must be specified", ["object": request.key.description])
      return .done
    }

    var (deployment, isChanged) = try await existingOrNewDeployment(named: name, for: foo, using: api)
    guard deployment.isControlled(by: foo) else {
      let message = "Resource \"\(name)\" already exists and is not managed by Foo"
      await api.recordEvent(.warning, reason: "ErrResourceExists", message: message, about: foo)
      throw ReconcilerError.transient(message)
    }
    if let replicas = foo["spec"]?["replicas"]?.int, replicas != deployment["spec"]?["replicas"]?.int ?? 1 {
      deployment = try await api.update(foo.newDeployment(named: name), as: .deployments)
      isChanged = true
    }

    var observed = foo
    observed["status"] = observed["status"] ?? [:]
    observed["status"]?["availableReplicas"] = deployment["status"]?["availableReplicas"] ?? 0
    _ = try await api.updateStatus(observed, as: Self.foos)
    await api.recordEvent(.normal, reason: "Synced", message: "Foo synced successfully", about: foo)
    return isChanged ? .requeue(afterSeconds: Self.secondLookSeconds) : .done
  }

  private func existingOrNewDeployment(
    named name: String, for foo: JSONValue, using api: KubernetesAPI
  ) async throws -> (deployment: JSONValue, isNew: Bool) {
    let namespace = foo["metadata"]?["namespace"]?.string ?? ""
    if let existing = try await api.find(.deployments, namespace: namespace, name: name) {
      return (existing, false)
    }
    return (try await api.create(foo.newDeployment(named: name), as: .deployments), true)
  }
}

extension JSONValue {
  /// Whether its controller is this very incarnation of `owner`.
  fileprivate func isControlled(by owner: JSONValue) -> Bool {
    let controller = self["metadata"]?["ownerReferences"]?.array?.first { $0["controller"]?.bool == true }
    return controller?["uid"]?.string != nil && controller?["uid"] == owner["metadata"]?["uid"]
  }

  /// The Deployment that a Foo asks for, member by member as the sample controller sends it.
  fileprivate func newDeployment(named name: String) -> JSONValue {
    let metadata = self["metadata"]
    let fooName = metadata?["name"] ?? ""
    let labels: JSONValue = ["app": "nginx", "controller": fooName]
    var spec: JSONObject = [:]
    if let replicas = self["spec"]?["replicas"], replicas != .null { spec["replicas"] = replicas }
    spec["selector"] = ["matchLabels": labels]
    spec["template"] = [
      "metadata": ["labels": labels],
      "spec": ["containers": [["name": "nginx", "image": "nginx:latest", "resources": [:]]]],
    ]
    spec["strategy"] = [:]
    return [
      "kind": "Deployment", "apiVersion": "apps/v1",
      "metadata": [
        "name": .string(name), "namespace": metadata?["namespace"] ?? "",
        "ownerReferences": [
          [
            "apiVersion": .string(FooReconciler.foos.apiVersion), "kind": "Foo", "name": fooName,
            "uid": metadata?["uid"] ?? "", "controller": true, "blockOwnerDeletion": true,
          ]
        ],
      ],
      "spec": .object(spec),
      "status": [:],
    ]
  }
}
