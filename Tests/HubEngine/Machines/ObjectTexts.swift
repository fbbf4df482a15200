import JSONScan
import Kubernetes

@testable import HubEngine

/// An object as the API server writes it, for machines that judge texts.
struct ObjectText {
  var namespace = "a"
  var name = "x"
  var uid: String? = "00000000-0000-0000-0000-000000000001"
  var version = "1"
  var labels: [String: String] = [:]
  /// The controlling owner.
  var owner: OwnerReference?
  /// Items of lists have no kind and apiVersion of their own.
  var hasKind = true

  /// The uid of the n-th incarnation.
  static func uid(_ number: Int) -> String { UIDText.text(UInt128(number)) }

  static func foo(_ name: String, apiVersion: String = "samplecontroller.k8s.io/v1alpha1", uid: String = "u")
    -> OwnerReference
  {
    OwnerReference(apiVersion: apiVersion, kind: "Foo", name: name, uid: uid)
  }

  var bytes: [UInt8] {
    var metadata: JSONObject = ["name": .string(name), "resourceVersion": .string(version)]
    if !namespace.isEmpty { metadata["namespace"] = .string(namespace) }
    if let uid { metadata["uid"] = .string(uid) }
    if !labels.isEmpty {
      var object = JSONObject()
      for (key, value) in labels.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
      metadata["labels"] = .object(object)
    }
    if let owner {
      metadata["ownerReferences"] = [
        ["apiVersion": "v1", "kind": "Other", "name": "no-controller", "uid": "o"],
        [
          "apiVersion": .string(owner.apiVersion), "kind": .string(owner.kind), "name": .string(owner.name),
          "uid": .string(owner.uid), "controller": true,
        ],
      ]
    }
    var object: JSONObject = hasKind ? ["kind": "Deployment", "apiVersion": "apps/v1"] : [:]
    object["metadata"] = .object(metadata)
    object["spec"] = ["replicas": 1]
    return JSONValue.object(object).serialized()
  }
}

extension LabelSelector {
  /// Of valid JSON.
  static func of(_ text: String) throws -> LabelSelector {
    try LabelSelector(json: JSONValue(parsing: [UInt8](text.utf8)))
  }
}

extension Interest {
  /// An interest in objects of any namespace, with what a test says.
  static func of(_ subscription: UInt32, member: UInt32 = 0, _ change: (inout Interest) -> Void = { _ in })
    -> Interest
  {
    var interest = Interest(
      subscription: subscription, role: .object, selector: .everything, owner: nil, operations: .all,
      namespace: nil, member: member, wantsBody: false, initial: true)
    change(&interest)
    return interest
  }
}
