import CLinux
import Glibc

/// The server's thread: waits for sockets, lets handlers answer, sends. Each turn reads what is ready, performs the
/// messages of the inbox, then settles every connection that was touched, so that many small writes become one send.
final class ServerLoop {
  static let readBufferBytes = 64 * 1024
  static let maxAcceptsPerTurn = 64
  /// How long accepting pauses when the process has no descriptors left.
  static let acceptPauseMilliseconds: UInt64 = 100

  private static let inboxNumber: UInt64 = 0
  private static let listenerNumber: UInt64 = 1

  let configuration: HTTPServerConfiguration
  private let listener: ListeningSocket
  private let inbox: ServerInbox
  private let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void
  private let poller: Poller

  private var connections: [UInt64: ServerConnection] = [:]
  private var nextNumber: UInt64 = 2
  private var dirty: [ServerConnection] = []
  private var timers = ServerTimers()
  private var scratch = [UInt8](repeating: 0, count: ServerLoop.readBufferBytes)
  private var messages: [ServerInbox.Message] = []
  private var date = DateField()
  private var isAccepting = false
  /// Set once the server drains: when it ends whatever is open.
  private var drainDeadline: UInt64?
  private var isStopped = false
  private var now = monotonicMilliseconds()

  init(
    configuration: HTTPServerConfiguration, listener: ListeningSocket, inbox: ServerInbox, poller: Poller,
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
  ) {
    self.configuration = configuration
    self.listener = listener
    self.inbox = inbox
    self.poller = poller
    self.handler = handler
  }

  /// Runs until the server is stopped or drained.
  func run() {
    inbox.adoptCurrentThread()
    poller.add(inbox.descriptor, number: Self.inboxNumber, interest: Poller.readable)
    resumeAccepting()
    while !isFinished { turn() }
    finish()
  }

  private var isFinished: Bool {
    if isStopped { return true }
    guard let drainDeadline else { return false }
    return connections.isEmpty || now >= drainDeadline
  }

  private func turn() {
    poller.wait(milliseconds: waitTime()) { number, ready in
      now = monotonicMilliseconds()
      switch number {
      case Self.inboxNumber: inbox.acknowledgeWake()
      case Self.listenerNumber: acceptConnections()
      default: if let connection = connections[number] { read(connection, ready: ready) }
      }
    }
    now = monotonicMilliseconds()
    fireTimers()
    inbox.take(into: &messages)
    for message in messages { perform(message) }
    messages.removeAll(keepingCapacity: true)
    settleTouched()
  }

  private func waitTime() -> Int32 {
    guard inbox.isEmpty else { return 0 }
    let deadline = min(timers.nextDeadline ?? .max, drainDeadline ?? .max)
    guard deadline != .max else { return -1 }
    return deadline <= now ? 0 : Int32(clamping: deadline - now)
  }

  /// Closes everything; streams learn of it, messages that wait are dropped.
  private func finish() {
    listener.close()
    for case .beginStream(_, _, _, let stream) in inbox.close() { stream.connectionClosed() }
    for connection in connections.values { connection.exchange?.stream?.connectionClosed() }
    connections.removeAll()
  }

  // MARK: Connections

  private func resumeAccepting() {
    guard !isAccepting, drainDeadline == nil, connections.count < configuration.maxConnections else { return }
    isAccepting = poller.add(
      listener.descriptor, number: Self.listenerNumber, interest: UInt32(EPOLLIN.rawValue))
  }

  private func pauseAccepting() {
    guard isAccepting else { return }
    poller.remove(listener.descriptor)
    isAccepting = false
  }

