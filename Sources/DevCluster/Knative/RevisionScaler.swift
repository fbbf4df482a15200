/// Decides which processes a revision has and which of them gets a request: a machine without I/O, its time (monotonic
/// nanoseconds) is handed in.
///
/// A process goes through `starting`, `awake`, `draining` (retired, but still answering) and `ending`. It is started
/// when a request finds no room and fewer than `maxScale` processes exist, and ended when it has had no request for
/// the idle window. A process that is ending still counts: with `maxScale` 1 there are never two at once.
///
/// Each request that arrives leaves by exactly one `forward`, `refuse` or `handOver`.
struct RevisionScaler: Sendable {
  private enum State: Equatable {
    case starting(deadline: UInt64)
    case awake(serving: Set<RequestID>, idleSince: UInt64)
    case draining(serving: Set<RequestID>)
    case ending
  }

  private struct Waiting {
    let request: RequestID
    let deadline: UInt64
  }

  private let settings: ScalerSettings
  /// In the order of their start: the oldest with room gets a request, so the younger ones become idle first.
  private var processes: [(process: RevisionProcess, state: State)] = []
  /// In the order of arrival, so the first deadline is the earliest.
  private var waiting: [Waiting] = []
  private var spawned: UInt32 = 0
  private var isRetired = false

  init(_ settings: ScalerSettings) {
    precondition(settings.maxScale >= 1, "a revision that may have no process can serve nothing")
    self.settings = settings
  }

  /// What the revision is doing.
  var phase: ScalerPhase {
    var phase = ScalerPhase.asleep
    for (_, state) in processes {
      switch state {
      case .awake: return .awake
      case .starting: phase = .starting
      case .draining, .ending: if phase == .asleep { phase = .draining }
      }
    }
    return phase
  }

  /// True when nothing is left to wait for: no process and no request.
  var isEmpty: Bool { processes.isEmpty && waiting.isEmpty }

  /// When `deadline` is to be handed in, if nothing happens before.
  var nextDeadline: UInt64? {
    var deadlines = processes.compactMap { deadline(of: $0.state) }
    if let first = waiting.first { deadlines.append(first.deadline) }
    return deadlines.min()
  }

  /// Takes one input and says what is to be done.
  mutating func handle(_ input: ScalerInput, at now: UInt64) -> [ScalerAction] {
    switch input {
    case .requestArrived(let request): return arrived(request, at: now)
    case .requestFinished(let request): return finished(request, at: now)
    case .processReady(let process):
      guard let index = index(of: process), case .starting = processes[index].state else { return [] }
      processes[index].state = .awake(serving: [], idleSince: now)
      return dispatch(at: now)
    case .processEnded(let process): return ended(process, at: now)
    case .endProcess(let process): return end(process)
    case .deadline: return expire(at: now)
    case .retire: return retire(finishing: true)
    case .shutDown: return retire(finishing: false)
    }
  }

  // MARK: Requests

  private mutating func arrived(_ request: RequestID, at now: UInt64) -> [ScalerAction] {
    if isRetired { return [.handOver(request)] }
    waiting.append(Waiting(request: request, deadline: now + settings.requestTimeout))
    let actions = dispatch(at: now)
    guard waiting.count > settings.waitingLimit else { return actions }
    waiting.removeLast()
    return actions + [.refuse(request, .tooManyWaiting)]
  }

  private mutating func finished(_ request: RequestID, at now: UInt64) -> [ScalerAction] {
    for index in processes.indices {
      switch processes[index].state {
      case .awake(var serving, _):
        guard serving.remove(request) != nil else { continue }
        processes[index].state = .awake(serving: serving, idleSince: now)
        return dispatch(at: now)
      case .draining(var serving):
        guard serving.remove(request) != nil else { continue }
        processes[index].state = .draining(serving: serving)
        return serving.isEmpty ? end(processes[index].process) : []
      case .starting, .ending: continue
      }
    }
    return []  // Its process has ended before it.
  }

  /// Gives what waits to processes with room, then starts processes for what is left.
  private mutating func dispatch(at now: UInt64) -> [ScalerAction] {
    var actions: [ScalerAction] = []
    for index in processes.indices {
      guard case .awake(var serving, let idleSince) = processes[index].state else { continue }
      while let next = waiting.first, hasRoom(serving.count) {
        waiting.removeFirst()
        serving.insert(next.request)
        actions.append(.forward(next.request, to: processes[index].process))
      }
      processes[index].state = .awake(serving: serving, idleSince: idleSince)
    }
    while needsOneMore {
      spawned += 1
      let process = RevisionProcess(number: spawned)
      processes.append((process, .starting(deadline: now + settings.startTimeout)))
      actions.append(.spawn(process))
    }
    return actions
  }

  private func hasRoom(_ serving: Int) -> Bool {
    settings.containerConcurrency == 0 || serving < settings.containerConcurrency
  }

  private var needsOneMore: Bool {
    guard !waiting.isEmpty, processes.count < settings.maxScale else { return false }
    let starting = processes.count { if case .starting = $0.state { true } else { false } }
    if settings.containerConcurrency == 0 { return starting == 0 }
    return waiting.count > starting * settings.containerConcurrency
  }

  // MARK: Processes

  private mutating func ended(_ process: RevisionProcess, at now: UInt64) -> [ScalerAction] {
    guard let index = index(of: process) else { return [] }
    let state = processes.remove(at: index).state
    if case .starting = state { return refuseWaiting(.startFailed) }
    return dispatch(at: now)
  }

  private mutating func end(_ process: RevisionProcess) -> [ScalerAction] {
    guard let index = index(of: process), processes[index].state != .ending else { return [] }
    processes[index].state = .ending
    return [.terminate(process)]
  }

  private mutating func expire(at now: UInt64) -> [ScalerAction] {
    var actions: [ScalerAction] = []
    while let first = waiting.first, first.deadline <= now {
      waiting.removeFirst()
      actions.append(.refuse(first.request, .waitedTooLong))
    }
    for (process, state) in processes {
      guard let deadline = deadline(of: state), deadline <= now else { continue }
      actions += end(process)
      if case .starting = state { actions += refuseWaiting(.startTimedOut) }
    }
    return actions
  }

  /// `finishing`: a process with requests ends after the last of them.
  private mutating func retire(finishing: Bool) -> [ScalerAction] {
    isRetired = true
    var actions: [ScalerAction] = waiting.map { .handOver($0.request) }
    waiting = []
    for (index, (process, state)) in processes.enumerated() {
      switch state {
      case .awake(let serving, _) where finishing && !serving.isEmpty:
        processes[index].state = .draining(serving: serving)
      case .draining where finishing: continue
      case .starting, .awake, .draining, .ending: actions += end(process)
      }
    }
    return actions
  }

  /// A process that failed to start proves nothing while another one serves or starts; else nobody would come for
  /// what waits.
  private mutating func refuseWaiting(_ reason: ScalerRefusal) -> [ScalerAction] {
    let someoneComes = processes.contains { _, state in
      switch state {
      case .starting, .awake: true
      case .draining, .ending: false
      }
    }
    if someoneComes { return [] }
    defer { waiting = [] }
    return waiting.map { .refuse($0.request, reason) }
  }

  private func index(of process: RevisionProcess) -> Int? {
    processes.firstIndex { $0.process == process }
  }

  private func deadline(of state: State) -> UInt64? {
    switch state {
    case .starting(let deadline): deadline
    case .awake(let serving, let idleSince): serving.isEmpty ? idleSince + settings.window : nil
    case .draining, .ending: nil
    }
  }
}
