import JSONScan
import Kubernetes

extension LabelSelector {
  /// Reads a metav1.LabelSelector; absent or wrong: everything, and what is wrong is reported.
  ///
  /// `LabelSelector` stops at the first fault, so it is given one term at a time, and the whole once all are
  /// right.
  init(reading field: Field?, _ reader: inout FieldReader) {
    self = .everything
    guard let field else { return }
    let before = reader.findings.count
    guard reader.object(field, .selector) else { return }
    let terms = Self.terms(of: field, &reader)
    if terms.count > SubscriptionLimits.maxSelectorTerms {
      reader.report(.tooMany(found: terms.count, limit: SubscriptionLimits.maxSelectorTerms), at: field.path)
    }
    guard reader.findings.count == before else { return }
    for term in terms { Self.check(term, &reader) }
    guard reader.findings.count == before else { return }
    // Only the two members that are served, without the nulls that may stand beside them.
    var selector = JSONObject()
    selector["matchLabels"] = field["matchLabels"]?.value
    selector["matchExpressions"] = field["matchExpressions"]?.value
    do {
      self = try LabelSelector(json: .object(selector))
    } catch {
      reader.report(SubscriptionFault(error.reason), at: field.path)
    }
  }

  /// One label or one expression: a selector that holds only it, and where it stands.
  private struct Term {
    let selector: JSONValue
    let field: Field
  }

  private static func terms(of field: Field, _ reader: inout FieldReader) -> [Term] {
    var terms: [Term] = []
    if let labels = field["matchLabels"], reader.hasType(.object, labels) {
      for (key, value) in labels.value.object ?? JSONObject() {
        let label = Field(value: value, path: labels.path + [.member(key)])
        guard reader.hasType(.string, label) else { continue }
        terms.append(Term(selector: ["matchLabels": .object([key: value])], field: label))
      }
    }
    if let expressions = field["matchExpressions"], reader.hasType(.array, expressions) {
      for expression in expressions.elements where isTyped(expression, &reader) {
        terms.append(Term(selector: ["matchExpressions": .array([expression.value])], field: expression))
      }
    }
    return terms
  }

  private static func isTyped(_ expression: Field, _ reader: inout FieldReader) -> Bool {
    let before = reader.findings.count
    guard reader.object(expression, .expression) else { return false }
    for name in ["key", "operator"] {
      if let member = expression[name] { _ = reader.string(member) }
    }
    if let values = expression["values"],
      let elements = reader.array(values, limit: SubscriptionLimits.maxSelectorValues)
    {
      for element in elements { _ = reader.string(element) }
    }
    return reader.findings.count == before
  }

  private static func check(_ term: Term, _ reader: inout FieldReader) {
    do {
      _ = try LabelSelector(json: term.selector)
    } catch {
      reader.report(SubscriptionFault(error.reason), at: term.field.path + steps(inExpression: error.path))
    }
  }

  /// The way inside an expression out of the error's path, `matchExpressions[0].values[3]`; none for a label,
  /// whose own path is the way.
  private static func steps(inExpression path: String) -> [JSONPathStep] {
    let prefix = "matchExpressions[0]."
    guard path.hasPrefix(prefix) else { return [] }
    let parts = path.dropFirst(prefix.count).split(separator: "[")
    guard let name = parts.first else { return [] }
    let index = parts.count > 1 ? Int(parts[1].dropLast()) : nil
    return [.member(String(name))] + (index.map { [.element($0)] } ?? [])
  }
}

extension FieldSelector {
  /// Reads `fieldSelector`; absent or wrong: everything, and what is wrong is reported.
  init(reading field: Field?, _ reader: inout FieldReader) {
    self = .everything
    guard let field, let text = reader.string(field) else { return }
    do {
      self = try FieldSelector(text)
    } catch {
      reader.report(.fieldSelector(error), at: field.path)
    }
  }
}

extension FieldSelectorError {
  /// What is wrong, in the words of all other fields.
  var reason: String {
    switch self {
    case .tooLong(let found): "has \(found) bytes, and \(FieldSelector.maxBytes) is the limit"
    case .tooMany(let found): "has \(found) terms, and \(FieldSelector.maxTerms) is the limit"
    case .notATerm(let text): "\(ShownText.quoted(text)) is no term of a field selector"
    case .unsupported(let field): "selects by \(ShownText.quoted(field)), which not every resource has"
    }
  }

  /// What to do about it.
  var remedy: String {
    switch self {
    case .tooLong, .tooMany: "split it into several subscriptions"
    case .notATerm: "write FIELD=VALUE or FIELD!=VALUE, with commas between terms"
    case .unsupported: "use metadata.name or metadata.namespace here, or labels in selector"
    }
  }
}

extension SubscriptionFault {
  /// A fault of a selector in the words of all other fields.
  init(_ reason: SelectorError.Reason) {
    switch reason {
    case .wrongType(let expected): self = .selector("is not \(expected)")
    case .unknownField: self = .unknownField(suggestion: nil)
    case .missing: self = .required(remedy: "write it, or remove the expression")
    case .unknownOperator(let found):
      self = .notOneOf(found: found, choices: ["In", "NotIn", "Exists", "DoesNotExist"])
    case .badKey(let key): self = .syntax(found: key, rule: .labelKey)
    case .badValue(let value): self = .syntax(found: value, rule: .labelValue)
    case .valuesRequired: self = .required(remedy: "list the values for In or NotIn")
    case .valuesForbidden: self = .selector("has values beside Exists or DoesNotExist")
    case .tooMany(let limit): self = .selector("has more than \(limit) entries")
    }
  }
}