  private func acceptConnections() {
    for _ in 0..<Self.maxAcceptsPerTurn {
      guard connections.count < configuration.maxConnections else { return pauseAccepting() }
      let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      let descriptor = accept4(listener.descriptor, nil, nil, flags)
      guard descriptor >= 0 else {
        if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
          pauseAccepting()
          timers.add(.acceptAgain, at: now + Self.acceptPauseMilliseconds)
        }
        return
      }
      open(descriptor)
    }
  }

  private func open(_ descriptor: Int32) {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    let limits = HTTPRequestParser.Limits(
      maxHeaderBytes: configuration.maxHeaderBytes, maxBodyBytes: configuration.maxBodyBytes)
    let connection = ServerConnection(id: nextNumber, descriptor: descriptor, limits: limits, now: now)
    nextNumber += 1
    guard poller.add(descriptor, number: connection.id, interest: connection.interest) else { return }
    connections[connection.id] = connection
    touch(connection)
  }

  /// The descriptor closes with the last reference, and leaves epoll with that.
  private func close(_ connection: ServerConnection) {
    guard connections.removeValue(forKey: connection.id) != nil else { return }
    poller.remove(connection.descriptor)
    connection.exchange?.stream?.connectionClosed()
    resumeAccepting()
  }

  private func read(_ connection: ServerConnection, ready: UInt32) {
    guard ready & Poller.broken == 0 else { return close(connection) }
    if ready & Poller.readable != 0 {
      if connection.interest & Poller.readable == Poller.readable {
        guard connection.receive(using: &scratch) else { return close(connection) }
      } else {
        connection.peerHungUp = true
      }
    }
    advance(connection)
    touch(connection)
  }

  /// Hands the next request to the handler, if it is complete and none is being answered.
  private func advance(_ connection: ServerConnection) {
    guard case .request(let request, let exchange) = connection.step(date: date.bytes()) else { return }
    let responder = HTTPResponder(
      inbox: inbox, exchange: exchange, maxBufferedOutputBytes: configuration.maxBufferedOutputBytes)
    handler(request, responder)
  }

  private func touch(_ connection: ServerConnection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirty.append(connection)
  }

  private func settleTouched() {
    // Settling closes connections, but touches none.
    for connection in dirty {
      connection.isDirty = false
      if connections[connection.id] != nil { settle(connection) }
    }
    dirty.removeAll(keepingCapacity: true)
  }

  /// Sends, and decides whether the connection goes on and what it waits for.
  private func settle(_ connection: ServerConnection) {
    advance(connection)
    guard connection.flush(now: now) else { return close(connection) }
    let isStreaming = connection.exchange?.stream != nil
    // A peer that stopped sending may still read the answers to its requests, but who followed a stream is gone.
    if isStreaming, connection.peerClosed || connection.peerHungUp { return close(connection) }
    if connection.peerClosed, connection.exchange == nil, connection.pendingOutput == 0 {
      return close(connection)
    }
    if isStreaming, connection.pendingOutput > configuration.maxBufferedOutputBytes {
      return close(connection)
    }
    if drainDeadline != nil, connection.isIdle { return close(connection) }

    let interest = connection.wantedInterest
    if interest != connection.interest {
      poller.change(connection.descriptor, number: connection.id, interest: interest)
      connection.interest = interest
    }
    connection.clock.update(
      phase: phase(of: connection), hasPendingOutput: connection.pendingOutput > 0, now: now, configuration)
    arm(connection)
  }

  private func phase(of connection: ServerConnection) -> ConnectionClock.Phase {
    if connection.life == .lingering { return .lingering }
    if connection.life == .closing || connection.exchange != nil { return .answering }
    return switch connection.parserPhase {
    case .idle: .idle
    case .head: .head
    case .body: .body
    }
  }

  // MARK: Time

  /// Sets a timer unless an earlier one is set, which will look again.
  private func arm(_ connection: ServerConnection) {
    guard connection.clock.deadline < connection.clock.armedAt else { return }
    connection.clock.armedAt = connection.clock.deadline
    timers.add(.connection(connection.id), at: connection.clock.deadline)
  }

  private func fireTimers() {
    while let (deadline, purpose) = timers.popDue(at: now) {
      switch purpose {
      case .work(let work): work()
      case .acceptAgain: resumeAccepting()
      case .connection(let id):
        guard let connection = connections[id], connection.clock.armedAt == deadline else { continue }
        connection.clock.armedAt = .max
        if connection.clock.deadline <= now { timeOut(connection) } else { arm(connection) }
      }
    }
  }

  private func timeOut(_ connection: ServerConnection) {
    let isReceiving = connection.parserPhase != .idle && connection.exchange == nil
    guard connection.life == .open, isReceiving, connection.pendingOutput == 0 else {
      return close(connection)
    }
    connection.refuse(status: 408, explanation: "the request did not come in time", date: date.bytes())
    touch(connection)
  }

  // MARK: Messages

  private func perform(_ message: ServerInbox.Message) {
    switch message {
    case .respond(let id, let response):
      with(id) { $0.respond(response, date: date.bytes(), closing: drainDeadline != nil) }
    case .beginStream(let id, let status, let headers, let stream):
      let isKnown = with(id) {
        $0.beginStream(
          stream, status: status, headers: headers, date: date.bytes(), closing: drainDeadline != nil)
      }
      if !isKnown { stream.connectionClosed() }
    case .chunk(let id, let bytes): with(id) { $0.write(bytes) }
    case .endStream(let id): with(id) { $0.endStream() }
    case .abort(let id), .overflow(let id): with(id) { close($0) }
    case .execute(let work): work()
    case .schedule(let deadline, let work): timers.add(.work(work), at: deadline)
    case .drain(let deadline): drain(until: deadline)
    case .stop: isStopped = true
    }
  }

  /// Calls `body` with the connection if that request is still being answered there, and settles it later.
  @discardableResult
  private func with(_ id: ServerInbox.ExchangeID, _ body: (ServerConnection) -> Void) -> Bool {
    guard let connection = connections[id.connection], connection.exchange?.id == id else { return false }
    body(connection)
    touch(connection)
    return true
  }

  private func drain(until deadline: UInt64) {
    drainDeadline = min(deadline, drainDeadline ?? .max)
    pauseAccepting()
    listener.close()
    for connection in connections.values { touch(connection) }
  }
}
