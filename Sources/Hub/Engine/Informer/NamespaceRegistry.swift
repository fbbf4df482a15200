import Kubernetes

/// The cluster's namespaces and their labels, followed as metadata while a subscription selects namespaces by labels
/// (SEMANTICS 4).
struct NamespaceRegistry: Sendable {
  static let resource = APIResource(
    groupVersion: GroupVersion(group: "", version: "v1"), kind: "Namespace", plural: "namespaces",
    namespaced: false, verbs: ["get", "list", "watch"])

  var reflector: Reflector
  var requests: [UInt32: RequestID] = [:]
  /// The labels of each namespace.
  private(set) var labels: [String: [String: String]] = [:]
  /// The names that the running list has mentioned so far.
  var listed: Set<String> = []
  /// A complete list has come since the hub began: what is not known is not there.
  var isComplete = false

  init(limits: EngineLimits = EngineLimits(), seed: UInt64) {
    var configuration = limits.apply(to: ReflectorConfiguration(path: Self.resource.path(namespace: nil)))
    configuration.isMetadataOnly = true
    reflector = Reflector(configuration, seed: seed)
  }

  /// Takes what a namespace is labelled with. False: it was so before.
  mutating func note(_ name: String, _ labels: [String: String]) -> Bool {
    self.labels.updateValue(labels, forKey: name) != labels
  }

  /// False: it was not known.
  mutating func remove(_ name: String) -> Bool { labels.removeValue(forKey: name) != nil }

  /// The names that a complete list did not mention, in order.
  var unlisted: [String] { labels.keys.filter { !listed.contains($0) }.sorted() }

  /// The names of those that a selector selects.
  func names(of selector: LabelSelector) -> [String] {
    labels.filter { selector.matches($0.value) }.keys.sorted()
  }

  /// Why namespaces cannot be selected from yet; nil if they can.
  var obstacle: String? {
    if isComplete { return nil }
    return "the namespaces are not known yet: "
      + (reflector.obstacle?.words(of: Self.resource) ?? "they are being listed")
  }
}
