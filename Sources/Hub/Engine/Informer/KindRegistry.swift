import Kubernetes

/// What the cluster says of its own kinds: the CustomResourceDefinitions and the APIServices, followed as metadata. Their
/// changes prompt a new look at what is served, and a complete list of them can prove that a kind is gone (SEMANTICS 7).
struct KindRegistry: Sendable {
  enum Source: Int, CaseIterable, Sendable {
    case definitions, services

    var resource: APIResource {
      switch self {
      case .definitions: KindRegistry.definitions
      case .services: KindRegistry.services
      }
    }
  }

  static let definitions = APIResource(
    groupVersion: GroupVersion(group: "apiextensions.k8s.io", version: "v1"),
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions", namespaced: false, verbs: ["get", "list", "watch"])
  static let services = APIResource(
    groupVersion: GroupVersion(group: "apiregistration.k8s.io", version: "v1"), kind: "APIService",
    plural: "apiservices", namespaced: false, verbs: ["get", "list", "watch"])

  /// What an API server writes on the APIServices of its own groups and of those of its definitions.
  static let automanagedLabel = "kube-aggregator.kubernetes.io/automanaged"

  /// One definition or service.
  struct Entry: Equatable, Sendable {
    /// Of what a definition is named for (`foos.samplecontroller.k8s.io`), or a service (`v1.samplecontroller.k8s.io`).
    var group: String
    /// Served by the API server itself; true of definitions.
    var isLocal: Bool
    var version: String
  }

  /// Follows one of the two.
  struct Follower: Sendable {
    var reflector: Reflector
    var requests: [UInt32: RequestID] = [:]
    var entries: [String: Entry] = [:]
    /// The names that the running list has mentioned so far.
    var listed: Set<String> = []

    init(_ source: Source, limits: EngineLimits = EngineLimits(), seed: UInt64) {
      var configuration = limits.apply(
        to: ReflectorConfiguration(path: source.resource.path(namespace: nil)))
      configuration.isMetadataOnly = true
      reflector = Reflector(configuration, seed: seed)
    }
  }

  var followers: [Follower] = []
  /// Definitions of kinds that are followed, that were seen and are gone, with the version at which that was known.
  private var gone: [String: String] = [:]

  mutating func note(_ source: Source, _ name: String, _ entry: Entry) {
    followers[source.rawValue].entries[name] = entry
    if source == .definitions { gone[name] = nil }
  }

  /// The end of one whose kind `isFollowed` is remembered: the kind may be found not to be served only later.
  mutating func remove(_ source: Source, _ name: String, version: String, isFollowed: Bool) -> Entry? {
    guard let entry = followers[source.rawValue].entries.removeValue(forKey: name) else { return nil }
    if source == .definitions, isFollowed { gone[name] = version }
    return entry
  }

  /// The names that a complete list did not mention, in order.
  func unlisted(_ source: Source) -> [String] {
    let follower = followers[source.rawValue]
    return follower.entries.keys.filter { !follower.listed.contains($0) }.sorted()
  }

  /// The version at which a kind that the API server says it does not serve is proven to be gone with all its objects;
  /// nil if nothing proves it: another version of it may be served, or the server behind its group be away.
  func proofOfEnd(of resource: APIResource) -> String? {
    let group = resource.groupVersion.group
    let name = resource.plural + "." + group
    if let version = gone[name] { return version }
    guard followers.count == Source.allCases.count, !group.isEmpty else { return nil }
    let definitions = followers[Source.definitions.rawValue]
    let services = followers[Source.services.rawValue]
    guard definitions.reflector.isSynced, services.reflector.isSynced, definitions.entries[name] == nil,
      let version = definitions.reflector.version
    else { return nil }
    let ofGroup = services.entries.values.filter { $0.group == group }
    // A group of the API server's own has services and no definitions.
    let isOfDefinitions =
      ofGroup.allSatisfy(\.isLocal) && definitions.entries.values.contains { $0.group == group }
    return ofGroup.isEmpty || isOfDefinitions ? version : nil
  }
}
