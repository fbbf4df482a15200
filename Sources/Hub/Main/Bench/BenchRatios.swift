import JSONScan

/// Budgets as multiples of the yardstick of the same run, which carry over from machine to machine better than
/// microseconds do (Benchmarks/ratios.json).
struct BenchRatios: Equatable {
  /// What is wrong with the file.
  enum Fault: Error, Equatable, CustomStringConvertible {
    case notJSON(String)
    case unknown(String)
    case notANumber(String)

    var description: String {
      switch self {
      case .notJSON(let reason): "not a JSON object: \(reason)"
      case .unknown(let name): "\(name): no such figure in microseconds; write for example cpu_us_per_event"
      case .notANumber(let name): "\(name): write how many times the yardstick's CPU it may cost, such as 8"
      }
    }
  }

  /// Those that are measured in CPU, which alone compare with the yardstick.
  private static let comparable: [BenchMeasure] = [
    .cpuPerEvent, .cpuPerUnwantedEvent, .journaledCPU, .journalCPU,
  ]

  private(set) var limits: [(measure: BenchMeasure, times: Double)] = []

  init(_ bytes: [UInt8]) throws(Fault) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch { throw .notJSON("\(error)") }
    guard case .object(let members) = value else { throw .notJSON("its outermost value is none") }
    for (name, value) in members {
      guard let measure = BenchMeasure(rawValue: name), Self.comparable.contains(measure) else {
        throw .unknown(name)
      }
      guard case .number(let text) = value, let times = Double(text), times > 0 else {
        throw .notANumber(name)
      }
      limits.append((measure, times))
    }
  }

  /// What costs more than it may, a line each. What was not measured is not judged.
  func findings(_ figures: BenchFigures) -> [String] {
    guard let yardstick = figures[.yardstickCPU]?.median, yardstick > 0 else { return [] }
    return limits.compactMap { measure, times in
      guard let cost = figures[measure]?.median, cost > times * yardstick else { return nil }
      return
        "\(measure.rawValue) is \(hundredths(cost / yardstick)) times the yardstick's, and may be \(hundredths(times))"
    }
  }

  static func == (left: BenchRatios, right: BenchRatios) -> Bool {
    left.limits.elementsEqual(right.limits) { $0 == $1 }
  }
}
