import HubEngine

/// From a context to an access. Only the cluster and the user of the chosen context are judged: a fault in another one
/// does no harm.
extension Kubeconfig {
  /// The access that a context names; nil: the current one. At `wall` (nanoseconds since 1970) certificates must be valid.
  func access(context wanted: String?, at wall: Int64 = LoopClock.now().wall) throws(KubeconfigError)
    -> APIAccess
  {
    guard let name = wanted ?? currentContext else {
      throw .noCurrentContext(path: shownPaths, contexts: Array(contexts.keys))
    }
    guard let context = contexts[name] else {
      throw .unknownContext(name, path: shownPaths, contexts: Array(contexts.keys))
    }
    let cluster = try entry("cluster", in: clusters, of: context)
    var access = try ClusterReading(cluster).access(
      origin: "context \"\(name)\" of \(context.text.path)")
    if try context.string("user") != nil {
      let user = UserReading(try entry("user", in: users, of: context))
      access.identity = try user.identity(access, cluster: cluster)
      user.addPlaces(of: access.identity, to: &access.places)
      if let warning = access.certificateWarning(at: wall) { access.warnings.append(warning) }
    }
    if !access.mayCarryCredentials, !access.identity.isAnonymous {
      access.identity = APIIdentity()
      access.warnings.append(
        "the server's URL is plain http and not of this machine: the user's credentials are not sent")
    }
    return access
  }

  private func entry(
    _ kind: String, in entries: Entries, of context: KubeconfigNode
  ) throws(KubeconfigError) -> KubeconfigNode {
    guard let name = try context.string(kind) else {
      throw context.error(.missing(remedy: "name one of the \(kind)s"), at: kind)
    }
    guard let entry = entries[name] else {
      throw context.error(.unknown(kind: kind, name: name, known: Array(entries.keys)), at: kind)
    }
    return entry
  }
}

/// A cluster: where the server is, and whom to trust.
struct ClusterReading {
  private let cluster: KubeconfigNode

  init(_ cluster: KubeconfigNode) { self.cluster = cluster }

  func access(origin: String) throws(KubeconfigError) -> APIAccess {
    guard let server = try cluster.string("server") else {
      throw cluster.error(.missing(remedy: "write for example https://10.0.0.1:6443"), at: "server")
    }
    guard let url = BaseURL(server) else { throw cluster.error(.badServer(server), at: "server") }
    var access = APIAccess(url, origin: origin, places: places)
    access.trust = try trust()
    access.proxyURL = try proxy()
    if !access.trust.verifiesServer, access.isHTTPS {
      access.warnings.append(
        "insecure-skip-tls-verify: anybody who can redirect the connection can read the hub's credentials")
    }
    return access
  }

  private var places: AccessPlaces {
    var places = AccessPlaces(setting: cluster.shown("server"))
    let data = "certificate-authority-data"
    places.authorities = cluster.shown(cluster[data] == nil ? "certificate-authority" : data)
    places.serverName = cluster.shown("tls-server-name")
    places.proxy = cluster.shown("proxy-url")
    return places
  }

  private func trust() throws(KubeconfigError) -> APITrust {
    var trust = APITrust()
    trust.authorities = try PEMReading.source(
      cluster, "certificate-authority", wanted: .certificate)
    trust.serverName = try cluster.string("tls-server-name")
    trust.verifiesServer = try !cluster.bool("insecure-skip-tls-verify")
    if let name = trust.serverName, !name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }) {
      throw cluster.error(.notSendable, at: "tls-server-name")
    }
    if !trust.verifiesServer, trust.authorities != nil {
      throw cluster.error(
        .conflict(with: "certificate-authority", remedy: "remove it, and the server is verified"),
        at: "insecure-skip-tls-verify")
    }
    return trust
  }

  private func proxy() throws(KubeconfigError) -> String? {
    guard let proxy = try cluster.string("proxy-url") else { return nil }
    let isPlain = proxy.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    for scheme in ["http://", "https://", "socks5://", "socks5h://"]
    where isPlain && proxy.hasPrefix(scheme) && proxy.utf8.count > scheme.utf8.count {
      // kubectl lets a SOCKS proxy look the name up.
      return scheme == "socks5://" ? "socks5h://" + proxy.dropFirst(scheme.count) : proxy
    }
    throw cluster.error(.badProxy, at: "proxy-url")
  }
}
