/// What is measured, and how much of it. Sizes are those of docs/benchmarks.md; all rounds together take
/// about a minute and a half on a quiet machine and must end within four on a loaded one.
enum BenchPlan {
  /// Deliveries in flight, of the hub and of the yardstick.
  static let inFlight = 64

  /// Objects that are followed while events are measured; each changes once a round, so that none waits
  /// twice.
  static let eventObjects = 40_000
  static let eventRounds = 5
  /// Lines that may be written and not delivered yet: enough to keep the hub busy, far below what it may
  /// hold.
  static let eventWindow = 4_000
  static let eventStep = 500

  /// Lines that nobody wants, a round; one that is wanted ends it.
  static let unwantedLines = 60_000
  static let unwantedRounds = 5

  static let latencyPerSecond = 200
  static let latencyEvents = 3_000

  /// Resident memory is that of a hub with so many objects and subscriptions; the slope is from there to
  /// `manyObjects`.
  static let fewObjects = 10_000
  static let manyObjects = 110_000
  static let subscriptions = 100

  /// The state that a killed hub begins from, and how often it does.
  static let stateObjects = 100_000
  static let stateLoads = 3

  static let reconcilerStarts = 10

  /// How the cost of an event grows: with subscriptions, ten in each namespace, and with how many of them match.
  static let subscriptionCounts = [100, 1_000, 10_000]
  static let subscriptionsPerNamespace = 10
  static let matches = [0, 1, 2, 5, 10]
  static let curveObjects = 4_000
  static let curveRounds = 5

  /// What one tenant notices of another: events of a round at `latencyPerSecond`, and what the other does.
  static let fairnessEvents = 1_000
  static let fairnessRounds = 3
  static let hangingSinks = 1_000
  static let floodObjects = 50_000
}

/// The operand of `hub bench`.
enum BenchTopic: String, CaseIterable {
  case events
  case unwanted
  case latency
  case memory
  case journal
  case reconciler
  /// Not part of `all`.
  case subscriptions
  /// Not part of `all`.
  case fairness
  case all

  func includes(_ topic: BenchTopic) -> Bool {
    self == topic || (self == .all && topic != .subscriptions && topic != .fairness)
  }
}
