import CloudEvents
import HTTP
import HubEngine

/// What the hub shows the API server, kept fresh: tokens of files, certificates of files, and what an exec plugin gave.
/// No secret is in a message, log line or description.
struct APICredentials {
  /// What one request carries.
  struct Grant {
    let headers: [APIIdentity.Header]
    let tls: HTTPClientTLS?
    /// Counts the credentials that there were: a 401 speaks about those of its request.
    let generation: Int
  }

  enum Answer {
    case granted(Grant)
    /// The plugin is asked; ask again when it has ended.
    case waiting
    /// There is none now; the text says why.
    case refused(String)
  }

  /// The shortest time between two runs of a plugin, in nanoseconds, whatever it says about expiry.
  static let minimumInterval: UInt64 = 10 * 1_000_000_000
  /// A credential is renewed so long before it expires, in nanoseconds.
  static let leeway: Int64 = 10 * 1_000_000_000

  private let access: APIAccess
  private var tokenFile: RenewedFile?
  private var authorities: RenewedPEM?
  private var certificate: RenewedPEM?
  private var key: RenewedPEM?
  private var plugin: PluginState?
  private var generation = 0
  /// What the last grant showed of the files, to see whether they brought anything new.
  private var shown: Shown?

  private struct Shown: Equatable {
    let token: String?
    let certificate: [UInt8]?
  }

  /// A plugin that is to be started; the loop takes it.
  private(set) var wantedRun: ExecPlugin?

  init(_ access: APIAccess) {
    self.access = access
    authorities = access.trust.authorities.map { RenewedPEM($0, wanted: .certificate) }
    guard access.mayCarryCredentials else { return }
    tokenFile = access.identity.tokenFile.map(TokenFile.renewed)
    certificate = access.identity.certificate.map { RenewedPEM($0, wanted: .certificate) }
    key = access.identity.key.map { RenewedPEM($0, wanted: .key) }
    plugin = access.identity.plugin.map(PluginState.init)
  }

  /// What is wrong with files that should be renewed, to be logged.
  var problem: String? {
    tokenFile?.problem ?? authorities?.problem ?? certificate?.problem ?? key?.problem
  }

  // MARK: Requests

  /// What a request carries now.
  mutating func current(at now: EngineTime) -> Answer {
    var given: ExecCredential?
    switch plugin?.current(at: now) {
    case nil: break
    case .ready(let credential): given = credential
    case .failed(let reason): return .refused((access.places.identity.map { "\($0): " } ?? "") + reason)
    case .wanted(let wanted):
      if let wanted { wantedRun = wanted }
      return .waiting
    }
    let tls: HTTPClientTLS?
    switch transportSecurity(given, at: now.monotonic) {
    case .success(let value): tls = value
    case .failure(let refused): return .refused(refused.reason)
    }
    let headers = headers(given, at: now.monotonic)
    note(Shown(token: headers.last?.value, certificate: tls?.clientCertificate))
    return .granted(Grant(headers: headers, tls: tls, generation: generation))
  }

  private mutating func note(_ now: Shown) {
    if let shown, shown != now { generation += 1 }
    shown = now
  }

  /// Takes the plugin that is to be started.
  mutating func takeWantedRun() -> ExecPlugin? {
    defer { wantedRun = nil }
    return wantedRun
  }

  private mutating func headers(_ given: ExecCredential?, at monotonic: UInt64) -> [APIIdentity.Header] {
    guard access.mayCarryCredentials else { return [] }
    let identity = access.identity
    var headers = identity.impersonation
    if let token = given?.token ?? fileToken(at: monotonic) ?? identity.token {
      headers.append(.init(name: "Authorization", value: "Bearer " + token))
    } else if let basic = identity.basic {
      let pair = Base64.encode(Array((basic.user + ":" + basic.password).utf8))
      headers.append(.init(name: "Authorization", value: "Basic " + pair))
    }
    return headers
  }

  private mutating func fileToken(at monotonic: UInt64) -> String? {
    tokenFile?.content(at: monotonic).map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func transportSecurity(
    _ given: ExecCredential?, at monotonic: UInt64
  ) -> Result<HTTPClientTLS?, RenewedFile.Unusable> {
    guard access.isHTTPS else { return .success(nil) }
    var tls = HTTPClientTLS()
    tls.serverName = access.trust.serverName
    tls.verifiesServer = access.trust.verifiesServer
    if authorities != nil {
      guard let trusted = authorities?.content(at: monotonic) else { return .failure(unusable) }
      tls.caCertificates = trusted
    }
    tls.clientCertificate = given?.certificate
    tls.clientKey = given?.key
    if certificate != nil, given?.certificate == nil {
      tls.clientCertificate = certificate?.content(at: monotonic)
      tls.clientKey = key?.content(at: monotonic)
      guard tls.clientCertificate != nil, tls.clientKey != nil else { return .failure(unusable) }
    }
    return .success(tls)
  }

  private var unusable: RenewedFile.Unusable {
    .init(reason: authorities?.problem ?? certificate?.problem ?? key?.problem ?? "a file cannot be read")
  }

  // MARK: What came of them

  /// The API server did not accept what a request carried. True if there is or will be something newer: the request is
  /// worth another try.
  mutating func refused(generation used: Int, at now: EngineTime) -> Bool {
    if used != generation { return true }
    if plugin != nil { return plugin?.refuse(at: now.monotonic) ?? false }
    tokenFile?.suspect()
    certificate?.suspect()
    key?.suspect()
    // Reads them, and sees whether they are others.
    _ = current(at: now)
    return used != generation
  }

  /// What may be wrong with credentials that were not accepted, and what to change.
  mutating func remedy(at now: EngineTime) -> String {
    guard access.mayCarryCredentials, let place = access.places.identity else {
      return "none are shown; give the user of \(access.origin) a token, a certificate or an exec plugin"
    }
    let certificate = certificate?.content(at: now.monotonic)
    if let certificate, let fault = CertificatePeriod.fault(certificate, at: now.wall) {
      return "\(access.places.certificate ?? place): \(fault)"
    }
    return "renew \(place)"
  }

  /// A handshake failed: files may have been renewed.
  mutating func handshakeFailed() {
    authorities?.suspect()
    certificate?.suspect()
    key?.suspect()
  }

  /// The plugin has ended. Nil, or why it gave nothing.
  mutating func pluginEnded(_ result: Result<ExecCredential, ExecFailure>, at now: EngineTime) -> String? {
    guard let failure = plugin?.ended(result, at: now.monotonic) else {
      generation += 1
      return nil
    }
    return failure
  }
}
