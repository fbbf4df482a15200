/// A text that is being read: where the reading is, and the document that it makes. Its parts are in extensions: documents,
/// block collections, flow collections, and each style of scalar.
struct YAMLReader {
  /// In place of a column: the document ends here, at a marker or the end of the text.
  static let documentEnd = -2

  let text: [UInt8]
  let limits: YAMLLimits
  /// The byte to be read next.
  var at = 0
  /// Where its line begins.
  var lineStart = 0
  /// After `findContent`: the column of the content from 0, or `documentEnd`.
  var column = 0
  /// The content of the last scalar that is not a range of the text.
  var scratch: [UInt8] = []
  var output = YAMLEmitter()
  private var places = PlaceCursor()

  init(_ text: [UInt8], limits: YAMLLimits) {
    self.text = text
    self.limits = limits
  }

  // MARK: Bytes

  /// The byte at an offset, 0 beyond the end. The text has no zero byte.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { offset < text.count ? text[offset] : 0 }

  /// Whether a space, a tab, a line break or the end is at an offset.
  @inline(__always)
  func isBlankOrBreak(_ offset: Int) -> Bool {
    switch byte(offset) {
    case 0x20, 0x09, 0x0A, 0x0D, 0: true
    default: false
    }
  }

  /// Whether a line break or the end is at an offset.
  @inline(__always)
  func isBreak(_ offset: Int) -> Bool {
    switch byte(offset) {
    case 0x0A, 0x0D, 0: true
    default: false
    }
  }

  /// Whether an indicator (`-`, `?`, `:`) stands alone at an offset.
  func isIndicator(_ indicator: Character, _ offset: Int) -> Bool {
    byte(offset) == indicator.asciiValue && isBlankOrBreak(offset + 1)
  }

  /// Whether a line at an offset ends a document: `---` or `...`.
  func isMarker(_ offset: Int) -> Bool {
    let first = byte(offset)
    guard first == UInt8(ascii: "-") || first == UInt8(ascii: ".") else { return false }
    return byte(offset + 1) == first && byte(offset + 2) == first && isBlankOrBreak(offset + 3)
  }

  // MARK: Moving

  /// Moves over spaces and tabs. True if there was a tab.
  @discardableResult
  mutating func skipBlanks() -> Bool {
    var hadTab = false
    while true {
      switch byte(at) {
      case 0x20: at += 1
      case 0x09:
        at += 1
        hadTab = true
      default: return hadTab
      }
    }
  }

  /// Moves over spaces; returns how many.
  mutating func skipSpaces() -> Int {
    let start = at
    while byte(at) == 0x20 { at += 1 }
    return at - start
  }

  /// Moves over one line break: LF, CR or CR LF. Nothing at the end of the text.
  mutating func skipBreak() {
    if byte(at) == 0x0D { at += byte(at + 1) == 0x0A ? 2 : 1 } else if byte(at) == 0x0A { at += 1 }
    lineStart = at
  }

  mutating func skipToBreak() {
    while !isBreak(at) { at += 1 }
  }

  /// Moves to the end of the line, on which only a comment may follow.
  mutating func finishLine() throws(YAMLError) {
    let end = at
    skipBlanks()
    if byte(at) == UInt8(ascii: "#"), at > end || at == lineStart { skipToBreak() }
    guard isBreak(at) else { throw error(.contentAfterValue) }
  }

  /// Moves from the end of a line, or the start of one, to the next content, and notes its column. A tab before the content
  /// is refused, but behind enough spaces for a value in the column `parent`; returns whether there is one.
  @discardableResult
  mutating func findContent(allowingTabBeyond parent: Int = .max) throws(YAMLError) -> Bool {
    if at > lineStart { skipBreak() }
    while at < text.count {
      let spaces = skipSpaces()
      let hasTab = byte(at) == 0x09
      skipBlanks()
      if byte(at) == UInt8(ascii: "#") { skipToBreak() }
      if isBreak(at) {
        skipBreak()
        continue
      }
      if hasTab, spaces <= parent { throw error(.tabIndentation, at: lineStart + spaces) }
      column = spaces == 0 && !hasTab && isMarker(at) ? Self.documentEnd : spaces
      return hasTab
    }
    column = Self.documentEnd
    return false
  }

  // MARK: Places and errors

  /// The place of an offset. Places are asked for in the order of the text.
  mutating func place(_ offset: Int) -> YAMLLocation { places.place(of: offset, in: text) }

  /// An error at an offset, or where the reading is.
  func error(_ reason: YAMLError.Reason, at offset: Int? = nil) -> YAMLError {
    var cursor = PlaceCursor()
    return YAMLError(reason, at: cursor.place(of: offset ?? at, in: text))
  }

  /// Guards the depth of a collection that begins at an offset.
  func checkDepth(_ depth: Int, at offset: Int) throws(YAMLError) {
    guard depth <= limits.maxDepth else { throw error(.tooDeep(limit: limits.maxDepth), at: offset) }
  }
}
