import Dispatch
import Foundation
import Synchronization

/// Many seeds, on all cores. What is found does not depend on how many there are.
final class Campaign: Sendable {
  /// After so many failing seeds nobody needs more of them.
  private static let failuresToStop = 3
  /// A line of progress after so many seeds.
  private static let seedsPerLine: UInt64 = 50

  private struct Results {
    var next: UInt64 = 0
    var finished: UInt64 = 0
    var failures: [UInt64: String] = [:]
    var rare = RareCounts()
  }

  private let seeds: SeedRange
  private let results = Mutex(Results())

  init(_ seeds: SeedRange) { self.seeds = seeds }

  /// How many seeds were run.
  var finished: UInt64 { results.withLock { $0.finished } }

  /// Rare events and how often each was.
  var rare: RareCounts { results.withLock { $0.rare } }

  /// So many seeds must have seen each of them.
  static let seedsForRareEvents: UInt64 = 200

  /// Rare events that never happened, if there were enough seeds for them.
  var missing: [RareEvent] { finished < Self.seedsForRareEvents ? [] : rare.missing }

  /// What was found, by seed.
  var failures: [String] {
    results.withLock { results in results.failures.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Runs them all, or until enough have failed; `tell` gets lines about how far it is.
  func run(telling tell: @Sendable @escaping (String) -> Void) {
    let lanes = min(Int(clamping: seeds.count), max(1, ProcessInfo.processInfo.activeProcessorCount))
    DispatchQueue.concurrentPerform(iterations: lanes) { _ in
      while let seed = self.take() { self.run(seed, tell) }
    }
  }

  private func take() -> UInt64? {
    results.withLock { results in
      guard results.next < seeds.count, results.failures.count < Self.failuresToStop else { return nil }
      results.next += 1
      return seeds.first + results.next - 1
    }
  }

  private func run(_ seed: UInt64, _ tell: (String) -> Void) {
    var simulation = Simulation(seed: seed)
    simulation.run()
    let rare = simulation.world.rare
    let failure = simulation.violations.isEmpty ? nil : Self.report(simulation, isAlone: seeds.count == 1)
    let finished = results.withLock { results in
      results.finished += 1
      results.rare.add(rare)
      results.failures[seed] = failure
      return results.finished
    }
    if let failure { tell(failure) }
    if finished % Self.seedsPerLine == 0 || finished == seeds.count {
      tell("\(finished) of \(seeds.count) seeds")
    }
  }

  /// What broke, its history, and how to see it again. A seed that is run alone tells its whole story.
  private static func report(_ simulation: Simulation, isAlone: Bool) -> String {
    var lines = isAlone ? simulation.story : []
    if !isAlone, let first = simulation.violations.first {
      lines += ["the history of \(first.key ?? "the last steps"):"] + simulation.history(of: first)
    }
    lines += simulation.violations.prefix(5).map { "seed \(simulation.seed): \($0)" }
    lines.append("replay it with: make sim SEED=\(simulation.seed)")
    return lines.joined(separator: "\n")
  }
}
