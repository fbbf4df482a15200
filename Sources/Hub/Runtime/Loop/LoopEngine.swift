import HubEngine

/// What the loop needs of an engine: `HubEngine`, or a scripted one in tests.
protocol LoopEngine {
  /// Takes what happened, returns what to do, in order.
  mutating func handle(_ inputs: [EngineInput], at now: EngineTime) -> [EngineEffect]
  /// The monotonic time at which a `.tick` is wanted at the latest.
  var nextDeadline: UInt64? { get }
  /// What the engine knows about itself.
  func snapshot(at now: EngineTime) -> EngineSnapshot
}

extension HubEngine: LoopEngine {}
