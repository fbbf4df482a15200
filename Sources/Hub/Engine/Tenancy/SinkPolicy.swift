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
    guard let target = Endpoint(url) else { return "its host cannot be read" }
    if target.isAPIServer(at: Endpoint(apiServer)) { return "it is the API server" }
    if isAdministrators { return nil }
    if target.host.isLoopback {
      return allowsLoopback ? nil : "loopback is not a place in the cluster; use a Service"
    }
    if target.host.isClusterLocal { return nil }
    return "only cluster-local names (NAME.NAMESPACE.svc) are allowed"
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
    guard let host = NetworkHost(String(authority[..<colon]))?.unmapped else { return nil }
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
  /// An IPv4 address that is written as an IPv6 one (RFC 4291 section 2.5.5.2) as what it is.
  fileprivate var unmapped: NetworkHost {
    if case .ipv6(let address) = self, address >> 32 == 0xFFFF {
      return .ipv4(UInt32(truncatingIfNeeded: address))
    }
    return self
  }

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
    for suffix in [".svc", ".svc.cluster.local"] where name.hasSuffix(suffix) {
      return name.dropLast(suffix.utf8.count).contains(".")
    }
    return false
  }
}
