import Glibc

/// What the journal costs: CPU of an event with a state directory beside one without, and how long a hub takes to begin
/// from its state.
enum BenchJournal {
  /// Rounds alternate between two hubs, so that what else the machine does meets both alike.
  static func measureShare(into figures: inout BenchFigures) throws(BenchFailure) {
    let count = BenchPlan.eventObjects
    say("journal: two hubs with \(count) objects, one of them with a state directory")
    let plain = try stage(objects: count, keepsState: false)
    let journaled = try stage(objects: count, keepsState: true)
    var (without, with): ([Double], [Double]) = ([], [])
    for round in 0...BenchPlan.eventRounds {
      let costs = (
        Double(try plain.deliverRound(count: count).cpu) / Double(count),
        Double(try journaled.deliverRound(count: count).cpu) / Double(count)
      )
      // The first opens the connections and fills the caches.
      guard round > 0 else { continue }
      without.append(costs.0)
      with.append(costs.1)
      say("journal, round \(round): \(tenths(costs.0)) µs of CPU without, \(tenths(costs.1)) with")
    }
    figures[.journalCPU] = Spread(zip(with, without).map { $0 - $1 })
    figures[.journaledCPU] = Spread(with)
    figures[.journalShare] = Spread(zip(with, without).map { share(of: $0, without: $1) })
  }

  /// In percent of all.
  static func share(of with: Double, without: Double) -> Double {
    with > 0 ? (with - without) / with * 100 : 0
  }

  /// A hub that knows so many objects is killed and started again.
  static func measureLoad(into figures: inout BenchFigures) throws(BenchFailure) {
    let count = BenchPlan.stateObjects
    say("journal: a hub with \(count) objects is killed and begins from its state")
    let stage = try stage(objects: count, keepsState: true)
    try stage.finishList()
    var times: [Double] = []
    for _ in 0..<BenchPlan.stateLoads {
      // What was appended is on disk after less than that.
      usleep(1_500_000)
      times.append(Double(try stage.restartHub()) / 1e6)
      say("journal: it watches again after \(Int(times[times.count - 1])) ms")
    }
    figures[.stateLoad] = Spread(times)
    figures[.stateBytes] = Spread([Double(stage.directory.stateBytes) / Double(count)])
  }

  private static func stage(objects: Int, keepsState: Bool) throws(BenchFailure) -> BenchStage {
    try BenchStage(objects: objects, keepsState: keepsState) { sink in
      [
        BenchSubscription.make(
          name: "bench", namespace: 0, everywhere: true, mode: "Resource", initial: false, sink: sink)
      ]
    }
  }

  private static func say(_ text: String) { Console.error("hub bench: \(text)") }
}
