/// Scalars without quotes (YAML 1.2, 7.3.3).
extension YAMLReader {
  /// Refuses what a plain scalar cannot begin with.
  func checkPlainStart(inFlow: Bool) throws(YAMLError) {
    let first = byte(at)
    switch first {
    case UInt8(ascii: "&"): throw error(.anchor)
    case UInt8(ascii: "*"): throw error(.alias)
    case UInt8(ascii: "!"): throw error(.tag)
    case UInt8(ascii: "|") where inFlow, UInt8(ascii: ">") where inFlow: throw error(.blockInFlow)
    case UInt8(ascii: "-") where inFlow && isBlankOrBreak(at + 1): throw error(.blockInFlow)
    case UInt8(ascii: ":") where isBlankOrBreak(at + 1) || inFlow && isFlowIndicator(at + 1):
      throw error(.nullKey)
    case UInt8(ascii: "-"), UInt8(ascii: "?"):
      guard !isBlankOrBreak(at + 1), !inFlow || !isFlowIndicator(at + 1) else {
        throw error(.reserved(Character(Unicode.Scalar(first))))
      }
    case UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "#"), UInt8(ascii: ","),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"),
      UInt8(ascii: ">"):
      throw error(.reserved(Character(Unicode.Scalar(first))))
    default: break
    }
  }

  /// Reads a plain scalar and the lines that continue it, folded. Ends at its last character, or in front of the blanks
  /// before what ends it.
  mutating func plain(parent: Int, inFlow: Bool) throws(YAMLError) -> Scalar {
    let start = at
    var end = plainLine(inFlow: inFlow)
    guard isBreak(at) else {
      at = end
      return Scalar(start: start, content: .text(start..<end), isPlain: true)
    }
    var isMultiline = false
    while let empty = nextPlainLine(parent: parent, inFlow: inFlow) {
      if !isMultiline { scratch = Array(text[start..<end]) }
      isMultiline = true
      let lineStart = at
      end = plainLine(inFlow: inFlow)
      if !inFlow, byte(at) == UInt8(ascii: ":") {
        throw error(.keyInContinuation(valueLine: error(.indentation, at: start).line), at: lineStart)
      }
      appendFold(emptyLines: empty)
      scratch += text[lineStart..<end]
      if !isBreak(at) { break }
    }
    at = end
    return Scalar(
      start: start, content: isMultiline ? .scratch : .text(start..<end), isPlain: true,
      isMultiline: isMultiline)
  }

  /// One break between lines is a space; more are as many breaks less one.
  mutating func appendFold(emptyLines: Int) {
    if emptyLines == 0 { scratch.append(0x20) }
    scratch.append(contentsOf: repeatElement(0x0A, count: emptyLines))
  }

  /// Moves over one line of a plain scalar to what ends it, and returns where its content ends.
  @inline(__always)
  private mutating func plainLine(inFlow: Bool) -> Int {
    var next = at
    var end = at
    scan: while next < text.count {
      switch text[next] {
      case 0x0A, 0x0D: break scan
      case 0x20, 0x09:
        next += 1
        continue scan
      case UInt8(ascii: "#") where next > at && isBlankOrBreak(next - 1): break scan
      case UInt8(ascii: ":") where isBlankOrBreak(next + 1) || inFlow && isFlowIndicator(next + 1): break scan
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        if inFlow { break scan }
      default: break
      }
      next += 1
      end = next
    }
    at = next
    return end
  }

  /// Moves from the end of a line to the next one that continues a plain scalar, and returns how many empty lines are
  /// between; nil, without moving, if there is none.
  private mutating func nextPlainLine(parent: Int, inFlow: Bool) -> Int? {
    let before = (at, lineStart)
    var empty = 0
    while at < text.count {
      skipBreak()
      let spaces = skipSpaces()
      skipBlanks()
      if isBreak(at) {
        empty += 1
        continue
      }
      let isContinuation =
        spaces > parent && !(spaces == 0 && isMarker(at)) && byte(at) != UInt8(ascii: "#")
        && !(inFlow && endsPlainInFlow(at))
      if isContinuation { return empty }
      break
    }
    (at, lineStart) = before
    return nil
  }

  private func endsPlainInFlow(_ offset: Int) -> Bool {
    isFlowIndicator(offset)
      || byte(offset) == UInt8(ascii: ":") && (isBlankOrBreak(offset + 1) || isFlowIndicator(offset + 1))
  }

  /// Whether a comma or bracket is at an offset.
  @inline(__always)
  func isFlowIndicator(_ offset: Int) -> Bool {
    switch byte(offset) {
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
    default: false
    }
  }
}
