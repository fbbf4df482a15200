/// Member paths, compiled once. A scan validates the WHOLE text (RFC 8259 grammar, UTF-8, surrogate pairs, depth
/// limit) in one pass, and slices the value at each path. Where an object has a name twice the last one wins, whole, as in Go's maps.
public struct JSONPlan: Sendable {
  /// The most paths that one plan can hold.
  public static let maxPaths = 64

  /// A name in the tree of all paths.
  struct Node: Sendable {
    /// The first bytes of the name (up to eight), as a word.
    var head: UInt64 = 0
    /// Where the name is in `names`.
    var name: Range<Int> = 0..<0
    /// The first child and the next sibling; -1 for none.
    var firstChild = -1
    var nextSibling = -1
    /// The paths that end here, and those that end here or below: bit n is path n.
    var ends: UInt64 = 0
    var below: UInt64 = 0
  }

  /// Node 0 is the text's value itself.
  private(set) var nodes = [Node()]
  private(set) var names: [UInt8] = []

  /// Compiles paths of member names, outermost first; the empty path is the text's value itself. A path's index here is its index in `JSONMatches`.
  /// At most `maxPaths` (a programming error beyond).
  public init(_ paths: [[String]]) {
    precondition(paths.count <= Self.maxPaths, "a JSONPlan holds at most \(Self.maxPaths) paths")
    for (index, path) in paths.enumerated() {
      let bit: UInt64 = 1 << UInt64(index)
      var node = 0
      nodes[node].below |= bit
      for name in path {
        node = child(of: node, named: Array(name.utf8)) ?? addChild(to: node, named: Array(name.utf8))
        nodes[node].below |= bit
      }
      nodes[node].ends |= bit
    }
  }

  /// Validates a text that is one value with whitespace around it, and slices the value at each path.
  ///
  /// Matches of an earlier scan are forgotten; after an error there are none.
  /// - Throws: `JSONError` with the offset of the first fault.
  public func scan(
    _ text: RawSpan, into matches: inout JSONMatches, limits: JSONLimits = .standard
  ) throws(JSONError) {
    matches.removeAll()
    let scanner = JSONScanner(plan: self, maxDepth: limits.maxDepth)
    do {
      var at = 0
      let first = try JSONGrammar.begin(text, &at)
      try scanner.root(text, &at, first: first, into: &matches)
      try JSONGrammar.finish(text, at)
    } catch {
      matches.removeAll()
      throw error
    }
  }

  /// Scans one value that was found in a text, and slices the value at each path (paths start at that value). Offsets
  /// are those of the whole text.
  /// - Throws: `JSONError` if the slice is not of this text.
  public func scan(
    _ value: JSONSlice, in text: RawSpan, into matches: inout JSONMatches, limits: JSONLimits = .standard
  ) throws(JSONError) {
    matches.removeAll()
    let scanner = JSONScanner(plan: self, maxDepth: limits.maxDepth)
    do {
      var at = value.start
      let first = try JSONGrammar.significant(text, &at)
      try scanner.root(text, &at, first: first, into: &matches)
    } catch {
      matches.removeAll()
      throw error
    }
  }

  /// Scans the elements of an array that was found in a text, each against the paths, in one pass: `body` gets each
  /// element and its matches, in order. Offsets are those of the whole text. With the scan that found the array these are the
  /// two passes that a list page needs. Nothing happens if the value is not an array.
  /// - Throws: `JSONError` if the slice is not of this text.
  public func scanElements(
    of array: JSONSlice, in text: RawSpan, into matches: inout JSONMatches, limits: JSONLimits = .standard,
    _ body: (JSONSlice, JSONMatches) -> Void
  ) throws(JSONError) {
    guard array.kind == .array else { return }
    let scanner = JSONScanner(plan: self, maxDepth: limits.maxDepth)
    var at = array.start
    var more = try JSONGrammar.open(text, &at, closing: UInt8(ascii: "]"))
    while more {
      matches.removeAll()
      let first = try JSONGrammar.significant(text, &at)
      let element = try scanner.root(text, &at, first: first, into: &matches)
      body(element, matches)
      more = try JSONGrammar.next(text, &at, closing: UInt8(ascii: "]"))
    }
    matches.removeAll()
  }
}

