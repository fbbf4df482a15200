/// Why the bytes of a peer are no request that this server takes. The connection cannot be used further: where
/// the next request would begin is not known.
enum HTTPParseError: Error, Equatable, Sendable {
  case badRequestLine
  case unsupportedMethod
  case unsupportedVersion
  case targetTooLong
  case badTarget
  case headersTooLarge
  case badHeader
  case foldedHeader
  /// A line that ends in a lone LF: readers that disagree about line ends can be made to disagree about requests.
  case bareLineFeed
  case missingHost
  case repeatedHost
  case badContentLength
  case repeatedContentLength
  /// Both Content-Length and Transfer-Encoding: the mark of request smuggling (RFC 9112 section 6.1).
  case lengthAndTransferCoding
  case unsupportedTransferCoding
  case badTransferCoding
  case unsupportedExpectation
  case badChunk
  case bodyTooLarge

  /// The status that tells the peer.
  var status: Int {
    switch self {
    case .badRequestLine, .badTarget, .badHeader, .foldedHeader, .bareLineFeed, .missingHost, .repeatedHost,
      .badContentLength, .repeatedContentLength, .lengthAndTransferCoding, .badTransferCoding, .badChunk:
      400
    case .bodyTooLarge: 413
    case .targetTooLong: 414
    case .unsupportedExpectation: 417
    case .headersTooLarge: 431
    case .unsupportedMethod, .unsupportedTransferCoding: 501
    case .unsupportedVersion: 505
    }
  }

  /// One sentence for the peer's author.
  var explanation: String {
    switch self {
    case .badRequestLine: "the request line is not METHOD TARGET HTTP/1.1"
    case .unsupportedMethod: "this method is not supported"
    case .unsupportedVersion: "only HTTP/1.1 and HTTP/1.0 are spoken here"
    case .targetTooLong: "the request target is too long"
    case .badTarget: "the request target is neither a path nor an http URL"
    case .headersTooLarge: "the header fields are too large or too many"
    case .badHeader: "a header field is malformed"
    case .foldedHeader: "folded header lines are not accepted"
    case .bareLineFeed: "lines must end in CR LF"
    case .missingHost: "the Host field is missing"
    case .repeatedHost: "there is more than one Host field"
    case .badContentLength: "Content-Length is not a number"
    case .repeatedContentLength: "there is more than one Content-Length"
    case .lengthAndTransferCoding: "Content-Length and Transfer-Encoding exclude each other"
    case .unsupportedTransferCoding: "only the chunked transfer coding is supported"
    case .badTransferCoding: "Transfer-Encoding is malformed, or not allowed in HTTP/1.0"
    case .unsupportedExpectation: "only Expect: 100-continue is supported"
    case .badChunk: "the chunked body is malformed"
    case .bodyTooLarge: "the body is too large"
    }
  }
}
