/// Where the API server is, and who the reconciler is to it.
public struct KubernetesConfiguration: Sendable, Equatable {
  /// `http://` or `https://` with host and port, no path.
  public let url: String
  /// A file with a bearer token, read again each minute as service account tokens are rotated.
  public let tokenFile: String?
  /// The certificate authority to trust instead of the system's, for `https`; read again every five minutes.
  public let caFile: String?
  /// Who is named in `managedFields`, in `User-Agent` and as the source of Kubernetes Events.
  public let component: String
  /// The whole time that one request may take.
  public var deadlineMilliseconds = 30_000
  /// The largest answer that is read.
  public var maxBodyBytes = 16 << 20

  /// Why a configuration is refused.
  public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The URL is neither `http://host…` nor `https://host…`, or carries a path.
    case badURL(String)
    /// A token would cross the network in clear text.
    case tokenWithoutTLS(String)

    /// What is wrong and what to do.
    public var description: String {
      switch self {
      case .badURL(let url): "\(url) is not the URL of an API server: give http(s)://HOST:PORT without a path"
      case .tokenWithoutTLS(let url):
        "a token is sent only over https or to this machine, and \(url) is neither: use https"
      }
    }
  }

  /// Checks the parts against each other.
  public init(
    url: String, tokenFile: String? = nil, caFile: String? = nil, component: String
  ) throws(Problem) {
    var trimmed = url
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    guard let scheme = ["http://", "https://"].first(where: trimmed.hasPrefix) else { throw .badURL(url) }
    let authority = trimmed.dropFirst(scheme.count)
    guard !authority.isEmpty, !authority.contains(where: { "/?#@ ".contains($0) }) else { throw .badURL(url) }
    guard tokenFile == nil || scheme == "https://" || Self.isLoopback(authority: authority) else {
      throw .tokenWithoutTLS(url)
    }
    self.url = trimmed
    self.tokenFile = tokenFile
    self.caFile = caFile
    self.component = component
  }

  /// Literal loopback addresses and `localhost`; a name that only resolves to one is not trusted.
  private static func isLoopback(authority: Substring) -> Bool {
    if authority.hasPrefix("[::1]") {
      return authority.dropFirst(5).isEmpty || authority.dropFirst(5).first == ":"
    }
    let host = authority.prefix { $0 != ":" }
    if host == "localhost" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
