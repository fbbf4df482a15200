import JSONScan

/// Random JSON values, and block YAML for them in a random style: an independent account of what YAML means.
struct RandomYAML {
  var random: Seeded

  private static let texts = [
    "", " ", "a", "true", "null", "0644", "- x", "a: b", "a:b", "#c", "a #b", "it's", "say \"x\"",
    "tab\there", "line\nbreak\n", "\nlead",
    "trail\n\n", "  indented\nless", "é日本😀", "\\", "{a}", "[b", "*", "&x", "!t", "%", "@", "x, y",
    "long words one after another", "\u{1}",
    "\u{2028}", "---", "...", "? q", "yes", "1.5", "~", "<<",
  ]
  private static let numbers = ["0", "-1", "12", "1.5", "-0.25", "1e3", "123456789012345678901234567890"]

  mutating func value(depth: Int) -> JSONValue {
    switch random.next(below: depth > 4 ? 4 : 8) {
    case 0: return .null
    case 1: return .bool(random.next(below: 2) == 0)
    case 2: return .number(Self.numbers[random.next(below: Self.numbers.count)])
    case 3, 4: return .string(text())
    case 5: return .array((0..<random.next(below: 4)).map { _ in value(depth: depth + 1) })
    default:
      var object = JSONObject()
      for _ in 0..<random.next(below: 5) { object[text()] = value(depth: depth + 1) }
      return .object(object)
    }
  }

  private mutating func text() -> String { Self.texts[random.next(below: Self.texts.count)] }

  mutating func document(_ value: JSONValue) -> String {
    "---" + node(value, column: 0, isListInPlace: false)
  }

  /// What follows an indicator, up to the end of the line; nested lines begin in this column.
  private mutating func node(_ value: JSONValue, column: Int, isListInPlace: Bool) -> String {
    let pad = String(repeating: " ", count: column)
    switch value {
    case .null: return [" null\n", " ~\n", "\n"][random.next(below: 3)]
    case .bool(let bool): return " \(bool)\n"
    case .number(let number): return " \(number)\n"
    case .string(let string): return scalar(string, column: column)
    case .array(let elements):
      guard !elements.isEmpty else { return " [ ]\n" }
      guard random.next(below: 4) > 0 else { return flow(value) }
      let own = isListInPlace && random.next(below: 2) == 0 ? String(pad.dropLast(2)) : pad
      let indent = own.count + 2
      return elements.reduce(into: "\n") { text, element in
        text += own + "-" + node(element, column: indent, isListInPlace: false) + comment()
      }
    case .object(let object):
      guard !object.isEmpty else { return " {}\n" }
      guard random.next(below: 4) > 0 else { return flow(value) }
      return object.reduce(into: "\n") { text, member in
        text +=
          pad + key(member.key) + ":" + node(member.value, column: column + 2, isListInPlace: true)
          + comment()
      }
    }
  }

  private func flow(_ value: JSONValue) -> String {
    " " + String(decoding: value.serialized(), as: UTF8.self) + "\n"
  }

  private mutating func comment() -> String { random.next(below: 6) == 0 ? "# remark: [\n" : "" }

  private func key(_ text: String) -> String { text == "a" ? text : quoted(text) }

  private func quoted(_ text: String) -> String {
    String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
  }

  private mutating func scalar(_ text: String, column: Int) -> String {
    let isOneLine = !text.contains { "\n\u{1}\u{2028}".contains($0) }
    switch random.next(below: 3) {
    case 0 where isOneLine: return " '" + text.replacing("'", with: "''") + "'\n"
    case 1 where !text.isEmpty && !text.contains("\u{1}"): return literal(text, column: column)
    default: return " " + quoted(text) + "\n"
    }
  }

  /// `|` with an explicit indentation and the chomping that the text's end needs.
  private func literal(_ text: String, column: Int) -> String {
    let breaks = text.reversed().prefix { $0 == "\n" }.count
    let chomping = breaks == 0 ? "-" : breaks == 1 && text != "\n" ? "" : "+"
    let pad = String(repeating: " ", count: column + 1)
    let body = breaks == 0 ? text : String(text.dropLast())
    let parent = max(column - 2, 0)
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    return " |\(column + 1 - parent)\(chomping)\n"
      + lines.map { $0.isEmpty ? "\n" : pad + $0 + "\n" }.joined()
  }
}
