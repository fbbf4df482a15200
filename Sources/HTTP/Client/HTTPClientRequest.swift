/// A request for `HTTPClient` or `HTTPClientThread`. Times are in milliseconds.
public struct HTTPClientRequest: Sendable {
  /// The method.
  public var method: String
  /// An absolute `http` or `https` URL, already percent-encoded.
  public var url: String
  /// Header fields to send; `Host` and `Content-Length` come by themselves.
  public var headers: HTTPHeaders
  /// The body; nil sends none (`POST`, `PUT` and `PATCH` then say `Content-Length: 0`).
  public var body: [UInt8]?
  /// How long the whole exchange may take, from start to the last byte: then `.timeout`. Nil: no such limit.
  public var deadlineMilliseconds: Int?
  /// How long name lookup, TCP and TLS handshake may take together: then `.connect`.
  public var connectTimeoutMilliseconds = 10_000
  /// The longest silence of the peer: then `.stalled`. For watches, which have no deadline. Nil: no such limit.
  public var idleTimeoutMilliseconds: Int?
  /// The largest body that is collected: beyond it `.tooLarge`, and the transfer ends at once. Not applied to
  /// `streaming`, whose consumer counts for itself.
  public var maxBodyBytes = 8 * 1024 * 1024
  /// Whether the body is handed over as it comes (`.head`, then `.bytes`, then `.end` with an empty body).
  public var streaming = false
  /// How the peer of an `https` URL is verified; nil: by the system's certificate authorities.
  public var tls: HTTPClientTLS?

  /// A request with the default limits and without a deadline.
  public init(
    method: String = "GET", url: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil,
    deadlineMilliseconds: Int? = nil, streaming: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.deadlineMilliseconds = deadlineMilliseconds
    self.streaming = streaming
  }
}

/// TLS settings of a request. The peer's certificate and host name are always verified.
public struct HTTPClientTLS: Sendable, Equatable {
  /// A PEM file of the certificate authorities to trust, instead of the system's.
  public var caFile: String?
  /// A PEM file with the client's certificate chain, if the peer asks for one.
  public var clientCertificateFile: String?
  /// A PEM file with the key of that certificate.
  public var clientKeyFile: String?

  /// Trust in `caFile` and an optional client certificate.
  public init(caFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil) {
    self.caFile = caFile
    self.clientCertificateFile = clientCertificateFile
    self.clientKeyFile = clientKeyFile
  }
}

/// What a client reports. Events of one transfer come in order; after `.end` nothing more comes for its id.
public enum HTTPClientEvent: Sendable {
  /// The head of the answer has come (streaming requests only).
  case head(id: UInt64, status: Int, headers: HTTPHeaders)
  /// The next bytes of the body (streaming requests only); they may split lines and characters anywhere.
  case bytes(id: UInt64, [UInt8])
  /// The transfer is over. Any status is a success here; a streamed answer has an empty body.
  case end(id: UInt64, Result<HTTPResponse, HTTPClientFailure>)
}
