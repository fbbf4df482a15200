import JSONScan

/// A place in a text as people count: both from 1, columns in Unicode scalars.
public struct YAMLLocation: Hashable, Sendable {
  /// The line; lines end with a line feed, a carriage return, or both.
  public let line: Int
  /// The column.
  public let column: Int

  /// A place.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// One document of a YAML text as JSON, and where its values stood.
public struct YAMLDocument: Sendable {
  /// The document as one JSON value, without whitespace; members keep their order.
  public let json: [UInt8]
  /// Where each value and key of `json` stood in the YAML text.
  public let positions: YAMLPositions

  /// Nothing but comments between two markers, or a lone null: what Kubernetes clients skip.
  public var isNull: Bool { json == Array("null".utf8) }
}

/// Where the values and keys of a document stood. 12 bytes for each of them.
public struct YAMLPositions: Sendable {
  /// A value or key: where it begins in the JSON, and where in the YAML.
  struct Entry: Sendable, Equatable {
    let jsonOffset: UInt32
    let line: UInt32
    let column: UInt32

    var location: YAMLLocation { YAMLLocation(line: Int(line), column: Int(column)) }
  }

  /// In the order of the JSON.
  private let entries: [Entry]
  private let json: [UInt8]

  init(entries: [Entry], json: [UInt8]) {
    self.entries = entries
    self.json = json
  }

  /// Where the value at a path begins; where it has no text (`key:` alone), its key. Nil if there is no such value.
  public func position(of path: [JSONPathStep]) -> YAMLLocation? {
    JSONLocator.offset(of: path, in: json.span.bytes).flatMap { index(of: $0) }.map { entries[$0].location }
  }

  /// Where the key of the member at a path begins; nil if there is none, or the path ends with an element.
  public func keyPosition(of path: [JSONPathStep]) -> YAMLLocation? {
    guard case .member? = path.last, let offset = JSONLocator.offset(of: path, in: json.span.bytes),
      let index = index(of: offset), index > 0
    else { return nil }
    // A key is written just before its value.
    return entries[index - 1].location
  }

  /// Where the value or key stood that has a byte of the JSON; nil before the first of them.
  public func location(ofJSONOffset offset: Int) -> YAMLLocation? {
    index(of: offset).map { entries[$0].location }
  }

  /// The last entry that begins at an offset or before it.
  private func index(of offset: Int) -> Int? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if Int(entries[middle].jsonOffset) <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
