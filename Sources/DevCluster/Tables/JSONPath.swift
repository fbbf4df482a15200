import JSONScan

/// The part of kubectl's JSONPath that CRDs use: `.spec.a`, `.spec['a.b/c']`, `.list[0]`, `.list[*].x`,
/// `.status.conditions[?(@.type=="Ready")].status`.
struct JSONPath: Hashable, Sendable {
  private enum Step: Hashable, Sendable {
    case member(String)
    case element(Int)
    case all
    case filter([String], String)
  }

  private let steps: [Step]

  /// Nil if the text is of another form.
  init?(_ text: String) {
    var steps: [Step] = []
    var rest = text[...]
    while let character = rest.first {
      switch character {
      case ".":
        rest = rest.dropFirst()
        let name = rest.prefix { $0 != "." && $0 != "[" }
        // `.` alone, or before a bracket, is the value itself.
        if !name.isEmpty { steps.append(.member(String(name))) }
        rest = rest.dropFirst(name.count)
      case "[":
        guard let end = Self.end(of: rest), let step = Self.step(rest[..<end].dropFirst()) else { return nil }
        steps.append(step)
        rest = rest[rest.index(after: end)...]
      default: return nil
      }
    }
    self.steps = steps
  }

  /// The bracket that closes the first one, outside of quotes.
  private static func end(of text: Substring) -> String.Index? {
    var quote: Character?
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == "]" {
        return index
      }
    }
    return nil
  }

  private static func step(_ text: Substring) -> Step? {
    if text == "*" { return .all }
    if let index = Int(text) { return .element(index) }
    if let name = unquoted(text) { return .member(name) }
    guard text.hasPrefix("?("), text.hasSuffix(")") else { return nil }
    let condition = text.dropFirst(2).dropLast()
    guard let equals = condition.firstRange(of: "==") else { return nil }
    let left = condition[..<equals.lowerBound].filter { $0 != " " }
    var right = condition[equals.upperBound...]
    while right.first == " " { right = right.dropFirst() }
    guard left.hasPrefix("@."), let value = unquoted(right) else { return nil }
    return .filter(left.dropFirst(2).split(separator: ".").map(String.init), value)
  }

  private static func unquoted(_ text: Substring) -> String? {
    guard text.count >= 2, let first = text.first, first == "'" || first == "\"", text.last == first else {
      return nil
    }
    return String(text.dropFirst().dropLast())
  }

  /// What the path finds, in order.
  func values(in object: JSONValue) -> [JSONValue] {
    var values = [object]
    for step in steps {
      values = values.flatMap { value -> [JSONValue] in
        switch step {
        case .member(let name): return value[name].map { [$0] } ?? []
        case .all: return value.array ?? value.object?.map(\.value) ?? []
        case .element(let index):
          let elements = value.array ?? []
          let position = index < 0 ? elements.count + index : index
          return elements.indices.contains(position) ? [elements[position]] : []
        case .filter(let path, let wanted):
          return (value.array ?? []).filter { CellText.text($0.value(at: path)) == wanted }
        }
      }
    }
    return values
  }
}
