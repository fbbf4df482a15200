import TestSupport
import Testing

@testable import HTTP

/// The parser against RFC 9112, each input whole, byte by byte and in random pieces.
@Suite("HTTP request parser")
struct HTTPRequestParserTests {
  typealias Event = HTTPRequestParser.Event

  /// What a feeding produced: the events, then the error if there was one.
  struct Outcome: Equatable {
    var events: [Event] = []
    var error: HTTPParseError?
  }

  static func feed(_ pieces: [[UInt8]], _ limits: HTTPRequestParser.Limits = .init()) -> Outcome {
    var parser = HTTPRequestParser(limits: limits)
    var outcome = Outcome()
    for piece in pieces {
      parser.append(piece)
      do throws(HTTPParseError) {
        while let event = try parser.next() { outcome.events.append(event) }
      } catch {
        outcome.error = error
        return outcome
      }
    }
    return outcome
  }

  /// The one outcome of all feedings. `100 Continue` depends on what has come, so it is left out here.
  static func parse(
    _ text: String, _ limits: HTTPRequestParser.Limits = .init(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Outcome {
    var whole: Outcome?
    for pieces in ByteFeeding.cuts(of: [UInt8](text.utf8)) {
      var outcome = feed(pieces, limits)
      outcome.events.removeAll { $0 == .expectsContinue }
      #expect(whole == nil || whole == outcome, sourceLocation: sourceLocation)
      whole = outcome
    }
    return whole ?? Outcome()
  }

  static func messages(_ outcome: Outcome) -> [HTTPRequestParser.Message] {
    outcome.events.compactMap { if case .message(let message) = $0 { message } else { nil } }
  }

  @Test("A request without a body")
  func simple() throws {
    let outcome = Self.parse("GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-A:  b c \t\r\nX-Empty:\r\n\r\n")
    let message = try #require(Self.messages(outcome).first)
    #expect(message.request.method == "GET")
    #expect(message.request.target == "/a?b=c")
    #expect(message.request.headers == ["Host": "h", "X-A": "b c", "X-Empty": ""])
    #expect(message.request.body.isEmpty)
    #expect(message.keepAlive)
    #expect(outcome.error == nil)
  }

  @Test("A body of a stated length, and the next request right behind it")
  func joined() {
    let outcome = Self.parse(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
        + "\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
        + "PUT /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
    let messages = Self.messages(outcome)
    #expect(messages.map(\.request.target) == ["/", "/2", "/3"])
    #expect(messages.map { String(decoding: $0.request.body, as: UTF8.self) } == ["hello", "", ""])
    #expect(outcome.error == nil)
  }

  @Test("A chunked body with extensions and trailers is joined; the trailers are dropped")
  func chunked() {
    let outcome = Self.parse(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
        + "5\r\nhello\r\n00A;x=\"y z\"\r\n0123456789\r\n0;last\r\nX-Sum: 1\r\nHost: evil\r\n\r\n"
        + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
    let messages = Self.messages(outcome)
    #expect(messages.map { String(decoding: $0.request.body, as: UTF8.self) } == ["hello0123456789", ""])
    #expect(messages.first?.request.headers[first: "x-sum"] == nil)
  }

  @Test("A request that is cut anywhere is no request and no error")
  func truncated() {
    let text = [UInt8](
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n".utf8)
    for length in 0..<text.count {
      #expect(Self.feed([[UInt8](text[..<length])]) == Outcome(), "cut after \(length) bytes")
    }
    #expect(Self.feed([text]).events.count == 1)
  }

  @Test("What the phase is while a request comes in")
  func phases() throws {
    var parser = HTTPRequestParser()
    #expect(parser.phase == .idle)
    for (piece, phase) in [
      ("G", HTTPRequestParser.Phase.head), ("ET / HTTP/1.1\r\nHost: h\r\n", .head),
      ("Content-Length: 2\r\n\r\n", .body), ("a", .body),
    ] {
      parser.append(piece.utf8)
      #expect(try parser.next() == nil)
      #expect(parser.phase == phase)
    }
    parser.append("b".utf8)
    #expect(try parser.next() != nil)
    #expect(parser.phase == .idle)
  }

  @Test("Expect: 100-continue is reported while the body has not begun, and not to HTTP/1.0")
  func expectContinue() {
    let head = "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
    #expect(Self.feed([[UInt8](head.utf8)]).events == [.expectsContinue])
    #expect(Self.feed([[UInt8](head.utf8), [1, 2]]).events.count == 2)
    #expect(Self.feed([[UInt8]((head + "ab").utf8)]).events.count == 1)
    #expect(Self.feed([[UInt8](head.replacing("HTTP/1.1", with: "HTTP/1.0").utf8)]).events.isEmpty)
    #expect(Self.feed([[UInt8](head.replacing("Length: 2", with: "Length: 0").utf8)]).events.count == 1)
  }

  @Test(
    "Whether the connection goes on",
    arguments: [
      ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
      ("HTTP/1.1", "Connection: x, Close\r\n", false), ("HTTP/1.0", "", false),
      ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
      ("HTTP/1.0", "Connection: keep-alive, close\r\n", false),
    ])
  func persistence(version: String, field: String, keepAlive: Bool) {
    let outcome = Self.parse("GET / \(version)\r\nHost: h\r\n\(field)\r\n")
    #expect(Self.messages(outcome).map(\.keepAlive) == [keepAlive])
  }

  @Test(
    "Malformed or ambiguous bytes are refused",
    arguments: [
      ("GET /\r\n", HTTPParseError.badRequestLine), ("GET  / HTTP/1.1\r\n", .badRequestLine),
      (" GET / HTTP/1.1\r\n", .badRequestLine), ("GET / HTTP/1.1 \r\n", .badRequestLine),
      ("G(T / HTTP/1.1\r\n", .badRequestLine), ("GET / http/1.1\r\n", .badRequestLine),
      ("GET / HTTP/1.1x\r\n", .badRequestLine), ("GET / HTTP/2.0\r\n", .unsupportedVersion),
      ("GET / HTTP/1.2\r\n", .unsupportedVersion), ("CONNECT a:1 HTTP/1.1\r\n", .unsupportedMethod),
      ("GET a HTTP/1.1\r\n", .badTarget), ("GET * HTTP/1.1\r\n", .badTarget),
      ("GET /\u{0} HTTP/1.1\r\n", .badTarget), ("GET /\t HTTP/1.1\r\n", .badTarget),
      ("GET /\rx HTTP/1.1\r\n", .badTarget), ("GET /é HTTP/1.1\r\n", .badTarget),
      ("GET / HTTP/1.1\n", .bareLineFeed), ("GET / HTTP/1.1\r\nHost: h\n", .bareLineFeed),
      ("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n", .foldedHeader),
      ("GET / HTTP/1.1\r\nHost : h\r\n", .badHeader), ("GET / HTTP/1.1\r\n: h\r\n", .badHeader),
      ("GET / HTTP/1.1\r\nHost\r\n", .badHeader), ("GET / HTTP/1.1\r\nA: \u{0}\r\n", .badHeader),
      ("GET / HTTP/1.1\r\nA: b\rC: d\r\n", .badHeader), ("GET / HTTP/1.1\r\nA: \u{7F}\r\n", .badHeader),
      ("GET / HTTP/1.1\r\n\r\n", .missingHost),
      ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", .repeatedHost),
    ])
  func malformedHead(text: String, error: HTTPParseError) {
    #expect(Self.parse(text + "more") == Outcome(error: error))
  }

  @Test(
    "Bodies whose length is in doubt are refused",
    arguments: [
      ("Content-Length: x", HTTPParseError.badContentLength), ("Content-Length: -1", .badContentLength),
      ("Content-Length: +1", .badContentLength), ("Content-Length: 1, 1", .badContentLength),
      ("Content-Length:", .badContentLength), ("Content-Length: 0x1", .badContentLength),
      ("Content-Length: 99999999999999999999999", .bodyTooLarge),
      ("Content-Length: 1\r\nContent-Length: 2", .repeatedContentLength),
      ("Content-Length: 1\r\nContent-Length: 1", .repeatedContentLength),
      ("Content-Length: 1\r\nTransfer-Encoding: chunked", .lengthAndTransferCoding),
      ("Transfer-Encoding: chunked\r\nContent-Length: 1", .lengthAndTransferCoding),
      ("Transfer-Encoding: gzip", .unsupportedTransferCoding),
      ("Transfer-Encoding: chunked, identity", .unsupportedTransferCoding),
      ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .badTransferCoding),
      ("Transfer-Encoding:", .badTransferCoding), ("Expect: else", .unsupportedExpectation),
    ])
  func malformedFraming(fields: String, error: HTTPParseError) {
    #expect(Self.parse("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n") == Outcome(error: error))
  }

  @Test("Chunks to an HTTP/1.0 server are refused")
  func chunkedHTTP10() {
    let outcome = Self.parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    #expect(outcome == Outcome(error: .badTransferCoding))
  }

  @Test(
    "Malformed chunks are refused",
    arguments: [
      ("\r\n", HTTPParseError.badChunk), ("x\r\n", .badChunk), ("-1\r\n", .badChunk), ("0x1\r\n", .badChunk),
      ("1 \r\na", .badChunk), (" 1\r\na", .badChunk), ("1;\u{0}\r\na", .badChunk), ("1;a\rb\r\na", .badChunk),
      ("1\r\nab\r\n", .badChunk), ("1\r\na\n", .badChunk), ("1\n", .bareLineFeed),
      ("ffffffffffffffff\r\n", .badChunk), ("0000000000000001\r\n", .badChunk),
      ("fffffffffffffff\r\n", .bodyTooLarge), ("0\r\nA : b\r\n", .badHeader), ("0\r\n a\r\n", .foldedHeader),
    ])
  func malformedChunks(body: String, error: HTTPParseError) {
    // What follows keeps a refusal from depending on how much has come.
    let text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    let outcome = Self.parse(text + (error == .badChunk ? "xxx" : ""))
    // A line end in the wrong place may be seen as a bad chunk or as a bad line: both refuse.
    #expect(outcome.error?.status == error.status)
    #expect(outcome.events.isEmpty)
  }

  @Test("The head's limit counts every byte of it: at the limit it passes, one byte more does not")
  func headLimit() {
    let head = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n"
    var limits = HTTPRequestParser.Limits(maxHeaderBytes: head.utf8.count)
    #expect(Self.messages(Self.parse(head + head, limits)).count == 2)
    limits.maxHeaderBytes -= 1
    #expect(Self.parse(head, limits) == Outcome(error: .headersTooLarge))
    #expect(Self.parse("\r\n" + head, .init(maxHeaderBytes: head.utf8.count)).error == .headersTooLarge)
    #expect(
      Self.parse("GET /" + String(repeating: "a", count: 100), .init(maxHeaderBytes: 50)).error
        == .targetTooLong)
  }

  @Test("The trailers have the head's limit")
  func trailerLimit() {
    let text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    let room = String(repeating: "t", count: 100 - 8)
    #expect(
      Self.messages(Self.parse(text + "A: \(room)\r\n\r\n\r\n", .init(maxHeaderBytes: 100))).count == 1 - 0)
    #expect(Self.parse(text + "A: \(room)tt\r\n\r\n", .init(maxHeaderBytes: 100)).error == .headersTooLarge)
  }

  @Test("The number of fields has a limit")
  func fieldLimit() {
    let fields = String(repeating: "A: b\r\n", count: HTTPRequestHead.maxFields - 1)
    #expect(Self.messages(Self.parse("GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n")).count == 1)
    #expect(Self.parse("GET / HTTP/1.1\r\nHost: h\r\n\(fields)A: b\r\n\r\n").error == .headersTooLarge)
  }

  @Test("The method has a limit")
  func methodLimit() {
    let longest = String(repeating: "M", count: HTTPRequestHead.maxMethodBytes)
    #expect(Self.messages(Self.parse("\(longest) / HTTP/1.1\r\nHost: h\r\n\r\n")).count == 1)
    #expect(Self.parse("\(longest)M / HTTP/1.1\r\nHost: h\r\n\r\n").error == .unsupportedMethod)
  }

  @Test("The body's limit holds for both ways to send one")
  func bodyLimit() {
    let limits = HTTPRequestParser.Limits(maxBodyBytes: 10)
    let head = "POST / HTTP/1.1\r\nHost: h\r\n"
    let chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
    #expect(Self.messages(Self.parse(head + "Content-Length: 10\r\n\r\n0123456789", limits)).count == 1)
    #expect(Self.parse(head + "Content-Length: 11\r\n\r\n", limits) == Outcome(error: .bodyTooLarge))
    #expect(Self.messages(Self.parse(chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", limits)).count == 1)
    #expect(Self.parse(chunked + "5\r\n01234\r\n6\r\n", limits).error == .bodyTooLarge)
  }

  @Test("A chunk's line has a limit")
  func chunkLineLimit() {
    let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    let room = HTTPRequestParser.maxChunkLineBytes - 4
    let fitting = chunked + "0;" + String(repeating: "x", count: room) + "\r\n\r\n"
    #expect(Self.messages(Self.parse(fitting)).count == 1)
    #expect(
      Self.parse(chunked + "0;" + String(repeating: "x", count: room + 1) + "\r\n\r\n").error == .badChunk)
  }

  @Test("Many large requests on one connection do not let the buffer grow")
  func longConnection() throws {
    var parser = HTTPRequestParser()
    let body = String(repeating: "b", count: 50_000)
    let text = [UInt8]("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n\(body)".utf8)
    var count = 0
    // Pieces that end within a request, so that the buffer is never empty.
    parser.append(text[..<30])
    for _ in 0..<50 {
      parser.append(text[30...] + text[..<30])
      while try parser.next() != nil { count += 1 }
      #expect(parser.bufferedBytes <= 30)
    }
    #expect(count == 50)
  }

  @Test("Damaged requests mean the same however they are cut", arguments: UInt64(1)...20)
  func damaged(seed: UInt64) {
    let text = [UInt8](
      ("POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        + "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\nX: y\r\n\r\n"
        + "GET / HTTP/1.0\r\n\r\n").utf8)
    let damage = [UInt8]("\r\n\t :;0a/\u{0}\u{7F}".utf8) + [0xFF]
    var random = seed
    for _ in 0..<100 {
      var damaged = text
      for _ in 0..<2 {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(random >> 33) % damaged.count
        switch (random >> 20) % 3 {
        case 0: damaged.remove(at: place)
        case 1: damaged[place] = damage[Int(random >> 40) % damage.count]
        default: damaged.insert(damage[Int(random >> 40) % damage.count], at: place)
        }
      }
      let outcomes = ByteFeeding.cuts(of: damaged, seed: random).map { Self.feed($0) }
      for outcome in outcomes.dropFirst() {
        #expect(outcome.events == outcomes[0].events, "\(String(decoding: damaged, as: UTF8.self))")
        // Which of two faults is named first may depend on what has come.
        #expect((outcome.error == nil) == (outcomes[0].error == nil))
      }
    }
  }

  @Test("Every refusal has a status and says why")
  func statuses() {
    #expect(HTTPParseError.bodyTooLarge.status == 413)
    #expect(HTTPParseError.targetTooLong.status == 414)
    #expect(HTTPParseError.headersTooLarge.status == 431)
    #expect(HTTPParseError.unsupportedMethod.status == 501)
    #expect(HTTPParseError.unsupportedTransferCoding.status == 501)
    #expect(HTTPParseError.unsupportedVersion.status == 505)
    #expect(HTTPParseError.lengthAndTransferCoding.status == 400)
  }
}
