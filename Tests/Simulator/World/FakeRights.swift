import JSONScan

/// What service accounts may do in the fake cluster, as its SubjectAccessReviews say.
struct FakeRights: Sendable {
  static let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"

  /// A role, and who has it.
  struct Grant: Hashable, Sendable {
    /// As `a/default`.
    var account: String
    /// As `foos.samplecontroller.k8s.io`.
    var resource: String
    /// Empty: everywhere.
    var namespace: String
    var verbs: [String]

    init(
      _ account: String, _ resource: String, in namespace: String = "",
      verbs: [String] = ["get", "list", "watch"]
    ) {
      self.account = account
      self.resource = resource
      self.namespace = namespace
      self.verbs = verbs
    }
  }

  /// Nil: everybody may do everything.
  var grants: Set<Grant>?
  /// Other than 201: no review is answered but with this status.
  var status = 201
  /// What was asked, in order: `a/default list foos.samplecontroller.k8s.io in a`.
  private(set) var asked: [String] = []
  /// The reviews as they came.
  private(set) var reviews: [JSONValue] = []

  mutating func answer(to body: [UInt8]) -> (Int, JSONValue) {
    guard var review = try? JSONValue(parsing: body), let spec = review["spec"],
      let attributes = spec["resourceAttributes"], let user = spec["user"]?.string
    else { return (400, FakeCluster.status(400, "BadRequest", "no review")) }
    reviews.append(review)
    let account = user.split(separator: ":").suffix(2).joined(separator: "/")
    let group = attributes["group"]?.string ?? ""
    let resource = (attributes["resource"]?.string ?? "") + (group.isEmpty ? "" : "." + group)
    let verb = attributes["verb"]?.string ?? ""
    let namespace = attributes["namespace"]?.string ?? ""
    asked.append("\(account) \(verb) \(resource)" + (namespace.isEmpty ? "" : " in \(namespace)"))
    guard status == 201 else { return (status, FakeCluster.status(status, "Forbidden", "no")) }
    let isAllowed =
      grants?.contains { grant in
        grant.account == account && grant.resource == resource && grant.verbs.contains(verb)
          && (grant.namespace.isEmpty || grant.namespace == namespace)
      } ?? true
    review["status"] = ["allowed": .bool(isAllowed)]
    return (201, review)
  }
}
