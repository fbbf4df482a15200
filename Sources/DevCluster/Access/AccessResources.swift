import JSONScan

/// The resources of access: roles and bindings, which are stored, and reviews, which are only asked.
enum AccessResources {
  private static let rbacGroup = "rbac.authorization.k8s.io"

  static let roles = rbac("roles", "role", "Role", summary: "A set of rights within a namespace.")
  static let roleBindings = rbac(
    "rolebindings", "rolebinding", "RoleBinding", summary: "Gives a role's rights within a namespace.")
  static let clusterRoles = rbac(
    "clusterroles", "clusterrole", "ClusterRole", namespaced: false,
    summary: "A set of rights that can be given in the whole cluster or within a namespace.")
  static let clusterRoleBindings = rbac(
    "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", namespaced: false,
    summary: "Gives a cluster role's rights in the whole cluster.")

  static let subjectAccessReviews = review(
    "authorization", "subjectaccessreviews", "SubjectAccessReview",
    summary: "Asks whether a user may do something.")
  static let localSubjectAccessReviews = review(
    "authorization", "localsubjectaccessreviews", "LocalSubjectAccessReview", namespaced: true,
    summary: "Asks whether a user may do something in this namespace.")
  static let selfSubjectAccessReviews = review(
    "authorization", "selfsubjectaccessreviews", "SelfSubjectAccessReview",
    summary: "Asks whether the sender may do something.")
  static let selfSubjectRulesReviews = review(
    "authorization", "selfsubjectrulesreviews", "SelfSubjectRulesReview",
    summary: "Asks what the sender may do in a namespace.")
  static let tokenReviews = review(
    "authentication", "tokenreviews", "TokenReview", summary: "Asks whose token it is.")
  static let selfSubjectReviews = review(
    "authentication", "selfsubjectreviews", "SelfSubjectReview", summary: "Asks who the sender is.")

  static let all = [
    tokenReviews, selfSubjectReviews, localSubjectAccessReviews, selfSubjectAccessReviews,
    selfSubjectRulesReviews, subjectAccessReviews, clusterRoleBindings, clusterRoles, roleBindings, roles,
  ]

  private static func rbac(
    _ plural: String, _ singular: String, _ kind: String, namespaced: Bool = true, summary: String
  ) -> ResourceDefinition {
    ResourceDefinition(
      group: rbacGroup, version: "v1", plural: plural, singular: singular, kind: kind,
      listKind: kind + "List",
      namespaced: namespaced, nameRule: .pathSegment, countsGenerations: false, summary: summary)
  }

  private static func review(
    _ group: String, _ plural: String, _ kind: String, namespaced: Bool = false, summary: String
  ) -> ResourceDefinition {
    ResourceDefinition(
      group: group + ".k8s.io", version: "v1", plural: plural, singular: kind.lowercased(), kind: kind,
      listKind: kind + "List", namespaced: namespaced, countsGenerations: false, summary: summary,
      isReview: true)
  }
}
