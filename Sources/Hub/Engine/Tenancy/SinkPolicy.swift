/// Where events may go (DESIGN 4). Link-local addresses are refused by `SinkURI` for everybody.
struct SinkPolicy: Sendable {
  /// Loopback is allowed: demo, tests and development.
  var allowsLoopback: Bool
  /// The API server, which is never a sink.
  var apiServer: String

  /// Why this URL may not be a sink, or nil if it may. Files are the administrator's own: any host but the API server
  /// and link-local ones; loopback too, since whoever writes them is on this machine.
  func objection(to url: String, isAdministrators: Bool) -> String? {
    do throws(SinkURIFault) {
      try SinkURI.checkAbsolute(url)
    } catch {
      return error.reason
    }
    let target = URIReference(url)
    guard let authority = target.authority else { return "it names no host" }
    if authority == URIReference(apiServer).authority { return "it is the API server" }
    if isAdministrators { return nil }
    guard let host = NetworkHost(Self.host(of: authority)) else { return "its host cannot be read" }
    if host.isLoopback {
      return allowsLoopback ? nil : "loopback is not a place in the cluster; use a Service"
    }
    if host.isClusterLocal { return nil }
    return "only cluster-local names (NAME.NAMESPACE.svc) are allowed"
  }

  private static func host(of authority: String) -> String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
    return authority.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
      ?? authority
  }
}

extension NetworkHost {
  /// Whether it is this machine itself.
  var isLoopback: Bool {
    switch self {
    case .ipv4(let address): address >> 24 == 127 || address == 0
    case .ipv6(let address):
      address <= 1 || (address >> 32 == 0xFFFF && UInt32(truncatingIfNeeded: address) >> 24 == 127)
    case .name(let name): name == "localhost" || name.hasSuffix(".localhost")
    }
  }

  /// Whether it is the DNS name of a Service.
  var isClusterLocal: Bool {
    guard case .name(let name) = self else { return false }
    return name.hasSuffix(".svc") || name.hasSuffix(".svc.cluster.local")
  }
}
