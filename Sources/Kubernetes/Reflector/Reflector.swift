/// The list-then-watch machine of one resource. It does no I/O and reads no clock: answers and monotonic nanoseconds
/// are handed in, actions come out. It keeps no objects; whoever performs the actions compares.
///
///     stopped -> listing (page by page) or streaming -> watching -> watching (the next watch) …
///                    \  ^                    |  ^
///                     v |                    v  |
///                    waiting (a failure, then the same page, a new list, or the watch again)
///
/// A streaming list is the beginning of a watch, where the server has that (`Reflector+Streaming.swift`).
///
/// The rules are SEMANTICS 8 to 11; the facts of the API behind them are in ANCHORS 5.
public struct Reflector: Sendable {
  /// What it is doing, for people.
  public enum Phase: Sendable, Equatable {
    /// Not started.
    case stopped
    /// Listing; pages received so far.
    case listing(pages: Int)
    /// Following.
    case watching
    /// Waiting before the next attempt, because of this.
    case waiting(ReflectorProblem)
  }

  /// What it follows, and its limits.
  public private(set) var configuration: ReflectorConfiguration
  /// The version up to which everything was handed on; nil before the first complete list.
  public internal(set) var version: String?
  /// Whether there was a complete list, or an accepted watch from the version to resume from, since the start.
  public internal(set) var isSynced = false
  /// When the server was last heard from, or the start; monotonic nanoseconds.
  public internal(set) var lastActivity: UInt64 = 0
  /// The last thing that went wrong; kept when it is over.
  public internal(set) var lastProblem: ReflectorProblem?
  /// What keeps it from following, until it follows again: also while the next attempt is under way.
  public var obstacle: ReflectorObstacle? {
    if let standing { return standing }
    guard failures >= configuration.failuresToTell, let lastProblem else { return nil }
    return .failing(lastProblem)
  }
  /// What was done so far.
  public internal(set) var counters = ReflectorCounters()

  var state = ReflectorState.stopped
  var answer = ReflectorAnswer()
  var framer: LineFramer
  var decoder = WatchDecoder()
  var pacer: RetryPacer
  /// Halved when a page is too large.
  var pageSize: Int
  /// When the recorded version was first called too large.
  var tooLargeSince: UInt64?
  /// Watches that failed in a row without an event.
  var failedWatches = 0
  /// Streaming lists that broke in a row.
  var failedStreams = 0
  /// The server gives no lists as streams: remembered as long as the reflector lives.
  public internal(set) var refusesStreams = false
  /// The server says that it is not served, or not readable.
  var standing: ReflectorObstacle?
  /// Waits in a row without a success between them.
  var failures = 0
  /// Whether the current request asks for metadata alone.
  var asksMetadataOnly = false
  /// When the current request was made.
  var requestedAt: UInt64 = 0
  /// Watches in a row that died silent without a line, and how many of them make a list.
  var silentWatches = 0
  var silencePatience: Int
  private var lastRequest: UInt32 = 0

  /// A stopped reflector; equal seeds and inputs give equal actions.
  public init(_ configuration: ReflectorConfiguration, seed: UInt64) {
    self.configuration = configuration
    framer = LineFramer(maxLineBytes: configuration.maxLineBytes)
    pacer = RetryPacer(configuration.backoff, seed: seed)
    pageSize = configuration.pageSize
    silencePatience = configuration.silentWatches
  }

  /// Begins from nothing: the first complete list.
  public mutating func start(at now: UInt64) -> [ReflectorAction] {
    var actions = stop()
    reset(at: now)
    version = nil
    beginList(.first, floor: nil, at: now, &actions)
    return actions
  }

  /// Begins where an earlier run ended: watches from `version`, whose objects are known. If that is too old, a
  /// complete list follows.
  public mutating func resume(from version: String, at now: UInt64) -> [ReflectorAction] {
    var actions = stop()
    reset(at: now)
    self.version = version
    beginWatch(at: now, &actions)
    return actions
  }

