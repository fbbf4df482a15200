import Foundation
import Testing

@testable import HubEngine
@testable import Simulator

/// How many seeds a run tries: FRUGALHUB_SEEDS, 40 by default (`make test` runs more with the simulator itself).
/// FRUGALHUB_SEED runs one of them and tells its story.
private let seedCount = UInt64(ProcessInfo.processInfo.environment["FRUGALHUB_SEEDS"] ?? "") ?? 40
/// The seeds are run in so many lanes, one beside the other.
private let lanes: UInt64 = 4
private let oneSeed = UInt64(ProcessInfo.processInfo.environment["FRUGALHUB_SEED"] ?? "")

@Suite("The engine among random changes, faults and answers")
struct SimulationTests {
  @Test("Nothing is lost, doubled or misled, whatever happens in whatever order", arguments: 0..<lanes)
  func seeds(lane: UInt64) {
    if let oneSeed { return lane == 0 ? tell(oneSeed) : () }
    var failed = 0
    for seed in stride(from: lane + 1, through: seedCount, by: Int(lanes)) where failed < 3 {
      var simulation = Simulation(seed: seed)
      simulation.run()
      let problems = simulation.violations.prefix(3)
      #expect(problems == [], "replay it alone with FRUGALHUB_SEED=\(seed)")
      if !problems.isEmpty { failed += 1 }
    }
  }

  private func tell(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    simulation.run()
    if !simulation.violations.isEmpty { print(simulation.story.joined(separator: "\n")) }
    #expect(simulation.violations == [], "seed \(seed)")
  }

  @Test("The same seed makes the same run, effect by effect", arguments: [UInt64(3), 8, 15])
  func determinism(seed: UInt64) {
    var first = Simulation(seed: seed, isTracing: true)
    var second = Simulation(seed: seed, isTracing: true)
    first.run()
    second.run()
    #expect(first.world.trace?.isEmpty == false)
    #expect(first.world.trace == second.world.trace)
  }
}
