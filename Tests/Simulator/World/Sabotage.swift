import HubEngine

/// A fault between the engine and its world: what tests of the checkers plant, from outside.
protocol Sabotage: Sendable {
  /// What reaches the engine.
  mutating func inputs(_ inputs: [EngineInput]) -> [EngineInput]
  /// What reaches the world; what is swallowed may be answered.
  mutating func effects(_ effects: [EngineEffect], answering inputs: inout [EngineInput]) -> [EngineEffect]
  /// The hub has died; its disk is as the next one will find it.
  mutating func onDisk(_ journal: inout FakeJournal)
  /// Another hub begins.
  mutating func restarted()
}

extension Sabotage {
  mutating func inputs(_ inputs: [EngineInput]) -> [EngineInput] { inputs }
  mutating func effects(_ effects: [EngineEffect], answering inputs: inout [EngineInput]) -> [EngineEffect] {
    effects
  }
  mutating func onDisk(_ journal: inout FakeJournal) {}
  mutating func restarted() {}
}
