import HTTP
import HubEngine

/// Turns deliveries into POSTs, and what comes back into answers.
struct SinkTransport {
  private struct Exchange {
    let startedAt: UInt64
    let url: String
    let peers: PeerGuard
    var status: Int?
    var retryAfterSeconds: Int?
    /// `Hub-Requeue-After` of a 2xx.
    var requeueAfter: String?
    var bodyBytes = 0
    /// The engine wants the beginning of what is no 2xx.
    var keepsAnswer = false
    var kept: [UInt8] = []
  }

  /// The longest body of an answer that is read (and dropped), in bytes; beyond it the connection is closed, and the
  /// status counts.
  static let maxAnswerBytes = 64 << 10
  /// Answers are short and their bodies are dropped, but there may be hundreds at a time.
  static let readBufferBytes = 2 << 10
  /// How long name lookup, TCP and TLS may take, within the delivery's own time-out.
  static let connectTimeoutMilliseconds = 10_000

  private let log: Log
  private let apiPeers: APIPeers
  private var exchanges: [DeliveryID: Exchange] = [:]

  init(apiPeers: APIPeers = APIPeers(), log: Log) {
    self.apiPeers = apiPeers
    self.log = log
  }

  /// How many deliveries wait for their answer.
  var inFlight: Int { exchanges.count }

  /// The deliveries that wait for their answer, in order.
  var inFlightIDs: [DeliveryID] { exchanges.keys.sorted { $0.rawValue < $1.rawValue } }

  /// The deliveries' ages.
  func statistics(at now: EngineTime) -> SinkStatistics {
    var statistics = SinkStatistics(inFlight: exchanges.count)
    for exchange in exchanges.values {
      let age = Double(now.monotonic &- exchange.startedAt) / 1e9
      statistics.unfinishedSeconds += age
      statistics.longestSeconds = max(statistics.longestSeconds, age)
    }
    return statistics
  }

  /// The HTTP request of a delivery; remembers that it is in flight.
  mutating func begin(_ id: DeliveryID, _ request: SinkRequest, at now: EngineTime) -> HTTPClientRequest {
    let peers = PeerGuard(route: request.route, apiPeers: apiPeers)
    exchanges[id] = Exchange(
      startedAt: now.monotonic, url: request.url, peers: peers, keepsAnswer: request.keepsAnswer)
    var headers = HTTPHeaders()
    headers.reserveCapacity(request.headers.count + 1)
    for field in request.headers { headers.add(field.name, field.value) }
    if headers[first: "User-Agent"] == nil { headers.add("User-Agent", HubVersion.userAgent) }
    // The body of the answer is handed over as it comes, so that the status is known even if the body is too long.
    var http = HTTPClientRequest(
      method: "POST", url: request.url, headers: headers, body: request.body,
      deadlineMilliseconds: request.timeoutMilliseconds, streaming: true)
    http.readBufferBytes = Self.readBufferBytes
    http.admitsPeer = { peers.objection(to: $0) == nil }
    http.connectTimeoutMilliseconds = min(Self.connectTimeoutMilliseconds, request.timeoutMilliseconds)
    return http
  }

  /// The delivery was given up; no answer will come.
  mutating func forget(_ id: DeliveryID) { exchanges[id] = nil }

  /// The status line and headers of an answer.
  mutating func head(_ id: DeliveryID, status: Int, headers: HTTPHeaders, at now: EngineTime) {
    exchanges[id]?.status = status
    exchanges[id]?.retryAfterSeconds = RetryAfter.seconds(in: headers, at: now.wall)
    if (200..<300).contains(status) { exchanges[id]?.requeueAfter = headers[first: "Hub-Requeue-After"] }
  }

  /// Drops a part of the body, but for its beginning where that is wanted. True: there is too much of it, the transfer is to be cancelled; the answer has
  /// been given already.
  mutating func bytes(_ id: DeliveryID, _ bytes: [UInt8], into inputs: inout [EngineInput]) -> Bool {
    guard var exchange = exchanges[id], let status = exchange.status else { return false }
    exchange.bodyBytes += bytes.count
    if exchange.keepsAnswer, !(200..<300).contains(status) {
      exchange.kept += bytes.prefix(SinkRequest.answerBytes - exchange.kept.count)
    }
    exchanges[id] = exchange
    guard exchange.bodyBytes > Self.maxAnswerBytes else { return false }
    inputs.append(.sinkAnswer(id, Self.answer(status, exchange)))
    exchanges[id] = nil
    return true
  }

  /// The end of an answer. One that was cut is none: the sink may have failed after its first byte.
  mutating func end(
    _ id: DeliveryID, _ result: Result<HTTPResponse, HTTPClientFailure>, into inputs: inout [EngineInput]
  ) {
    guard let exchange = exchanges.removeValue(forKey: id) else { return }
    switch result {
    case .success(let response):
      let status = exchange.status ?? response.status
      inputs.append(.sinkAnswer(id, Self.answer(status, exchange)))
      logEnd(id, exchange, "status", String(status))
    case .failure(.notAdmitted(let peer)):
      let reason = exchange.peers.objection(to: peer) ?? TransferFailure.text(.notAdmitted(peer))
      inputs.append(.sinkAnswer(id, .notAllowed(reason)))
      logEnd(id, exchange, "reason", reason)
    case .failure(let failure):
      inputs.append(.sinkAnswer(id, .noAnswer(TransferFailure.text(failure))))
      logEnd(id, exchange, "reason", TransferFailure.text(failure))
    }
  }

  private static func answer(_ status: Int, _ exchange: Exchange) -> SinkAnswer {
    if let after = exchange.requeueAfter { return .requeue(status, after: after) }
    if exchange.keepsAnswer, !(200..<300).contains(status) {
      return .failed(status, retryAfterSeconds: exchange.retryAfterSeconds, body: exchange.kept)
    }
    return .status(status, retryAfterSeconds: exchange.retryAfterSeconds)
  }

  private func logEnd(
    _ id: DeliveryID, _ exchange: Exchange, _ name: String, _ value: @autoclosure () -> String
  ) {
    guard log.shows(.debug) else { return }
    // Queries of webhooks often hold a secret.
    let url = String(exchange.url.prefix { $0 != "?" })
    log.write(.debug, "delivery ended", [("delivery", String(id.rawValue)), ("sink", url), (name, value())])
  }
}
