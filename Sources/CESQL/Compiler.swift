/// Reads an expression once, by precedence climbing, and writes its instructions in postfix order. Its recursion is
/// bounded by `CESQLLimits.maxDepth`; chains of operators do not nest.
struct Compiler {
  private var lexer: Lexer
  private(set) var steps: [Step] = []
  private var depth = 0

  init(_ text: String) throws(CESQLParseError) {
    lexer = try Lexer(text)
    if lexer.next == .end { throw lexer.error(.empty) }
  }

  /// Reads the whole text. Returns the type of its value, where that is certain.
  mutating func compile() throws(CESQLParseError) -> CESQLType? {
    let type = try expression(above: .none)
    guard lexer.next == .end else { throw unexpected() }
    return type
  }

  private mutating func emit(_ instruction: Instruction, at column: Int) {
    steps.append(Step(instruction: instruction, column: column))
  }

  private func unexpected() -> CESQLParseError {
    if case .string = lexer.next, lexer.isAdjacent, lexer.followsString {
      return lexer.error(.doubledQuote)
    }
    return lexer.error(.expectedOperator(found: lexer.next.shown))
  }

  // MARK: Operators (section 3.6)

  private enum Precedence: Int, Comparable {
    case none, logic, comparison, additive, multiplicative, postfix

    static func < (one: Precedence, other: Precedence) -> Bool { one.rawValue < other.rawValue }
  }

  private var precedence: Precedence {
    switch lexer.next {
    case .keyword(.and), .keyword(.or), .keyword(.xor): .logic
    case .keyword(.like), .keyword(.in), .keyword(.not): .postfix
    case .symbol(.plus), .symbol(.minus): .additive
    case .symbol(.times), .symbol(.divide), .symbol(.modulo): .multiplicative
    case .symbol(.equal), .symbol(.notEqual), .symbol(.diamond), .symbol(.less), .symbol(.lessOrEqual),
      .symbol(.greater), .symbol(.greaterOrEqual):
      .comparison
    case .keyword, .symbol, .word, .digits, .string, .end: .none
    }
  }

  /// Operators that bind tighter than this, equal ones from left to right.
  private mutating func expression(above floor: Precedence) throws(CESQLParseError) -> CESQLType? {
    depth += 1
    defer { depth -= 1 }
    // An operand of each precedence may stand at every level of nesting.
    guard depth <= CESQLLimits.maxDepth * (Precedence.postfix.rawValue + 1) else {
      throw lexer.error(.tooDeep)
    }
    var type = try operand()
    while precedence > floor {
      if precedence == .postfix {
        try postfix()
        type = .boolean
      } else {
        type = try binary()
      }
    }
    return type
  }

  private mutating func binary() throws(CESQLParseError) -> CESQLType {
    let level = precedence
    let column = lexer.column
    let operation = try lexer.advance()
    if level == .logic { return try logic(operation, at: column) }
    _ = try expression(above: level)
    switch operation {
    case .symbol(.plus): emit(.arithmetic(.add), at: column)
    case .symbol(.minus): emit(.arithmetic(.subtract), at: column)
    case .symbol(.times): emit(.arithmetic(.multiply), at: column)
    case .symbol(.divide): emit(.arithmetic(.divide), at: column)
    case .symbol(.modulo): emit(.arithmetic(.modulo), at: column)
    case .symbol(.equal): emit(.compare(.equal), at: column)
    case .symbol(.less): emit(.compare(.less), at: column)
    case .symbol(.lessOrEqual): emit(.compare(.lessOrEqual), at: column)
    case .symbol(.greater): emit(.compare(.greater), at: column)
    case .symbol(.greaterOrEqual): emit(.compare(.greaterOrEqual), at: column)
    default: emit(.compare(.notEqual), at: column)
    }
    return level == .comparison ? .boolean : .integer
  }

  /// AND and OR skip their right side when the left one decides.
  private mutating func logic(_ operation: Token, at column: Int) throws(CESQLParseError) -> CESQLType {
    let jump = steps.count
    if operation != .keyword(.xor) { emit(.boolean, at: column) }
    _ = try expression(above: .logic)
    switch operation {
    case .keyword(.and):
      emit(.boolean, at: column)
      steps[jump].instruction = .andThen(target: steps.count)
    case .keyword(.or):
      emit(.boolean, at: column)
      steps[jump].instruction = .orElse(target: steps.count)
    default: emit(.xor, at: column)
    }
    return .boolean
  }

  /// LIKE and IN, and their negations.
  private mutating func postfix() throws(CESQLParseError) {
    let column = lexer.column
    let isNegated = try lexer.take(.not)
    if try lexer.take(.like) {
      guard case .string(let pattern) = lexer.next else { throw lexer.error(.patternNotLiteral) }
      _ = try lexer.advance()
      emit(.like(LikePattern(pattern)), at: column)
    } else if try lexer.take(.in) {
      try set(at: column)
    } else {
      throw CESQLParseError(fault: .strayNot, column: column)
    }
    if isNegated { emit(.not, at: column) }
  }

