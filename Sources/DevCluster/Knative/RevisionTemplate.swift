/// Which Service of the dev cluster.
struct ServiceKey: Hashable, Sendable, CustomStringConvertible {
  let namespace: String
  let name: String

  var description: String { "\(namespace)/\(name)" }
}

/// What a revision runs and how far it scales: a Service's template, checked, its command found.
struct RevisionTemplate: Equatable, Sendable {
  /// The name of the revision, such as `foo-reconciler-00001`.
  var name: String
  /// Path of the executable file.
  var executable: String
  /// Its arguments.
  var arguments: [String] = []
  /// The container's own variables.
  var environment: [EnvironmentVariable] = []
  /// What is asked (GET) until it answers 200.
  var readinessPath = "/healthz"
  /// Limits and times.
  var scaling = ScalerSettings()

  /// True if a process of `other` is one of this revision too: everything but the name is the same.
  func runsTheSame(as other: RevisionTemplate) -> Bool {
    var renamed = other
    renamed.name = name
    return self == renamed
  }
}
