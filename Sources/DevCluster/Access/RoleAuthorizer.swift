import JSONScan

/// Judges requests by the roles and bindings that are stored (RBAC). Confined to the cluster's thread.
struct RoleAuthorizer {
  /// What was decided. `reason` says by which binding it is allowed, or what is broken.
  struct Decision: Equatable {
    var isAllowed: Bool
    var reason = ""
  }

  let store: ClusterStore

  func decide(_ request: AccessRequest, by user: UserInfo) -> Decision {
    if user.groups.contains(UserInfo.mastersGroup) { return Decision(isAllowed: true) }
    var problems: [String] = []
    for grant in grants(to: user, in: request.namespace) {
      guard let rules = grant.rules else {
        problems.append(grant.missing)
        continue
      }
      if rules.contains(where: { $0.allows(request) }) {
        return Decision(isAllowed: true, reason: "RBAC: allowed by " + grant.description)
      }
    }
    return Decision(
      isAllowed: false, reason: problems.isEmpty ? "" : "RBAC: " + problems.joined(separator: ", "))
  }

  /// All rules for a user in a namespace and in the cluster.
  func rules(for user: UserInfo, in namespace: String) -> [RoleRule] {
    if user.groups.contains(UserInfo.mastersGroup) {
      return [
        RoleRule(["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]),
        RoleRule(["verbs": ["*"], "nonResourceURLs": ["*"]]),
      ]
    }
    return grants(to: user, in: namespace).flatMap { $0.rules ?? [] }
  }

  /// A binding to the user.
  private struct Grant {
    var bindingKind: String
    var bindingName: String
    var roleKind: String
    var roleName: String
    var subject: String
    /// Nil if there is no such role.
    var rules: [RoleRule]?

    var description: String {
      "\(bindingKind) \"\(bindingName)\" of \(roleKind) \"\(roleName)\" to \(subject)"
    }
    var missing: String {
      "\(roleKind.lowercased()).rbac.authorization.k8s.io \"\(roleName)\" not found"
    }
  }

  private func grants(to user: UserInfo, in namespace: String) -> [Grant] {
    var grants = store.list(AccessResources.clusterRoleBindings.id).compactMap {
      grant($0, to: user, in: nil)
    }
    if !namespace.isEmpty {
      grants += store.list(AccessResources.roleBindings.id, namespace: namespace)
        .compactMap { grant($0, to: user, in: namespace) }
    }
    return grants
  }

  private func grant(_ binding: JSONValue, to user: UserInfo, in namespace: String?) -> Grant? {
    let subjects = binding["subjects"]?.array ?? []
    guard let subject = subjects.lazy.compactMap({ Self.name($0, of: user, in: namespace) }).first else {
      return nil
    }
    let kind = binding.value(at: ["roleRef", "kind"])?.string ?? ""
    let name = binding.value(at: ["roleRef", "name"])?.string ?? ""
    let role =
      kind == "Role"
      ? store.find(AccessResources.roles.id, namespace: namespace, name: name)
      : store.find(AccessResources.clusterRoles.id, namespace: nil, name: name)
    return Grant(
      bindingKind: namespace == nil ? "ClusterRoleBinding" : "RoleBinding",
      bindingName: namespace.map { "\(binding.name)/\($0)" } ?? binding.name, roleKind: kind, roleName: name,
      subject: subject, rules: role.map { ($0["rules"]?.array ?? []).map { RoleRule($0) } })
  }

  /// The subject as reasons name it, if it is the user.
  private static func name(_ subject: JSONValue, of user: UserInfo, in namespace: String?) -> String? {
    let name = subject["name"]?.string ?? ""
    switch subject["kind"]?.string {
    case "User": return name == user.name ? "User \"\(name)\"" : nil
    case "Group": return user.groups.contains(name) ? "Group \"\(name)\"" : nil
    case "ServiceAccount":
      let own = subject["namespace"]?.string ?? namespace ?? ""
      return user.name == "\(UserInfo.serviceAccountPrefix)\(own):\(name)"
        ? "ServiceAccount \"\(name)/\(own)\"" : nil
    default: return nil
    }
  }
}
