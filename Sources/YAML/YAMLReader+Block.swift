/// What may follow an indicator on its line.
enum InlineNodes {
  /// Also block collections: after `- ` and `? `.
  case everything
  /// Scalars and flow collections; a block collection is refused for this reason.
  case scalarsOnly(YAMLError.Reason)
}

/// Where a node belongs.
struct NodeSite {
  /// The column of the collection that it is in; -1 for a document.
  let parent: Int
  /// The place of a node that has no text: its key or dash.
  let owner: YAMLLocation
  /// What may stand on the rest of the line.
  let inline: InlineNodes
  /// A list may stand in the column of the mapping whose value it is.
  let mayBeListAtParent: Bool
}

/// Block collections. Each of these functions ends at the next content, as `findContent` leaves it.
extension YAMLReader {
  /// Reads the node behind an indicator: on the rest of its line, or on lines of its own, or there is none.
  mutating func node(_ site: NodeSite, depth: Int) throws(YAMLError) {
    let start = at
    let hasTab = skipBlanks()
    guard isBreak(at) || byte(at) == UInt8(ascii: "#") else {
      // A tab before a nested list or mapping would be its indentation.
      let inline = hasTab ? InlineNodes.scalarsOnly(.tabIndentation) : site.inline
      return try content(site, column: at - lineStart, inline: inline, depth: depth)
    }
    at = start
    try finishLine()
    let isTabbed = try findContent(allowingTabBeyond: site.parent)
    if column > site.parent {
      let inline = isTabbed ? InlineNodes.scalarsOnly(.tabIndentation) : .everything
      try content(site, column: column, inline: inline, depth: depth)
    } else if site.mayBeListAtParent, column == site.parent, isIndicator("-", at) {
      try sequence(column: column, depth: depth)
    } else {
      output.null(at: site.owner)
    }
  }

  /// Reads the node that begins here.
  mutating func content(
    _ site: NodeSite, column: Int, inline: InlineNodes, depth: Int
  ) throws(YAMLError) {
    switch byte(at) {
    case UInt8(ascii: "-") where isBlankOrBreak(at + 1):
      try allow(inline, .listAfterKey, at: at)
      try sequence(column: column, depth: depth)
    case UInt8(ascii: "?") where isBlankOrBreak(at + 1):
      try allow(inline, .keyInValue, at: at)
      try mapping(column: column, first: nil, depth: depth)
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      let start = at
      try flowCollection(parent: site.parent, depth: depth)
      try refuseColon(after: start)
      try finishLine()
      try findContent()
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      let place = place(at)
      try blockScalar(parent: site.parent)
      output.string(scratch, scratch.indices, at: place)
      try findContent()
    default:
      let scalar = try scalar(parent: site.parent)
      if scalar.isKey {
        try allow(inline, .keyInValue, at: scalar.start)
        try mapping(column: column, first: scalar, depth: depth)
      } else {
        try emit(scalar)
        try finishLine()
        try findContent()
      }
    }
  }

  private func allow(
    _ inline: InlineNodes, _ reason: YAMLError.Reason, at offset: Int
  ) throws(YAMLError) {
    guard case .scalarsOnly(let given) = inline else { return }
    throw error(given == .tabIndentation ? given : reason, at: offset)
  }

  /// A list or mapping as a key is refused.
  func refuseColon(after start: Int) throws(YAMLError) {
    var next = at
    while byte(next) == 0x20 || byte(next) == 0x09 { next += 1 }
    guard isIndicator(":", next) else { return }
    throw error(.collectionKey, at: start)
  }

  /// Reads a list whose dashes stand in this column.
  private mutating func sequence(column own: Int, depth: Int) throws(YAMLError) {
    try checkDepth(depth, at: at)
    output.beginArray(at: place(at))
    column = own
    while column == own, isIndicator("-", at) {
      let owner = place(at)
      at += 1
      try node(
        NodeSite(parent: own, owner: owner, inline: .everything, mayBeListAtParent: false), depth: depth + 1)
    }
    guard column <= own else { throw error(.indentation) }
    output.endArray()
  }

  /// Reads a mapping whose keys stand in this column; its first key may have been read.
  private mutating func mapping(column own: Int, first: Scalar?, depth: Int) throws(YAMLError) {
    let start = first?.start ?? at
    try checkDepth(depth, at: start)
    output.beginObject(at: place(start))
    var keys = MappingKeys()
    var first = first
    column = own
    while column == own {
      if first == nil, isIndicator("?", at) {
        try explicitEntry(column: own, &keys, depth: depth)
        continue
      }
      let key: Scalar
      if let known = first { key = known } else { key = try implicitKey(parent: own) }
      first = nil
      let owner = try emitKey(key, &keys)
      at += 1
      try node(
        NodeSite(
          parent: own, owner: owner, inline: .scalarsOnly(.keyInValue), mayBeListAtParent: true),
        depth: depth + 1)
    }
    guard column < own else { throw error(.indentation) }
    output.endObject()
  }

  /// Reads a key up to its colon.
  private mutating func implicitKey(parent: Int) throws(YAMLError) -> Scalar {
    let start = at
    switch byte(at) {
    case UInt8(ascii: "-") where isBlankOrBreak(at + 1): throw error(.listInMapping)
    case UInt8(ascii: "["), UInt8(ascii: "{"): throw error(.collectionKey)
    case UInt8(ascii: "|"), UInt8(ascii: ">"): throw error(.missingColon)
    default:
      let key = try scalar(parent: parent)
      guard key.isKey else { throw error(.missingColon, at: start) }
      return key
    }
  }

  /// Reads `? key` and the line `: value`, if there is one.
  private mutating func explicitEntry(
    column own: Int, _ keys: inout MappingKeys, depth: Int
  ) throws(YAMLError) {
    let mark = place(at)
    at += 1
    let end = at
    skipBlanks()
    if isBreak(at) || byte(at) == UInt8(ascii: "#") {
      at = end
      try finishLine()
      try findContent()
      guard column > own else { throw YAMLError(.nullKey, at: mark) }
    }
    let owner = try explicitKey(column: own, &keys)
    guard column == own, isIndicator(":", at) else {
      output.null(at: owner)
      return
    }
    at += 1
    try node(
      NodeSite(parent: own, owner: owner, inline: .everything, mayBeListAtParent: true), depth: depth + 1)
  }

  private mutating func explicitKey(
    column own: Int, _ keys: inout MappingKeys
  ) throws(YAMLError) -> YAMLLocation {
    let start = at
    let key: Scalar
    switch byte(at) {
    case UInt8(ascii: "["), UInt8(ascii: "{"): throw error(.collectionKey)
    case UInt8(ascii: "-") where isBlankOrBreak(at + 1): throw error(.collectionKey)
    case UInt8(ascii: "?") where isBlankOrBreak(at + 1): throw error(.collectionKey)
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      try blockScalar(parent: own)
      key = Scalar(start: start, content: .scratch, isPlain: false)
    default:
      key = try scalar(parent: own)
      guard !key.isKey else { throw error(.collectionKey, at: start) }
      try finishLine()
    }
    let owner = try emitKey(key, &keys)
    try findContent()
    return owner
  }
}
