import JSONScan

/// A value of a subscription and the way to it.
struct Field {
  let value: JSONValue
  let path: [JSONPathStep]

  /// The member of this name; null counts as absent, as the API server has it.
  subscript(name: String) -> Field? {
    guard let member = value[name], member != .null else { return nil }
    return Field(value: member, path: path + [.member(name)])
  }

  /// The elements of an array.
  var elements: [Field] {
    (value.array ?? []).enumerated().map { Field(value: $1, path: path + [.element($0)]) }
  }
}

/// Reads typed values out of fields and collects what is wrong, so that one pass finds everything.
struct FieldReader {
  private(set) var findings: [SubscriptionFinding] = []

  mutating func report(_ fault: SubscriptionFault, at path: [JSONPathStep]) {
    guard findings.count < SubscriptionLimits.maxFindings else { return }
    findings.append(SubscriptionFinding(path: path, fault: fault))
  }

  /// Whether the field is an object; reports members that the table does not serve.
  mutating func object(_ field: Field, _ table: FieldTable) -> Bool {
    guard hasType(.object, field) else { return false }
    for (name, value) in field.value.object ?? JSONObject() where value != .null {
      // Spelling costs: no more of it than findings are kept.
      if findings.count >= SubscriptionLimits.maxFindings { break }
      if table.served.contains(name) { continue }
      let path = field.path + [.member(name)]
      if table.reserved.contains(name) {
        report(.notServed, at: path)
      } else {
        report(.unknownField(suggestion: table.suggestion(for: name)), at: path)
      }
    }
    return true
  }

  /// The elements of an array of at most `limit`.
  mutating func array(_ field: Field, limit: Int) -> [Field]? {
    guard hasType(.array, field) else { return nil }
    let elements = field.elements
    guard elements.count <= limit else {
      report(.tooMany(found: elements.count, limit: limit), at: field.path)
      return nil
    }
    return elements
  }

  /// The elements of a list in which each stands once, in the order written; an absent one is empty, an empty one is
  /// reported.
  mutating func list<Element: Hashable>(
    _ field: Field?, limit: Int, ifEmpty remedy: String,
    _ read: (inout FieldReader, Field) -> Element?
  ) -> [Element] {
    guard let field, let elements = array(field, limit: limit) else { return [] }
    if elements.isEmpty { report(.nothingListed(remedy: remedy), at: field.path) }
    var seen: Set<Element> = []
    return elements.compactMap { element in
      guard let value = read(&self, element) else { return nil }
      guard seen.insert(value).inserted else {
        report(.repeated(element.value.string ?? ""), at: element.path)
        return nil
      }
      return value
    }
  }

  mutating func string(_ field: Field) -> String? {
    hasType(.string, field) ? field.value.string : nil
  }

  mutating func bool(_ field: Field?, default absent: Bool) -> Bool {
    guard let field, hasType(.bool, field) else { return absent }
    return field.value.bool ?? absent
  }

  mutating func int(_ field: Field, in range: ClosedRange<Int>) -> Int? {
    guard hasType(.number, field) else { return nil }
    guard let number = field.value.int else {
      if case .number(let text) = field.value { report(.notWhole(text), at: field.path) }
      return nil
    }
    guard range.contains(number) else {
      report(
        .outOfRange(found: String(number), low: String(range.lowerBound), high: String(range.upperBound)),
        at: field.path)
      return nil
    }
    return number
  }

  /// A duration in milliseconds.
  mutating func duration(_ field: Field, in range: ClosedRange<Int>) -> Int? {
    guard let text = string(field) else { return nil }
    do {
      let milliseconds = try DurationText.parse(text)
      guard range.contains(milliseconds) else {
        let fault = SubscriptionFault.outOfRange(
          found: text, low: Self.shown(range.lowerBound), high: Self.shown(range.upperBound))
        report(fault, at: field.path)
        return nil
      }
      return milliseconds
    } catch {
      report(.duration(error), at: field.path)
      return nil
    }
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ field: Field, of type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard let text = string(field) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    report(.notOneOf(found: text, choices: Choice.allCases.map(\.rawValue)), at: field.path)
    return nil
  }

  /// A text that keeps a rule of Kubernetes names; nil and reported if it is absent or breaks it.
  mutating func name(_ name: String, of parent: Field, _ rule: NameSyntax, remedy: String) -> String? {
    guard let field = parent[name] else {
      report(.required(remedy: remedy), at: parent.path + [.member(name)])
      return nil
    }
    return text(field, rule)
  }

  mutating func text(_ field: Field, _ rule: NameSyntax) -> String? {
    guard let text = string(field) else { return nil }
    guard rule.allows(text) else {
      report(.syntax(found: text, rule: rule), at: field.path)
      return nil
    }
    return text
  }

  mutating func hasType(_ expected: JSONKind, _ field: Field) -> Bool {
    let found = field.value.kind
    guard found != expected else { return true }
    report(.wrongType(expected: expected, found: found), at: field.path)
    return false
  }

  private static func shown(_ milliseconds: Int) -> String {
    switch milliseconds {
    case let count where count % 3_600_000 == 0: "\(count / 3_600_000)h"
    case let count where count % 60_000 == 0: "\(count / 60_000)m"
    case let count where count % 1000 == 0: "\(count / 1000)s"
    default: "\(milliseconds)ms"
    }
  }
}
