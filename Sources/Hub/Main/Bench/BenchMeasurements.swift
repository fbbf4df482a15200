import Glibc

/// The measurements, each with processes of its own kind of work.
struct BenchMeasurements {
  private(set) var figures = BenchFigures()
  private let topic: BenchTopic

  init(_ topic: BenchTopic) { self.topic = topic }

  /// Measures what the topic asks for.
  mutating func run() throws(BenchFailure) {
    if [.events, .unwanted, .latency].contains(where: topic.includes) { try measureEvents() }
    if topic.includes(.memory) { try measureMemory() }
    if topic.includes(.journal) {
      try BenchJournal.measureShare(into: &figures)
      try BenchJournal.measureLoad(into: &figures)
    }
    if topic.includes(.reconciler) { try measureReconciler() }
    if topic.includes(.fairness) { try BenchFairness.measure(into: &figures) }
    if topic.includes(.subscriptions) {
      for count in BenchPlan.subscriptionCounts {
        figures.curve += try BenchCurve.measure(subscriptions: count)
      }
    }
  }

  private func say(_ text: String) { Console.error("hub bench: \(text)") }

  // MARK: Events

  /// One hub with one subscription in Resource mode, and all measurements that need no more.
  private mutating func measureEvents() throws(BenchFailure) {
    say("starting a hub with \(BenchPlan.eventObjects) objects")
    let stage = try BenchStage(objects: BenchPlan.eventObjects) { sink in
      [
        BenchSubscription.make(
          name: "bench", namespace: 0, everywhere: true, mode: "Resource", initial: false, sink: sink)
      ]
    }
    try stage.sink.tell("capture \(stage.directory.request)")
    // Opens the connections and fills the caches.
    _ = try stage.deliverRound(count: BenchPlan.eventObjects)
    if topic.includes(.events) {
      try measureDeliveries(stage)
      try measureYardstick(stage)
    }
    if topic.includes(.unwanted) { try measureUnwanted(stage) }
    if topic.includes(.latency) { try measureLatency(stage) }
  }

  private mutating func measureDeliveries(_ stage: BenchStage) throws(BenchFailure) {
    var (rates, costs): ([Double], [Double]) = ([], [])
    for round in 1...BenchPlan.eventRounds {
      let (nanoseconds, cpu) = try stage.deliverRound(count: BenchPlan.eventObjects)
      rates.append(Double(BenchPlan.eventObjects) / Double(nanoseconds) * 1e9)
      costs.append(Double(cpu) / Double(BenchPlan.eventObjects))
      say("events, round \(round): \(Int(rates[round - 1]))/s, \(tenths(costs[round - 1])) µs of CPU each")
    }
    figures[.eventsPerSecond] = Spread(rates)
    figures[.cpuPerEvent] = Spread(costs)
  }

  // MARK: The yardstick

  private mutating func measureYardstick(_ stage: BenchStage) throws(BenchFailure) {
    let client = try BenchChild(
      "bench-yardstick", ["--port", "\(stage.sinkPort)", "--request", stage.directory.request])
    var (rates, costs): ([Double], [Double]) = ([], [])
    for round in 0...BenchPlan.eventRounds {
      let count = BenchPlan.eventObjects
      try stage.expect(count: count)
      try client.tell("run 0 \(count)")
      let numbers = try client.numbers(after: "done")
      _ = try stage.sink.numbers(after: "done")
      // The first opens the connections and fills the caches.
      guard round > 0, numbers.count == 3 else { continue }
      rates.append(Double(count) / Double(numbers[1]) * 1e9)
      costs.append(Double(numbers[2]) / Double(count))
    }
    figures[.yardstickPerSecond] = Spread(rates)
    figures[.yardstickCPU] = Spread(costs)
    say("yardstick: \(Int(Spread(rates).median))/s, \(tenths(Spread(costs).median)) µs of CPU each")
  }

  // MARK: What no one wants

