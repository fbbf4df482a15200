/// What went wrong while an expression was evaluated (section 3.3). The expression has a value all the same; a filter
/// does not let the event pass.
public struct CESQLError: Error, Hashable, Sendable {
  /// The kinds of the specification, but ParseError.
  public enum Kind: Hashable, Sendable {
    /// Division by zero, or a result beyond 32 bits.
    case math(String)
    /// This value is not of that type.
    case cast(String, to: CESQLType)
    /// The event has no such attribute.
    case missingAttribute(String)
    /// There is no function of this name with so many arguments.
    case missingFunction(String, arguments: Int)
    /// A function's argument is out of its range.
    case functionEvaluation(String)
  }

  /// What went wrong.
  public let kind: Kind
  /// Where in the expression, counted in characters from 1.
  public let column: Int
}

extension CESQLError: CustomStringConvertible {
  /// `column 7: the event has no attribute subject; …`.
  public var description: String { "column \(column): \(reason)" }

  private var reason: String {
    switch kind {
    case .math(let text): text
    case .cast(let text, let type):
      "'\(text.count > 64 ? text.prefix(64) + "…" : text)' is no \(type.rawValue)"
    case .missingAttribute(let name):
      "the event has no attribute \(name); write EXISTS \(name) AND … where it may be absent"
    case .missingFunction(let name, let count):
      "there is no function \(name) of \(count) \(count == 1 ? "argument" : "arguments")"
    case .functionEvaluation(let text): text
    }
  }
}
