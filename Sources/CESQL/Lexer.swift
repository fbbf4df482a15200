/// One word of an expression.
enum Token: Hashable, Sendable {
  enum Keyword: String, Hashable, Sendable {
    case and = "AND"
    case or = "OR"
    case xor = "XOR"
    case not = "NOT"
    case like = "LIKE"
    case exists = "EXISTS"
    case `in` = "IN"
    case `true` = "TRUE"
    case `false` = "FALSE"
  }

  enum Symbol: String, Hashable, Sendable {
    case open = "("
    case close = ")"
    case comma = ","
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case modulo = "%"
    case equal = "="
    case notEqual = "!="
    case diamond = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  case keyword(Keyword)
  case symbol(Symbol)
  /// Letters, digits and underscores that are no keyword and not digits only.
  case word(String)
  case digits(String)
  /// The text without its quotes, `\` before the quote removed.
  case string(String)
  case end

  /// As a message names it.
  var shown: String {
    switch self {
    case .keyword(let keyword): keyword.rawValue
    case .symbol(let symbol): "'\(symbol.rawValue)'"
    case .word(let text), .digits(let text): text.count > 32 ? text.prefix(32) + "…" : text
    case .string: "a string"
    case .end: "the end"
    }
  }
}

/// Reads an expression word by word. One word is looked ahead.
struct Lexer {
  private let text: [Unicode.Scalar]
  private var position = 0
  /// The next word, and its place from 1.
  private(set) var next: Token = .end
  private(set) var column = 1
  /// The next word follows the one before without a space.
  private(set) var isAdjacent = false
  /// The word before was a string.
  private(set) var followsString = false

  init(_ text: String) throws(CESQLParseError) {
    guard text.utf8.count <= CESQLLimits.maxBytes else { throw CESQLParseError(fault: .tooLong, column: 1) }
    self.text = Array(text.unicodeScalars)
    _ = try advance()
  }

  /// Takes the next word.
  mutating func advance() throws(CESQLParseError) -> Token {
    let taken = next
    followsString = if case .string = taken { true } else { false }
    let before = position
    while position < text.count, Self.isSpace(text[position]) { position += 1 }
    isAdjacent = before == position
    column = position + 1
    next = try read()
    return taken
  }

  mutating func take(_ symbol: Token.Symbol) throws(CESQLParseError) -> Bool {
    guard next == .symbol(symbol) else { return false }
    _ = try advance()
    return true
  }

  mutating func take(_ keyword: Token.Keyword) throws(CESQLParseError) -> Bool {
    guard next == .keyword(keyword) else { return false }
    _ = try advance()
    return true
  }

  func error(_ fault: CESQLParseError.Fault) -> CESQLParseError {
    CESQLParseError(fault: fault, column: column)
  }

  private mutating func read() throws(CESQLParseError) -> Token {
    guard position < text.count else { return .end }
    let first = text[position]
    if first == "'" || first == "\"" { return .string(try string(closedBy: first)) }
    if Self.isWord(first) { return word() }
    for length in [2, 1] where position + length <= text.count {
      var candidate = String.UnicodeScalarView()
      candidate.append(contentsOf: text[position..<position + length])
      guard let symbol = Token.Symbol(rawValue: String(candidate)) else { continue }
      position += length
      return .symbol(symbol)
    }
    throw error(.strayCharacter(String(first)))
  }

  private mutating func word() -> Token {
    var letters = String.UnicodeScalarView()
    while position < text.count, Self.isWord(text[position]) {
      letters.append(text[position])
      position += 1
    }
    let word = String(letters)
    if word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return .digits(word) }
    return Token.Keyword(rawValue: word.uppercased()).map { .keyword($0) } ?? .word(word)
  }

  /// `\` keeps the next character from closing the string; only before the closing quote it is itself removed.
  private mutating func string(closedBy quote: Unicode.Scalar) throws(CESQLParseError) -> String {
    var result = String.UnicodeScalarView()
    var index = position + 1
    while index < text.count, text[index] != quote {
      if text[index] == "\\", index + 1 < text.count {
        if text[index + 1] != quote { result.append("\\") }
        result.append(text[index + 1])
        index += 2
      } else {
        result.append(text[index])
        index += 1
      }
    }
    guard index < text.count else { throw error(.unclosedString) }
    position = index + 1
    return String(result)
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }
}