  /// Ends what is under way. Does nothing if it is stopped already.
  public mutating func stop() -> [ReflectorAction] {
    var actions: [ReflectorAction] = []
    switch state {
    case .stopped:
      break
    case .listing(_, let request):
      actions = [.cancel(id: request), .listAborted]
    case .streaming(let run):
      actions = [.cancel(id: run.request), .listAborted]
    case .watching(let run):
      actions = [.cancel(id: run.request)]
    case .waiting(_, .page, _):
      actions = [.listAborted]
    case .waiting(_, .list, _), .waiting(_, .watch, _):
      break
    }
    state = .stopped
    isSynced = false
    return actions
  }

  /// Asks for metadata alone from the next request on, or for whole objects from now on: an open watch is begun again
  /// where it is, so nothing is lost and nothing listed. What was told before is told in the old form.
  public mutating func setMetadataOnly(_ isMetadataOnly: Bool, at now: UInt64) -> [ReflectorAction] {
    configuration.isMetadataOnly = isMetadataOnly
    var actions: [ReflectorAction] = []
    if !isMetadataOnly { rewatchIfPartial(at: now, &actions) }
    return actions
  }

  mutating func rewatchIfPartial(at now: UInt64, _ actions: inout [ReflectorAction]) {
    guard asksMetadataOnly, !configuration.isMetadataOnly else { return }
    switch state {
    case .watching(let run):
      actions.append(.cancel(id: run.request))
      beginWatch(at: now, &actions)
    case .stopped, .listing, .streaming, .waiting: break
    }
  }

  /// There is reason to believe that what it waits for is there: tries at once, and is quick to try again.
  public mutating func hurry(at now: UInt64) -> [ReflectorAction] {
    var actions: [ReflectorAction] = []
    switch state {
    case .waiting(_, let next, _):
      pacer.reset()
      attempt(next, at: now, &actions)
    case .stopped, .listing, .streaming, .watching: break
    }
    return actions
  }

  /// Takes an answer or the deadline, and says what to do.
  public mutating func handle(_ input: ReflectorInput, at now: UInt64) -> [ReflectorAction] {
    var actions: [ReflectorAction] = []
    switch input {
    case .deadline:
      deadlineReached(at: now, &actions)
    case .head(let request, let status, let retryAfterSeconds):
      guard isCurrent(request) else { return [] }
      lastActivity = now
      answer.status = status
      answer.retryAfterSeconds = retryAfterSeconds
      if status == 200 { watchOpened() }
    case .bytes(let request, let bytes):
      guard isCurrent(request) else { return [] }
      lastActivity = now
      counters.bytes += UInt64(bytes.count)
      receive(bytes, at: now, &actions)
    case .ended(let request, let end):
      guard isCurrent(request) else { return [] }
      transferEnded(end, at: now, &actions)
    }
    return actions
  }

  /// When `.deadline` is due, in monotonic nanoseconds; nil if it is stopped. While an answer is awaited it is when the
  /// connection counts as dead.
  public var nextDeadline: UInt64? {
    switch state {
    case .stopped: nil
    case .listing: requestedAt + seconds(configuration.pageDeadlineSeconds + configuration.watchGraceSeconds)
    case .streaming(let run):
      min(
        run.startedAt + seconds(configuration.streamSeconds),
        heardAt + seconds(configuration.streamSilenceSeconds))
    case .watching: heardAt + seconds(configuration.watchSilenceSeconds)
    case .waiting(let until, _, _): until
    }
  }

  private var heardAt: UInt64 { max(requestedAt, lastActivity) }

  private func seconds(_ count: Int) -> UInt64 { UInt64(count) * 1_000_000_000 }

  /// What it is doing.
  public var phase: Phase {
    switch state {
    case .stopped: .stopped
    case .listing(let run, _): .listing(pages: run.pages)
    case .streaming: .listing(pages: 0)
    case .watching: .watching
    case .waiting(_, _, let problem): .waiting(problem)
    }
  }
}

extension Reflector {
  private mutating func reset(at now: UInt64) {
    lastActivity = now
    lastProblem = nil
    tooLargeSince = nil
    failedWatches = 0
    failedStreams = 0
    standing = nil
    failures = 0
    silentWatches = 0
    silencePatience = configuration.silentWatches
    pageSize = configuration.pageSize
  }

