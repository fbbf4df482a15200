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
