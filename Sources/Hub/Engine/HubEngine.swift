/// The hub's core: follows, routes, delivers, remembers. A value without clock, socket, thread, log or random number:
/// `handle` takes what happened and returns what to do, in order.
public struct HubEngine: Sendable {
  /// What the engine was told at its start.
  public let configuration: EngineConfiguration

  /// An engine that has not begun; its first input is `.start`.
  public init(_ configuration: EngineConfiguration) { self.configuration = configuration }

  /// Takes a batch of inputs, in order, and returns the effects they have, in order.
  public mutating func handle(_ inputs: [EngineInput], at now: EngineTime) -> [EngineEffect] { [] }

  /// The monotonic time at which a `.tick` is wanted at the latest; nil: nothing is waited for.
  public var nextDeadline: UInt64? { nil }

  /// What the engine knows about itself.
  public func snapshot(at now: EngineTime) -> EngineSnapshot { EngineSnapshot() }
}
