import JSONScan

/// A label selector in the form of a query: `app=a,tier in (x,y),!old`. Equality-based and set-based
/// requirements.
struct LabelSelector: Hashable, Sendable {
  enum Condition: Hashable, Sendable {
    case exists
    case absent
    case oneOf([String])
    case noneOf([String])
    case greater(Int)
    case less(Int)
  }

  struct Requirement: Hashable, Sendable {
    var key: String
    var condition: Condition
  }

  var requirements: [Requirement]

  static let everything = LabelSelector(requirements: [])

  init(requirements: [Requirement]) { self.requirements = requirements }

  /// From a metav1.LabelSelector; nil if an operator is none.
  init?(object: JSONValue) {
    requirements = (object["matchLabels"]?.object ?? JSONObject()).map {
      Requirement(key: $0.key, condition: .oneOf([$0.value.string ?? ""]))
    }
    for expression in object["matchExpressions"]?.array ?? [] {
      let values = expression["values"]?.array?.compactMap(\.string) ?? []
      let condition: Condition
      switch expression["operator"] {
      case "In"?: condition = .oneOf(values)
      case "NotIn"?: condition = .noneOf(values)
      case "Exists"?: condition = .exists
      case "DoesNotExist"?: condition = .absent
      default: return nil
      }
      requirements.append(Requirement(key: expression["key"]?.string ?? "", condition: condition))
    }
  }

  var isEverything: Bool { requirements.isEmpty }

  func matches(_ labels: JSONObject) -> Bool {
    requirements.allSatisfy { requirement in
      let value = labels[requirement.key]?.string
      switch requirement.condition {
      case .exists: return value != nil
      case .absent: return value == nil
      case .oneOf(let values): return value.map(values.contains) ?? false
      case .noneOf(let values): return !(value.map(values.contains) ?? false)
      case .greater(let bound): return value.flatMap { Int($0) }.map { $0 > bound } ?? false
      case .less(let bound): return value.flatMap { Int($0) }.map { $0 < bound } ?? false
      }
    }
  }
}

/// Reads the text of a selector as apimachinery's labels.Parse does, with its messages.
struct LabelSelectorParser {
  private enum Token: Equatable {
    case word(String)
    case symbol(String)
    case end

    var text: String {
      switch self {
      case .word(let text), .symbol(let text): text
      case .end: ""
      }
    }
  }

  private var tokens: [Token]
  private var position = 0

  static func parse(_ text: String) throws(APIError) -> LabelSelector {
    var parser = LabelSelectorParser(tokens: tokenize(text))
    var requirements: [LabelSelector.Requirement] = []
    guard parser.peek != .end else { return .everything }
    while true {
      requirements.append(try parser.requirement())
      switch parser.next() {
      case .end: return LabelSelector(requirements: requirements)
      case .symbol(","):
        guard case .word = parser.peek else {
          if parser.peek == .symbol("!") { continue }
          throw refusal("found '\(parser.peek.text)', expected: identifier after ','")
        }
      case let other: throw refusal("found '\(other.text)', expected: ',' or 'end of string'")
      }
    }
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  private var peek: Token { position < tokens.count ? tokens[position] : .end }

  private mutating func next() -> Token {
    defer { position += 1 }
    return peek
  }

  private mutating func requirement() throws(APIError) -> LabelSelector.Requirement {
    if peek == .symbol("!") {
      position += 1
      return .init(key: try key(), condition: .absent)
    }
    let key = try key()
    switch peek {
    case .end, .symbol(","): return .init(key: key, condition: .exists)
    case .symbol("="), .symbol("=="):
      position += 1
      return .init(key: key, condition: .oneOf([try value()]))
    case .symbol("!="):
      position += 1
      return .init(key: key, condition: .noneOf([try value()]))
    case .symbol(">"), .symbol("<"):
      let isGreater = next() == .symbol(">")
      let text = try value()
      guard let bound = Int(text) else {
        throw Self.refusal("for 'Gt', 'Lt' operators, the value must be an integer")
      }
      return .init(key: key, condition: isGreater ? .greater(bound) : .less(bound))
    case .word("in"):
      position += 1
      return .init(key: key, condition: .oneOf(try values()))
    case .word("notin"):
      position += 1
      return .init(key: key, condition: .noneOf(try values()))
    case let other:
      throw Self.refusal(
        "found '\(other.text)', expected: in, notin, =, ==, !=, gt, lt")
    }
  }

  private mutating func key() throws(APIError) -> String {
    let token = next()
    guard case .word(let key) = token else {
      throw Self.refusal("found '\(token.text)', expected: identifier")
    }
    guard MetadataRules.isQualifiedName(key) else {
      throw Self.refusal("key: Invalid value: \"\(key)\": not a label key")
    }
    return key
  }

  private mutating func value() throws(APIError) -> String {
    switch peek {
    case .word(let value):
      position += 1
      return try checked(value)
    case .end, .symbol(","): return ""
    case let other: throw Self.refusal("found '\(other.text)', expected: identifier")
    }
  }

  private mutating func values() throws(APIError) -> [String] {
    let open = next()
    guard open == .symbol("(") else { throw Self.refusal("found '\(open.text)' expected: '('") }
    var values: [String] = []
    while true {
      // Nothing between parentheses or commas is the empty value, as apimachinery has it.
      values.append(peek == .symbol(")") ? "" : try value())
      switch next() {
      case .symbol(","): continue
      case .symbol(")"): return values
      case let other: throw Self.refusal("found '\(other.text)', expected: ',' or ')'")
      }
    }
  }

  private func checked(_ value: String) throws(APIError) -> String {
    guard MetadataRules.isLabelValue(value) else {
      throw Self.refusal("values[0][key]: Invalid value: \"\(value)\": not a label value")
    }
    return value
  }

  private static func refusal(_ message: String) -> APIError {
    .badRequest("unable to parse requirement: \(message)")
  }

  private static func tokenize(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var rest = text[...]
    while let character = rest.first {
      switch character {
      case " ", "\t", "\n", "\r": rest.removeFirst()
      case "(", ")", ",", ">", "<":
        tokens.append(.symbol(String(rest.removeFirst())))
      case "=", "!":
        rest.removeFirst()
        if rest.first == "=" {
          rest.removeFirst()
          tokens.append(.symbol("\(character)="))
        } else {
          tokens.append(.symbol(String(character)))
        }
      default:
        let word = rest.prefix { !" \t\n\r(),><=!".contains($0) }
        tokens.append(.word(String(word)))
        rest = rest[word.endIndex...]
      }
    }
    return tokens
  }
}
