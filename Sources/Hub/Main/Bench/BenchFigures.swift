import HubRuntime
import JSONScan

/// What was measured.
struct BenchFigures {
  private var spreads: [BenchMeasure: Spread] = [:]
  var curve: [BenchCurve.Point] = []

  /// Nil where nobody asked.
  subscript(measure: BenchMeasure) -> Spread? {
    get { spreads[measure] }
    set { spreads[measure] = newValue }
  }

  /// Those that were measured, in their order.
  private var measured: [(BenchMeasure, Spread)] {
    BenchMeasure.allCases.compactMap { measure in spreads[measure].map { (measure, $0) } }
  }

  /// One object; its members are named after what they count and in which unit. `least` and `most` hold the outer
  /// rounds of those that were measured several times.
  func json(machine: String, load: Double) -> JSONValue {
    var object: JSONValue = [
      "machine": .string(machine), "version": .string(HubVersion.current), "load": JSONValue(figure: load),
    ]
    var (least, most): (JSONValue, JSONValue) = ([:], [:])
    for (measure, spread) in measured {
      object[measure.rawValue] = JSONValue(figure: spread.median)
      guard spread.least < spread.most else { continue }
      least[measure.rawValue] = JSONValue(figure: spread.least)
      most[measure.rawValue] = JSONValue(figure: spread.most)
    }
    object["least"] = least
    object["most"] = most
    if !curve.isEmpty { object["curve"] = .array(curve.map { point in point.json }) }
    return object
  }

  /// For people: figure, measured, and what it must hold.
  var table: String {
    var rows = [["figure", "measured", "must", ""]]
    for (measure, spread) in measured { rows.append(Self.row(measure, spread)) }
    for point in curve {
      let matches = point.matches == 1 ? "1 matches" : "\(point.matches) match"
      let title = "CPU per change, \(point.subscriptions) subscriptions, \(matches)"
      rows.append([title, tenths(point.cpu.median) + " µs", "", ""])
    }
    return Self.aligned(rows)
  }

  private static func row(_ measure: BenchMeasure, _ spread: Spread) -> [String] {
    let (title, unit, digits, must) = measure.shown
    let number = { (value: Double) in decimal(value, digits: digits) }
    let space = unit.hasPrefix("/") ? "" : " "
    var text = number(spread.median) + space + unit
    if spread.least < spread.most { text += " (\(number(spread.least)) to \(number(spread.most)))" }
    let bound: String
    switch must {
    case .atMost(let limit): bound = "≤ " + decimal(limit, digits: 0) + space + unit
    case .atLeast(let limit): bound = "≥ " + decimal(limit, digits: 0) + space + unit
    case nil: bound = ""
    }
    let verdict = must.map { $0.holds(spread.median) ? "held" : "not held" } ?? ""
    return [title, text, bound, verdict]
  }

  private static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      let line = cells.joined(separator: "  ")
      return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
    }
    return lines.joined(separator: "\n")
  }
}

extension JSONValue {
  /// A figure to thousandths.
  init(figure value: Double) {
    self = .number(value == value.rounded() ? decimal(value, digits: 0) : decimal(value, digits: 3))
  }
}
