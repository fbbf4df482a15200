/// Why a text is no expression (the specification's ParseError): where, what, and what to do.
public struct CESQLParseError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Fault: Hashable, Sendable {
    /// Nothing is written.
    case empty
    /// More bytes than `CESQLLimits.maxBytes`.
    case tooLong
    /// More levels than `CESQLLimits.maxDepth`.
    case tooDeep
    /// A character that begins nothing.
    case strayCharacter(String)
    /// A string literal without its closing quote.
    case unclosedString
    /// A number beyond 32 bits.
    case numberTooLarge(String)
    /// A value was expected here; what stands there instead.
    case expectedValue(found: String)
    /// An operator or the end was expected here; what stands there instead.
    case expectedOperator(found: String)
    /// This character was expected here; what stands there instead.
    case expected(String, found: String)
    /// The pattern of LIKE is no string literal.
    case patternNotLiteral
    /// EXISTS is not followed by the name of an attribute.
    case existsWithoutName
    /// `NOT` after a value, without LIKE or IN.
    case strayNot
    /// Two string literals without anything between them: a doubled quote.
    case doubledQuote
  }

  /// What is wrong.
  public let fault: Fault
  /// Where, counted in characters from 1.
  public let column: Int

  /// What is wrong, without the place.
  public var reason: String {
    switch fault {
    case .empty: "no expression"
    case .tooLong: "the expression has more than \(CESQLLimits.maxBytes) bytes"
    case .tooDeep: "more than \(CESQLLimits.maxDepth) levels inside one another"
    case .strayCharacter(let text): "'\(text)' is no part of an expression"
    case .unclosedString: "the string has no closing quote"
    case .numberTooLarge(let text): "\(text) is no integer of 32 bits"
    case .expectedValue(let found): "a value is missing before \(found)"
    case .expectedOperator(let found): "an operator is missing before \(found)"
    case .expected(let text, let found): "\(text) is missing before \(found)"
    case .patternNotLiteral: "the pattern of LIKE is no string literal"
    case .existsWithoutName: "EXISTS names no attribute"
    case .strayNot: "NOT stands after a value without LIKE or IN"
    case .doubledQuote: "a string follows a string"
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch fault {
    case .empty: "write one, as type LIKE '%.delete'"
    case .tooLong: "split it into several filters"
    case .tooDeep: "write it flatter: AND and OR need no parentheses around each pair"
    case .strayCharacter:
      "put text in quotes; operators are = != <> < <= > >= + - * / % AND OR XOR NOT LIKE IN EXISTS"
    case .unclosedString: "close it with the quote that opened it"
    case .numberTooLarge: "compare it as a string, in quotes"
    case .expectedValue: "write an attribute, a literal or a function there"
    case .expectedOperator: "join the two with AND, OR or a comparison, or put text in quotes"
    case .expected(let text, _): "write \(text) there"
    case .patternNotLiteral: "write the pattern in quotes, as LIKE 'a%'"
    case .existsWithoutName: "write EXISTS subject, without quotes or parentheses"
    case .strayNot: "write NOT before the value, or NOT LIKE, or NOT IN"
    case .doubledQuote: "write \\' for a quote inside '…', or use \"…\""
    }
  }
}

extension CESQLParseError: CustomStringConvertible {
  /// `column 7: reason; remedy`.
  public var description: String { "column \(column): \(reason); \(remedy)" }
}
