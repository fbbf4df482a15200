import CCurl

/// One request in flight on a libcurl easy handle; handles are reused. Confined to the client's thread.
///
/// libcurl's callbacks get this object as an unretained pointer. That is safe because callbacks are made only from
/// within `curl_multi_perform` on the client's thread, for handles that are attached to the multi handle, and the
/// client holds every transfer strongly for as long as its handle is attached.
final class Transfer {
  /// Bodies of a stated length are reserved at once up to this much.
  static let maxReservedBytes = 256 * 1024

  let handle: UnsafeMutableRawPointer
  /// Where libcurl writes its text about a failure; freed with the handle.
  private let errorText: UnsafeMutablePointer<CChar>
  private let observer: TransferObserver
  private let sockets: SocketTable
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var connectTo: UnsafeMutablePointer<curl_slist>?

  private(set) var id: UInt64 = 0
  /// Differs for each use of this object, so that an event of an earlier use is known as such.
  private(set) var serial: UInt64 = 0
  /// Whether the handle is attached to the multi handle.
  var isAttached = false

  private(set) var isStreaming = false
  private var hasNoBody = false
  private var maxBodyBytes = 0
  private var idleMilliseconds: UInt64?
  private var deadline = UInt64.max
  /// When it began or bytes last came.
  private(set) var lastActivity: UInt64 = 0
  private var hasReceived = false
  /// Whether the connection may be one that others use at the same time.
  private(set) var mayShareConnection = false

  private var status = 0
  private var headers = HTTPHeaders()
  private var isHeadComplete = false
  /// The body so far; of a stream, what has come since the last hand-over.
  private var body: [UInt8] = []
  private var isTooLarge = false
  /// Whether the request may be sent again, which libcurl does by itself when a connection that was used before ends
  /// before the first byte of the answer: the peer may have acted on it.
  private var isRepeatable = false
  private var wasSent = false
  private var wasRestarted = false
  private var admitsPeer: (@Sendable (HTTPPeer) -> Bool)?
  /// An address that was refused, and whether another was not.
  private var refusedPeer: HTTPPeer?
  private var hasAdmitted = false
  /// The local port of the connection it was sent on; 0: it was not sent.
  private(set) var localPort: Int32 = 0

  /// Nil if the system has no memory for another handle.
  init?(observer: TransferObserver, sockets: SocketTable) {
    guard let handle = curl_easy_init() else { return nil }
    self.handle = handle
    self.observer = observer
    self.sockets = sockets
    errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    precondition(!isAttached, "a transfer must be detached before it goes: libcurl points to it")
    curl_easy_cleanup(handle)
    curl_slist_free_all(headerList)
    curl_slist_free_all(connectTo)
    errorText.deallocate()
  }

  /// Takes up a request; its options are set anew from scratch.
  func begin(
    _ request: HTTPClientRequest, id: UInt64, serial: UInt64, now: UInt64
  ) throws(HTTPClientFailure) {
    self.id = id
    self.serial = serial
    isStreaming = request.streaming
    hasNoBody = request.method == "HEAD"
    maxBodyBytes = request.maxBodyBytes
    idleMilliseconds = request.idleTimeoutMilliseconds.map { UInt64(max(0, $0)) }
    deadline = request.deadlineMilliseconds.map { now + UInt64(max(0, $0)) } ?? .max
    lastActivity = now
    hasReceived = false
    mayShareConnection = request.allowsHTTP2 && request.isHTTPS
    status = 0
    headers = HTTPHeaders()
    isHeadComplete = false
    body = []
    isTooLarge = false
    isRepeatable = request.method == "GET" || request.method == "HEAD"
    wasSent = false
    wasRestarted = false
    localPort = 0
    admitsPeer = request.admitsPeer
    refusedPeer = nil
    hasAdmitted = false
    errorText[0] = 0
    try TransferOptions.check(request)
    let context = Unmanaged.passUnretained(self).toOpaque()
    curl_easy_reset(handle)
    TransferOptions.setCallbacks(handle, context: context, errorText: errorText)
    sockets.setCallbacks(handle)
    TransferOptions.set(request, on: handle)
    headerList = TransferHeaders.list(request)
    frugal_curl_setopt_list(handle, CURLOPT_HTTPHEADER, headerList)
    if let detour = ServerNameDetour.needed(by: request) {
      connectTo = curl_slist_append(nil, detour.connectTo)
      frugal_curl_setopt_list(handle, CURLOPT_CONNECT_TO, connectTo)
    }
  }

  /// The handle is detached: what it needed may go.
  func release() {
    curl_slist_free_all(headerList)
    headerList = nil
    curl_slist_free_all(connectTo)
    connectTo = nil
    headers = HTTPHeaders()
    body = []
    admitsPeer = nil
  }

  // MARK: What libcurl calls

  /// A socket for a connection to this peer; -1: there is none, or it may not be connected to.
  func openSocket(_ family: Int32, _ type: Int32, _ proto: Int32, to peer: HTTPPeer?) -> Int32 {
    admits(peer) ? sockets.make(family, type, proto) : -1
  }

  private func admits(_ peer: HTTPPeer?) -> Bool {
    guard let admitsPeer else { return true }
    guard let peer, admitsPeer(peer) else {
      refusedPeer = peer
      return false
    }
    hasAdmitted = true
    return true
  }

  /// A connection is there and the request is about to be sent. False ends the transfer.
  func willSend(to peer: HTTPPeer?, from localPort: Int32) -> Bool {
    guard admits(peer) else {
      hasAdmitted = false
      return false
    }
    self.localPort = localPort
    defer { wasSent = true }
    return !wasSent || isRepeatable
  }

