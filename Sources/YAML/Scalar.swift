/// A scalar that was read: its content, and what follows it.
struct Scalar {
  /// Where the content is.
  enum Content {
    /// In the text as it is.
    case text(Range<Int>)
    /// In the reader's `scratch`, until the next scalar is read.
    case scratch
  }

  /// The offset of its first byte.
  let start: Int
  let content: Content
  /// Without quotes: the schema says what it means.
  let isPlain: Bool
  /// It goes over more than one line.
  var isMultiline = false
  /// A colon follows that makes it a key; the reader stands at the colon.
  var isKey = false
}

extension YAMLReader {
  /// Reads the quoted or plain scalar that begins here, in a block; its other lines are indented more than `parent`.
  /// - Throws: if it is used as a key and may not be.
  mutating func scalar(parent: Int) throws(YAMLError) -> Scalar {
    let start = at
    var scalar: Scalar
    switch byte(at) {
    case UInt8(ascii: "\""): scalar = try doubleQuoted(parent: parent)
    case UInt8(ascii: "'"): scalar = try singleQuoted(parent: parent)
    default:
      try checkPlainStart(inFlow: false)
      scalar = try plain(parent: parent, inFlow: false)
    }
    let end = at
    skipBlanks()
    guard isIndicator(":", at) else {
      at = end
      return scalar
    }
    guard !scalar.isMultiline else { throw error(.multilineKey, at: start) }
    try checkKeyLength(start, end)
    scalar.isKey = true
    return scalar
  }

  func checkKeyLength(_ start: Int, _ end: Int) throws(YAMLError) {
    guard end - start > YAMLLimits.maxKeyScalars else { return }
    let scalars = text[start..<end].count { $0 & 0xC0 != 0x80 }
    guard scalars <= YAMLLimits.maxKeyScalars else { throw error(.keyTooLong, at: start) }
  }

  /// Writes a scalar as the value that it means.
  mutating func emit(_ scalar: Scalar) throws(YAMLError) {
    let place = place(scalar.start)
    switch scalar.content {
    case .scratch: output.string(scratch, scratch.indices, at: place)
    case .text(let range):
      guard scalar.isPlain else {
        return output.string(text, range, at: place)
      }
      switch CoreValue(text[range]) {
      case .null: output.null(at: place)
      case .bool(let value): output.bool(value, at: place)
      case .integer(let number), .float(let number): output.number(number, at: place)
      case .string: output.string(text, range, at: place)
      case .refused(let reason): throw YAMLError(reason, at: place)
      }
    }
  }

  /// Writes a scalar as a key; returns its place.
  mutating func emitKey(_ scalar: Scalar, _ keys: inout MappingKeys) throws(YAMLError) -> YAMLLocation {
    let place = place(scalar.start)
    let name = try keyName(scalar, at: place)
    let string = String(decoding: name, as: UTF8.self)
    if let first = keys.add(name, line: place.line) {
      throw YAMLError(.duplicateKey(string, firstLine: first), at: place)
    }
    output.key(string, at: place)
    return place
  }

  private func keyName(_ scalar: Scalar, at place: YAMLLocation) throws(YAMLError) -> [UInt8] {
    guard case .text(let range) = scalar.content else { return scratch }
    let bytes = text[range]
    guard scalar.isPlain else { return Array(bytes) }
    if bytes.elementsEqual("<<".utf8) { throw YAMLError(.mergeKey, at: place) }
    switch CoreValue(bytes) {
    case .null: throw YAMLError(.nullKey, at: place)
    case .bool(let value): return Array((value ? "true" : "false").utf8)
    case .integer(let number): return number
    case .float: throw YAMLError(.floatKey, at: place)
    case .string: return Array(bytes)
    case .refused(let reason): throw YAMLError(reason, at: place)
    }
  }
}
