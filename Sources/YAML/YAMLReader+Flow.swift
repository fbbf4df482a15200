/// Lists and mappings in brackets (YAML 1.2, 7.4).
extension YAMLReader {
  /// Reads the collection whose bracket is here; its lines are indented more than `parent`.
  mutating func flowCollection(parent: Int, depth: Int) throws(YAMLError) {
    try checkDepth(depth, at: at)
    let open = at
    let isSequence = byte(at) == UInt8(ascii: "[")
    let close: Character = isSequence ? "]" : "}"
    if isSequence { output.beginArray(at: place(at)) } else { output.beginObject(at: place(at)) }
    at += 1
    var keys = MappingKeys()
    while true {
      try skipFlowSpace(parent: parent, open: open)
      if byte(at) == close.asciiValue { break }
      if byte(at) == UInt8(ascii: ",") { throw error(.emptyEntry) }
      if isSequence {
        try flowElement(parent: parent, open: open, depth: depth)
      } else {
        try flowMember(&keys, parent: parent, open: open, depth: depth)
      }
      try skipFlowSpace(parent: parent, open: open)
      if byte(at) == UInt8(ascii: ",") {
        at += 1
      } else if byte(at) != close.asciiValue {
        throw error(.expectedCommaOrClose(close))
      }
    }
    at += 1
    if isSequence { output.endArray() } else { output.endObject() }
  }

  /// Moves over blanks, comments and breaks between the parts of a collection.
  private mutating func skipFlowSpace(parent: Int, open: Int) throws(YAMLError) {
    let start = at
    skipBlanks()
    if byte(at) == UInt8(ascii: "#"), at > start { skipToBreak() }
    while isBreak(at) {
      guard at < text.count else { throw error(.unclosedFlow, at: open) }
      skipBreak()
      let spaces = skipSpaces()
      let hasTab = skipBlanks()
      if byte(at) == UInt8(ascii: "#") { skipToBreak() }
      if isBreak(at) { continue }
      if spaces == 0, isMarker(at) { throw error(.unclosedFlow, at: open) }
      // Every Kubernetes tool takes a closing bracket in the column of its key.
      let isClosing = byte(at) == UInt8(ascii: "]") || byte(at) == UInt8(ascii: "}")
      guard spaces > parent || isClosing && spaces == parent else {
        throw error(hasTab ? .tabIndentation : .flowIndentation)
      }
    }
  }

  /// Reads an element of a list: a value, or one member without braces (`[key: value]`).
  private mutating func flowElement(parent: Int, open: Int, depth: Int) throws(YAMLError) {
    let start = at
    if isIndicator("?", at) {
      try checkDepth(depth + 1, at: at)
      output.beginObject(at: place(at))
      var keys = MappingKeys()
      try flowMember(&keys, parent: parent, open: open, depth: depth + 1)
      return output.endObject()
    }
    if byte(at) == UInt8(ascii: "[") || byte(at) == UInt8(ascii: "{") {
      try flowCollection(parent: parent, depth: depth + 1)
      skipBlanks()
      if byte(at) == UInt8(ascii: ":") { throw error(.collectionKey, at: start) }
      return
    }
    let scalar = try flowScalar(parent: parent)
    let end = at
    skipBlanks()
    guard isColon(after: scalar) else {
      at = end
      return try emit(scalar)
    }
    guard !scalar.isMultiline else { throw error(.multilineKey, at: start) }
    try checkKeyLength(start, end)
    try checkDepth(depth + 1, at: start)
    output.beginObject(at: place(start))
    var keys = MappingKeys()
    let owner = try emitKey(scalar, &keys)
    at += 1
    try flowValue(owner: owner, parent: parent, open: open, depth: depth + 1)
    output.endObject()
  }

  /// Reads a member of a mapping; the colon and value may be missing.
  private mutating func flowMember(
    _ keys: inout MappingKeys, parent: Int, open: Int, depth: Int
  ) throws(YAMLError) {
    if isIndicator("?", at) {
      at += 1
      try skipFlowSpace(parent: parent, open: open)
      if isFlowIndicator(at), byte(at) != UInt8(ascii: "["), byte(at) != UInt8(ascii: "{") {
        throw error(.nullKey)
      }
    }
    if byte(at) == UInt8(ascii: "[") || byte(at) == UInt8(ascii: "{") { throw error(.collectionKey) }
    let key = try flowScalar(parent: parent)
    let owner = try emitKey(key, &keys)
    try skipFlowSpace(parent: parent, open: open)
    guard isColon(after: key) else { return output.null(at: owner) }
    at += 1
    try flowValue(owner: owner, parent: parent, open: open, depth: depth)
  }

  /// Reads what follows a colon.
  private mutating func flowValue(
    owner: YAMLLocation, parent: Int, open: Int, depth: Int
  ) throws(YAMLError) {
    try skipFlowSpace(parent: parent, open: open)
    switch byte(at) {
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): output.null(at: owner)
    case UInt8(ascii: "["), UInt8(ascii: "{"): try flowCollection(parent: parent, depth: depth + 1)
    default: try emit(flowScalar(parent: parent))
    }
  }

  private mutating func flowScalar(parent: Int) throws(YAMLError) -> Scalar {
    switch byte(at) {
    case UInt8(ascii: "\""): return try doubleQuoted(parent: parent)
    case UInt8(ascii: "'"): return try singleQuoted(parent: parent)
    default:
      try checkPlainStart(inFlow: true)
      return try plain(parent: parent, inFlow: true)
    }
  }

  /// Whether a colon is here that makes the scalar before it a key; behind quotes it needs no space.
  private func isColon(after scalar: Scalar) -> Bool {
    byte(at) == UInt8(ascii: ":")
      && (!scalar.isPlain || isBlankOrBreak(at + 1) || isFlowIndicator(at + 1))
  }
}
