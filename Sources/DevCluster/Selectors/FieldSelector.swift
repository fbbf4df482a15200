import JSONScan

/// A field selector: `metadata.name=x,metadata.namespace!=y`. Which fields may be asked for depends on the
/// resource.
struct FieldSelector: Hashable, Sendable {
  struct Requirement: Hashable, Sendable {
    var path: [String]
    var value: String
    var isEqual: Bool
  }

  var requirements: [Requirement]

  static let everything = FieldSelector(requirements: [])

  var isEverything: Bool { requirements.isEmpty }

  init(requirements: [Requirement]) { self.requirements = requirements }

  init(_ text: String, _ resource: ResourceDefinition) throws(APIError) {
    var requirements: [Requirement] = []
    let known = ["metadata.name", "metadata.namespace"] + resource.selectableFields
    for part in text.split(separator: ",") {
      guard let equals = part.firstIndex(of: "=") else {
        throw .badRequest(
          "invalid selector: '\(text)'; can't understand '\(part)'")
      }
      var field = part[..<equals]
      var value = part[part.index(after: equals)...]
      let isEqual = field.last != "!"
      if !isEqual { field.removeLast() } else if value.first == "=" { value.removeFirst() }
      guard known.contains(String(field)) else {
        let list = known.map { "\"\($0)\"" }.joined(separator: ", ")
        throw .badRequest("\"\(field)\" is not a known field selector: only \(list)")
      }
      requirements.append(
        Requirement(
          path: field.split(separator: ".").map(String.init), value: String(value), isEqual: isEqual))
    }
    self.requirements = requirements
  }

  func matches(_ object: JSONValue) -> Bool {
    requirements.allSatisfy { requirement in
      let value =
        switch object.value(at: requirement.path) {
        case .string(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        default: ""
        }
      return (value == requirement.value) == requirement.isEqual
    }
  }
}

/// What a list or watch is narrowed to.
struct Selection: Hashable, Sendable {
  var namespace: String?
  var labels = LabelSelector.everything
  var fields = FieldSelector.everything

  func matches(_ object: JSONValue) -> Bool {
    (namespace == nil || object.namespace == namespace)
      && (labels.isEverything || labels.matches(object.labels))
      && (fields.isEverything || fields.matches(object))
  }
}
