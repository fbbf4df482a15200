import FoundationEssentials
import CLinux
import HTTP
import HubEngine

/// The one thread of the hub that owns the engine and the HTTP client. Each turn: take what was posted, move the
/// transfers on, hand the engine one batch of what happened, perform its effects in order; again until nothing moves;
/// then wait for sockets, a post or the engine's deadline. No lock is held around the engine, effects keep their
/// order, and batches form by themselves under load.
///
/// Confined to the thread that calls `run`; other threads use the `LoopInbox`.
final class EventLoop<Engine: LoopEngine> {
  private enum Phase {
    case serving
    /// Nothing new is begun; ends when nothing is in flight, or at this monotonic time.
    case draining(until: UInt64)
  }

  /// A turn ends after so many rounds even if something still moves, so that a stop request is seen.
  private static var maxRounds: Int { 1000 }
  /// The longest wait: only a bound, everything that happens ends a wait by itself.
  private static var maxWaitMilliseconds: UInt64 { 60_000 }
  /// How long the end of the journal may take.
  private static var journalEndMilliseconds: Int { 10_000 }

  private var engine: Engine
  private let inbox: LoopInbox
  private let log: Log
  private let client: HTTPClient
  private var api: APITransport
  private var sinks: SinkTransport
  private var journal: JournalGate
  /// The engine cannot go on.
  private var stopReason: StopReason?
  private let whenStopped: @Sendable (StopReason) -> Void
  private var memory = MemoryTrimmer()
  private var phase = Phase.serving
  private var inputs: [EngineInput] = []
  private var pluginRun: ExecRun?
  private var reports: [@Sendable (LoopReport) -> Void] = []

  /// A loop; with `journal`, frames go there, and it is closed in the end.
  init(
    _ engine: Engine, configuration: HubConfiguration, inbox: LoopInbox, journal: JournalWriter? = nil
  ) {
    self.engine = engine
    self.journal = JournalGate(journal, log: configuration.log)
    self.whenStopped = configuration.whenStopped
    self.inbox = inbox
    self.log = configuration.log
    self.client = HTTPClient()
    let apiPeers = APIPeers()
    self.sinks = SinkTransport(apiPeers: apiPeers, log: configuration.log)
    self.api = APITransport(
      configuration.api, idleMilliseconds: configuration.watchIdleMilliseconds, peers: apiPeers,
      log: configuration.log)
  }

  /// Runs until a drain has ended.
  func run() {
    inbox.attach(client.wakeup)
    inputs.append(.start)
    while !isOver(at: LoopClock.now()) {
      turn()
      answerReports()
      let now = LoopClock.now()
      guard !isOver(at: now) else { break }
      if memory.isDue(at: now.monotonic) { malloc_trim(0) }
      client.poll(milliseconds: waitMilliseconds(at: now))
    }
    finish()
  }

  // MARK: A turn

  private func turn() {
    var hasTicked = false
    for _ in 0..<Self.maxRounds {
      takePosted()
      moveTransfers()
      let now = LoopClock.now()
      // One tick a turn: an engine whose deadline stays in the past must not spin here.
      if !hasTicked, let deadline = engine.nextDeadline, deadline <= now.monotonic {
        hasTicked = true
        inputs.append(.tick)
      }
      guard !inputs.isEmpty else { return }
      let batch = inputs
      inputs.removeAll(keepingCapacity: true)
      memory.note(inputs: batch.count, at: now.monotonic)
      for effect in engine.handle(batch, at: now) { perform(effect, at: now) }
    }
  }

  private func takePosted() {
    for item in inbox.take() {
      switch item {
      case .input(let input): inputs.append(input)
      case .journal(let report): take(report)
      case .report(let callback): reports.append(callback)
      case .credentials(let result):
        pluginRun = nil
        api.pluginEnded(result, at: LoopClock.now())
      case .drain(let milliseconds): beginDraining(milliseconds: milliseconds)
      }
    }
  }

  private func moveTransfers() {
    client.perform { event in take(event) }
    for ready in api.resume(at: LoopClock.now(), into: &inputs) {
      client.start(ready.http, id: Transfer.request(ready.id).rawValue)
    }
    startPlugin()
  }

  /// Requests wait while an exec plugin is asked for credentials.
  private func startPlugin() {
    guard let plugin = api.takeWantedRun() else { return }
    let inbox = inbox
    pluginRun = ExecRun.start(plugin, environment: ProcessInfo.processInfo.environment) { result in
      inbox.post(.credentials(result))
    }
  }

