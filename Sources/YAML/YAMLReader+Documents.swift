/// Documents: markers, directives, and what may stand between.
extension YAMLReader {
  /// Reads the text to its end.
  mutating func documents() throws(YAMLError) -> [YAMLDocument] {
    skipByteOrderMark()
    var documents: [YAMLDocument] = []
    var mayHaveDirectives = true
    var directive: Int?
    while true {
      let isTabbed = try findContent(allowingTabBeyond: -1)
      if at >= text.count {
        if let directive { throw error(.directiveWithoutDocument, at: directive) }
        return documents
      }
      if column == Self.documentEnd, byte(at) == UInt8(ascii: ".") {
        if let directive { throw error(.directiveWithoutDocument, at: directive) }
        at += 3
        try finishLine()
        mayHaveDirectives = true
        continue
      }
      if mayHaveDirectives, column == 0, !isTabbed, byte(at) == UInt8(ascii: "%") {
        if directive != nil { throw error(.directive("YAML, twice,")) }
        directive = at
        try readDirective()
        continue
      }
      if column != Self.documentEnd {
        if let directive { throw error(.directiveWithoutDocument, at: directive) }
        guard mayHaveDirectives else { throw error(.contentAfterDocument) }
      }
      guard documents.count < limits.maxDocuments else {
        throw error(.tooManyDocuments(limit: limits.maxDocuments))
      }
      documents.append(try document(isTabbed: isTabbed))
      directive = nil
      mayHaveDirectives = false
    }
  }

  private mutating func skipByteOrderMark() {
    guard byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF else { return }
    at = 3
    lineStart = 3
  }

  /// Reads the document at `---`, or the content of one that begins without.
  private mutating func document(isTabbed: Bool) throws(YAMLError) -> YAMLDocument {
    let site = NodeSite(
      parent: -1, owner: place(at), inline: .scalarsOnly(.keyInValue), mayBeListAtParent: false)
    if column == Self.documentEnd {
      at += 3
      try node(site, depth: 1)
    } else {
      try content(
        site, column: column, inline: isTabbed ? .scalarsOnly(.tabIndentation) : .everything, depth: 1)
    }
    guard column == Self.documentEnd else { throw error(.indentation) }
    return output.take()
  }

  /// Reads `%YAML 1.2`, or another minor version, which changes nothing; all other directives are refused.
  private mutating func readDirective() throws(YAMLError) {
    let start = at
    at += 1
    while !isBlankOrBreak(at) { at += 1 }
    let name = String(decoding: text[start + 1..<at], as: UTF8.self)
    guard name == "YAML" else { throw error(.directive(String(name.prefix(32))), at: start) }
    skipBlanks()
    let version = at
    while !isBlankOrBreak(at) { at += 1 }
    let digits = text[version..<at].dropFirst(2)
    guard text[version..<at].starts(with: "1.".utf8), !digits.isEmpty,
      digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw error(.directive("YAML with this version"), at: start) }
    try finishLine()
  }
}
