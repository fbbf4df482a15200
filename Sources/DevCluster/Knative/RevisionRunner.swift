import Glibc
import HTTP

/// Does what a `RevisionScaler` decides: starts, probes and ends the processes of one revision, and sends requests to
/// them. Home thread only.
///
/// `@unchecked Sendable`: closures that another thread hands to the home thread carry a reference, and nothing but
/// `home.execute` and `home.schedule` runs them, so every member is touched by one thread.
final class RevisionRunner: @unchecked Sendable {
  private struct Running {
    let child: ChildProcess
    let port: Int
    var pid: Int32?
    var isReady = false
    /// Set when the scaler wants it ended.
    var isEnding = false
  }

  let service: ServiceKey
  let template: RevisionTemplate
  private let context: ActivatorContext
  private let proxy: RevisionProxy
  private var scaler: RevisionScaler
  private var running: [RevisionProcess: Running] = [:]
  /// What waits for a process.
  private var held: [RequestID: HeldRequest] = [:]
  private var timer: UInt64?
  /// Why the last start failed: what refused requests are told.
  private var lastProblem: StartProblem?
  /// Takes what this revision hands over when it retires.
  private var successor: ((HeldRequest) -> Void)?
  /// Called when a retired revision has nothing left.
  private var whenEmpty: (() -> Void)?

  init(_ template: RevisionTemplate, of service: ServiceKey, in context: ActivatorContext) {
    self.template = template
    self.service = service
    self.context = context
    proxy = RevisionProxy(service: service, template: template, context: context)
    scaler = RevisionScaler(template.scaling)
  }

  /// What the revision is doing.
  var phase: ScalerPhase { scaler.phase }

  /// Serves a request as soon as a process can.
  func accept(_ request: HeldRequest) {
    held[request.id] = request
    feed(.requestArrived(request.id))
  }

  /// Ends the process with this pid, if it is one of this revision's.
  func end(pid: Int32) {
    guard let process = running.first(where: { $0.value.pid == pid })?.key else { return }
    feed(.endProcess(process))
  }

  /// Lets another revision take over: it gets what waits; what runs here is finished (or, with `atOnce`, ended).
  func retire(atOnce: Bool, to successor: @escaping (HeldRequest) -> Void, whenEmpty: @escaping () -> Void) {
    self.successor = successor
    self.whenEmpty = whenEmpty
    feed(atOnce ? .shutDown : .retire)
  }

  // MARK: The one door to the scaler

  private func feed(_ input: ScalerInput) {
    let now = MonotonicClock.now()
    for action in scaler.handle(input, at: now) {
      if case .terminate(let process) = action, input == .deadline { noteIfNotReady(process) }
      perform(action)
    }
    arm(now)
    if scaler.isEmpty, let whenEmpty {
      self.whenEmpty = nil
      whenEmpty()
    }
  }

  private func perform(_ action: ScalerAction) {
    switch action {
    case .spawn(let process): spawn(process)
    case .terminate(let process): terminate(process)
    case .forward(let request, let process): forward(request, to: process)
    case .refuse(let request, let reason): refuse(request, reason)
    case .handOver(let request): if let request = held.removeValue(forKey: request) { successor?(request) }
    }
  }

  /// Timers cannot be taken back: one that comes too early looks again.
  private func arm(_ now: UInt64) {
    guard let deadline = scaler.nextDeadline else { return }
    if let timer, timer <= deadline { return }
    timer = deadline
    let milliseconds = deadline > now ? Int((deadline - now + 999_999) / 1_000_000) : 0
    context.home.schedule(milliseconds) { [weak self] in
      guard let self else { return }
      if timer == deadline { timer = nil }
      if let next = scaler.nextDeadline, next <= MonotonicClock.now() {
        feed(.deadline)
      } else {
        arm(MonotonicClock.now())
      }
    }
  }

  // MARK: Processes

  private func spawn(_ process: RevisionProcess) {
    guard let port = PortPicker.pick() else { return startFailed(process, .noFreePort) }
    let command = ChildCommand(
      executable: template.executable, arguments: template.arguments,
      environment: ProcessEnvironment.variables(template, of: service, port: port, context.settings),
      output: context.settings.output)
    let home = context.home
    let child = context.runtime.startChild(command) { event in
      home.execute { self.childReported(event, process) }
    }
    guard let child else { return }  // The cluster stops: requests are answered by its end.
    running[process] = Running(child: child, port: port)
  }

