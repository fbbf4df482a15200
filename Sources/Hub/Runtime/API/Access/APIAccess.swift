/// How the API server is reached, whom the hub trusts there, and who it says it is.
public struct APIAccess: Sendable, Equatable {
  /// Scheme, host, port and an optional path, without a slash at the end.
  public let baseURL: String
  /// Where this was found, for the log: `the pod's service account`, `context "dev" of /home/x/.kube/config`.
  public internal(set) var origin: String
  /// What an administrator should know about it, for the log.
  public internal(set) var warnings: [String] = []

  /// Whether the connection is encrypted.
  let isHTTPS: Bool
  /// Whether the server is on this machine.
  let isLoopback: Bool
  /// Whom the hub trusts to be the API server.
  var trust = APITrust()
  /// Who the hub says it is.
  var identity = APIIdentity()
  /// The proxy to go through.
  var proxyURL: String?
  /// Where the parts were given.
  var places: AccessPlaces

  /// Access to an URL: `http://127.0.0.1:8001`, or `https://…`. Throws what is wrong with it; `setting` names in the
  /// message where it comes from. A token is sent over https or to a loopback address only.
  public init(
    url: String, tokenFile: String? = nil, caFile: String? = nil, setting: String = "--api-server"
  ) throws(ConfigurationError) {
    guard let parts = BaseURL(url) else { throw .badURL(setting: setting, value: url) }
    self.init(parts, origin: setting, places: AccessPlaces(setting: setting))
    identity.tokenFile = tokenFile
    places.identity = tokenFile
    trust.authorities = caFile.map { .file($0) }
    if let caFile { places.authorities = caFile }
  }

  init(_ url: BaseURL, origin: String, places: AccessPlaces) {
    baseURL = url.text
    isHTTPS = url.isHTTPS
    isLoopback = url.isLoopback
    self.origin = origin
    self.places = places
  }

  /// Credentials must not travel in the clear.
  var mayCarryCredentials: Bool { isHTTPS || isLoopback }
}

/// A certificate, a key, or certificates, in PEM form.
enum PEMSource: Sendable, Equatable {
  case text([UInt8])
  /// Read again every five minutes.
  case file(String)
}

/// Whom the hub trusts to be the API server.
struct APITrust: Sendable, Equatable {
  /// The certificate authorities; nil: the system's.
  var authorities: PEMSource?
  /// The name that the certificate must carry, where that is not the URL's host.
  var serverName: String?
  /// False: anybody.
  var verifiesServer = true
}

/// Who the hub says it is. Secrets in here are in no message, log line or description.
struct APIIdentity: Sendable, Equatable, CustomStringConvertible {
  /// A bearer token.
  var token: String?
  /// A file with a bearer token, read again every minute; while it can be read, it counts instead of `token`.
  var tokenFile: String?
  /// Name and password, for a server or proxy that asks for them.
  var basic: Basic?
  /// The client's certificate, with any chain, and its key.
  var certificate: PEMSource?
  var key: PEMSource?
  /// A program that gives a token or a certificate.
  var plugin: ExecPlugin?
  /// `Impersonate-…` headers: whom the hub acts for.
  var impersonation: [Header] = []

  struct Basic: Sendable, Equatable {
    let user: String
    let password: String
  }

  struct Header: Sendable, Equatable {
    let name: String
    let value: String
  }

  /// Whether there is anything to be kept from a connection in the clear.
  var isAnonymous: Bool {
    token == nil && tokenFile == nil && basic == nil && certificate == nil && plugin == nil
  }

  var description: String { "an identity" }
}

extension APIAccess {
  /// What is wrong with the client's certificate at this moment (nanoseconds since 1970), with its place.
  func certificateWarning(at wall: Int64) -> String? {
    let pem: [UInt8]? =
      switch identity.certificate {
      case .text(let bytes): bytes
      case .file(let path): try? FileContent.read(path, limit: PEMReading.maxBytes)
      case nil: nil
      }
    guard let pem, let place = places.certificate else { return nil }
    return CertificatePeriod.fault(pem, at: wall).map { "\(place): \($0)" }
  }
}