  private func take(_ event: HTTPClientEvent) {
    switch event {
    case .head(let raw, let status, let headers):
      let now = LoopClock.now()
      switch Transfer(rawValue: raw) {
      case .request(let id): api.head(id, status: status, headers: headers, at: now, into: &inputs)
      case .delivery(let id): sinks.head(id, status: status, headers: headers, at: now)
      }
    case .bytes(let raw, let bytes):
      switch Transfer(rawValue: raw) {
      case .request(let id): api.bytes(id, bytes, into: &inputs)
      case .delivery(let id):
        if sinks.bytes(id, bytes, into: &inputs) { client.cancel(id: raw) }
      }
    case .end(let raw, let result):
      switch Transfer(rawValue: raw) {
      case .request(let id): api.end(id, result, at: LoopClock.now(), into: &inputs)
      case .delivery(let id): sinks.end(id, result, into: &inputs)
      }
    }
  }

  // MARK: Effects

  private func perform(_ effect: EngineEffect, at now: EngineTime) {
    switch effect {
    case .request(let id, let request):
      // On the way out only what finishes a delivery's work is still begun: writes of status.
      guard case .serving = phase else {
        if request.method != "GET" { begin(id, request, at: now) }
        return
      }
      begin(id, request, at: now)
    case .send(let id, let request):
      guard case .serving = phase, journal.admits(id, request) else { return }
      begin(id, request, at: now)
    case .cancel(let id):
      api.forget(id)
      client.cancel(id: Transfer.request(id).rawValue)
    case .cancelSend(let id):
      journal.forget(id)
      sinks.forget(id)
      client.cancel(id: Transfer.delivery(id).rawValue)
    case .journal(let frame): journal.append(frame)
    case .stop(let reason):
      log.write(.error, "the hub stops", ["reason": "\(reason)"])
      stopReason = reason
    case .notice(let notice): log.write(notice, wall: now.wall)
    case .untold: break
    }
  }

  private func begin(_ id: RequestID, _ request: APIRequest, at now: EngineTime) {
    guard let http = api.begin(id, request, at: now) else { return }
    client.start(http, id: Transfer.request(id).rawValue)
  }

  private func begin(_ id: DeliveryID, _ request: SinkRequest, at now: EngineTime) {
    client.start(sinks.begin(id, request, at: now), id: Transfer.delivery(id).rawValue)
  }

  private func take(_ report: JournalReport) {
    if report == .imageWanted { inputs.append(.writeImage) }
    let released = journal.take(report)
    guard case .serving = phase, !released.isEmpty else { return }
    let now = LoopClock.now()
    for (id, request) in released { begin(id, request, at: now) }
  }

  private func waitMilliseconds(at now: EngineTime) -> Int {
    var deadlines = [engine.nextDeadline, memory.deadline].compactMap { $0 }
    if case .draining(let until) = phase { deadlines.append(until) }
    guard let deadline = deadlines.min() else { return Int(Self.maxWaitMilliseconds) }
    // Rounded up, and never 0: waking before the deadline, or with one that did not move, would be for nothing.
    let nanoseconds = deadline > now.monotonic ? deadline - now.monotonic : 0
    return Int(max(1, min(Self.maxWaitMilliseconds, (nanoseconds + 999_999) / 1_000_000)))
  }

  // MARK: Reports

  /// One snapshot answers all that asked during the turn.
  private func answerReports() {
    guard !reports.isEmpty else { return }
    let report = makeReport()
    for callback in reports { callback(report) }
    reports.removeAll(keepingCapacity: true)
  }

  private func makeReport() -> LoopReport {
    let now = LoopClock.now()
    var report = LoopReport(engine: engine.snapshot(at: now), time: now)
    report.api = api.statistics
    report.sinks = sinks.statistics(at: now)
    report.journal = journal.statistics
    if case .draining = phase { report.isDraining = true }
    return report
  }

  // MARK: The end

  private func beginDraining(milliseconds: Int) {
    guard case .serving = phase else { return }
    phase = .draining(until: LoopClock.now().monotonic &+ UInt64(max(0, milliseconds)) * 1_000_000)
    journal.forgetAll()
    for id in api.inFlight(onlyReads: true) {
      api.forget(id)
      client.cancel(id: Transfer.request(id).rawValue)
    }
    log.write(.info, "draining", ["deliveriesInFlight": String(sinks.inFlight)])
  }

  private func isOver(at now: EngineTime) -> Bool {
    if stopReason != nil { return true }
    guard case .draining(let until) = phase else { return false }
    let isIdle = sinks.inFlight == 0 && api.writesInFlight == 0 && inputs.isEmpty
    return isIdle || now.monotonic >= until
  }

  private func finish() {
    pluginRun?.cancel()
    let abandoned = sinks.inFlightIDs
    if !abandoned.isEmpty {
      // They are not acknowledged, so nothing is lost by it.
      log.write(
        .warn, "deliveries given up at the end of the drain", ["count": String(abandoned.count)])
    }
    for id in abandoned { client.cancel(id: Transfer.delivery(id).rawValue) }
    for id in api.inFlight(onlyReads: false) { client.cancel(id: Transfer.request(id).rawValue) }
    journal.close(milliseconds: Self.journalEndMilliseconds)
    inbox.close(with: makeReport())
    if let stopReason { whenStopped(stopReason) }
  }
}
