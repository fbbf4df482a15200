import CCurl

/// Limits of a client.
public struct HTTPClientConfiguration: Sendable {
  /// Open connections in all; requests beyond wait, and their deadlines run. 0: no limit.
  public var maxConnections = 0
  /// Open connections to one host and port; requests beyond wait, and their deadlines run. 0: no limit.
  public var maxConnectionsPerHost = 0
  /// Connections that are kept open, idle ones included: beyond it the one idle for longest is closed.
  public var maxIdleConnections = 1024

  /// The defaults.
  public init() {}
}

/// An HTTP client for a thread that owns it: many transfers on one libcurl multi handle, connections reused. One
/// turn of that thread is: start and cancel what is wanted, `perform`, `poll`. Not `Sendable`; only `wakeup` may leave
/// the thread.
///
/// A request is sent once; only `GET` and `HEAD` may be sent again, on a connection that ended before the answer began.
/// Redirects are not followed, proxies not used, signals not touched; certificates and host names are verified.
public final class HTTPClient {
  /// Handles that are kept for the next requests, at 8 KB each.
  static let maxIdleHandles = 64

  private let multi: UnsafeMutableRawPointer
  private let observer = TransferObserver()
  private let sockets = SocketTable()
  /// Everything that has begun and whose end has not been handed over.
  private var transfers: [UInt64: Transfer] = [:]
  private var idle: [Transfer] = []
  private var serial: UInt64 = 0
  /// No transfer reaches a limit before this time; it may be too early, never too late.
  private var nextLimit = UInt64.max

  /// Wakes `poll` from any thread.
  public let wakeup: HTTPClientWakeup

  /// How many transfers have begun and not ended.
  public var inFlight: Int { transfers.count }

  private static let isReady: Bool = {
    // CURL_GLOBAL_ALL, which is a macro that is not imported.
    curl_global_init(3) == CURLE_OK
  }()

