/// Which cluster this is: by the uid of its namespace `kube-system`, as most tools tell clusters apart. A journal of
/// another cluster must not be used: every object would be taken for deleted.
struct ClusterIdentity: Sendable {
  static let target = "/api/v1/namespaces/kube-system"
  static let deadlineSeconds = 30
  static let maxBytes = 1 << 20
  static let firstWait = Duration64.seconds(1)
  static let lastWait = Duration64.seconds(10)

  enum State: Equatable, Sendable {
    /// Not asked yet, or again at this time.
    case unasked(at: UInt64)
    case asking
    /// Asked for and known, or not to be known.
    case settled
    /// It is another cluster than the journal's.
    case foreign
  }

  private(set) var state = State.unasked(at: 0)
  /// What the journal or the API server says.
  private(set) var uid: String?
  /// What the last attempt said.
  private(set) var problem: String?
  /// The journal speaks of a cluster: nothing begins before it is known to be this one.
  let isToBeVerified: Bool
  private var wait = ClusterIdentity.firstWait

  init(known uid: String? = nil) {
    self.uid = uid
    isToBeVerified = uid != nil
  }

  var nextDeadline: UInt64? {
    if case .unasked(let time) = state { time } else { nil }
  }

  mutating func asked() { state = .asking }

  mutating func answered(_ found: String) {
    guard uid == nil || uid == found else {
      state = .foreign
      return
    }
    uid = found
    problem = nil
    state = .settled
  }

  /// It cannot be known: the hub may not see it, or it is no such cluster.
  mutating func cannotBeKnown() { state = .settled }

  mutating func failed(_ reason: String, at now: UInt64) {
    problem = reason
    state = .unasked(at: now + wait)
    wait = min(wait * 2, Self.lastWait)
  }
}
