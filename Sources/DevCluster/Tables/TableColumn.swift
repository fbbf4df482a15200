import JSONScan

/// A column of a `Table`: how it is described, and what it shows of an object.
struct TableColumn: Sendable {
  var name: String
  var type = "string"
  var format = ""
  var description = ""
  /// Above 0: shown by `-o wide` only.
  var priority = 0
  /// The cell of an object at a time (seconds since 1970).
  var cell: @Sendable (_ object: JSONValue, _ now: Int64) -> JSONValue

  var definition: JSONValue {
    [
      "name": .string(name), "type": .string(type), "format": .string(format),
      "description": .string(description), "priority": .integer(priority),
    ]
  }

  // MARK: Columns of many kinds

  static let name = TableColumn(
    name: "Name", format: "name", description: "The name of the object, unique within a namespace."
  ) { object, _ in .string(object.name) }

  static let age = TableColumn(
    name: "Age", description: "How long ago the server created the object."
  ) { object, now in age(object.value(at: ["metadata", "creationTimestamp"]), now) }

  static let createdAt = TableColumn(
    name: "Created At", type: "date", description: "When the server created the object."
  ) { object, _ in object.value(at: ["metadata", "creationTimestamp"]) ?? "" }

  /// The text at a path, or what is shown where there is none.
  static func text(
    _ name: String, _ path: [String], none: String = "", description: String = "", wide: Bool = false
  ) -> TableColumn {
    TableColumn(name: name, description: description, priority: wide ? 1 : 0) { object, _ in
      let text = CellText.text(object.value(at: path))
      return .string(text.isEmpty ? none : text)
    }
  }

  /// The number at a path, or 0.
  static func number(_ name: String, _ path: [String], description: String = "") -> TableColumn {
    TableColumn(name: name, type: "integer", description: description) { object, _ in
      .integer(object.value(at: path)?.int ?? 0)
    }
  }

  static func make(
    _ name: String, type: String = "string", description: String = "", wide: Bool = false,
    _ cell: @escaping @Sendable (JSONValue) -> String
  ) -> TableColumn {
    TableColumn(name: name, type: type, description: description, priority: wide ? 1 : 0) { object, _ in
      .string(cell(object))
    }
  }

  /// How long ago a time was, as people read it.
  static func age(_ time: JSONValue?, _ now: Int64) -> JSONValue {
    guard let text = time?.string, let seconds = Timestamp.seconds(of: text) else { return "<unknown>" }
    return .string(CellText.duration(seconds: now - seconds))
  }
}

/// Values as cells show them.
enum CellText {
  static func text(_ value: JSONValue?) -> String {
    switch value {
    case nil, .null?: ""
    case .string(let text)?, .number(let text)?: text
    case .bool(let bool)?: bool ? "true" : "false"
    case .some(let other): String(decoding: other.serialized(), as: UTF8.self)
    }
  }

  /// A duration as kubectl writes it: two units at most, and the smaller one only while it matters.
  static func duration(seconds: Int64) -> String {
    func pair(_ big: Int64, _ unit: String, _ small: Int64, _ smallUnit: String) -> String {
      small == 0 ? "\(big)\(unit)" : "\(big)\(unit)\(small)\(smallUnit)"
    }
    if seconds < -1 { return "<invalid>" }
    if seconds < 120 { return "\(max(seconds, 0))s" }
    let minutes = seconds / 60
    if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
    if minutes < 180 { return "\(minutes)m" }
    let hours = minutes / 60
    if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    if hours < 24 * 8 { return pair(hours / 24, "d", hours % 24, "h") }
    let days = hours / 24
    if days < 730 { return "\(days)d" }
    if days < 365 * 8 { return pair(days / 365, "y", days % 365, "d") }
    return "\(days / 365)y"
  }

  /// `a=b,c=d`, sorted; `<none>` for nothing.
  static func labels(_ labels: JSONValue?) -> String {
    let pairs = (labels?.object ?? JSONObject()).map { "\($0.key)=\($0.value.string ?? "")" }.sorted()
    return pairs.isEmpty ? "<none>" : pairs.joined(separator: ",")
  }

  /// A label selector object as text.
  static func selector(_ selector: JSONValue?) -> String {
    var parts = (selector?["matchLabels"]?.object ?? JSONObject())
      .map { "\($0.key)=\($0.value.string ?? "")" }.sorted()
    for expression in selector?["matchExpressions"]?.array ?? [] {
      let key = expression["key"]?.string ?? ""
      let values = (expression["values"]?.array ?? []).compactMap(\.string).joined(separator: ",")
      switch expression["operator"]?.string {
      case "In": parts.append("\(key) in (\(values))")
      case "NotIn": parts.append("\(key) notin (\(values))")
      case "DoesNotExist": parts.append("!\(key)")
      default: parts.append(key)
      }
    }
    return parts.isEmpty ? "<none>" : parts.joined(separator: ",")
  }

  /// One member of each container of a pod template.
  static func containers(_ object: JSONValue, _ member: String) -> String {
    let template = object.value(at: ["spec", "template", "spec", "containers"])?.array ?? []
    return template.compactMap { $0[member]?.string }.joined(separator: ",")
  }
}
