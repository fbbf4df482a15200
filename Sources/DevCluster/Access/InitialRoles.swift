import JSONScan

/// The roles and bindings that a cluster has from the start: those that let anyone with a token discover what is
/// served and ask about themselves, and the roles for people (`cluster-admin`, `admin`, `edit`, `view`).
enum InitialRoles {
  private static let bootstrapping: JSONValue = ["kubernetes.io/bootstrapping": "rbac-defaults"]
  private static let readVerbs: JSONValue = ["get", "list", "watch"]
  private static let writeVerbs: JSONValue = ["create", "delete", "deletecollection", "patch", "update"]

  static var clusterRoles: [JSONValue] {
    [
      role(
        "cluster-admin",
        [
          ["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]],
          ["verbs": ["*"], "nonResourceURLs": ["*"]],
        ]),
      role(
        "system:discovery",
        [
          [
            "verbs": ["get"],
            "nonResourceURLs": [
              "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
              "/version", "/version/",
            ],
          ]
        ]),
      role(
        "system:basic-user",
        [
          [
            "verbs": ["create"], "apiGroups": ["authorization.k8s.io"],
            "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
          ],
          [
            "verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"],
          ],
        ]),
      role(
        "system:public-info-viewer",
        [
          [
            "verbs": ["get"],
            "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"],
          ]
        ]),
      aggregated("admin", from: ["admin"], into: nil), aggregated("edit", from: ["edit"], into: "admin"),
      aggregated("view", from: ["view"], into: "edit"),
      part(
        of: "admin",
        [
          rule("rbac.authorization.k8s.io", ["roles", "rolebindings"], readVerbs),
          rule("rbac.authorization.k8s.io", ["roles", "rolebindings"], writeVerbs),
          rule("authorization.k8s.io", ["localsubjectaccessreviews"], ["create"]),
        ]),
      part(
        of: "edit",
        [
          rule(
            "", ["configmaps", "events", "pods", "secrets", "serviceaccounts", "services"], writeVerbs),
          rule("", ["secrets"], readVerbs), rule("", ["serviceaccounts"], ["impersonate"]),
          rule("", ["serviceaccounts/token"], ["create"]), rule("apps", workloads, writeVerbs),
          rule("coordination.k8s.io", ["leases"], writeVerbs),
          rule("coordination.k8s.io", ["leases"], readVerbs),
        ]),
      part(
        of: "view",
        [
          rule(
            "", ["configmaps", "events", "namespaces", "pods", "serviceaccounts", "services"], readVerbs),
          rule("apps", workloads, readVerbs),
        ]),
    ]
  }

  static var bindings: [JSONValue] {
    [
      binding("cluster-admin", to: [UserInfo.mastersGroup]),
      binding("system:discovery", to: [UserInfo.authenticatedGroup]),
      binding("system:basic-user", to: [UserInfo.authenticatedGroup]),
      binding(
        "system:public-info-viewer", to: [UserInfo.authenticatedGroup, UserInfo.unauthenticatedGroup]),
    ]
  }

  private static let workloads: JSONValue = [
    "deployments", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets",
    "statefulsets/scale",
  ]

  private static func rule(_ group: String, _ resources: JSONValue, _ verbs: JSONValue) -> JSONValue {
    ["verbs": verbs, "apiGroups": [.string(group)], "resources": resources]
  }

  private static func role(_ name: String, _ rules: JSONValue) -> JSONValue {
    ["metadata": ["name": .string(name), "labels": bootstrapping], "rules": rules]
  }

  private static func label(_ role: String) -> String { "rbac.authorization.k8s.io/aggregate-to-\(role)" }

  private static func aggregated(_ name: String, from sources: [String], into target: String?) -> JSONValue {
    var labels = bootstrapping
    if let target { labels.set("true", at: [label(target)]) }
    let selectors: [JSONValue] = sources.map {
      ["matchLabels": .object([label($0): "true"])]
    }
    return [
      "metadata": ["name": .string(name), "labels": labels],
      "aggregationRule": ["clusterRoleSelectors": .array(selectors)], "rules": nil,
    ]
  }

  private static func part(of role: String, _ rules: JSONValue) -> JSONValue {
    var labels = bootstrapping
    labels.set("true", at: [label(role)])
    return ["metadata": ["name": .string("system:aggregate-to-\(role)"), "labels": labels], "rules": rules]
  }

  private static func binding(_ role: String, to groups: [String]) -> JSONValue {
    let subjects: [JSONValue] = groups.map { ["kind": "Group", "name": .string($0)] }
    return [
      "metadata": ["name": .string(role), "labels": bootstrapping], "subjects": .array(subjects),
      "roleRef": ["kind": "ClusterRole", "name": .string(role)],
    ]
  }
}
