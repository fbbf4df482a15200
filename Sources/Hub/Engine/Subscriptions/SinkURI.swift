/// What the URL of a sink may be: http or https, to a host, without credentials, without a fragment, and
/// never link-local. The same rules judge what a subscription says and what an Addressable answers.
public enum SinkURI {
  /// The longest URL or reference, in bytes.
  public static let maxBytes = 2048

  /// Refuses anything but an absolute http or https URL.
  public static func checkAbsolute(_ text: String) throws(SinkURIFault) {
    try checkText(text)
    let uri = URIReference(text)
    guard let scheme = uri.scheme else { throw .relative }
    guard scheme == "http" || scheme == "https" else { throw .scheme(scheme) }
    guard let authority = uri.authority else { throw .noHost }
    try checkAuthority(authority)
    guard uri.fragment == nil else { throw .fragment }
  }

  /// Refuses anything but a path with or without a query: a uri beside a `ref` may not lead away from it.
  public static func checkRelative(_ text: String) throws(SinkURIFault) {
    try checkText(text)
    let uri = URIReference(text)
    guard uri.scheme == nil, uri.authority == nil else { throw .absoluteBesideRef }
    guard uri.fragment == nil else { throw .fragment }
  }

  /// `reference` as seen from the absolute URL `base` (RFC 3986 section 5.2), both judged, and the result
  /// too.
  public static func resolve(_ reference: String, against base: String) throws(SinkURIFault) -> String {
    try checkAbsolute(base)
    try checkRelative(reference)
    let text = URIReference(reference).resolved(against: URIReference(base)).text
    try checkAbsolute(text)
    return text
  }

  private static func checkText(_ text: String) throws(SinkURIFault) {
    guard !text.isEmpty else { throw .empty }
    let bytes = Array(text.utf8)
    guard bytes.count <= maxBytes else { throw .tooLong(bytes.count) }
    for scalar in text.unicodeScalars where !isURICharacter(scalar) { throw .character(scalar) }
    for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
      guard index + 2 < bytes.count, isHex(bytes[index + 1]), isHex(bytes[index + 2]) else { throw .percent }
    }
  }

  private static func checkAuthority(_ authority: String) throws(SinkURIFault) {
    guard !authority.contains("@") else { throw .userinfo }
    let (host, port) = split(authority)
    if let port, !port.isEmpty {
      guard port.utf8.allSatisfy({ (48...57).contains($0) }), (1...65535).contains(Int(port) ?? 0) else {
        throw .port(String(port))
      }
    }
    guard !host.isEmpty else { throw .noHost }
    guard let parsed = NetworkHost(String(host)) else { throw .host(String(host)) }
    guard !parsed.isLinkLocal else { throw .linkLocal(String(host)) }
  }

  /// Host and port. Colons outside of brackets that are more than one belong to no port, so all is taken as
  /// host, which then is none. An empty port is grammatical, and the default.
  private static func split(_ authority: String) -> (host: Substring, port: Substring?) {
    let afterBrackets =
      authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
    let tail = authority[afterBrackets...]
    guard let colon = tail.firstIndex(of: ":"), colon == tail.lastIndex(of: ":") else {
      return (authority[...], nil)
    }
    return (authority[..<colon], authority[authority.index(after: colon)...])
  }

  /// unreserved, reserved and `%` of RFC 3986 section 2.
  private static func isURICharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    case "-", ".", "_", "~", ":", "/", "?", "#", "[", "]", "@": true
    case "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=", "%": true
    default: false
    }
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte | 0x20)
  }
}

/// Why a text is no URL for a sink.
public enum SinkURIFault: Error, Hashable, Sendable {
  /// No text at all.
  case empty
  /// Longer than `SinkURI.maxBytes`; how long it is.
  case tooLong(Int)
  /// A character that RFC 3986 has no place for.
  case character(Unicode.Scalar)
  /// `%` without two hexadecimal digits.
  case percent
  /// No scheme.
  case relative
  /// A scheme other than http and https.
  case scheme(String)
  /// No host.
  case noHost
  /// A host that is neither an address nor a DNS name.
  case host(String)
  /// A port that is no number from 1 to 65535.
  case port(String)
  /// User name or password.
  case userinfo
  /// A fragment, which is never sent.
  case fragment
  /// A link-local address.
  case linkLocal(String)
  /// An absolute URL, or another host, beside a `ref`.
  case absoluteBesideRef
  /// A `ref` whose address is not known.
  case noAddress

  /// What is wrong.
  public var reason: String {
    switch self {
    case .empty: "is empty"
    case .tooLong(let count): "has \(count) bytes, and \(SinkURI.maxBytes) is the limit"
    case .character(let scalar): "has the character \(Self.shown(scalar)), which no URL has"
    case .percent: "has a % that two hexadecimal digits do not follow"
    case .relative: "is not absolute"
    case .scheme(let scheme): "has the scheme \(scheme)"
    case .noHost: "names no host"
    case .host(let host): "has the host '\(host)', which is neither an address nor a DNS name"
    case .port(let port): "has the port '\(port)'"
    case .userinfo: "has a user name or password"
    case .fragment: "has a fragment, which is never sent"
    case .linkLocal(let host): "leads to the link-local address \(host), which is never allowed"
    case .absoluteBesideRef: "names a host beside a ref"
    case .noAddress: "is relative to a ref whose address is not known"
    }
  }

  /// What to do.
  public var remedy: String {
    switch self {
    case .empty: "give an http or https URL"
    case .tooLong: "shorten it"
    case .character, .percent: "percent-encode it, as %20 for a space"
    case .relative: "write http:// or https:// in front, or add a ref"
    case .scheme: "use http or https"
    case .noHost, .host: "write it as http://name.namespace.svc.cluster.local/path"
    case .port: "use a number from 1 to 65535"
    case .userinfo: "remove it; credentials do not belong in a URL"
    case .fragment: "remove what follows the #"
    case .linkLocal: "use a Service or another address"
    case .absoluteBesideRef: "write only a path, or remove the ref"
    case .noAddress: "wait until it is ready"
    }
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    (0x21...0x7E).contains(scalar.value) ? "'\(scalar)'" : "U+" + paddedHex(scalar.value)
  }

  private static func paddedHex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
