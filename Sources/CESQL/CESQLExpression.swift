/// An expression of the CloudEvents SQL Expression Language 1.0: read once, evaluated for each event.
///
/// Errors are handled in the specification's fail-fast mode (section 4.1): the first one ends the evaluation. The value
/// then is that of the operator that failed, if it is the outermost one, and else the zero value of the expression's type.
public struct CESQLExpression: Sendable {
  /// The text that it was read from.
  public let text: String
  /// The type of its value; nil where it is known only when evaluated: an attribute alone, or a missing function.
  public let resultType: CESQLType?
  let steps: [Step]

  /// Reads an expression.
  /// - Throws: what is wrong with the text, and at which column.
  public init(_ text: String) throws(CESQLParseError) {
    self.text = text
    var compiler = try Compiler(text)
    resultType = try compiler.compile()
    steps = compiler.steps
  }

  /// Calls of functions that do not exist, which fail at each evaluation, in the order of the text.
  public var missingFunctions: [CESQLError] {
    steps.compactMap { step in
      guard case .missingFunction(let name, let count) = step.instruction else { return nil }
      return CESQLError(kind: .missingFunction(name, arguments: count), column: step.column)
    }
  }

  /// What an evaluation gave.
  public struct Outcome: Sendable, Hashable {
    /// A value, whether or not there is an error.
    public let value: CESQLValue
    /// The first error, if any.
    public let error: CESQLError?

    /// Whether a filter of this expression lets the event pass (section 1.2).
    public var isTrue: Bool { error == nil && value == .boolean(true) }
  }

  /// Evaluates it. `attribute` gives an attribute's value by its name in lower case; nil if the event has none.
  public func evaluate(_ attribute: (String) -> CESQLValue?) -> Outcome {
    var machine = Machine(capacity: steps.count)
    guard let failure = machine.run(steps, attribute) else {
      return Outcome(value: machine.top, error: nil)
    }
    let error = CESQLError(kind: failure.kind, column: steps[failure.step].column)
    let isOutermost = failure.step == steps.count - 1
    return Outcome(value: isOutermost ? failure.value : (resultType ?? .boolean).zero, error: error)
  }
}

extension CESQLExpression: Hashable {
  /// Expressions of the same text are the same.
  public static func == (one: CESQLExpression, other: CESQLExpression) -> Bool {
    one.text.utf8.elementsEqual(other.text.utf8)
  }

  /// Agrees with `==`.
  public func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}
