import HubEngine

/// The two text formats of metrics.
enum MetricsFormat: Sendable {
  /// Prometheus text format 0.0.4.
  case prometheus
  /// OpenMetrics 1.0.
  case openMetrics

  var contentType: String {
    switch self {
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }
}

/// Writes metric families, each as a whole, in one of the two text formats. Counters are named without `_total`, which
/// their samples carry in both formats and their HELP and TYPE lines in the older one.
struct MetricsWriter {
  /// Label names and values, in the order they are shown.
  struct Labels: ExpressibleByDictionaryLiteral {
    let pairs: [(String, String)]

    init(dictionaryLiteral elements: (String, String)...) { pairs = elements }
  }

  /// One line of a family.
  struct Sample {
    let labels: Labels
    let value: Double

    init(_ labels: Labels, _ value: Double) {
      self.labels = labels
      self.value = value
    }

    init(_ labels: Labels, _ value: Int) { self.init(labels, Double(value)) }
  }

  private let format: MetricsFormat
  private var text = ""
  private var families: Set<String> = []

  init(_ format: MetricsFormat) { self.format = format }

  /// The page, ended as its format wants it.
  consuming func finish() -> [UInt8] {
    if format == .openMetrics { text += "# EOF\n" }
    return [UInt8](text.utf8)
  }

  /// A value that goes up and down.
  mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
    head(name, "gauge", help)
    for each in samples { sample(name, each.labels, each.value) }
  }

  /// A value that goes up and down, without labels.
  mutating func gauge(_ name: String, _ help: String, _ value: Double) {
    gauge(name, help, [Sample([:], value)])
  }

  /// A whole number that goes up and down, without labels.
  mutating func gauge(_ name: String, _ help: String, _ value: Int) { gauge(name, help, Double(value)) }

  /// A count that only grows; `name` is without `_total`.
  mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
    head(name, "counter", help)
    for each in samples { sample(name + "_total", each.labels, each.value) }
  }

  /// A count that only grows, without labels.
  mutating func counter(_ name: String, _ help: String, _ value: Int) {
    counter(name, help, [Sample([:], value)])
  }

  /// A distribution.
  mutating func histogram(_ name: String, _ help: String, _ labels: Labels, _ histogram: LatencyHistogram) {
    head(name, "histogram", help)
    var cumulative = 0
    for (index, count) in histogram.buckets.enumerated() {
      cumulative += count
      let bound = index < LatencyHistogram.bounds.count ? self.bound(LatencyHistogram.bounds[index]) : "+Inf"
      line(name + "_bucket", labels.pairs + [("le", bound)], String(cumulative))
    }
    sample(name + "_sum", labels, Double(histogram.sumNanoseconds) / 1e9)
    sample(name + "_count", labels, Double(histogram.count))
  }

  /// OpenMetrics wants the canonical form of a float (`1.0`), Prometheus writes `1`.
  private func bound(_ value: Double) -> String {
    format == .openMetrics ? "\(value)" : Self.number(value)
  }

  private mutating func head(_ name: String, _ type: String, _ help: String) {
    precondition(families.insert(name).inserted, "the family \(name) is written as a whole, once")
    let shown = type == "counter" && format == .prometheus ? name + "_total" : name
    text += "# HELP \(shown) \(Self.escaped(help, quotes: format == .openMetrics))\n# TYPE \(shown) \(type)\n"
  }

  private mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
    line(name, labels.pairs, Self.number(value))
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
    text += name
    if !labels.isEmpty {
      text += "{"
      text += labels.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }.joined(separator: ",")
      text += "}"
    }
    text += " " + value + "\n"
  }

  /// Whole numbers without a fraction, others as Swift writes them: the shortest that reads back the same.
  static func number(_ value: Double) -> String {
    if value == .infinity { return "+Inf" }
    if value == -.infinity { return "-Inf" }
    if value.isNaN { return "NaN" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
