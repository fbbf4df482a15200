import Synchronization

@testable import HubEngine
@testable import HubRuntime

/// An engine that does what a test tells it: records inputs, answers each with the effects of a script.
struct ScriptedEngine: LoopEngine, Sendable {
  /// What the test and the loop's thread share.
  final class Record: Sendable {
    private let state = Mutex<(inputs: [String], deadline: UInt64?)>(([], nil))

    var inputs: [String] { state.withLock { $0.inputs } }
    var deadline: UInt64? {
      get { state.withLock { $0.deadline } }
      set { state.withLock { $0.deadline = newValue } }
    }
    func append(_ input: String) { state.withLock { $0.inputs.append(input) } }
  }

  let record = Record()
  /// The effects of an input, given as its description.
  let script: @Sendable (String, EngineTime) -> [EngineEffect]

  init(_ script: @escaping @Sendable (String, EngineTime) -> [EngineEffect]) { self.script = script }

  mutating func handle(_ inputs: [EngineInput], at now: EngineTime) -> [EngineEffect] {
    inputs.flatMap { input -> [EngineEffect] in
      let text = Described.input(input)
      record.append(text)
      if text == "tick" { record.deadline = nil }
      return script(text, now)
    }
  }

  var nextDeadline: UInt64? { record.deadline }

  func snapshot(at now: EngineTime) -> EngineSnapshot {
    var snapshot = EngineSnapshot()
    snapshot.queueDepth = record.inputs.count
    snapshot.isSynced = record.inputs.contains { $0.hasPrefix("head 1 200") }
    if !snapshot.isSynced { snapshot.waitingFor = ["the list of foos"] }
    return snapshot
  }
}

/// A report with something in every part.
enum SampleReport {
  static let time = EngineTime(monotonic: 5_000_000_000, wall: 1_795_600_800_000_000_000)
  static let resource = "foos.\"x\"\\\n/v1"

  private static var watch: EngineSnapshot.Watch {
    EngineSnapshot.Watch(
      resource: resource, phase: "watching", isSynced: true, version: "77", silentSeconds: 2.25, objects: 5,
      subscriptions: 1, lists: 1, watches: 2, events: 40, problem: "a <b>")
  }

  private static var subscription: EngineSnapshot.Subscription {
    EngineSnapshot.Subscription(
      namespace: "team-a", name: "sub", origin: "cluster",
      conditions: [.init(type: "Ready", status: "True", reason: "Fine", message: "All is well")],
      sinkURI: nil,
      pending: 1, inFlight: 1, parked: 1, oldestSeconds: 0.5, delivered: 9, failed: 2)
  }

  /// The report.
  static func make() -> LoopReport {
    var engine = EngineSnapshot()
    engine.watches = [watch]
    engine.subscriptions = [subscription]
    engine.refused = ["team-a/bad: no sink"]
    engine.waitingFor = ["the list of foos"]
    engine.queueDepth = 3
    engine.parked = 1
    engine.counters.keysAdded = 11
    engine.counters.retries = 2
    engine.counters.deliveredDelete = 1
    engine.counters.answers5xx = 4
    engine.counters.parked = 6
    engine.counters.queueLatency.observe(nanoseconds: 3_000_000)
    engine.counters.queueLatency.observe(nanoseconds: 400_000_000_000)
    var report = LoopReport(engine: engine, time: time)
    report.api.count(status: 200, method: "GET")
    report.api.countError(method: "PATCH")
    var journal = JournalStatistics()
    journal.path = "/state/<x>"
    journal.frames = 7
    journal.imageAt = time.wall - 90_000_000_000
    journal.syncs.observe(nanoseconds: 200_000)
    journal.problem = "a full disk"
    report.journal = journal
    report.sinks = SinkStatistics(inFlight: 1, unfinishedSeconds: 1.5, longestSeconds: 1.5)
    return report
  }
}
