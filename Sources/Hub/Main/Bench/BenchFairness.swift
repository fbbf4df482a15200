import Glibc
import HubRuntime
import JSONScan

/// What a tenant notices of its neighbour: the p99 of its latency at 200 events a second with the neighbour, beside that without,
/// in turn from the same hub.
enum BenchFairness {
  static func measure(into figures: inout BenchFigures) throws(BenchFailure) {
    try measureHanging(into: &figures)
    try measureFlood(into: &figures)
  }

  /// The neighbour has a thousand sinks that take every request and never answer.
  private static func measureHanging(into figures: inout BenchFigures) throws(BenchFailure) {
    // Nobody accepts: the kernel takes connections and requests, and that is all.
    guard let (listener, port) = BenchSockets.listen() else { throw .files("no loopback port") }
    defer { close(listener) }
    let count = BenchPlan.hangingSinks
    let stage = try stage { _ in
      (0..<count).map { neighbour("n\($0)", sink: "http://127.0.0.1:\(port)/\($0)") }
    }
    var alone: [Double] = []
    for _ in 0..<BenchPlan.fairnessRounds { alone.append(try p99(stage)) }
    say("alone: p99 \(shown(alone)) ms; now \(count) sinks of another tenant hang")
    try stage.cluster.tell("flood 8")
    usleep(2_000_000)
    var beside: [Double] = []
    for _ in 0..<BenchPlan.fairnessRounds { beside.append(try p99(stage)) }
    say("beside them: p99 \(shown(beside)) ms")
    note(alone, beside, as: .p99AloneOfHanging, .hangingRatio, in: &figures)
  }

  /// The neighbour's 50,000 objects change at once, and its sink takes all of it.
  private static func measureFlood(into figures: inout BenchFigures) throws(BenchFailure) {
    let stage = try stage { sink in [neighbour("n", sink: sink + "/n")] }
    var (alone, beside): ([Double], [Double]) = ([], [])
    for _ in 0..<BenchPlan.fairnessRounds {
      alone.append(try p99(stage))
      try stage.cluster.tell("flood \(BenchPlan.floodObjects)")
      beside.append(try p99(stage))
    }
    say("p99 \(shown(alone)) ms alone, \(shown(beside)) ms beside \(BenchPlan.floodObjects) changes at once")
    note(alone, beside, as: .p99AloneOfFlood, .floodRatio, in: &figures)
  }

  private static func stage(_ neighbours: (_ sink: String) -> [JSONValue]) throws(BenchFailure) -> BenchStage
  {
    let stage = try BenchStage(objects: BenchPlan.fairnessEvents) { sink in
      [
        BenchSubscription.make(
          name: "quiet", namespace: 0, everywhere: true, mode: "Resource", initial: false, sink: sink)
      ] + neighbours(sink)
    }
    try stage.finishList()
    _ = try stage.cluster.numbers(after: "neighbour")
    // Opens the connections and fills the caches.
    _ = try p99(stage)
    return stage
  }

  private static func neighbour(_ name: String, sink: String) -> JSONValue {
    var subscription = BenchSubscription.make(
      name: name, namespace: 1, everywhere: true, mode: "Reference", initial: false, sink: sink)
    // Its own kind, and so its own watch: what the API server itself queues before a change is not the hub's.
    subscription["spec"]?["resources"] = [["apiVersion": "v1", "kind": "Secret"]]
    subscription["spec"]?["delivery"] = [:]
    return subscription
  }

  /// In milliseconds.
  private static func p99(_ stage: BenchStage) throws(BenchFailure) -> Double {
    try stage.expect(count: BenchPlan.fairnessEvents)
    try stage.cluster.tell("pace 0 \(BenchPlan.fairnessEvents) \(BenchPlan.latencyPerSecond)")
    let numbers = try stage.sink.numbers(after: "done")
    guard numbers.count == 5 else { throw .silent("bench-sink") }
    return Double(numbers[3]) / 1e6
  }

  private static func note(
    _ alone: [Double], _ beside: [Double], as base: BenchMeasure, _ ratio: BenchMeasure,
    in figures: inout BenchFigures
  ) {
    figures[base] = Spread(alone)
    figures[ratio] = Spread([Spread(beside).median / max(Spread(alone).median, 0.001)])
  }

  private static func shown(_ values: [Double]) -> String {
    values.map { hundredths($0) }.joined(separator: ", ")
  }

  private static func say(_ text: String) { Console.error("hub bench: \(text)") }
}