  private func childReported(_ event: ChildEvent, _ process: RevisionProcess) {
    guard let own = running[process] else { return }
    switch event {
    case .started(let pid):
      running[process]?.pid = pid
      context.report(.processStarted(info(process, pid: pid, port: own.port)))
      if !own.isEnding { probe(process) }
    case .failed(let failure):
      running[process] = nil
      startFailed(process, .cannotRun(failure))
    case .ended(let end):
      running[process] = nil
      if let pid = own.pid { context.report(.processEnded(info(process, pid: pid, port: own.port), end)) }
      if own.isReady || own.isEnding {
        feed(.processEnded(process))
      } else {
        startFailed(process, .endedEarly(executable: template.executable, end))
      }
    }
  }

  /// On the next turn of the home thread: the scaler may just be in the middle of the actions that led here.
  private func startFailed(_ process: RevisionProcess, _ problem: StartProblem) {
    context.home.execute {
      self.note(problem)
      self.feed(.processEnded(process))
    }
  }

  private func note(_ problem: StartProblem) {
    lastProblem = problem
    context.report(.startFailed(service, revision: template.name, problem))
  }

  /// A deadline ends a process that is not ready only because it took too long.
  private func noteIfNotReady(_ process: RevisionProcess) {
    guard running[process]?.isReady == false else { return }
    let seconds = Int(template.scaling.startTimeout / 1_000_000_000)
    note(.notReady(executable: template.executable, path: template.readinessPath, seconds: seconds))
  }

  /// SIGTERM, and SIGKILL after the grace.
  private func terminate(_ process: RevisionProcess) {
    guard let own = running[process] else { return }
    running[process]?.isEnding = true
    own.child.signal(SIGTERM)
    context.home.schedule(context.settings.terminationGraceMilliseconds) { own.child.signal(SIGKILL) }
  }

  private func info(_ process: RevisionProcess, pid: Int32, port: Int) -> ServiceProcess {
    ServiceProcess(service: service, revision: template.name, process: process, pid: pid, port: port)
  }

  // MARK: Readiness

  /// How long one probe may take; a process that hangs is asked again.
  private static let probeTimeoutMilliseconds = 1000

  private func probe(_ process: RevisionProcess) {
    guard let own = running[process], !own.isReady, !own.isEnding else { return }
    var headers = HTTPHeaders()
    ProxyHeaders.forbidReuse(&headers)
    let request = HTTPClientRequest(
      url: "http://127.0.0.1:\(own.port)\(template.readinessPath)", headers: headers,
      deadlineMilliseconds: Self.probeTimeoutMilliseconds)
    let client = context.runtime.client
    let home = context.home
    Task {
      let status = try? await client.send(request).status
      home.execute { self.probed(process, status: status) }
    }
  }

  private func probed(_ process: RevisionProcess, status: Int?) {
    guard let own = running[process], !own.isReady, !own.isEnding else { return }
    guard status == 200 else {
      context.home.schedule(context.settings.probeIntervalMilliseconds) { [weak self] in self?.probe(process)
      }
      return
    }
    running[process]?.isReady = true
    lastProblem = nil
    if let pid = own.pid { context.report(.processReady(info(process, pid: pid, port: own.port))) }
    feed(.processReady(process))
  }

  // MARK: Requests

  private func forward(_ id: RequestID, to process: RevisionProcess) {
    guard let request = held.removeValue(forKey: id), let own = running[process], let pid = own.pid else {
      preconditionFailure("the scaler forwards a request that waits to a process that is ready")
    }
    proxy.forward(request, port: own.port, pid: pid) { ending in
      switch ending {
      case .answered: self.feed(.requestFinished(id))
      case .notSent:
        // It has just died, or shuts down by itself: not one more request for it, and its successor gets this one.
        self.feed(.endProcess(process))
        self.accept(request)
      }
    }
  }

  private func refuse(_ id: RequestID, _ reason: ScalerRefusal) {
    if let request = held.removeValue(forKey: id) { proxy.refuse(request, reason, lastProblem) }
  }
}
