/// Literal and folded scalars (YAML 1.2, 8.1).
extension YAMLReader {
  /// What happens to the breaks at the end.
  private enum Chomping { case strip, clip, keep }

  private struct BlockHeader {
    let isFolded: Bool
    var chomping = Chomping.clip
    /// Spaces beyond the parent's indentation, if the header says how many.
    var indentation: Int?
  }

  /// Reads a block scalar into `scratch`; ends at the start of the line behind it.
  mutating func blockScalar(parent: Int) throws(YAMLError) {
    let header = try blockHeader()
    scratch.removeAll(keepingCapacity: true)
    skipBreak()
    // Of a document's own scalar even the text may stand in the first column.
    let indentation: Int
    if let given = header.indentation {
      indentation = max(parent, 0) + given
    } else {
      indentation = try detectIndentation(parent: parent)
    }
    var pendingBreaks = 0
    var wasMoreIndented = true
    var isFirst = true
    // A text that ends without a break ends so in the scalar too, as kubectl reads it; a last line of blanks alone counts
    // as ended (case L24T of the YAML test suite).
    var hasLastBreak = false
    while at < text.count, let line = blockLine(indentation: indentation) {
      defer { skipBreak() }
      if line.isEmpty {
        pendingBreaks += 1
        continue
      }
      let isMoreIndented = text[line.lowerBound] == 0x20 || text[line.lowerBound] == 0x09
      if isFirst {
        scratch.append(contentsOf: repeatElement(0x0A, count: pendingBreaks))
      } else if header.isFolded, !isMoreIndented, !wasMoreIndented {
        appendFold(emptyLines: pendingBreaks)
      } else {
        scratch.append(contentsOf: repeatElement(0x0A, count: pendingBreaks + 1))
      }
      scratch += text[line]
      isFirst = false
      hasLastBreak = at < text.count || text[line].allSatisfy { $0 == 0x20 }
      wasMoreIndented = isMoreIndented
      pendingBreaks = 0
    }
    try refuseTabbedEmptyLine()
    switch header.chomping {
    case .strip: break
    case .clip: if hasLastBreak { scratch.append(0x0A) }
    case .keep: scratch.append(contentsOf: repeatElement(0x0A, count: pendingBreaks + (hasLastBreak ? 1 : 0)))
    }
  }

  /// The line behind the scalar: one of blanks with a tab looks empty, and is not.
  private func refuseTabbedEmptyLine() throws(YAMLError) {
    var next = at
    while byte(next) == 0x20 { next += 1 }
    let tab = next
    while byte(next) == 0x20 || byte(next) == 0x09 { next += 1 }
    if next > tab, isBreak(next) { throw error(.tabIndentation, at: tab) }
  }

  private mutating func blockHeader() throws(YAMLError) -> BlockHeader {
    var header = BlockHeader(isFolded: byte(at) == UInt8(ascii: ">"))
    var hasChomping = false
    at += 1
    while true {
      switch byte(at) {
      case UInt8(ascii: "1")...UInt8(ascii: "9") where header.indentation == nil:
        header.indentation = Int(byte(at) - UInt8(ascii: "0"))
      case UInt8(ascii: "+") where !hasChomping:
        header.chomping = .keep
        hasChomping = true
      case UInt8(ascii: "-") where !hasChomping:
        header.chomping = .strip
        hasChomping = true
      default:
        let end = at
        do throws(YAMLError) { try finishLine() } catch { throw self.error(.blockHeader, at: end) }
        return header
      }
      at += 1
    }
  }

  /// The indentation of the first line that has text, without moving.
  private mutating func detectIndentation(parent: Int) throws(YAMLError) -> Int {
    let before = (at, lineStart)
    defer { (at, lineStart) = before }
    var widest = 0
    var widestLine = at
    while at < text.count {
      let spaces = skipSpaces()
      if !isBreak(at) {
        guard spaces > parent else { break }
        guard spaces >= widest else { throw error(.blockIndentation, at: widestLine) }
        return spaces
      }
      if spaces > widest {
        widest = spaces
        widestLine = at
      }
      skipBreak()
    }
    return max(widest, parent + 1)
  }

  /// Moves over a line of the scalar to its break; its content, empty for an empty line, or nil (at the line's start) if
  /// the line is not part of the scalar.
  private mutating func blockLine(indentation: Int) -> Range<Int>? {
    while at - lineStart < indentation, byte(at) == 0x20 { at += 1 }
    if at - lineStart < indentation, !isBreak(at) {
      at = lineStart
      return nil
    }
    if indentation == 0, isMarker(at) { return nil }
    let start = at
    skipToBreak()
    return start..<at
  }
}
