/// Where events may go: the administrator's rules (`sinkPolicy` of the configuration file). A sink needs a rule of `allow`
/// and none of `deny`. Beyond that, for everybody: never link-local or metadata addresses, never the API server; addresses
/// of the hub's own machine only by a rule whose `cidrs` hold them.
public struct SinkPolicy: Hashable, Sendable {
  /// Rules of one list at most.
  public static let maxRules = 256
  /// Entries of one list of a rule at most.
  public static let maxEntries = 256

  /// Who may send where.
  public var allow: [SinkRule]
  /// What is forbidden whatever `allow` says.
  public var deny: [SinkRule]

  /// A policy out of its rules.
  public init(allow: [SinkRule] = SinkPolicy.standard.allow, deny: [SinkRule] = []) {
    self.allow = allow
    self.deny = deny
  }

  /// The policy where the administrator wrote none: Services of the subscription's own namespace, and the doors that
  /// Knative Eventing has for all namespaces.
  public static let standard = SinkPolicy(
    allow: [
      SinkRule(
        hosts: [
          "*.{namespace}.svc", "broker-ingress.knative-eventing.svc",
          "kafka-broker-ingress.knative-eventing.svc", "kafka-channel-ingress.knative-eventing.svc",
        ].compactMap { HostPattern($0) })
    ], deny: [])
}

/// One rule: it is about a sink if the host of its URL, the address that is connected to, and the namespace of the
/// subscription are all in its lists; an empty list is about all.
public struct SinkRule: Hashable, Sendable {
  /// The hosts of URLs.
  public var hosts: [HostPattern]
  /// The addresses that are connected to.
  public var cidrs: [AddressRange]
  /// The namespaces of the subscriptions.
  public var namespaces: [NamespacePattern]
  /// Whether the data of Secrets (core kind `Secret`, `mode: Resource`) may go there. Of `allow` only.
  public var secrets: Bool

  /// A rule out of its lists.
  public init(
    hosts: [HostPattern] = [], cidrs: [AddressRange] = [], namespaces: [NamespacePattern] = [],
    secrets: Bool = false
  ) {
    self.hosts = hosts
    self.cidrs = cidrs
    self.namespaces = namespaces
    self.secrets = secrets
  }

  /// Everybody may send to this machine: for the demo, tests and development.
  public static let loopback = SinkRule(cidrs: AddressRange.loopback)

  func concerns(_ host: NetworkHost, of namespace: String) -> Bool {
    (namespaces.isEmpty || namespaces.contains { $0.matches(namespace) })
      && (hosts.isEmpty || hosts.contains { $0.matches(host, namespace: namespace) })
  }
}