  /// A line of a head (or a trailer), with its line end. False ends the transfer.
  func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    noteReceived()
    // Trailers come the same way; nothing here depends on them.
    guard !isHeadComplete else { return true }
    if line.starts(with: "HTTP/".utf8) {
      // The head of an interim answer (1xx) is replaced by the next one.
      status = Self.status(line)
      headers = HTTPHeaders()
      return true
    }
    guard let colon = line.firstIndex(of: ASCII.colon) else { return endOfHead(line) }
    var value = line[(colon + 1)...]
    while let last = value.last, last <= ASCII.space { value.removeLast() }
    while let first = value.first, first == ASCII.space || first == ASCII.tab { value.removeFirst() }
    headers.add(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    return true
  }

  private func noteReceived() {
    lastActivity = observer.now
    hasReceived = true
    if mayShareConnection { sockets.noteReceived(localPort: localPort, at: observer.now) }
  }

  private func endOfHead(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.allSatisfy({ $0 == ASCII.cr || $0 == ASCII.lf }), status >= 200 else { return true }
    isHeadComplete = true
    if isStreaming {
      observer.note(.head(id: id, status: status, headers: headers), of: self)
    } else if !hasNoBody, status != 304, let length = headers[first: "Content-Length"].flatMap(Int.init) {
      guard length <= maxBodyBytes else {
        isTooLarge = true
        return false
      }
      body.reserveCapacity(min(length, Self.maxReservedBytes))
    }
    return true
  }

  private static func status(_ line: UnsafeRawBufferPointer) -> Int {
    guard let space = line.firstIndex(of: ASCII.space) else { return 0 }
    return line[(space + 1)...].prefix(3).reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
  }

  /// The next bytes of the body. False ends the transfer.
  func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    noteReceived()
    guard isStreaming || bytes.count <= maxBodyBytes - body.count else {
      isTooLarge = true
      return false
    }
    if isStreaming, body.isEmpty { observer.noteBytes(of: self) }
    body.append(contentsOf: bytes)
    return true
  }

  // MARK: What the client asks

  /// Whether to send the request again, which is asked at its end. A server that closes a connection with GOAWAY refuses
  /// what was sent meanwhile; libcurl gives up then.
  func wantsRestart(_ code: CURLcode) -> Bool {
    guard code == CURLE_HTTP2, isRepeatable, !wasRestarted, !hasReceived else { return false }
    wasRestarted = true
    return true
  }

  /// What a stream has received since the last call.
  func takeBytes() -> [UInt8] {
    defer { body = [] }
    return body
  }

  /// The outcome, once libcurl has ended the transfer.
  func outcome(_ code: CURLcode) -> Result<HTTPResponse, HTTPClientFailure> {
    if isTooLarge { return .failure(.tooLarge) }
    guard code == CURLE_OK else {
      return .failure(failure(code))
    }
    // libcurl takes a connection that ends within the head for the end of an answer without a body.
    guard isHeadComplete else { return .failure(.cut("the connection ended within the head")) }
    return .success(HTTPResponse(status: status, headers: headers, body: isStreaming ? [] : body))
  }

  private func failure(_ code: CURLcode) -> HTTPClientFailure {
    if let refusedPeer, !hasAdmitted, !wasSent { return .notAdmitted(refusedPeer) }
    let failure = HTTPClientFailure(code, detail: String(cString: errorText))
    if code == CURLE_ABORTED_BY_CALLBACK { return .cut("the connection ended before an answer") }
    // A proxy may end the connection before the request is sent.
    if !wasSent, case .cut(let text) = failure { return .connect(text) }
    guard wasSent else { return failure }
    switch failure {
    // From a second connection: the request went out on the first, and that is what counts.
    case .resolve(let text), .connect(let text): return .cut(text)
    case .notAdmitted, .timeout, .stalled, .tooLarge, .cut, .tls, .badURL, .badHeader, .cancelled, .other:
      return failure
    }
  }

  /// When the transfer fails unless something happens.
  var nextLimit: UInt64 {
    min(deadline, idleMilliseconds.map { lastActivity + $0 } ?? .max)
  }

  /// Why the transfer is over by the clock, if it is.
  func expiry(at now: UInt64) -> HTTPClientFailure? {
    guard nextLimit <= now else { return nil }
    return deadline <= now ? .timeout : .stalled
  }
}

/// What transfers report while libcurl runs; handed over afterwards, when the client may be called again.
final class TransferObserver {
  /// The time at which libcurl was last entered.
  var now: UInt64 = 0
  private(set) var events: [(serial: UInt64, event: HTTPClientEvent)] = []
  private var withBytes: [Transfer] = []

  func note(_ event: HTTPClientEvent, of transfer: Transfer) {
    events.append((transfer.serial, event))
  }

  /// All bytes that one stream receives in one turn become one event.
  func noteBytes(of transfer: Transfer) { withBytes.append(transfer) }

  /// Turns received bytes into events. Comes before any end is noted, so that bytes precede the end.
  func collectBytes() {
    for transfer in withBytes {
      note(.bytes(id: transfer.id, transfer.takeBytes()), of: transfer)
    }
    withBytes.removeAll(keepingCapacity: true)
  }

  /// Hands over all events, also those that are noted meanwhile.
  func deliver(_ body: (_ serial: UInt64, _ event: HTTPClientEvent) -> Void) {
    var index = 0
    while index < events.count {
      let (serial, event) = events[index]
      body(serial, event)
      index += 1
    }
    events.removeAll(keepingCapacity: true)
  }
}
