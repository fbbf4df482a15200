import HubRuntime
import JSONScan

/// Rounds of one figure.
struct Spread {
  let median: Double
  let least: Double
  let most: Double

  init(_ rounds: [Double]) {
    let sorted = rounds.sorted()
    median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    least = sorted.first ?? 0
    most = sorted.last ?? 0
  }
}

/// What was measured; nil where nobody asked.
struct BenchFigures {
  var eventsPerSecond: Spread?
  var cpuPerEvent: Spread?
  var yardstickPerSecond: Spread?
  var yardstickCPU: Spread?
  var cpuPerUnwantedEvent: Spread?
  var latencyMilliseconds: (p50: Double, p99: Double, most: Double)?
  var cpuPerPacedEvent: Double?
  var residentBytes: Int?
  var bytesPerObject: Double?
  var curve: [BenchCurve.Point] = []

  /// One object; its members are named after what they count and in which unit.
  var json: JSONValue {
    var object: JSONValue = [
      "machine": .string(ProcessUsage.machine), "version": .string(HubVersion.current),
      "load": number(ProcessUsage.load),
    ]
    let members: [(String, Double?)] = [
      ("events_per_second", eventsPerSecond.map { $0.median.rounded() }),
      ("cpu_us_per_event", cpuPerEvent?.median),
      ("cpu_us_per_event_least", cpuPerEvent?.least),
      ("cpu_us_per_event_most", cpuPerEvent?.most),
      ("yardstick_events_per_second", yardstickPerSecond.map { $0.median.rounded() }),
      ("yardstick_cpu_us_per_event", yardstickCPU?.median),
      ("cpu_us_per_unwanted_event", cpuPerUnwantedEvent?.median),
      ("latency_p50_ms", latencyMilliseconds?.p50),
      ("latency_p99_ms", latencyMilliseconds?.p99),
      ("latency_max_ms", latencyMilliseconds?.most),
      ("cpu_us_per_paced_event", cpuPerPacedEvent),
      ("rss_mb", residentBytes.map { Double($0) / 1e6 }),
      ("bytes_per_object", bytesPerObject.map { $0.rounded() }),
    ]
    for (name, value) in members {
      if let value { object[name] = number(value) }
    }
    if !curve.isEmpty { object["curve"] = .array(curve.map { point in point.json }) }
    return object
  }

  /// For people: figure, and what DESIGN asks for.
  var table: String {
    var rows: [(String, String, String)] = []
    if let rate = eventsPerSecond {
      rows.append(("events delivered per second", "\(Int(rate.median))", "30000"))
    }
    if let cost = cpuPerEvent {
      rows.append(
        (
          "CPU per event delivered",
          "\(tenths(cost.median)) µs (\(tenths(cost.least)) to \(tenths(cost.most)))", "30 µs"
        ))
    }
    if let rate = yardstickPerSecond {
      rows.append(("yardstick: events per second", "\(Int(rate.median))", ""))
    }
    if let cost = yardstickCPU { rows.append(("yardstick: CPU per event", "\(tenths(cost.median)) µs", "")) }
    if let cost = cpuPerUnwantedEvent {
      rows.append(("CPU per event that no one wants", "\(hundredths(cost.median)) µs", "2 µs"))
    }
    if let latency = latencyMilliseconds {
      let figure = "\(hundredths(latency.p50)) / \(hundredths(latency.p99)) / \(hundredths(latency.most)) ms"
      rows.append(("latency at 200/s, p50 / p99 / most", figure, "1 / 4 ms"))
    }
    if let cost = cpuPerPacedEvent { rows.append(("CPU per event at 200/s", "\(tenths(cost)) µs", "")) }
    if let bytes = residentBytes {
      rows.append(("RSS, 10,000 objects and 100 subscriptions", "\(tenths(Double(bytes) / 1e6)) MB", "32 MB"))
    }
    if let bytes = bytesPerObject { rows.append(("memory per object followed", "\(Int(bytes)) B", "220 B")) }
    for point in curve {
      let matches = point.matches == 1 ? "1 matches" : "\(point.matches) match"
      rows.append(
        (
          "CPU per change, \(point.subscriptions) subscriptions, \(matches)",
          "\(tenths(point.cpu.median)) µs", ""
        ))
    }
    return Self.aligned([("figure", "measured", "at most, or at least")] + rows)
  }

  private static func aligned(_ rows: [(String, String, String)]) -> String {
    let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
    let pad = { (text: String, width: Int) in text + String(repeating: " ", count: width - text.count) }
    return rows.map { pad($0.0, widths.0) + "  " + pad($0.1, widths.1) + "  " + $0.2 }.joined(separator: "\n")
  }

  private func number(_ value: Double) -> JSONValue { JSONValue(figure: value) }
}

extension JSONValue {
  /// A figure to thousandths.
  init(figure value: Double) {
    self = .number(value == value.rounded() ? String(Int(value)) : thousandths(value))
  }
}

/// A number with so many digits after the point.
func tenths(_ value: Double) -> String { decimal(value, digits: 1) }
/// See `tenths`.
func hundredths(_ value: Double) -> String { decimal(value, digits: 2) }
/// See `tenths`.
func thousandths(_ value: Double) -> String { decimal(value, digits: 3) }

private func decimal(_ value: Double, digits: Int) -> String {
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let rest = String(scaled % scale)
  let zeros = String(repeating: "0", count: digits - rest.count)
  return (value < 0 ? "-" : "") + "\(scaled / scale)." + zeros + rest
}
