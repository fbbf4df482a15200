import CLinux
import Glibc

/// One connection of a server: its bytes in and out, and the one request that is being answered. Confined to the
/// server's thread. Pipelined requests are answered one after the other, so their answers keep their order and
/// their effects too; while one is being answered, further bytes wait here up to a limit and then in the kernel.
final class ServerConnection {
  enum Life {
    case open
    /// What is buffered is sent, then the sending side is closed.
    case closing
    /// The sending side is closed; what still comes is dropped until the peer closes (RFC 9112 section 9.6: closing
    /// at once could destroy an answer that the peer has not read).
    case lingering
  }

  struct Exchange {
    let id: ServerInbox.ExchangeID
    let isHead: Bool
    let keepAlive: Bool
    let isHTTP10: Bool
    var stream: HTTPBodyStream?
    /// How chunks are written; decided when the stream begins.
    var isChunked = false
    var dropsBody = false
  }

  enum Step {
    case needsBytes
    case request(HTTPRequest, ServerInbox.ExchangeID)
  }

  /// Bytes that are kept unparsed while a request is being answered.
  static let maxWaitingInputBytes = 64 * 1024

  let id: UInt64
  let descriptor: Int32
  private var parser: HTTPRequestParser
  private var output: [UInt8] = []
  private var sent = 0
  private var exchangeCount: UInt64 = 0
  private(set) var exchange: Exchange?
  private(set) var life = Life.open
  /// All that the peer sent is read, and it will send nothing more.
  private(set) var peerClosed = false
  /// The peer will send nothing more, but not all is read: reading waits for the request that is being answered.
  var peerHungUp = false
  var clock: ConnectionClock
  /// What epoll was told last.
  var interest: UInt32 = Poller.readable
  /// Whether it is in the loop's list of those to settle.
  var isDirty = false

  init(id: UInt64, descriptor: Int32, limits: HTTPRequestParser.Limits, now: UInt64) {
    self.id = id
    self.descriptor = descriptor
    parser = HTTPRequestParser(limits: limits)
    clock = ConnectionClock(now: now)
  }

  deinit { close(descriptor) }

  var pendingOutput: Int { output.count - sent }
  var parserPhase: HTTPRequestParser.Phase { parser.phase }
  var isIdle: Bool { life == .open && exchange == nil && pendingOutput == 0 && parser.phase == .idle }

  var wantedInterest: UInt32 {
    let wantsBytes = exchange == nil || parser.bufferedBytes < Self.maxWaitingInputBytes
    let whileWaiting = peerHungUp ? 0 : Poller.peerClosed
    let reading = peerClosed ? 0 : wantsBytes ? Poller.readable : whileWaiting
    return reading | (pendingOutput > 0 ? Poller.writable : 0)
  }

  // MARK: Input

  /// Reads once; false if the connection is broken.
  func receive(using scratch: inout [UInt8]) -> Bool {
    let count = recv(descriptor, &scratch, scratch.count, 0)
    if count > 0 {
      if life == .open { parser.append(scratch[..<count]) }
      return true
    }
    if count == 0 {
      peerClosed = true
      return true
    }
    return errno == EAGAIN || errno == EINTR
  }

  /// Looks for the next request; only while none is being answered.
  func step(date: [UInt8]) -> Step {
    guard life == .open, exchange == nil else { return .needsBytes }
    do throws(HTTPParseError) {
      while let event = try parser.next() {
        switch event {
        case .expectsContinue: output.append(contentsOf: HTTPResponseEncoder.interimContinue)
        case .message(let message):
          exchangeCount += 1
          let id = ServerInbox.ExchangeID(connection: id, number: exchangeCount)
          exchange = Exchange(
            id: id, isHead: message.request.method == "HEAD", keepAlive: message.keepAlive,
            isHTTP10: message.isHTTP10)
          clock.phase = .answering
          return .request(message.request, id)
        }
      }
    } catch {
      refuse(status: error.status, explanation: error.explanation, date: date)
    }
    return .needsBytes
  }

  // MARK: Answers

