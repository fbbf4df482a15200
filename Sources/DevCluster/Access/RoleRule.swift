import JSONScan

/// A rule of a Role or ClusterRole.
struct RoleRule: Hashable, Sendable {
  var verbs: [String]
  var groups: [String]
  var resources: [String]
  var names: [String]
  var paths: [String]

  init(_ json: JSONValue) {
    func texts(_ name: String) -> [String] { json[name]?.array?.compactMap(\.string) ?? [] }
    verbs = texts("verbs")
    groups = texts("apiGroups")
    resources = texts("resources")
    names = texts("resourceNames")
    paths = texts("nonResourceURLs")
  }

  func allows(_ request: AccessRequest) -> Bool {
    guard Self.matches(verbs, request.verb) else { return false }
    if let path = request.path { return paths.contains { Self.path($0, matches: path) } }
    return Self.matches(groups, request.group) && matchesResource(request)
      && (names.isEmpty || names.contains(request.name))
  }

  private func matchesResource(_ request: AccessRequest) -> Bool {
    resources.contains { rule in
      if rule == "*" || rule == request.resourceAndSubresource { return true }
      return !request.subresource.isEmpty && rule == "*/\(request.subresource)"
    }
  }

  private static func matches(_ allowed: [String], _ asked: String) -> Bool {
    allowed.contains { $0 == "*" || $0 == asked }
  }

  private static func path(_ rule: String, matches path: String) -> Bool {
    if rule == "*" || rule == path { return true }
    return rule.hasSuffix("*") && path.hasPrefix(rule.dropLast())
  }

  var isForPaths: Bool { !paths.isEmpty }

  /// As SelfSubjectRulesReview writes it.
  var json: JSONValue {
    var json: JSONObject = ["verbs": Self.list(verbs)]
    if isForPaths {
      json["nonResourceURLs"] = Self.list(paths)
    } else {
      json["apiGroups"] = Self.list(groups)
      json["resources"] = Self.list(resources)
      if !names.isEmpty { json["resourceNames"] = Self.list(names) }
    }
    return .object(json)
  }

  private static func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
