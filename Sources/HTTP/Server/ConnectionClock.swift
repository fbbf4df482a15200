/// Which of a connection's timeouts runs, and since when. A phase that goes on keeps its start: a peer that sends
/// one byte at a time gains nothing by it.
struct ConnectionClock {
  enum Phase: Equatable {
    /// Nothing has come yet on a new connection.
    case opening
    case idle
    case head
    case body
    /// The handler is at work: no timeout of ours.
    case answering
    case lingering
  }

  /// How long the peer may take to close its side after we closed ours.
  static let lingerMilliseconds: UInt64 = 1000

  var phase = Phase.opening
  private var phaseStart: UInt64
  /// When output was last taken by the peer, or began to wait.
  var lastProgress: UInt64
  private var hadPendingOutput = false
  /// When the connection times out.
  private(set) var deadline = UInt64.max
  /// The earliest timer that is set for this connection; `UInt64.max` if none.
  var armedAt = UInt64.max

  init(now: UInt64) {
    phaseStart = now
    lastProgress = now
  }

  /// Notes where the connection is now, and finds its deadline.
  mutating func update(
    phase next: Phase, hasPendingOutput: Bool, now: UInt64, _ configuration: HTTPServerConfiguration
  ) {
    if next != phase, !(phase == .opening && next == .idle) {
      // The head's time runs from the start of the connection, if that sent nothing before.
      if !(phase == .opening && next == .head) { phaseStart = now }
      phase = next
    }
    if hasPendingOutput, !hadPendingOutput { lastProgress = now }
    hadPendingOutput = hasPendingOutput
    let allowed: UInt64? =
      switch phase {
      case .opening, .head: UInt64(configuration.headerTimeoutMilliseconds)
      case .idle: UInt64(configuration.idleTimeoutMilliseconds)
      case .body: UInt64(configuration.bodyTimeoutMilliseconds)
      case .answering: nil
      case .lingering: Self.lingerMilliseconds
      }
    deadline = allowed.map { phaseStart + $0 } ?? UInt64.max
    if hasPendingOutput {
      deadline = min(deadline, lastProgress + UInt64(configuration.writeTimeoutMilliseconds))
    }
  }
}
