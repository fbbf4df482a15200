import JSONScan

/// RFC 6901: where in a value.
struct JSONPointer: Equatable {
  let tokens: [String]

  /// Nil if the text neither is empty nor begins with a slash, or has a tilde that escapes nothing.
  init?(_ text: String) {
    guard text.isEmpty || text.hasPrefix("/") else { return nil }
    var tokens: [String] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      guard let token = Self.unescaped(part) else { return nil }
      tokens.append(token)
    }
    self.tokens = tokens
  }

  private static func unescaped(_ part: Substring) -> String? {
    guard part.contains("~") else { return String(part) }
    var token = ""
    var rest = part[...]
    while let character = rest.popFirst() {
      guard character == "~" else {
        token.append(character)
        continue
      }
      switch rest.popFirst() {
      case "0": token.append("~")
      case "1": token.append("/")
      default: return nil
      }
    }
    return token
  }

  /// Whether this place is inside the other one.
  func isInside(_ other: JSONPointer) -> Bool {
    tokens.count > other.tokens.count && tokens.starts(with: other.tokens)
  }
}
