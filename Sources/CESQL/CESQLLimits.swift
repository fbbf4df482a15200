/// The bounds of an expression. What is beyond is refused when it is read, or is an error of the evaluation.
public enum CESQLLimits {
  /// Bytes of UTF-8 of an expression.
  public static let maxBytes = 4096
  /// Parentheses, calls, sets and unary operators inside one another.
  public static let maxDepth = 32
  /// Bytes of a text that CONCAT, CONCAT_WS, LOWER or UPPER may make.
  public static let maxTextBytes = 65_536
}