  private mutating func measureUnwanted(_ stage: BenchStage) throws(BenchFailure) {
    var costs: [Double] = []
    for round in 0...BenchPlan.unwantedRounds {
      try stage.expect(first: round, count: 1)
      let cpu = stage.hubCPU
      try stage.cluster.tell(
        "write \(BenchObject.unwanted) \(BenchPlan.eventObjects) \(BenchPlan.unwantedLines)")
      // Lines are judged in order: when this one has come, all before it are done.
      try stage.cluster.tell("write \(BenchObject.wanted) \(round) 1")
      _ = try stage.sink.numbers(after: "done")
      let cost = Double(stage.hubCPU - cpu) / Double(BenchPlan.unwantedLines)
      // The first fills the caches.
      guard round > 0 else { continue }
      costs.append(cost)
      say("unwanted, round \(round): \(hundredths(cost)) µs of CPU each")
    }
    figures[.cpuPerUnwantedEvent] = Spread(costs)
  }

  // MARK: Latency

  private mutating func measureLatency(_ stage: BenchStage) throws(BenchFailure) {
    let seconds = BenchPlan.latencyEvents / BenchPlan.latencyPerSecond
    say("latency: \(seconds) s at \(BenchPlan.latencyPerSecond) events a second")
    try stage.expect(count: BenchPlan.latencyEvents)
    let cpu = stage.hubCPU
    try stage.cluster.tell("pace 0 \(BenchPlan.latencyEvents) \(BenchPlan.latencyPerSecond)")
    let numbers = try stage.sink.numbers(after: "done")
    guard numbers.count == 5 else { throw .silent("bench-sink") }
    for (measure, nanoseconds) in zip([BenchMeasure.latencyP50, .latencyP99, .latencyMost], numbers[2...]) {
      figures[measure] = Spread([Double(nanoseconds) / 1e6])
    }
    figures[.cpuPerPacedEvent] = Spread([Double(stage.hubCPU - cpu) / Double(BenchPlan.latencyEvents)])
  }

  // MARK: Memory

  private mutating func measureMemory() throws(BenchFailure) {
    say("memory: \(BenchPlan.fewObjects) objects, \(BenchPlan.subscriptions) subscriptions")
    figures[.resident] = Spread([Double(try residentWithSubscriptions()) / 1e6])
    var sizes: [Int] = []
    for objects in [BenchPlan.fewObjects, BenchPlan.manyObjects] {
      say("memory: \(objects) objects, one subscription")
      let stage = try BenchStage(objects: objects) { sink in
        [
          BenchSubscription.make(
            name: "bench", namespace: 0, everywhere: true, mode: "Reference", initial: false, sink: sink)
        ]
      }
      try stage.finishList()
      sizes.append(stage.settledHubMemory)
    }
    let slope = Self.slope(from: (BenchPlan.fewObjects, sizes[0]), to: (BenchPlan.manyObjects, sizes[1]))
    figures[.bytesPerObject] = Spread([slope])
  }

  /// Bytes for each object more.
  static func slope(from few: (objects: Int, bytes: Int), to many: (objects: Int, bytes: Int)) -> Double {
    Double(many.bytes - few.bytes) / Double(many.objects - few.objects)
  }

  /// Each subscription follows its own namespace, and has been told of each object in it.
  private func residentWithSubscriptions() throws(BenchFailure) -> Int {
    let count = BenchPlan.subscriptions
    let stage = try BenchStage(objects: BenchPlan.fewObjects, namespaces: count) { sink in
      (0..<count).map { number in
        BenchSubscription.make(
          name: "bench", namespace: number, everywhere: false, mode: "Reference", initial: true, sink: sink)
      }
    }
    _ = try stage.sink.numbers(after: "done")
    return stage.settledHubMemory
  }

  // MARK: A reconciler

  private mutating func measureReconciler() throws(BenchFailure) {
    do throws(BenchFailure) {
      let (starts, resident) = try BenchReconciler.measure()
      figures[.reconcilerStart] = Spread(starts)
      figures[.reconcilerResident] = Spread(resident)
      say("reconciler: \(tenths(Spread(starts).median)) ms until it answers")
    } catch {
      guard case .noReconciler = error, topic == .all else { throw error }
      say("not measured: \(error)")
    }
  }
}
