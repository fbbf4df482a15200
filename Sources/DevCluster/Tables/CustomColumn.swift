import JSONScan

/// One of `additionalPrinterColumns` of a CRD.
struct CustomColumn: Hashable, Sendable {
  var name: String
  var type: String
  var format: String
  var description: String
  var priority: Int
  var path: JSONPath

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let path = json["jsonPath"]?.string.flatMap({ JSONPath($0) })
    else {
      return nil
    }
    self.name = name
    type = json["type"]?.string ?? "string"
    format = json["format"]?.string ?? ""
    description = json["description"]?.string ?? ""
    priority = json["priority"]?.int ?? 0
    self.path = path
  }

  var column: TableColumn {
    TableColumn(
      name: name, type: type, format: format, description: description, priority: priority
    ) { object, now in
      let values = path.values(in: object)
      guard let first = values.first, first != .null else { return .null }
      switch type {
      case "integer", "number": return first.kind == .number ? first : .null
      case "boolean": return first.bool != nil ? first : .null
      case "date": return TableColumn.age(first, now)
      default: return .string(values.map { CellText.text($0) }.joined(separator: ","))
      }
    }
  }
}
