import JSONScan

/// What a real API server fills into roles and bindings, and what it refuses of them.
enum RoleRules {
  private static let group = "rbac.authorization.k8s.io"

  static func applyDefaults(toBinding binding: inout JSONValue) {
    if binding["roleRef"] != nil, binding.value(at: ["roleRef", "apiGroup"])?.string?.isEmpty ?? true {
      binding.set(.string(group), at: ["roleRef", "apiGroup"])
    }
    guard var subjects = binding["subjects"]?.array else { return }
    for position in subjects.indices where ["User", "Group"].contains(subjects[position]["kind"]?.string) {
      subjects[position].fill(["apiGroup": .string(group)], at: [])
    }
    binding["subjects"] = .array(subjects)
  }

  static func causes(role: JSONValue, namespaced: Bool) -> [APIError.Cause] {
    var causes: [APIError.Cause] = []
    for (position, json) in (role["rules"]?.array ?? []).enumerated() {
      let rule = RoleRule(json)
      let field = "rules[\(position)]"
      if rule.verbs.isEmpty {
        causes.append(required("\(field).verbs", "verbs must contain at least one value"))
      }
      if rule.isForPaths {
        if namespaced {
          causes.append(
            MetadataRules.invalid(
              "\(field).nonResourceURLs", rule.paths.joined(separator: ","),
              "namespaced rules cannot apply to non-resource URLs"))
        }
        if !rule.groups.isEmpty || !rule.resources.isEmpty || !rule.names.isEmpty {
          causes.append(
            MetadataRules.invalid(
              "\(field).nonResourceURLs", rule.paths.joined(separator: ","),
              "rules cannot apply to both regular resources and non-resource URLs"))
        }
        continue
      }
      if rule.groups.isEmpty {
        causes.append(
          required("\(field).apiGroups", "resource rules must supply at least one api group"))
      }
      if rule.resources.isEmpty {
        causes.append(required("\(field).resources", "resource rules must supply at least one resource"))
      }
    }
    return causes
  }

  static func causes(binding: JSONValue, old: JSONValue?, namespaced: Bool) -> [APIError.Cause] {
    var causes: [APIError.Cause] = []
    let role = binding["roleRef"] ?? .emptyObject
    if let old, old["roleRef"] != role {
      let text = String(decoding: role.serialized(), as: UTF8.self)
      return [
        .init(
          reason: "FieldValueInvalid", message: "Invalid value: \(text): cannot change roleRef",
          field: "roleRef")
      ]
    }
    let kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]
    if let problem = unsupported(role["apiGroup"], of: [group], "roleRef.apiGroup") { causes.append(problem) }
    if let problem = unsupported(role["kind"], of: kinds, "roleRef.kind") { causes.append(problem) }
    if role["name"]?.string?.isEmpty ?? true { causes.append(required("roleRef.name", nil)) }
    for (position, subject) in (binding["subjects"]?.array ?? []).enumerated() {
      let field = "subjects[\(position)]"
      if subject["name"]?.string?.isEmpty ?? true { causes.append(required("\(field).name", nil)) }
      let kinds = ["ServiceAccount", "User", "Group"]
      if let problem = unsupported(subject["kind"], of: kinds, "\(field).kind") { causes.append(problem) }
      if subject["kind"] == "ServiceAccount", !namespaced, subject["namespace"]?.string?.isEmpty ?? true {
        causes.append(required("\(field).namespace", nil))
      }
    }
    return causes
  }

  private static func required(_ field: String, _ why: String?) -> APIError.Cause {
    .init(
      reason: "FieldValueRequired", message: "Required value" + (why.map { ": " + $0 } ?? ""), field: field)
  }

  private static func unsupported(
    _ value: JSONValue?, of supported: [String], _ field: String
  ) -> APIError.Cause? {
    let text = value?.string ?? ""
    guard !supported.contains(text) else { return nil }
    let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
    return .init(
      reason: "FieldValueNotSupported",
      message: "Unsupported value: \"\(text)\": supported values: \(list)", field: field)
  }
}
