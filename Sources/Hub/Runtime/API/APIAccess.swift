/// How the API server is reached.
public struct APIAccess: Sendable, Equatable {
  /// Scheme, host, port and an optional path, without a slash at the end.
  public let baseURL: String
  /// A file with a bearer token, read again every minute. Sent over https or to a loopback address only.
  public let tokenFile: String?
  /// A PEM file with the certificate authorities of an https server; nil: the system's.
  public let caFile: String?

  /// Access to an URL: `http://127.0.0.1:8001`, or `https://…`. Throws what is wrong with it; `setting` names in the
  /// message where it comes from.
  public init(
    url: String, tokenFile: String? = nil, caFile: String? = nil, setting: String = "--api-server"
  ) throws(ConfigurationError) {
    guard let parts = BaseURL(url) else { throw .badURL(setting: setting, value: url) }
    self.baseURL = parts.text
    self.isHTTPS = parts.isHTTPS
    self.isLoopback = parts.isLoopback
    self.tokenFile = tokenFile
    self.caFile = caFile
  }

  /// Whether the connection is encrypted.
  let isHTTPS: Bool
  /// Whether the server is on this machine.
  let isLoopback: Bool

  /// A token must not travel in the clear.
  var mayCarryToken: Bool { isHTTPS || isLoopback }

  /// Where a pod finds its service account.
  static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// Finds the API server without a flag: `KUBERNETES_API_URL`, else that of the pod.
  public static func find(environment: [String: String]) throws(ConfigurationError) -> APIAccess {
    if let url = environment["KUBERNETES_API_URL"], !url.isEmpty {
      return try APIAccess(url: url, setting: "KUBERNETES_API_URL")
    }
    guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty else { throw .noAPIServer }
    let port = environment["KUBERNETES_SERVICE_PORT"] ?? "443"
    // An IPv6 address needs brackets in an URL.
    let url = host.utf8.contains(UInt8(ascii: ":")) ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
    return try APIAccess(
      url: url, tokenFile: serviceAccountDirectory + "/token", caFile: serviceAccountDirectory + "/ca.crt",
      setting: "KUBERNETES_SERVICE_HOST")
  }
}

/// A base URL taken apart as far as the hub must know it. No user, no query, no fragment.
struct BaseURL {
  let text: String
  let isHTTPS: Bool
  let isLoopback: Bool

  init?(_ url: String) {
    let schemes = [("http://", false), ("https://", true)]
    guard let (scheme, isHTTPS) = schemes.first(where: { url.hasPrefix($0.0) }) else { return nil }
    let allowed = url.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7F && !"?#@\\\"<>^`{|}".utf8.contains(byte)
    }
    guard allowed else { return nil }
    let rest = url.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    guard let host = Self.host(ofAuthority: authority) else { return nil }
    self.isHTTPS = isHTTPS
    self.isLoopback = host == "localhost" || host == "::1" || Self.isIPv4Loopback(host)
    var text = url
    while text.hasSuffix("/") { text.removeLast() }
    self.text = text
  }

  private static func host(ofAuthority authority: Substring) -> String? {
    var host = authority
    var port: Substring?
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let rest = authority[authority.index(after: close)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      port = authority[authority.index(after: colon)...]
    }
    if let port, ListenAddress.port(port, allowsZero: false) == nil { return nil }
    return host.isEmpty ? nil : host.lowercased()
  }

  private static func isIPv4Loopback(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
