import JSONScan

/// One question about rights: may this service account get, list and watch this resource in this namespace, or
/// everywhere. Subscriptions of one account share its answer.
public struct AccessQuestion: Hashable, Sendable {
  /// The service account's own namespace.
  public var accountNamespace: String
  /// Its name.
  public var account: String
  /// The group of the resource; empty for the core's.
  public var group: String
  /// The plural.
  public var resource: String
  /// Where; empty: in the whole cluster.
  public var namespace: String

  /// Where reviews are asked for, by POST.
  public static let target = "/apis/authorization.k8s.io/v1/subjectaccessreviews"

  /// A question out of its parts.
  public init(accountNamespace: String, account: String, group: String, resource: String, namespace: String) {
    self.accountNamespace = accountNamespace
    self.account = account
    self.group = group
    self.resource = resource
    self.namespace = namespace
  }

  /// The account as the API server calls it.
  var user: String { "system:serviceaccount:\(accountNamespace):\(account)" }

  /// The resource as `kubectl auth can-i` takes it.
  public var resourceText: String { group.isEmpty ? resource : resource + "." + group }

  /// The SubjectAccessReview that asks for one verb.
  public func review(of verb: AccessVerb) -> [UInt8] {
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
public enum AccessVerb: String, Hashable, Sendable, CaseIterable {
  /// One object.
  case get
  /// All of them.
  case list
  /// Their changes.
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