extension JSONPlan {
  private func child(of node: Int, named name: [UInt8]) -> Int? {
    var child = nodes[node].firstChild
    while child >= 0 {
      if names[nodes[child].name].elementsEqual(name) { return child }
      child = nodes[child].nextSibling
    }
    return nil
  }

  private mutating func addChild(to parent: Int, named name: [UInt8]) -> Int {
    var node = Node()
    for byte in name.prefix(8).reversed() { node.head = node.head << 8 | UInt64(byte) }
    node.name = names.count..<names.count + name.count
    node.nextSibling = nodes[parent].firstChild
    names += name
    nodes.append(node)
    nodes[parent].firstChild = nodes.count - 1
    return nodes.count - 1
  }

  /// The child of a node whose name is the member name found in a text, or -1.
  @inline(__always)
  func child(of node: Int, for name: JSONSlice, in text: RawSpan) -> Int {
    var child = nodes[node].firstChild
    guard child >= 0 else { return -1 }
    if name.hasEscapes { return unescapedChild(of: node, for: name, in: text) }
    let content = name.content
    let head = Self.head(of: content, in: text)
    while child >= 0 {
      let candidate = nodes[child]
      if candidate.head == head, candidate.name.count == content.count,
        tail(of: candidate, equals: content, in: text)
      {
        return child
      }
      child = candidate.nextSibling
    }
    return -1
  }

  /// The first bytes of a name (up to eight) as a word.
  @inline(__always)
  private static func head(of content: Range<Int>, in text: RawSpan) -> UInt64 {
    let start = content.lowerBound
    let length = content.count
    if start + 8 <= text.byteCount {
      let word = text.word(at: start)
      return length >= 8 ? word : word & ~(UInt64.max << UInt64(length * 8))
    }
    var word: UInt64 = 0
    for offset in (0..<min(8, length)).reversed() { word = word << 8 | UInt64(text.byte(at: start + offset)) }
    return word
  }

  @inline(__always)
  private func tail(of node: Node, equals content: Range<Int>, in text: RawSpan) -> Bool {
    guard content.count > 8 else { return true }
    for offset in 8..<content.count
    where names[node.name.lowerBound + offset] != text.byte(at: content.lowerBound + offset) {
      return false
    }
    return true
  }

  private func unescapedChild(of node: Int, for name: JSONSlice, in text: RawSpan) -> Int {
    var bytes: [UInt8] = []
    name.appendUnescaped(to: &bytes, in: text)
    return child(of: node, named: bytes) ?? -1
  }
}

/// What a scan found. One value serves many scans: none of them allocates.
public struct JSONMatches: Sendable {
  private var slices: [JSONSlice]
  private var found: UInt64 = 0

  /// Room for the matches of any plan.
  public init() {
    slices = Array(repeating: JSONSlice(start: 0, end: 0, kind: .null), count: JSONPlan.maxPaths)
  }

  /// The value at the path with this index in the plan; nil if the text has none.
  public subscript(_ path: Int) -> JSONSlice? {
    guard path >= 0, path < JSONPlan.maxPaths, found & (1 << UInt64(path)) != 0 else { return nil }
    return slices[path]
  }

  private init(slices: [JSONSlice]) { self.slices = slices }

  /// No room at all, for scans without paths: nothing is allocated.
  static let none = JSONMatches(slices: [])

  mutating func removeAll() { found = 0 }

  /// Forgets the paths of a mask: their name came again, and the last one wins.
  @inline(__always)
  mutating func remove(_ mask: UInt64) { found &= ~mask }

  /// Sets all paths of a mask.
  mutating func set(_ mask: UInt64, to slice: JSONSlice) {
    found |= mask
    var rest = mask
    while rest != 0 {
      slices[rest.trailingZeroBitCount] = slice
      rest &= rest &- 1
    }
  }
}