  private mutating func set(at column: Int) throws(CESQLParseError) {
    guard try lexer.take(.open) else { throw lexer.error(.expected("'('", found: lexer.next.shown)) }
    var jumps: [Int] = []
    repeat {
      _ = try nested { compiler throws(CESQLParseError) in try compiler.expression(above: .none) }
      jumps.append(steps.count)
      emit(.noElement, at: column)
    } while try lexer.take(.comma)
    try close()
    emit(.noElement, at: column)
    for jump in jumps { steps[jump].instruction = .element(target: steps.count) }
  }

  private mutating func close() throws(CESQLParseError) {
    guard try !lexer.take(.close) else { return }
    if case .string = lexer.next { throw unexpected() }
    throw lexer.error(.expected("')'", found: lexer.next.shown))
  }

  // MARK: Operands

  private var nesting = 0

  private mutating func nested<Value>(
    _ read: (inout Compiler) throws(CESQLParseError) -> Value
  ) throws(CESQLParseError) -> Value {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= CESQLLimits.maxDepth else { throw lexer.error(.tooDeep) }
    return try read(&self)
  }

  private mutating func operand() throws(CESQLParseError) -> CESQLType? {
    let column = lexer.column
    switch lexer.next {
    case .keyword(.not):
      _ = try lexer.advance()
      _ = try nested { compiler throws(CESQLParseError) in try compiler.operand() }
      emit(.not, at: column)
      return .boolean
    case .symbol(.minus), .symbol(.plus): return try signed(at: column)
    case .symbol(.open):
      _ = try lexer.advance()
      let type = try nested { compiler throws(CESQLParseError) in try compiler.expression(above: .none) }
      try close()
      return type
    case .keyword(.exists): return try exists(at: column)
    case .keyword(.true), .keyword(.false):
      emit(.push(.boolean(lexer.next == .keyword(.true))), at: column)
      _ = try lexer.advance()
      return .boolean
    case .string(let text):
      _ = try lexer.advance()
      emit(.push(.string(text)), at: column)
      return .string
    case .digits(let digits): return try integer(digits, at: column)
    case .word(let word): return try named(word, at: column)
    case .keyword, .symbol, .end: throw lexer.error(.expectedValue(found: lexer.next.shown))
    }
  }

  /// A sign right before digits belongs to the literal; any other minus negates.
  private mutating func signed(at column: Int) throws(CESQLParseError) -> CESQLType {
    let sign = try lexer.advance()
    if case .digits(let digits) = lexer.next, lexer.isAdjacent {
      return try integer((sign == .symbol(.minus) ? "-" : "") + digits, at: column)
    }
    guard sign == .symbol(.minus) else {
      throw CESQLParseError(fault: .expectedValue(found: "'+'"), column: column)
    }
    _ = try nested { compiler throws(CESQLParseError) in try compiler.operand() }
    emit(.negate, at: column)
    return .integer
  }

  private mutating func integer(_ digits: String, at column: Int) throws(CESQLParseError) -> CESQLType {
    guard let number = Int32(digits) else {
      throw CESQLParseError(
        fault: .numberTooLarge(digits.count > 32 ? digits.prefix(32) + "…" : digits), column: column)
    }
    _ = try lexer.advance()
    emit(.push(.integer(number)), at: column)
    return .integer
  }

  private mutating func exists(at column: Int) throws(CESQLParseError) -> CESQLType {
    _ = try lexer.advance()
    switch lexer.next {
    case .word(let name) where !name.utf8.contains(UInt8(ascii: "_")):
      emit(.exists(name.lowercased()), at: column)
      _ = try lexer.advance()
      return .boolean
    default: throw lexer.error(.existsWithoutName)
    }
  }

  /// An attribute, or a function if a parenthesis follows.
  private mutating func named(_ word: String, at column: Int) throws(CESQLParseError) -> CESQLType? {
    _ = try lexer.advance()
    if lexer.next == .symbol(.open), Self.isFunctionName(word) {
      return try call(word.uppercased(), at: column)
    }
    guard !word.utf8.contains(UInt8(ascii: "_")) else {
      if Self.isFunctionName(word) { throw lexer.error(.expected("'('", found: lexer.next.shown)) }
      throw CESQLParseError(fault: .strayCharacter("_"), column: column)
    }
    emit(.attribute(word.lowercased()), at: column)
    return nil
  }

  private static func isFunctionName(_ word: String) -> Bool {
    word.utf8.first != UInt8(ascii: "_") && word.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0 > 0x39 }
  }

  private mutating func call(_ name: String, at column: Int) throws(CESQLParseError) -> CESQLType? {
    _ = try lexer.advance()
    var count = 0
    if lexer.next != .symbol(.close) {
      repeat {
        _ = try nested { compiler throws(CESQLParseError) in try compiler.expression(above: .none) }
        count += 1
      } while try lexer.take(.comma)
    }
    try close()
    guard let function = Function(rawValue: name), function.takes(count) else {
      emit(.missingFunction(name, arguments: count), at: column)
      return nil
    }
    emit(.call(function, arguments: count), at: column)
    return function.result
  }
}
