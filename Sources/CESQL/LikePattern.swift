/// The pattern of LIKE (section 3.4.3), taken apart once. A character is a Unicode scalar.
struct LikePattern: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    /// `%`: any characters, or none.
    case anything
    /// `_`: one character.
    case one
    case exactly(Unicode.Scalar)
  }

  private let parts: [Part]

  init(_ text: String) {
    var parts: [Part] = []
    var isEscaped = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%" where !isEscaped:
        if parts.last != .anything { parts.append(.anything) }
      case "_" where !isEscaped: parts.append(.one)
      case "%", "_":
        parts.removeLast()
        parts.append(.exactly(scalar))
      default: parts.append(.exactly(scalar))
      }
      isEscaped = scalar == "\\"
    }
    self.parts = parts
  }

  /// Without recursion: after a mismatch only the last `%` takes one character more. At most text × pattern steps.
  func matches(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    var index = scalars.startIndex
    var part = 0
    var retry: (index: String.UnicodeScalarView.Index, part: Int)?
    while index < scalars.endIndex {
      if part < parts.count, parts[part] == .anything {
        part += 1
        if part == parts.count { return true }
        retry = (index, part)
      } else if part < parts.count, accepts(parts[part], scalars[index]) {
        part += 1
        index = scalars.index(after: index)
      } else if let last = retry {
        index = scalars.index(after: last.index)
        part = last.part
        retry = (index, part)
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .anything }
  }

  private func accepts(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
    switch part {
    case .anything: false
    case .one: true
    case .exactly(let wanted): wanted == scalar
    }
  }
}
