import Testing

@testable import HubEngine
@testable import Simulator

/// The simulator must be seen to catch: each planted fault is one that a broken hub could have.
@Suite("The simulator catches what it is there for")
struct PlantedFaultTests {
  /// So many seeds are tried until one catches it.
  private static let seeds: UInt64 = 150

  @Test(
    "Each planted fault is caught, and by a checker that is there for it", arguments: PlantedFault.allCases)
  func isCaught(fault: PlantedFault) {
    var others: [Violation] = []
    for seed in 1...Self.seeds {
      var simulation = Simulation(seed: seed, sabotage: Saboteur(fault))
      simulation.run()
      if simulation.violations.contains(where: { fault.catchers.contains($0.checker) }) { return }
      others += simulation.violations.prefix(1)
    }
    Issue.record("\(fault) was not caught in \(Self.seeds) seeds; others found: \(others.prefix(3))")
  }

  @Test("Every checker has a fault that it catches")
  func everyChecker() {
    let tested = PlantedFault.allCases.reduce(into: Set<CheckerName>()) { $0.formUnion($1.catchers) }
    #expect(CheckerName.allCases.filter { !tested.contains($0) } == [])
  }

  @Test("Without a fault the same seeds find nothing", arguments: 1...UInt64(8))
  func isQuiet(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    simulation.run()
    #expect(simulation.violations == [])
  }

  @Test("The arguments say which seeds are run")
  func arguments() {
    #expect(SeedRange(arguments: ["--seed", "7", "--seeds", "3"]) == SeedRange(first: 7, count: 3))
    #expect(SeedRange(arguments: ["--seed", "7", "--seeds", ""]) == SeedRange(first: 7, count: 1))
    #expect(SeedRange(arguments: ["--seed", "", "--seeds", "9"]) == SeedRange(first: 1, count: 9))
    #expect(SeedRange(arguments: []) == SeedRange(first: 1, count: SeedRange.defaultCount))
    for bad in [["--seed"], ["--seed", "x"], ["--seeds", "0"], ["--what", "1"], ["--seed", "-1"]] {
      #expect(SeedRange(arguments: bad) == nil)
    }
  }
}
