/// The figures that `hub bench` can have, in the order in which they are shown. Raw values are the members of `--json`.
enum BenchMeasure: String, CaseIterable {
  case eventsPerSecond = "events_per_second"
  case cpuPerEvent = "cpu_us_per_event"
  case yardstickPerSecond = "yardstick_events_per_second"
  case yardstickCPU = "yardstick_cpu_us_per_event"
  case cpuPerUnwantedEvent = "cpu_us_per_unwanted_event"
  case latencyP50 = "latency_p50_ms"
  case latencyP99 = "latency_p99_ms"
  case latencyMost = "latency_max_ms"
  case cpuPerPacedEvent = "cpu_us_per_paced_event"
  case resident = "rss_mb"
  case bytesPerObject = "bytes_per_object"
  case journaledCPU = "cpu_us_per_event_with_journal"
  case journalCPU = "journal_cpu_us_per_event"
  case journalShare = "journal_cpu_percent"
  case stateLoad = "state_load_ms"
  case stateBytes = "state_bytes_per_object"
  case reconcilerStart = "reconciler_start_ms"
  case reconcilerResident = "reconciler_rss_mb"
  case p99AloneOfHanging = "latency_p99_ms_before_hanging_neighbour"
  case hangingRatio = "latency_p99_ratio_beside_hanging_sinks"
  case p99AloneOfFlood = "latency_p99_ms_before_flooding_neighbour"
  case floodRatio = "latency_p99_ratio_beside_flood"

  /// What a figure must hold.
  enum Bound: Equatable {
    case atMost(Double)
    case atLeast(Double)

    func holds(_ value: Double) -> Bool {
      switch self {
      case .atMost(let limit): value <= limit
      case .atLeast(let limit): value >= limit
      }
    }
  }

  /// How it is shown, and what it must hold: the "must" column of docs/benchmarks.md.
  var shown: (title: String, unit: String, digits: Int, must: Bound?) {
    switch self {
    case .eventsPerSecond: ("events delivered", "/s", 0, .atLeast(30_000))
    case .cpuPerEvent: ("CPU per event delivered", "µs", 1, .atMost(30))
    case .yardstickPerSecond: ("yardstick: events", "/s", 0, nil)
    case .yardstickCPU: ("yardstick: CPU per event", "µs", 1, nil)
    case .cpuPerUnwantedEvent: ("CPU per event that no one wants", "µs", 2, .atMost(2))
    case .latencyP50: ("latency at 200/s, p50", "ms", 2, .atMost(1))
    case .latencyP99: ("latency at 200/s, p99", "ms", 2, .atMost(4))
    case .latencyMost: ("latency at 200/s, most", "ms", 2, nil)
    case .cpuPerPacedEvent: ("CPU per event at 200/s", "µs", 1, nil)
    case .resident: ("RSS, 10,000 objects and 100 subscriptions", "MB", 1, .atMost(32))
    case .bytesPerObject: ("memory per object followed", "B", 0, .atMost(220))
    case .journaledCPU: ("CPU per event delivered, with a journal", "µs", 1, nil)
    case .journalCPU: ("the journal's part of it", "µs", 1, nil)
    case .journalShare: ("the journal's share of CPU", "%", 1, .atMost(15))
    case .stateLoad: ("state of 100,000 objects: killed hub watches again", "ms", 0, .atMost(1_000))
    case .stateBytes: ("journal per object followed", "B", 0, nil)
    case .reconcilerStart: ("start of a reconciler until it answers", "ms", 1, .atMost(50))
    case .p99AloneOfHanging: ("a tenant alone: p99", "ms", 2, nil)
    case .hangingRatio: ("its p99 beside 1,000 sinks of another that hang", "times", 2, .atMost(2))
    case .p99AloneOfFlood: ("a tenant alone: p99", "ms", 2, nil)
    case .floodRatio: ("its p99 beside 50,000 changes of another at once", "times", 2, .atMost(2))
    case .reconcilerResident: ("RSS of an idle reconciler", "MB", 1, .atMost(20))
    }
  }
}