  /// The id of the next request; a new one for each, so that late answers are told apart.
  mutating func newRequest(at now: UInt64) -> UInt32 {
    lastRequest &+= 1
    requestedAt = now
    asksMetadataOnly = configuration.isMetadataOnly
    answer = ReflectorAnswer()
    return lastRequest
  }

  private mutating func isCurrent(_ request: UInt32) -> Bool {
    let current: UInt32? =
      switch state {
      case .stopped, .waiting: nil
      case .listing(_, let request): request
      case .streaming(let run): run.request
      case .watching(let run): run.request
      }
    if current == request { return true }
    counters.staleAnswers += 1
    return false
  }

  private mutating func watchOpened() {
    switch state {
    case .watching:
      isSynced = true
      succeeded()
    case .stopped, .listing, .streaming, .waiting: break
    }
  }

  /// The server gives what is asked for.
  mutating func succeeded() {
    standing = nil
    failures = 0
  }

  private mutating func deadlineReached(at now: UInt64, _ actions: inout [ReflectorAction]) {
    guard let deadline = nextDeadline, now >= deadline else { return }
    switch state {
    case .stopped: break
    case .listing(let run, let request): pageTimedOut(run, request, at: now, &actions)
    case .streaming(let run): streamTimedOut(run, at: now, &actions)
    case .watching(let run): watchTimedOut(run, at: now, &actions)
    case .waiting(_, let next, _): attempt(next, at: now, &actions)
    }
  }

  private mutating func receive(_ bytes: [UInt8], at now: UInt64, _ actions: inout [ReflectorAction]) {
    switch state {
    case .stopped, .waiting:
      break
    case .listing(let run, let request):
      receivePage(bytes, run, request, at: now, &actions)
    case .streaming(let run):
      receiveStream(bytes, run, at: now, &actions)
    case .watching:
      if answer.status == 200 {
        receiveWatch(bytes, at: now, &actions)
      } else {
        answer.appendError(bytes, limit: configuration.maxErrorBytes)
      }
    }
  }

  private mutating func transferEnded(
    _ end: ReflectorTransferEnd, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    switch state {
    case .stopped, .waiting:
      break
    case .listing(let run, _):
      pageEnded(end, run, at: now, &actions)
    case .streaming(let run):
      streamEnded(end, run, at: now, &actions)
    case .watching(let run):
      watchEnded(end, run, at: now, &actions)
    }
  }

  mutating func attempt(_ next: NextAttempt, at now: UInt64, _ actions: inout [ReflectorAction]) {
    switch next {
    case .list(let reason, let floor): beginList(reason, floor: floor, at: now, &actions)
    case .page(let run): requestPage(run, at: now, &actions)
    case .watch: beginWatch(at: now, &actions)
    }
  }

  /// Notes the problem and waits: for as long as the server asked for, and never shorter than the backoff.
  mutating func wait(
    for next: NextAttempt, because problem: ReflectorProblem, retryAfterSeconds: Int? = nil, at now: UInt64
  ) {
    let asked = min(max(0, retryAfterSeconds ?? 0), configuration.maxRetryAfterSeconds)
    let wait = max(pacer.wait(at: now), UInt64(asked) * 1_000_000_000)
    waitExactly(wait, for: next, because: problem, at: now)
  }

  /// As `wait`, but at once if nothing went wrong for a while: for what is nobody's fault.
  mutating func waitUnlessRested(
    for next: NextAttempt, because problem: ReflectorProblem, at now: UInt64,
    _ actions: inout [ReflectorAction]
  ) {
    guard pacer.mayHurry(at: now) else { return wait(for: next, because: problem, at: now) }
    lastProblem = problem
    attempt(next, at: now, &actions)
  }

  mutating func waitExactly(
    _ nanoseconds: UInt64, for next: NextAttempt, because problem: ReflectorProblem, at now: UInt64
  ) {
    counters.backoffs += 1
    failures += 1
    lastProblem = problem
    switch problem {
    case .notServed: standing = .notServed
    case .forbidden(let words): standing = .forbidden(words)
    default: break
    }
    state = .waiting(until: now + nanoseconds, next: next, problem)
  }
}
