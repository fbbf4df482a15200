/// The head of a request while its lines come in (RFC 9112 sections 3 and 5), and what they say about the body.
struct HTTPRequestHead {
  /// Longest method; the registered ones have at most 17 characters.
  static let maxMethodBytes = 32
  /// Most header fields of one request.
  static let maxFields = 256

  enum Framing: Equatable {
    case length(Int)
    case chunked
  }

  var method = ""
  var target = ""
  var isHTTP10 = false
  var headers = HTTPHeaders()
  private var contentLength: Int?
  private var isChunked = false
  private var hosts = 0
  private(set) var expectsContinue = false

  /// Whether the connection stays open after the answer (RFC 9112 section 9.3).
  var keepAlive: Bool {
    if headers.listContains("connection", "close") { return false }
    return !isHTTP10 || headers.listContains("connection", "keep-alive")
  }

  /// `METHOD SP target SP HTTP/x.y`, with exactly one space between.
  mutating func parseRequestLine(_ line: ArraySlice<UInt8>) throws(HTTPParseError) {
    let parts = line.split(separator: ASCII.space, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(ASCII.isToken) else {
      throw .badRequestLine
    }
    try parseVersion(parts[2])
    guard parts[0].count <= Self.maxMethodBytes else { throw .unsupportedMethod }
    method = String(decoding: parts[0], as: UTF8.self)
    // CONNECT asks for a tunnel, which nothing here offers.
    guard method != "CONNECT" else { throw .unsupportedMethod }
    guard !parts[1].isEmpty, parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .badTarget }
    target = String(decoding: parts[1], as: UTF8.self)
    let isPath = parts[1].first == UInt8(ascii: "/")
    guard isPath || (target == "*" && method == "OPTIONS") || isAbsolute else { throw .badTarget }
  }

  private var isAbsolute: Bool {
    let start = target.prefix(8).lowercased()
    return start.hasPrefix("http://") || start.hasPrefix("https://")
  }

  private mutating func parseVersion(_ text: ArraySlice<UInt8>) throws(HTTPParseError) {
    if text.elementsEqual("HTTP/1.1".utf8) { return }
    if text.elementsEqual("HTTP/1.0".utf8) {
      isHTTP10 = true
      return
    }
    let version = text.dropFirst(5)
    let isVersion =
      text.starts(with: "HTTP/".utf8) && version.count == 3 && version.dropFirst().first == UInt8(ascii: ".")
      && version.first.map(ASCII.isDigit) == true && version.last.map(ASCII.isDigit) == true
    throw isVersion ? .unsupportedVersion : .badRequestLine
  }

  /// `name: value`. Space before the colon is refused, as is a line that continues the one before.
  mutating func parseField(_ line: ArraySlice<UInt8>) throws(HTTPParseError) {
    let (name, value) = try Self.field(line)
    guard headers.count < Self.maxFields else { throw .headersTooLarge }
    headers.add(name, value)
    switch name.utf8.count {
    case 4 where ASCII.equalIgnoringCase(name, "host"): hosts += 1
    case 6 where ASCII.equalIgnoringCase(name, "expect"): try noteExpectation(value)
    case 14 where ASCII.equalIgnoringCase(name, "content-length"): try noteLength(value)
    case 17 where ASCII.equalIgnoringCase(name, "transfer-encoding"): try noteTransferCoding(value)
    default: break
    }
  }

  /// The name and value of a header or trailer line.
  static func field(_ line: ArraySlice<UInt8>) throws(HTTPParseError) -> (name: String, value: String) {
    guard let first = line.first, first != ASCII.space, first != ASCII.tab else { throw .foldedHeader }
    guard let colon = line.firstIndex(of: ASCII.colon), colon > line.startIndex,
      line[..<colon].allSatisfy(ASCII.isToken)
    else { throw .badHeader }
    var value = line[(colon + 1)...]
    while let first = value.first, first == ASCII.space || first == ASCII.tab { value.removeFirst() }
    while let last = value.last, last == ASCII.space || last == ASCII.tab { value.removeLast() }
    guard value.allSatisfy(ASCII.isFieldValue) else { throw .badHeader }
    return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
  }

  private mutating func noteExpectation(_ value: String) throws(HTTPParseError) {
    guard ASCII.equalIgnoringCase(value, "100-continue") else { throw .unsupportedExpectation }
    expectsContinue = true
  }

  private mutating func noteLength(_ value: String) throws(HTTPParseError) {
    guard contentLength == nil else { throw .repeatedContentLength }
    guard !value.isEmpty, value.utf8.allSatisfy(ASCII.isDigit) else { throw .badContentLength }
    // A number that does not fit is a length, only a far too large one.
    contentLength = Int(value) ?? Int.max
  }

  private mutating func noteTransferCoding(_ value: String) throws(HTTPParseError) {
    guard !isChunked, !value.isEmpty else { throw .badTransferCoding }
    guard ASCII.equalIgnoringCase(value, "chunked") else { throw .unsupportedTransferCoding }
    isChunked = true
  }

  /// What the head says about the body, once it is complete.
  func framing() throws(HTTPParseError) -> Framing {
    guard hosts <= 1 else { throw .repeatedHost }
    guard hosts == 1 || isHTTP10 else { throw .missingHost }
    guard isChunked else { return .length(contentLength ?? 0) }
    guard contentLength == nil else { throw .lengthAndTransferCoding }
    guard !isHTTP10 else { throw .badTransferCoding }
    return .chunked
  }
}
