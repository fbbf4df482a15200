#if DEBUG || FUZZING
  @testable import HTTP

  /// A connection's bytes mean the same requests however they are cut; a part of them means a part of the requests; and a
  /// request that is written again, with either framing, is read as the same.
  func fuzzRequests(_ bytes: [UInt8]) throws(BrokenInvariant) {
    for limits in [HTTPRequestParser.Limits(), .init(maxHeaderBytes: 96, maxBodyBytes: 24)] {
      let whole = RequestOutcome([bytes], limits)
      var numbers = SeededNumbers(from: bytes)
      for pieces in [bytes.map { [$0] }, numbers.pieces(of: bytes)] {
        try holdEqual(RequestOutcome(pieces, limits), whole, "in pieces and whole")
      }
      let part = RequestOutcome([Array(bytes[..<numbers.next(below: bytes.count + 1)])], limits)
      try hold(whole.messages.starts(with: part.messages), "a part of the bytes means other requests")
      try hold(part.error == nil || part.error == whole.error, "a part of the bytes has another error")
      for message in whole.messages {
        try hold(message.request.body.count <= limits.maxBodyBytes, "a body beyond the limit")
        try writtenAgain(message)
      }
    }
  }

  /// What became of a connection's bytes. `100 Continue` depends on what has come, so it is left out.
  private struct RequestOutcome: Equatable {
    var messages: [HTTPRequestParser.Message] = []
    var error: HTTPParseError?

    init(_ pieces: [[UInt8]], _ limits: HTTPRequestParser.Limits) {
      var parser = HTTPRequestParser(limits: limits)
      do throws(HTTPParseError) {
        for piece in pieces {
          parser.append(piece)
          while let event = try parser.next() {
            if case .message(let message) = event { messages.append(message) }
          }
        }
      } catch {
        self.error = error
      }
    }
  }

  private func writtenAgain(_ message: HTTPRequestParser.Message) throws(BrokenInvariant) {
    let request = message.request
    var head = request.method + " " + request.target + (message.isHTTP10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
    for (name, value) in request.headers.pairs {
      try hold(
        !value.utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 } && !name.isEmpty,
        "a field that could begin another: \(name.debugDescription): \(value.debugDescription)")
      if !isFraming(name) { head += name + ": " + value + "\r\n" }
    }
    let counted = Array((head + "Content-Length: \(request.body.count)\r\n\r\n").utf8) + request.body
    try holdSame(counted, message)
    guard !message.isHTTP10 else { return }
    var chunked = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
    var numbers = SeededNumbers(from: request.body)
    for piece in numbers.pieces(of: request.body) { HTTPResponseEncoder.appendChunk(piece, to: &chunked) }
    try holdSame(chunked + HTTPResponseEncoder.lastChunk, message)
  }

  private func holdSame(_ text: [UInt8], _ message: HTTPRequestParser.Message) throws(BrokenInvariant) {
    // Whatever was small enough to come is small enough here, but for the framing's own field.
    let limits = HTTPRequestParser.Limits(maxHeaderBytes: 64 * 1024, maxBodyBytes: 4 * 1024 * 1024)
    let again = RequestOutcome([text], limits)
    // A request at the most fields may have had no framing field.
    if again.error == .headersTooLarge { return }
    guard again.error == nil, again.messages.count == 1, let same = again.messages.first else {
      throw BrokenInvariant(
        "a request written again is \(again.messages.count) and \(String(describing: again.error))")
    }
    func bare(_ message: HTTPRequestParser.Message) -> HTTPRequestParser.Message {
      var message = message
      for name in framingFields { message.request.headers.remove(name) }
      return message
    }
    try holdEqual(bare(same), bare(message), "a request and the same written again")
  }

  private let framingFields = ["Content-Length", "Transfer-Encoding"]

  private func isFraming(_ name: String) -> Bool {
    framingFields.contains { $0.lowercased() == name.lowercased() }
  }

  /// Whatever a handler puts into the fields of an answer: its head has as many lines as fields, one framing, and
  /// nothing in it ends it early.
  func fuzzAnswers(_ bytes: [UInt8]) throws(BrokenInvariant) {
    var headers = HTTPHeaders()
    for line in bytes.split(separator: 0x0A) {
      let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      headers.add(
        String(decoding: parts[0], as: UTF8.self),
        parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "")
    }
    for framing in [HTTPResponseEncoder.Framing.length(7), .chunked, .bodiless] {
      var output: [UInt8] = []
      HTTPResponseEncoder.appendHead(
        status: 200, headers: headers, framing: framing, persistence: .close, date: Array("now".utf8),
        to: &output)
      try checkHead(output, of: headers, framing)
    }
  }

  private func checkHead(
    _ output: [UInt8], of headers: HTTPHeaders, _ framing: HTTPResponseEncoder.Framing
  ) throws(BrokenInvariant) {
    let text = String(decoding: output, as: UTF8.self)
    var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
    try hold(
      lines.removeLast().isEmpty && lines.allSatisfy { $0.last == 0x0D },
      "a lone LF in \(text.debugDescription)")
    try hold(
      lines.removeLast() == [0x0D] && !lines.contains([0x0D]), "an early end of \(text.debugDescription)")
    let names = lines.dropFirst().map { line in
      String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
    }
    for line in lines {
      try hold(
        line.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, "a control in \(shown(line))")
    }
    let framings = names.count { $0 == "content-length" || $0 == "transfer-encoding" }
    try holdEqual(framings, framing == .bodiless ? 0 : 1, "framing fields in \(text.debugDescription)")
    try holdEqual(names.count { $0 == "connection" }, 1, "connection fields in \(text.debugDescription)")
    try hold(names.contains("date"), "no date in \(text.debugDescription)")
    try hold(lines.count <= headers.count + 4, "more lines than fields in \(text.debugDescription)")
  }
#endif
