/// Counts lines and columns along a text. Asked for places in their order it looks at each byte once.
struct PlaceCursor {
  private var offset = 0
  private var line = 1
  private var column = 1

  /// The place of an offset; a byte order mark at the start of the text takes no column.
  mutating func place(of target: Int, in text: [UInt8]) -> YAMLLocation {
    if target < offset { self = PlaceCursor() }
    while offset < target, offset < text.count {
      let byte = text[offset]
      if byte == 0x0A || byte == 0x0D && !(offset + 1 < text.count && text[offset + 1] == 0x0A) {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80, offset > 0 || byte != 0xEF {
        column += 1
      }
      offset += 1
    }
    return YAMLLocation(line: line, column: column)
  }
}