  /// A client without transfers.
  public convenience init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
    self.init(configuration, wakeup: HTTPClientWakeup())
  }

  init(_ configuration: HTTPClientConfiguration, wakeup: HTTPClientWakeup) {
    guard Self.isReady, let multi = curl_multi_init() else {
      preconditionFailure("libcurl cannot be initialised: no memory, or a broken TLS library")
    }
    self.multi = multi
    self.wakeup = wakeup
    frugal_curl_multi_setopt_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maxConnections)
    frugal_curl_multi_setopt_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
    frugal_curl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, configuration.maxIdleConnections)
    wakeup.attach(multi)
  }

  deinit {
    wakeup.detach()
    for transfer in transfers.values { detach(transfer) }
    transfers.removeAll()
    idle.removeAll()
    curl_multi_cleanup(multi)
  }

  /// Begins a transfer; `id` must not be in flight. Events come from later calls of `perform`, also if the request
  /// cannot be sent at all.
  public func start(_ request: HTTPClientRequest, id: UInt64) {
    precondition(transfers[id] == nil, "id \(id) is in flight already")
    guard let transfer = idle.popLast() ?? Transfer(observer: observer, sockets: sockets) else {
      preconditionFailure("no memory for another transfer")
    }
    serial += 1
    transfers[id] = transfer
    do throws(HTTPClientFailure) {
      try transfer.begin(request, id: id, serial: serial, now: monotonicMilliseconds())
    } catch {
      observer.note(.end(id: id, .failure(error)), of: transfer)
      return
    }
    nextLimit = min(nextLimit, transfer.nextLimit)
    attach(transfer)
  }

  /// Ends a transfer; no event follows, not even one that waits to be handed over. Nothing if it has ended.
  public func cancel(id: UInt64) {
    guard let transfer = transfers.removeValue(forKey: id) else { return }
    recycle(transfer)
  }

  /// Moves all transfers on and hands over what happened. `handle` may start and cancel, not perform.
  public func perform(_ handle: (HTTPClientEvent) -> Void) {
    observer.now = monotonicMilliseconds()
    var running: Int32 = 0
    curl_multi_perform(multi, &running)
    observer.collectBytes()
    noteEnds()
    if nextLimit <= observer.now { noteExpired() }
    observer.deliver { serial, event in deliver(event, serial: serial, handle) }
  }

  /// Waits until a socket is ready, `wakeup` was woken, a limit is near or the time is over. Call `perform` after it.
  public func poll(milliseconds: Int) {
    var wait = observer.events.isEmpty ? max(0, milliseconds) : 0
    if nextLimit != .max {
      let now = monotonicMilliseconds()
      wait = min(wait, nextLimit <= now ? 0 : Int(clamping: nextLimit - now))
    }
    curl_multi_poll(multi, nil, 0, Int32(clamping: wait), nil)
  }

  // MARK: Ends

  private func noteEnds() {
    var waiting: Int32 = 0
    while let message = curl_multi_info_read(multi, &waiting) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      let code = message.pointee.data.result
      var context: UnsafeMutablePointer<CChar>?
      frugal_curl_getinfo_pointer(handle, CURLINFO_PRIVATE, &context)
      guard let context else { continue }
      // The transfer is in `transfers`, as its handle is attached.
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      if transfer.wantsRestart(code) {
        restart(transfer)
      } else {
        end(transfer, transfer.outcome(code))
      }
    }
  }

  private func restart(_ transfer: Transfer) {
    detach(transfer)
    attach(transfer)
  }

  private func noteExpired() {
    // In the order they were started: the order of a dictionary must not be seen.
    let open = transfers.values.filter(\.isAttached).sorted { $0.serial < $1.serial }
    nextLimit = .max
    for transfer in open {
      if let failure = transfer.expiry(at: observer.now) {
        closeIfSilent(transfer)
        end(transfer, .failure(failure))
      } else {
        nextLimit = min(nextLimit, transfer.nextLimit)
      }
    }
  }

  /// A connection that HTTP/2 shares outlives its transfers, so the next one would go into the same silence: if nothing
  /// has come on it since this transfer last heard of its peer, it is closed under all of them.
  private func closeIfSilent(_ transfer: Transfer) {
    guard transfer.mayShareConnection, transfer.localPort != 0 else { return }
    let isAlive = sockets.hasReceived(localPort: transfer.localPort, after: transfer.lastActivity)
    if !isAlive { sockets.shutDown(localPort: transfer.localPort) }
  }

  private func end(_ transfer: Transfer, _ outcome: Result<HTTPResponse, HTTPClientFailure>) {
    observer.note(.end(id: transfer.id, outcome), of: transfer)
    detach(transfer)
  }

  private func deliver(
    _ event: HTTPClientEvent, serial: UInt64, _ handle: (HTTPClientEvent) -> Void
  ) {
    let (id, isEnd) =
      switch event {
      case .head(let id, _, _): (id, false)
      case .bytes(let id, _): (id, false)
      case .end(let id, _): (id, true)
      }
    // Cancelled meanwhile, and perhaps begun anew under the same id.
    guard let transfer = transfers[id], transfer.serial == serial else { return }
    if isEnd {
      transfers[id] = nil
      recycle(transfer)
    }
    handle(event)
  }

  private func attach(_ transfer: Transfer) {
    let code = curl_multi_add_handle(multi, transfer.handle)
    precondition(code == CURLM_OK, "libcurl refuses a transfer: \(code.rawValue)")
    transfer.isAttached = true
  }

  private func detach(_ transfer: Transfer) {
    guard transfer.isAttached else { return }
    curl_multi_remove_handle(multi, transfer.handle)
    transfer.isAttached = false
  }

  private func recycle(_ transfer: Transfer) {
    detach(transfer)
    transfer.release()
    if idle.count < Self.maxIdleHandles { idle.append(transfer) }
  }
}
