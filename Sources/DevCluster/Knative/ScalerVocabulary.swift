/// The number of a process within its revision; never used twice.
struct RevisionProcess: Hashable, Comparable, Sendable {
  let number: UInt32

  static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The number of a request within its Service; never used twice.
struct RequestID: Hashable, Comparable, Sendable {
  let number: UInt64

  static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// How far a revision may scale and how long it waits. Times are nanoseconds.
struct ScalerSettings: Equatable, Sendable {
  /// Processes at once, those that are ending included; at least 1.
  var maxScale = 1
  /// Requests at once in one process; 0: no limit.
  var containerConcurrency = 0
  /// How long a process stays awake after its last request.
  var window: UInt64 = 60_000_000_000
  /// How long a process may take from its start until it is ready.
  var startTimeout: UInt64 = 60_000_000_000
  /// How long a request may take from its arrival until it is answered.
  var requestTimeout: UInt64 = 300_000_000_000
  /// Requests that may wait for a process; one more is refused.
  var waitingLimit = 1000
}

/// What a `RevisionScaler` is told.
enum ScalerInput: Equatable, Sendable {
  /// A new request.
  case requestArrived(RequestID)
  /// A forwarded request was answered, or given up.
  case requestFinished(RequestID)
  /// The process answers its readiness probe.
  case processReady(RevisionProcess)
  /// The process has ended, or could not be started; it is gone and reaped.
  case processEnded(RevisionProcess)
  /// The process shall end although it is not idle (somebody deleted its Pod).
  case endProcess(RevisionProcess)
  /// `nextDeadline` has come.
  case deadline
  /// Another revision takes over: what waits is handed to it, what runs is finished and then ended.
  case retire
  /// The Service is gone: all processes are ended now; requests in them may finish while they shut down.
  case shutDown
}

/// What a `RevisionScaler` wants done, in this order.
enum ScalerAction: Equatable, Sendable {
  case spawn(RevisionProcess)
  case terminate(RevisionProcess)
  case forward(RequestID, to: RevisionProcess)
  /// No process will serve this request: answer it.
  case refuse(RequestID, ScalerRefusal)
  /// The request belongs to the revision that took over.
  case handOver(RequestID)
}

/// Why a request was not forwarded.
enum ScalerRefusal: Equatable, Sendable {
  /// The process ended before it was ready, or could not be started.
  case startFailed
  /// The process did not become ready within the start timeout.
  case startTimedOut
  /// No process had room within the request timeout.
  case waitedTooLong
  /// `waitingLimit` requests wait already.
  case tooManyWaiting
}

/// What a revision is doing, for people.
enum ScalerPhase: String, Sendable {
  /// No process exists.
  case asleep
  /// A process is starting and none serves yet.
  case starting
  /// A process serves.
  case awake
  /// Processes are only finishing or ending.
  case draining
}
