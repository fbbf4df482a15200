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
  /// How many bytes are read from the connection at once, and how much memory a transfer holds for it: more for long
  /// answers, less for many short ones. libcurl takes 1 KiB to 10 MiB.
  public var readBufferBytes = 16 * 1024
  /// How the peer of an `https` URL is verified; nil: by the system's certificate authorities.
  public var tls: HTTPClientTLS?
  /// Whether HTTP/2 may be spoken with an `https` peer that offers it. Requests then share connections: up to 100, or
  /// what the peer allows, each. Else HTTP/1.1.
  public var allowsHTTP2 = false
  /// The proxy to go through: an `http`, `https`, `socks5` or `socks5h` URL, with a user if it wants one. Nil: none,
  /// whatever the environment says.
  public var proxyURL: String?
  /// Asked for every address before a connection is made to it, and again before the request goes out on one, a used one
  /// too: false refuses it. If all addresses are refused, the request ends as `.notAdmitted`, and nothing of it was sent.
  /// Called on the client's thread, of a proxied request with the proxy's address.
  public var admitsPeer: (@Sendable (HTTPPeer) -> Bool)?

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

/// What a client reports. Events of one transfer come in order; after `.end` nothing more comes for its id.
public enum HTTPClientEvent: Sendable {
  /// The head of the answer has come (streaming requests only).
  case head(id: UInt64, status: Int, headers: HTTPHeaders)
  /// The next bytes of the body (streaming requests only); they may split lines and characters anywhere.
  case bytes(id: UInt64, [UInt8])
  /// The transfer is over. Any status is a success here; a streamed answer has an empty body.
  case end(id: UInt64, Result<HTTPResponse, HTTPClientFailure>)
}
