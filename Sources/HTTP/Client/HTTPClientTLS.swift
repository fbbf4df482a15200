/// TLS settings of a request. Contents are used before files; a connection is shared only by requests with equal settings.
public struct HTTPClientTLS: Sendable, Equatable {
  /// A PEM file of the certificate authorities to trust, instead of the system's.
  public var caFile: String?
  /// The same as PEM text.
  public var caCertificates: [UInt8]?
  /// A PEM file with the client's certificate chain, if the peer asks for one.
  public var clientCertificateFile: String?
  /// A PEM file with the key of that certificate. It must not be encrypted.
  public var clientKeyFile: String?
  /// The client's certificate chain as PEM text.
  public var clientCertificate: [UInt8]?
  /// Its key as PEM text, not encrypted.
  public var clientKey: [UInt8]?
  /// The name that the peer is asked for (SNI) and that its certificate must carry, where that is not the URL's host.
  public var serverName: String?
  /// False: any certificate will do, for any name. Whoever can redirect the connection then reads all of it.
  public var verifiesServer = true

  /// Trust in `caFile` and an optional client certificate.
  public init(caFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil) {
    self.caFile = caFile
    self.clientCertificateFile = clientCertificateFile
    self.clientKeyFile = clientKeyFile
  }
}