  /// Answers a request that could not be understood or did not come in time, and closes.
  func refuse(status: Int, explanation: String, date: [UInt8]) {
    let body = [UInt8]("\(explanation)\n".utf8)
    HTTPResponseEncoder.appendHead(
      status: status, headers: HTTPHeaders([("Content-Type", "text/plain; charset=utf-8")]),
      framing: .length(body.count), persistence: .close, date: date, to: &output)
    output.append(contentsOf: body)
    life = .closing
  }

  func respond(_ response: HTTPResponse, date: [UInt8], closing: Bool) {
    guard let exchange, exchange.stream == nil else { return }
    let isValid = (200...599).contains(response.status)
    let status = isValid ? response.status : 500
    let body = isValid ? response.body : []
    let isBodiless = HTTPResponseEncoder.isBodiless(status)
    // An answer to HEAD may state a length that it does not carry.
    let stated = exchange.isHead ? response.headers[first: "Content-Length"].flatMap(Int.init) : nil
    let persistence = persistence(of: exchange, response.headers, closing: closing)
    HTTPResponseEncoder.appendHead(
      status: status, headers: response.headers,
      framing: isBodiless ? .bodiless : .length(stated ?? body.count), persistence: persistence, date: date,
      to: &output)
    if !isBodiless, !exchange.isHead { output.append(contentsOf: body) }
    endExchange(closes: persistence == .close)
  }

  func beginStream(
    _ stream: HTTPBodyStream, status: Int, headers: HTTPHeaders, date: [UInt8], closing: Bool
  ) {
    guard var exchange, exchange.stream == nil else { return }
    let status = (200...599).contains(status) ? status : 500
    let isBodiless = HTTPResponseEncoder.isBodiless(status)
    exchange.isChunked = !exchange.isHTTP10
    exchange.dropsBody = isBodiless || exchange.isHead
    exchange.stream = stream
    let persistence = exchange.isHTTP10 ? .close : persistence(of: exchange, headers, closing: closing)
    if persistence == .close { closesAfterExchange = true }
    HTTPResponseEncoder.appendHead(
      status: status, headers: headers,
      framing: isBodiless ? .bodiless : exchange.isChunked ? .chunked : .untilClose, persistence: persistence,
      date: date, to: &output)
    self.exchange = exchange
  }

  /// Whether the head of the stream in progress has announced the end of the connection.
  private var closesAfterExchange = false

  func write(_ bytes: [UInt8]) {
    guard let exchange, let stream = exchange.stream else { return }
    stream.taken(bytes.count)
    guard !exchange.dropsBody else { return }
    if exchange.isChunked {
      HTTPResponseEncoder.appendChunk(bytes, to: &output)
    } else {
      output.append(contentsOf: bytes)
    }
  }

  func endStream() {
    guard let exchange, exchange.stream != nil else { return }
    if exchange.isChunked, !exchange.dropsBody { output.append(contentsOf: HTTPResponseEncoder.lastChunk) }
    endExchange(closes: closesAfterExchange)
  }

  private func persistence(
    of exchange: Exchange, _ headers: HTTPHeaders, closing: Bool
  ) -> HTTPResponseEncoder.Persistence {
    guard exchange.keepAlive, !closing, !headers.listContains("Connection", "close") else {
      return .close
    }
    return exchange.isHTTP10 ? .keepAliveHTTP10 : .keepAlive
  }

  private func endExchange(closes: Bool) {
    exchange = nil
    closesAfterExchange = false
    if closes { life = .closing }
  }

  // MARK: Output

  /// Sends what the peer takes; false if the connection is broken. When all is sent, a closing connection lingers.
  func flush(now: UInt64) -> Bool {
    while sent < output.count {
      let count = output.withUnsafeBytes { bytes in
        send(
          descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
        clock.lastProgress = now
      } else if errno == EAGAIN {
        dropSentOutput()
        return true
      } else if errno != EINTR {
        return false
      }
    }
    output.removeAll(keepingCapacity: output.capacity <= Self.maxWaitingInputBytes)
    sent = 0
    if life == .closing {
      shutdown(descriptor, Int32(SHUT_WR))
      life = .lingering
    }
    return true
  }

  /// Moving the rest to the front costs less than what was sent, so the total stays linear.
  private func dropSentOutput() {
    guard sent > output.count / 2 else { return }
    output.removeFirst(sent)
    sent = 0
  }
}
