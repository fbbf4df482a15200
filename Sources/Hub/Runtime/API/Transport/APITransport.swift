import HTTP
import HubEngine

/// Turns the engine's requests to the API server into HTTP requests, and what comes back into inputs. A request waits
/// while an exec plugin is asked for credentials; after a 401 it is sent once more if there are newer ones.
struct APITransport {
  /// A request that is ready to be sent.
  struct Ready {
    let id: RequestID
    let http: HTTPClientRequest
  }

  private let access: APIAccess
  private let idleMilliseconds: Int
  private let peers: APIPeers
  private var voice: APIVoice
  private var credentials: APICredentials
  private var exchanges: [RequestID: APIExchange] = [:]
  /// Requests that wait for credentials, or to be sent again, in order.
  private var waiting: [RequestID] = []
  /// Requests that had no credentials, with the reason.
  private var failed: [(RequestID, String)] = []
  private(set) var statistics = APIStatistics()

  /// How long name lookup, TCP and TLS may take.
  static let connectTimeoutMilliseconds = 10_000

  /// `peers` are told where the API server is.
  init(_ access: APIAccess, idleMilliseconds: Int, peers: APIPeers = APIPeers(), log: Log) {
    self.access = access
    self.peers = peers
    self.idleMilliseconds = idleMilliseconds
    self.voice = APIVoice(access, log: log)
    self.credentials = APICredentials(access)
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

  /// The HTTP request for one of the engine's; remembers that it is in flight. Nil: it comes from `resume` later.
  mutating func begin(_ id: RequestID, _ request: APIRequest, at now: EngineTime) -> HTTPClientRequest? {
    exchanges[id] = APIExchange(request)
    statistics.inFlight = exchanges.count
    return http(id, at: now)
  }

  /// The requests whose waiting is over; the ends of those that cannot be sent become inputs.
  mutating func resume(at now: EngineTime, into inputs: inout [EngineInput]) -> [Ready] {
    var ready: [Ready] = []
    if !waiting.isEmpty {
      let ids = waiting
      waiting.removeAll(keepingCapacity: true)
      for id in ids {
        if let http = http(id, at: now) { ready.append(Ready(id: id, http: http)) }
      }
    }
    let ends = failed
    failed.removeAll()
    for (id, reason) in ends {
      guard let exchange = exchanges[id] else { continue }
      statistics.countError(method: exchange.method)
      statistics.problem = .notAsked(reason)
      inputs.append(.responseEnd(id, .failed(reason)))
      forget(id)
    }
    return ready
  }

  private mutating func http(_ id: RequestID, at now: EngineTime) -> HTTPClientRequest? {
    guard let exchange = exchanges[id] else { return nil }
    let answer = credentials.current(at: now)
    voice.credentialsProblem(credentials.problem)
    switch answer {
    case .granted(let grant):
      exchanges[id]?.generation = grant.generation
      return http(exchange.request, grant)
    case .waiting: waiting.append(id)
    case .refused(let reason): failed.append((id, reason))
    }
    return nil
  }

  private func http(_ request: APIRequest, _ grant: APICredentials.Grant) -> HTTPClientRequest {
    var headers = HTTPHeaders([
      ("Accept", request.accept ?? "application/json"), ("User-Agent", HubVersion.userAgent),
    ])
    for header in grant.headers { headers.add(header.name, header.value) }
    if let contentType = request.contentType { headers.add("Content-Type", contentType) }
    var http = HTTPClientRequest(
      method: request.method, url: access.baseURL + request.target, headers: headers,
      body: request.contentType == nil && request.body.isEmpty ? nil : request.body,
      deadlineMilliseconds: request.deadlineSeconds * 1000, streaming: request.isStreaming)
    http.connectTimeoutMilliseconds = Self.connectTimeoutMilliseconds
    http.idleTimeoutMilliseconds = request.isStreaming ? idleMilliseconds : nil
    http.maxBodyBytes = request.maxBytes
    http.tls = grant.tls
    http.allowsHTTP2 = access.isHTTPS
    http.proxyURL = access.proxyURL
    // Through a proxy the API server's own addresses are not seen.
    if access.proxyURL == nil {
      http.admitsPeer = { [peers] peer in
        peers.note(peer)
        return true
      }
    }
    return http
  }

  /// The request was given up; no answer will come.
  mutating func forget(_ id: RequestID) {
    exchanges[id] = nil
    statistics.inFlight = exchanges.count
  }

  // MARK: The exec plugin

  /// Takes the plugin that is to be started; its end comes to `pluginEnded`.
  mutating func takeWantedRun() -> ExecPlugin? { credentials.takeWantedRun() }

  /// The plugin has ended: requests that waited are ready.
  mutating func pluginEnded(_ result: Result<ExecCredential, ExecFailure>, at now: EngineTime) {
    if let failure = credentials.pluginEnded(result, at: now) {
      voice.pluginFailed(failure)
    } else {
      voice.pluginSucceeded()
    }
  }

  // MARK: Answers

  /// The head of a streamed answer.
  mutating func head(
    _ id: RequestID, status: Int, headers: HTTPHeaders, at now: EngineTime, into inputs: inout [EngineInput]
  ) {
    guard let exchange = exchanges[id] else { return }
    exchanges[id]?.status = status
    answered(status, exchange.method)
    if status == 401 {
      let isWorthwhile = credentials.refused(generation: exchange.generation, at: now)
      if isWorthwhile, !exchange.wasRepeated {
        exchanges[id]?.isRepeating = true
        return
      }
      let remedy = credentials.remedy(at: now)
      statistics.problem = .notAccepted(remedy)
      voice.unauthorized(remedy, at: now)
    } else {
      voice.authorized()
    }
    inputs.append(
      .responseHead(id, status: status, retryAfterSeconds: RetryAfter.seconds(in: headers, at: now.wall)))
  }

  /// A part of a streamed answer's body.
  mutating func bytes(_ id: RequestID, _ bytes: [UInt8], into inputs: inout [EngineInput]) {
    guard let exchange = exchanges[id], !exchange.isRepeating else { return }
    inputs.append(.responseBytes(id, bytes))
  }

  /// The end of any answer; one that is not streamed arrives with it as a whole.
  mutating func end(
    _ id: RequestID, _ result: Result<HTTPResponse, HTTPClientFailure>, at now: EngineTime,
    into inputs: inout [EngineInput]
  ) {
    guard let exchange = exchanges[id] else { return }
    if case .success(let response) = result, !exchange.isStreaming {
      head(id, status: response.status, headers: response.headers, at: now, into: &inputs)
    }
    if exchanges[id]?.isRepeating == true {
      var again = APIExchange(exchange.request)
      again.wasRepeated = true
      exchanges[id] = again
      waiting.append(id)
      return
    }
    switch advised(result) {
    case .success(let response):
      if !exchange.isStreaming, !response.body.isEmpty { inputs.append(.responseBytes(id, response.body)) }
      inputs.append(.responseEnd(id, .complete))
      voice.ended(exchange, "status", String(response.status))
    case .failure(let failure):
      failedTransfer(failure, of: exchange, at: now)
      inputs.append(.responseEnd(id, TransferFailure.end(failure, streaming: exchange.isStreaming)))
      voice.ended(exchange, "reason", TransferFailure.text(failure))
    }
    forget(id)
  }

  /// Failures with what to do about them, or what is in the way.
  private func advised(
    _ result: Result<HTTPResponse, HTTPClientFailure>
  ) -> Result<HTTPResponse, HTTPClientFailure> {
    let proxy = access.proxyURL == nil ? "" : "; the way goes through the proxy of \(access.places.proxy)"
    switch result {
    case .failure(.tls(let reason)):
      return .failure(.tls(reason + (TLSAdvice.remedy(reason, access).map { "; \($0)" } ?? "")))
    case .failure(.connect(let reason)): return .failure(.connect(reason + proxy))
    case .failure(.resolve(let reason)): return .failure(.resolve(reason + proxy))
    default: return result
    }
  }

  private mutating func failedTransfer(
    _ failure: HTTPClientFailure, of exchange: APIExchange, at now: EngineTime
  ) {
    if case .tls = failure { credentials.handshakeFailed() }
    guard exchange.status == nil else { return }
    statistics.countError(method: exchange.method)
    guard TransferFailure.meansNoAnswer(failure) else { return }
    let reason = TransferFailure.text(failure)
    voice.unanswered(reason, instead: statistics.problem, at: now)
    statistics.problem = .noAnswer(reason)
  }

  private mutating func answered(_ status: Int, _ method: String) {
    statistics.count(status: status, method: method)
    guard statistics.problem != nil else { return }
    statistics.problem = nil
    voice.answersAgain()
  }
}
