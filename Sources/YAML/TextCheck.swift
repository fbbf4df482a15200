/// What holds for the text as a whole: UTF-8, printable characters, no line too long.
struct TextCheck {
  let text: [UInt8]
  let limits: YAMLLimits

  /// The first fault, if there is one.
  func fault() -> (reason: YAMLError.Reason, offset: Int)? {
    let greatest = min(limits.maxBytes, Int(UInt32.max))
    guard text.count <= greatest else { return (.tooLong(limit: greatest), 0) }
    var lineStart = 0
    var at = 0
    while at < text.count {
      let byte = text[at]
      switch byte {
      case 0x20..<0x7F, 0x09: at += 1
      case 0x0A, 0x0D:
        guard at - lineStart <= limits.maxLineBytes else { break }
        at += 1
        lineStart = at
      case 0x80...:
        guard let (scalar, length) = scalar(at) else { return (.notUTF8, at) }
        guard isPrintable(scalar) else { return (.controlCharacter(scalar), at) }
        at += length
      default: return (.controlCharacter(UInt32(byte)), at)
      }
      if at - lineStart > limits.maxLineBytes { return (.lineTooLong(limit: limits.maxLineBytes), lineStart) }
    }
    return nil
  }

  /// `c-printable` beyond ASCII.
  private func isPrintable(_ scalar: UInt32) -> Bool {
    scalar >= 0xA0 && scalar != 0xFFFE && scalar != 0xFFFF || scalar == 0x85
  }

  /// The scalar of a multi-byte sequence; nil if it is cut, overlong, a surrogate or too large.
  private func scalar(_ at: Int) -> (UInt32, Int)? {
    let first = UInt32(text[at])
    switch first {
    case 0xC2..<0xE0:
      guard let second = continuation(at + 1) else { return nil }
      return ((first & 0x1F) << 6 | second, 2)
    case 0xE0..<0xF0:
      guard let second = continuation(at + 1), let third = continuation(at + 2) else { return nil }
      let scalar = (first & 0x0F) << 12 | second << 6 | third
      return scalar < 0x800 || (0xD800..<0xE000).contains(scalar) ? nil : (scalar, 3)
    case 0xF0..<0xF5:
      guard let second = continuation(at + 1), let third = continuation(at + 2),
        let fourth = continuation(at + 3)
      else { return nil }
      let scalar = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
      return scalar < 0x1_0000 || scalar > 0x10_FFFF ? nil : (scalar, 4)
    default: return nil
    }
  }

  private func continuation(_ at: Int) -> UInt32? {
    at < text.count && text[at] & 0xC0 == 0x80 ? UInt32(text[at] & 0x3F) : nil
  }
}
