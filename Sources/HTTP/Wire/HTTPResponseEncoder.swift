/// Writes answers (RFC 9112 sections 4, 6 and 7.1). Framing fields come from here alone: what a handler says about
/// `Content-Length`, `Transfer-Encoding` or `Connection` cannot break the connection.
enum HTTPResponseEncoder {
  enum Framing: Equatable {
    case length(Int)
    case chunked
    /// The end of the connection ends the body (to HTTP/1.0 peers, which know no chunks).
    case untilClose
    /// No body and no length: 204 and 304.
    case bodiless
  }

  enum Persistence: Equatable {
    case keepAlive
    /// HTTP/1.0 must be told that the connection stays open.
    case keepAliveHTTP10
    case close
  }

  static let lastChunk: [UInt8] = [UInt8]("0\r\n\r\n".utf8)
  static let interimContinue: [UInt8] = [UInt8]("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// Whether an answer with this status never has a body (RFC 9110 section 6.4.1).
  static func isBodiless(_ status: Int) -> Bool { status == 204 || status == 304 }

  /// Appends status line and header fields. `date` is the value of the Date field.
  static func appendHead(
    status: Int, headers: HTTPHeaders, framing: Framing, persistence: Persistence, date: [UInt8],
    to output: inout [UInt8]
  ) {
    append("HTTP/1.1 ", to: &output)
    appendDecimal(status, to: &output)
    output.append(ASCII.space)
    append(HTTPResponse.reasonPhrase(status), to: &output)
    append("\r\n", to: &output)
    for field in headers.fields where !isFraming(field.name) {
      appendField(field.name, field.value, to: &output)
    }
    if headers[first: "Date"] == nil {
      append("Date: ", to: &output)
      output.append(contentsOf: date)
      append("\r\n", to: &output)
    }
    switch framing {
    case .length(let length):
      append("Content-Length: ", to: &output)
      appendDecimal(length, to: &output)
      append("\r\n", to: &output)
    case .chunked: append("Transfer-Encoding: chunked\r\n", to: &output)
    case .untilClose, .bodiless: break
    }
    switch persistence {
    case .keepAlive: break
    case .keepAliveHTTP10: append("Connection: keep-alive\r\n", to: &output)
    case .close: append("Connection: close\r\n", to: &output)
    }
    append("\r\n", to: &output)
  }

  /// Appends one chunk; an empty one would end the body and is left out.
  static func appendChunk(_ bytes: [UInt8], to output: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    append(String(bytes.count, radix: 16), to: &output)
    append("\r\n", to: &output)
    output.append(contentsOf: bytes)
    append("\r\n", to: &output)
  }

  private static func isFraming(_ name: String) -> Bool {
    switch name.utf8.count {
    case 10: ASCII.equalIgnoringCase(name, "connection")
    case 14: ASCII.equalIgnoringCase(name, "content-length")
    case 17: ASCII.equalIgnoringCase(name, "transfer-encoding")
    default: false
    }
  }

  /// A name that is no token is left out; a control in a value becomes a space: neither can begin another field.
  private static func appendField(_ name: String, _ value: String, to output: inout [UInt8]) {
    guard !name.isEmpty, name.utf8.allSatisfy(ASCII.isToken) else { return }
    append(name, to: &output)
    append(": ", to: &output)
    let start = output.count
    append(value, to: &output)
    for index in start..<output.count where !ASCII.isFieldValue(output[index]) { output[index] = ASCII.space }
    append("\r\n", to: &output)
  }

  private static func append(_ text: String, to output: inout [UInt8]) {
    output.append(contentsOf: text.utf8)
  }

  private static func appendDecimal(_ number: Int, to output: inout [UInt8]) {
    append(String(number), to: &output)
  }
}
