import HubRuntime
import JSONScan

/// What a change of an object costs, by how many subscriptions there are and how many of them it concerns: the second
/// must matter alone.
enum BenchCurve {
  struct Point {
    let subscriptions: Int
    let matches: Int
    /// The hub's CPU for one change, all its deliveries included, in microseconds.
    let cpu: Spread

    var json: JSONValue {
      [
        "subscriptions": JSONValue(subscriptions), "matches": JSONValue(matches),
        "cpu_us_per_change": JSONValue(figure: cpu.median),
      ]
    }
  }

  /// A hub with so many subscriptions on one resource. The first of each namespace's ten matches objects that are to
  /// have one match or more, the second those with two or more, and so on.
  static func measure(subscriptions count: Int) throws(BenchFailure) -> [Point] {
    let perNamespace = BenchPlan.subscriptionsPerNamespace
    say("\(count) subscriptions in \(count / perNamespace) namespaces")
    let stage = try BenchStage(objects: BenchPlan.curveObjects, namespaces: count / perNamespace) { sink in
      (0..<count).map { number in
        let place = number % perNamespace
        return BenchSubscription.make(
          name: "bench\(place)", namespace: number / perNamespace,
          labels: (place + 1...perNamespace).map(label),
          everywhere: false, mode: "Reference", initial: false, sink: sink)
      }
    }
    var points: [Point] = []
    // Ascending: what matches more than before enters, and nothing leaves.
    for matches in BenchPlan.matches {
      var costs: [Double] = []
      for round in 0...BenchPlan.curveRounds {
        let cost = try change(matching: matches, stage)
        // In the first, objects enter.
        if round > 0 { costs.append(cost) }
      }
      points.append(Point(subscriptions: count, matches: matches, cpu: Spread(costs)))
      say(
        "\(matches) of \(count) subscriptions match: \(tenths(Spread(costs).median)) µs of CPU for a change")
    }
    return points
  }

  /// Every object changes, and all is delivered.
  private static func change(matching matches: Int, _ stage: BenchStage) throws(BenchFailure) -> Double {
    let count = BenchPlan.curveObjects
    // Without deliveries a change is cheap: more of them, and the end of the round is told by an object of its own.
    let repeats = matches == 0 ? 10 : 1
    if matches == 0 {
      try stage.expect(first: count, count: 1)
    } else {
      try stage.expect(count: count, times: matches)
    }
    let cpu = stage.hubCPU
    for _ in 0..<repeats { try stage.cluster.tell("write \(label(matches)) 0 \(count)") }
    if matches == 0 { try stage.cluster.tell("write \(label(1)) \(count) 1") }
    _ = try stage.sink.numbers(after: "done")
    return Double(stage.hubCPU - cpu) / Double(count * repeats)
  }

  private static func label(_ matches: Int) -> String { "m\(matches)" }
  private static func say(_ text: String) { Console.error("hub bench: \(text)") }
}
