import HTTP
import HubEngine

/// Turns the engine's requests to the API server into HTTP requests, and what comes back into inputs.
struct APITransport {
  private struct Exchange {
    let method: String
    let target: String
    let isStreaming: Bool
    var status: Int?
  }

  private let access: APIAccess
  private let tls: HTTPClientTLS?
  private let idleMilliseconds: Int
  private let log: Log
  private var credentials: APICredentials
  private var exchanges: [RequestID: Exchange] = [:]
  private(set) var statistics = APIStatistics()
  private var loggedTokenProblem: String?
  private var warnedAt: UInt64?
  private var hasWarned = false

  /// How long name lookup, TCP and TLS may take.
  static let connectTimeoutMilliseconds = 10_000
  /// The shortest time between two warnings that the server does not answer, in nanoseconds.
  static let warningInterval: UInt64 = 10 * 1_000_000_000

  init(_ access: APIAccess, idleMilliseconds: Int, log: Log) {
    self.access = access
    self.tls = access.isHTTPS ? HTTPClientTLS(caFile: access.caFile) : nil
    self.idleMilliseconds = idleMilliseconds
    self.log = log
    self.credentials = APICredentials(file: access.mayCarryToken ? access.tokenFile : nil)
  }

  /// Requests that change something and have not ended: worth waiting for at the end.
  var writesInFlight: Int { exchanges.values.count { $0.method != "GET" } }

  /// The requests in flight for which `isIncluded` holds, in order.
  func inFlight(onlyReads: Bool) -> [RequestID] {
    exchanges.filter { !onlyReads || $0.value.method == "GET" }.map(\.key).sorted {
      $0.rawValue < $1.rawValue
    }
  }

  // MARK: Requests

  /// The HTTP request for one of the engine's; remembers that it is in flight.
  mutating func begin(_ id: RequestID, _ request: APIRequest, at now: EngineTime) -> HTTPClientRequest {
    exchanges[id] = Exchange(
      method: request.method, target: request.target, isStreaming: request.isStreaming)
    statistics.inFlight = exchanges.count
    var headers = HTTPHeaders([("Accept", "application/json"), ("User-Agent", HubVersion.userAgent)])
    if let token = credentials.token(at: now.monotonic) { headers.add("Authorization", "Bearer \(token)") }
    logTokenProblem()
    if let contentType = request.contentType { headers.add("Content-Type", contentType) }
    var http = HTTPClientRequest(
      method: request.method, url: access.baseURL + request.target, headers: headers,
      body: request.contentType == nil && request.body.isEmpty ? nil : request.body,
      deadlineMilliseconds: request.deadlineSeconds * 1000, streaming: request.isStreaming)
    http.connectTimeoutMilliseconds = Self.connectTimeoutMilliseconds
    http.idleTimeoutMilliseconds = request.isStreaming ? idleMilliseconds : nil
    http.maxBodyBytes = request.maxBytes
    http.tls = tls
    return http
  }

  /// The request was given up; no answer will come.
  mutating func forget(_ id: RequestID) {
    exchanges[id] = nil
    statistics.inFlight = exchanges.count
  }

  // MARK: Answers

  /// The head of a streamed answer.
  mutating func head(
    _ id: RequestID, status: Int, headers: HTTPHeaders, at now: EngineTime, into inputs: inout [EngineInput]
  ) {
    guard let method = exchanges[id]?.method else { return }
    exchanges[id]?.status = status
    answered(status, method)
    inputs.append(
      .responseHead(id, status: status, retryAfterSeconds: RetryAfter.seconds(in: headers, at: now.wall)))
  }

  /// A part of a streamed answer's body.
  mutating func bytes(_ id: RequestID, _ bytes: [UInt8], into inputs: inout [EngineInput]) {
    guard exchanges[id] != nil else { return }
    inputs.append(.responseBytes(id, bytes))
  }

  /// The end of any answer; one that is not streamed arrives with it as a whole.
  mutating func end(
    _ id: RequestID, _ result: Result<HTTPResponse, HTTPClientFailure>, at now: EngineTime,
    into inputs: inout [EngineInput]
  ) {
    guard let exchange = exchanges[id] else { return }
    switch result {
    case .success(let response):
      if !exchange.isStreaming {
        head(id, status: response.status, headers: response.headers, at: now, into: &inputs)
        if !response.body.isEmpty { inputs.append(.responseBytes(id, response.body)) }
      }
      inputs.append(.responseEnd(id, .complete))
      logEnd(exchange, "status", String(response.status))
    case .failure(let failure):
      let end = TransferFailure.end(failure, streaming: exchange.isStreaming)
      if exchange.status == nil {
        statistics.countError(method: exchange.method)
        if TransferFailure.meansNoAnswer(failure) { unanswered(TransferFailure.text(failure), at: now) }
      }
      inputs.append(.responseEnd(id, end))
      logEnd(exchange, "reason", TransferFailure.text(failure))
    }
    forget(id)
  }

  private mutating func answered(_ status: Int, _ method: String) {
    statistics.count(status: status, method: method)
    if status == 401 { credentials.refuse() }
    guard statistics.problem != nil else { return }
    statistics.problem = nil
    guard hasWarned else { return }
    hasWarned = false
    log.write(.info, "the API server answers again", ["url": access.baseURL])
  }

  private func logEnd(_ exchange: Exchange, _ name: String, _ value: @autoclosure () -> String) {
    guard log.shows(.debug) else { return }
    log.write(
      .debug, "API request ended",
      [("method", exchange.method), ("target", exchange.target), (name, value())])
  }

  /// Says that, and why, the API server does not answer: when it begins, and when the reason changes, but not more
  /// often than a person wants to read it.
  private mutating func unanswered(_ reason: String, at now: EngineTime) {
    guard statistics.problem != reason else { return }
    statistics.problem = reason
    if let last = warnedAt, now.monotonic &- last < Self.warningInterval { return }
    warnedAt = now.monotonic
    hasWarned = true
    log.write(.warn, "the API server does not answer", ["url": access.baseURL, "reason": reason])
  }

  private mutating func logTokenProblem() {
    guard credentials.problem != loggedTokenProblem else { return }
    loggedTokenProblem = credentials.problem
    if let problem = credentials.problem {
      log.write(.warn, "the service account's token cannot be renewed", ["reason": problem])
    }
  }
}
