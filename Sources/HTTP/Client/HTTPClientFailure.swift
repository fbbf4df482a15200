import CCurl

/// Why a transfer brought no whole answer.
public enum HTTPClientFailure: Error, Sendable, Equatable {
  /// The host's name has no address now: worth a retry later.
  case resolve(String)
  /// No connection came about (refused, no route, or the connect timeout passed): nothing was sent.
  case connect(String)
  /// `HTTPClientRequest.admitsPeer` refused every address that it could be sent to, this one among them: nothing was sent.
  case notAdmitted(HTTPPeer)
  /// The deadline passed: the peer may have acted on the request.
  case timeout
  /// The peer was silent for the idle timeout: begin again.
  case stalled
  /// The body is larger than allowed: no retry will help.
  case tooLarge
  /// The connection ended before or within the answer: the peer may have acted on the request.
  case cut(String)
  /// The handshake or the peer's certificate failed: configuration must change.
  case tls(String)
  /// The URL is malformed or not `http` or `https`: the request must change.
  case badURL(String)
  /// The method or a header field cannot be sent as it is: the request must change.
  case badHeader(String)
  /// The task was cancelled or the client stopped (`HTTPClientThread` only).
  case cancelled
  /// Anything else, with libcurl's code.
  case other(code: Int, String)

  /// What libcurl's result means here; `detail` is its own text about this transfer, possibly empty.
  init(_ code: CURLcode, detail: String) {
    let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve(text)
    // The connect timeout is the only one that is left to libcurl.
    case CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_PROXY: self = .connect(text)
    // How OpenSSL tells that the peer refused the client's certificate: from TLS 1.3 on it does so after the handshake.
    case CURLE_RECV_ERROR where text.contains(" alert "), CURLE_SEND_ERROR where text.contains(" alert "):
      self = .tls(text)
    case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
      CURLE_HTTP2_STREAM:
      self = .cut(text)
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED:
      self = .tls(text)
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .badURL(text)
    default: self = .other(code: Int(code.rawValue), text)
    }
  }
}
