/// Whose events go to a sink, and which.
struct SinkSender: Hashable, Sendable {
  /// The namespace of the subscription.
  var namespace: String
  /// Subscriptions of files are the administrator's: they need no rule of `allow`, for all but Secrets.
  var isAdministrators = false
  /// The data of Secrets is among them.
  var tellsSecrets = false
}

/// Why a URL may not be a sink.
public struct SinkObjection: Error, Hashable, Sendable {
  /// One CamelCase word for programs.
  var reason: String
  /// What goes on from `may not be a sink: `.
  public var problem: String
  /// What to do about it.
  public var remedy: String

  static func secrets(to place: String) -> SinkObjection {
    SinkObjection(
      "the data of Secrets may not go to \(place) in mode Resource",
      remedy:
        "use mode Reference, or ask the hub's administrator for a rule of sinkPolicy.allow with secrets: true",
      reason: "SecretsNotAllowed")
  }

  /// With it the reasons end of what policy forbids.
  static let forbiddenReason = "NotAllowed"
  static let otherSink = "name another sink"
  static let askForRule =
    "name a Service of the subscription's namespace, or ask the hub's administrator for a rule"

  init(
    _ problem: String, remedy: String = SinkObjection.otherSink,
    reason: String = SinkObjection.forbiddenReason
  ) {
    self.problem = problem
    self.remedy = remedy
    self.reason = reason
  }
}

/// Judges where events may go (DESIGN 4), by the policy and by what holds for everybody.
struct SinkJudge: Sendable {
  var policy: SinkPolicy
  /// The URL of the API server, which is never a sink.
  var apiServer: String

  /// Whether events may go to this URL; what is still to be judged is the address that its name leads to.
  func judge(_ url: String, _ sender: SinkSender) throws(SinkObjection) -> SinkRoute {
    do throws(SinkURIFault) {
      try SinkURI.checkAbsolute(url)
    } catch {
      throw SinkObjection(error.reason, remedy: error.remedy)
    }
    guard let target = Endpoint(url) else { throw SinkObjection("its host cannot be read") }
    if target.isAPIServer(at: Endpoint(apiServer)) { throw SinkObjection("it is the API server") }
    let route = SinkRoute(
      allow: try allowed(target.host, sender),
      deny: clauses(policy.deny, "sinkPolicy.deny", target.host, sender))
    if let rule = route.deny.first(where: { $0.cidrs.isEmpty }) {
      throw SinkObjection("\(rule.name) forbids it")
    }
    if let problem = Self.problem(route, with: target.host) {
      throw SinkObjection(problem, remedy: SinkObjection.askForRule)
    }
    return route
  }

  /// The rules that could allow it; nil: it needs none.
  private func allowed(_ host: NetworkHost, _ sender: SinkSender) throws(SinkObjection) -> [SinkRoute.Clause]?
  {
    if sender.isAdministrators, !sender.tellsSecrets { return nil }
    let name = "sinkPolicy.allow"
    let allow = clauses(policy.allow, name, host, sender)
    if allow.isEmpty, !(host.isAddress || host.isLoopback), !sender.isAdministrators {
      throw SinkObjection(
        "no rule of sinkPolicy.allow lets namespace \(sender.namespace) send to \(host)",
        remedy: SinkObjection.askForRule)
    }
    guard sender.tellsSecrets else { return allow }
    let forSecrets = clauses(policy.allow, name, host, sender) { $0.secrets }
    guard forSecrets.isEmpty else { return forSecrets }
    throw .secrets(to: "\(host)")
  }

  private func clauses(
    _ rules: [SinkRule], _ list: String, _ host: NetworkHost, _ sender: SinkSender,
    where isIncluded: (SinkRule) -> Bool = { _ in true }
  ) -> [SinkRoute.Clause] {
    rules.indices.compactMap { index in
      guard isIncluded(rules[index]), rules[index].concerns(host, of: sender.namespace) else { return nil }
      return SinkRoute.Clause(name: "\(list)[\(index)]", cidrs: rules[index].cidrs)
    }
  }

  /// What can be said before a name is looked up.
  private static func problem(_ route: SinkRoute, with host: NetworkHost) -> String? {
    switch host {
    case .ipv4, .ipv6: return route.objection(to: host)
    case .name:
      guard host.isLoopback, let allow = route.allow else { return nil }
      if allow.contains(where: { $0.cidrs.contains(where: \.holdsLoopback) }) { return nil }
      return SinkRoute.loopbackProblem(host)
    }
  }
}

/// Where a URL leads, so that two spellings of one place are equal.
private struct Endpoint: Equatable {
  var host: NetworkHost
  var port: Int

  init?(_ url: String) {
    let reference = URIReference(url)
    guard let authority = reference.authority else { return nil }
    // Colons inside of brackets are the address's.
    let start = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[start...].lastIndex(of: ":") ?? authority.endIndex
    guard let host = NetworkHost(String(authority[..<colon]))?.reached else { return nil }
    self.host = host
    let digits = authority[colon...].dropFirst()
    guard let port = digits.isEmpty ? (reference.scheme == "https" ? 443 : 80) : Int(digits) else {
      return nil
    }
    self.port = port
  }

  /// The same place; on this machine by any of its names; or the Service by which every cluster knows its API server.
  func isAPIServer(at apiServer: Endpoint?) -> Bool {
    if case .name(let name) = host, Self.serviceNames.contains(name) { return true }
    guard let apiServer else { return false }
    return self == apiServer || (port == apiServer.port && host.isLoopback && apiServer.host.isLoopback)
  }

  private static let serviceNames: Set<String> = [
    "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
  ]
}

extension NetworkHost {
  fileprivate var isAddress: Bool { if case .name = self { false } else { true } }
}
