import Glibc

/// The environment of a Service's process.
enum ProcessEnvironment {
  /// Inherited variables, then the container's, then what the platform sets, which nobody overrides (as in Knative's
  /// runtime contract: PORT, K_SERVICE, K_CONFIGURATION, K_REVISION).
  static func variables(
    _ template: RevisionTemplate, of service: ServiceKey, port: Int, _ settings: KnativeSettings
  ) -> [EnvironmentVariable] {
    var values: [String: String] = [:]
    for name in settings.inheritedVariables {
      if let value = getenv(name) { values[name] = String(cString: value) }
    }
    for variable in template.environment { values[variable.name] = variable.value }
    values["PORT"] = "\(port)"
    values["K_SERVICE"] = service.name
    values["K_CONFIGURATION"] = service.name
    values["K_REVISION"] = template.name
    values["POD_NAMESPACE"] = service.namespace
    values["KUBERNETES_API_URL"] = settings.apiURL
    return values.sorted { $0.key < $1.key }.map { EnvironmentVariable(name: $0.key, value: $0.value) }
  }
}
