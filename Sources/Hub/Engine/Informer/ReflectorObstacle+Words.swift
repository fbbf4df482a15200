import Kubernetes

extension ReflectorObstacle {
  /// What it is, and what to do about it, for a status or a log.
  func words(of resource: APIResource) -> String {
    let name = "\(resource.kind) of \(resource.groupVersion.apiVersion)"
    switch self {
    case .notServed: return "\(name) is not served any more"
    case .failing(let problem): return "\(name) cannot be followed at present: \(problem)"
    case .forbidden(let said):
      let place = resource.namespaced ? " in all namespaces" : ""
      return "the hub may not list and watch \(name)\(place): grant it the rule "
        + Self.rule(for: resource)
        + #" by a ClusterRole with the label rbac.frugalhub.dev/aggregate-to-hub: "true""#
        + (said.isEmpty ? "" : " (the API server says: \(said))")
    }
  }

  /// As a ClusterRole has it, on one line.
  private static func rule(for resource: APIResource) -> String {
    #"{apiGroups: ["\#(resource.groupVersion.group)"], resources: ["\#(resource.plural)"], "#
      + #"verbs: ["get", "list", "watch"]}"#
  }
}

extension EngineLimits {
  /// What of the limits concerns a reflector.
  func apply(to configuration: ReflectorConfiguration) -> ReflectorConfiguration {
    var configuration = configuration
    configuration.maxLineBytes = watchLineBytes
    configuration.maxPageBytes = pageBytes
    return configuration
  }
}
