import JSONScan

/// Reads what the dev cluster needs of a `serving.knative.dev/v1` Service's `spec`; what else a Service may say is left
/// alone.
struct ServiceSpec {
  private let name: String
  private let template: JSONValue
  private let settings: KnativeSettings

  /// The shortest idle window; Knative's is 6 s, but here people wait for it.
  static let shortestWindow: UInt64 = 1_000_000_000
  /// The longest idle window, as in Knative.
  static let longestWindow: UInt64 = 3_600_000_000_000
  /// The longest `timeoutSeconds`, as in Knative.
  static let longestTimeoutSeconds = 600
  /// The greatest `containerConcurrency`, as in Knative.
  static let greatestConcurrency = 1000
  /// Processes of one revision at most, whatever `max-scale` allows: this is one machine.
  static let processLimit = 20

  /// Names of revisions are label values, of at most 63 characters, and end with a number of five digits.
  static let longestName = 57

  private static let autoscaling = "autoscaling.knative.dev/"
  private static let containerPath = "spec.template.spec.containers[0]"

  init(service: JSONValue, settings: KnativeSettings) {
    name = service["metadata"]?["name"]?.string ?? ""
    template = service["spec"]?["template"] ?? [:]
    self.settings = settings
  }

  /// The revision to run, its name given.
  func revision(named revisionName: String) throws(SpecProblem) -> RevisionTemplate {
    if name.utf8.count > Self.longestName || name.contains(".") {
      throw .badValue(
        path: "metadata.name", value: name, allowed: "at most \(Self.longestName) characters without a dot")
    }
    let containers = template["spec"]?["containers"]?.array ?? []
    guard containers.count == 1 else { throw .containers(count: containers.count) }
    let container = containers[0]
    let words = try command(of: container)
    var revision = RevisionTemplate(name: revisionName, executable: words.executable)
    revision.arguments = words.arguments
    revision.environment = try environment(of: container)
    if let path = container["readinessProbe"]?["httpGet"]?["path"]?.string {
      guard path.hasPrefix("/") else {
        throw .badValue(
          path: Self.containerPath + ".readinessProbe.httpGet.path", value: path,
          allowed: "a path that begins with /")
      }
      revision.readinessPath = path
    }
    revision.scaling = try scaling()
    return revision
  }

  private func command(
    of container: JSONValue
  ) throws(SpecProblem) -> (executable: String, arguments: [String]) {
    let words = try strings("command", of: container)
    guard let command = words.first, !command.isEmpty else { throw .noCommand }
    guard let executable = CommandLookup.find(command, in: settings.executableDirectories) else {
      throw .commandNotFound(command: command, directories: settings.executableDirectories)
    }
    return (executable, words.dropFirst() + (try strings("args", of: container)))
  }

  private func strings(_ field: String, of container: JSONValue) throws(SpecProblem) -> [String] {
    guard let value = container[field], value != .null else { return [] }
    let words = (value.array ?? [.null]).map { $0.string.flatMap { $0.utf8.contains(0) ? nil : $0 } }
    let texts = words.compactMap { $0 }
    guard texts.count == words.count else {
      throw .badValue(
        path: "\(Self.containerPath).\(field)", value: "something else", allowed: "an array of strings")
    }
    return texts
  }

  private func environment(of container: JSONValue) throws(SpecProblem) -> [EnvironmentVariable] {
    var variables: [EnvironmentVariable] = []
    for variable in container["env"]?.array ?? [] {
      let name = variable["name"]?.string ?? ""
      let path = Self.containerPath + ".env"
      if name.isEmpty || name.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == 0 }) {
        throw .badValue(path: path, value: "\"\(name)\"", allowed: "a name without =")
      }
      if variable["valueFrom"] != nil { throw .variableFromElsewhere(name: name) }
      // As in Kubernetes, a variable without a value is empty.
      let value = variable["value"]?.string ?? ""
      if value.utf8.contains(0) { throw .badValue(path: path, value: name, allowed: "text without NUL") }
      variables.append(EnvironmentVariable(name: name, value: value))
    }
    return variables
  }

  // MARK: Scaling

  private func scaling() throws(SpecProblem) -> ScalerSettings {
    var scaling = ScalerSettings()
    scaling.startTimeout = UInt64(settings.startTimeoutMilliseconds) * 1_000_000
    if let window = try window() { scaling.window = window }
    if let maxScale = try maxScale() { scaling.maxScale = maxScale }
    if let concurrency = try integer("containerConcurrency", in: 0...Self.greatestConcurrency) {
      scaling.containerConcurrency = concurrency
    }
    if let seconds = try integer("timeoutSeconds", in: 1...Self.longestTimeoutSeconds) {
      scaling.requestTimeout = UInt64(seconds) * 1_000_000_000
    }
    return scaling
  }

  private func window() throws(SpecProblem) -> UInt64? {
    guard let (path, text) = annotation("window") else { return nil }
    guard let window = GoDuration.nanoseconds(text), window >= Self.shortestWindow,
      window <= Self.longestWindow
    else {
      throw .badValue(path: path, value: "\"\(text)\"", allowed: "a duration from 1s to 1h, such as \"30s\"")
    }
    return window
  }

  /// Absent: one process. 0 is Knative's "no limit".
  private func maxScale() throws(SpecProblem) -> Int? {
    guard let (path, text) = annotation("max-scale") ?? annotation("maxScale") else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw .badValue(
        path: path, value: "\"\(text)\"", allowed: "a number, 0 (no limit) or more, such as \"1\"")
    }
    return number == 0 ? Self.processLimit : min(number, Self.processLimit)
  }

  private func annotation(_ name: String) -> (path: String, value: String)? {
    guard let value = template["metadata"]?["annotations"]?[Self.autoscaling + name]?.string else {
      return nil
    }
    return ("spec.template.metadata.annotations[\(Self.autoscaling)\(name)]", value)
  }

  private func integer(_ field: String, in range: ClosedRange<Int>) throws(SpecProblem) -> Int? {
    guard let value = template["spec"]?[field], value != .null else { return nil }
    guard let number = value.int, range.contains(number) else {
      throw .badValue(
        path: "spec.template.spec.\(field)", value: String(decoding: value.serialized(), as: UTF8.self),
        allowed: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
