import JSONScan

/// One question about rights: may this service account get, list and watch this resource in this namespace, or
/// everywhere. Subscriptions of one account share its answer.
struct AccessQuestion: Hashable, Sendable {
  /// The service account's own namespace, and its name.
  var accountNamespace: String
  var account: String
  var group: String
  /// The plural.
  var resource: String
  /// Where; empty: in the whole cluster.
  var namespace: String

  static let target = "/apis/authorization.k8s.io/v1/subjectaccessreviews"

  /// The account as the API server calls it.
  var user: String { "system:serviceaccount:\(accountNamespace):\(account)" }

  /// The resource as `kubectl auth can-i` takes it.
  var resourceText: String { group.isEmpty ? resource : resource + "." + group }

  /// The SubjectAccessReview that asks for one verb.
  func review(of verb: AccessVerb) -> [UInt8] {
    var attributes: JSONValue = [
      "verb": .string(verb.rawValue), "group": .string(group), "resource": .string(resource),
    ]
    if !namespace.isEmpty { attributes["namespace"] = .string(namespace) }
    let review: JSONValue = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
      "spec": [
        "user": .string(user),
        "groups": [
          "system:serviceaccounts", .string("system:serviceaccounts:" + accountNamespace),
          "system:authenticated",
        ],
        "resourceAttributes": attributes,
      ],
    ]
    return review.serialized()
  }
}

/// What one must be allowed to do to be told of objects.
enum AccessVerb: String, Hashable, Sendable, CaseIterable {
  case get
  case list
  case watch
}

/// What the API server said to one verb.
enum AccessAnswer: Sendable, Equatable {
  case allowed
  case denied
  /// It cannot be known now; a sentence with the remedy if there is one.
  case notAvailable(String)

  static let remedy =
    "the hub may not review rights: let a ClusterRole with the label rbac.frugalhub.dev/aggregate-to-hub "
    + "\"true\" create subjectaccessreviews of authorization.k8s.io"

  /// Reads the answer to a review.
  init(_ answer: APIAnswer) {
    guard answer.isSuccess else {
      let isForbidden = answer.failure == nil && answer.status == 403
      self = .notAvailable(isForbidden ? Self.remedy : "rights cannot be reviewed: \(answer.problem)")
      return
    }
    guard let allowed = (try? JSONValue(parsing: answer.body))?["status"]?["allowed"]?.bool else {
      self = .notAvailable("rights cannot be reviewed: the answer is no SubjectAccessReview")
      return
    }
    self = allowed ? .allowed : .denied
  }
}
