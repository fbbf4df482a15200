import JSONScan

/// What a person wrote as JSON or as YAML: its JSON, and the way back from a byte of the JSON to the place in the text.
public struct JSONSource: Sendable {
  /// How a text is written.
  public enum Format: Hashable, Sendable {
    /// JSON: one document, which is not judged here.
    case json
    /// YAML: any number of documents.
    case yaml

    /// By the name of a file: `.yaml` and `.yml` are YAML, everything else is JSON.
    public init(fileName: String) {
      self = fileName.hasSuffix(".yaml") || fileName.hasSuffix(".yml") ? .yaml : .json
    }
  }

  private enum Places: Sendable {
    case json(LineStarts)
    case yaml([YAMLPositions])
  }

  /// The JSON of all documents, one after the other.
  public private(set) var json: [UInt8]
  /// Where the documents are in `json`, in their order; empty and null documents of YAML are left out.
  public private(set) var documents: [Range<Int>]
  private let places: Places

  /// Reads a text.
  /// - Throws: `YAMLError` if it is YAML that cannot be read. JSON is not judged.
  public init(
    _ text: [UInt8], format: Format, limits: YAMLLimits = .standard
  ) throws(YAMLError) {
    switch format {
    case .json:
      json = text
      documents = [0..<text.count]
      places = .json(LineStarts(text))
    case .yaml:
      json = []
      documents = []
      var positions: [YAMLPositions] = []
      for document in try YAMLParser.parse(text, limits: limits) where !document.isNull {
        let start = json.count
        json += document.json
        documents.append(start..<json.count)
        positions.append(document.positions)
      }
      places = .yaml(positions)
    }
  }

  /// Where the value stood that has a byte of `json`.
  public func location(of offset: Int) -> YAMLLocation {
    switch places {
    case .json(let lines): return lines.location(of: offset, in: json)
    case .yaml(let positions):
      let index = max(0, documents.partitioningIndex { $0.lowerBound > offset } - 1)
      let start = YAMLLocation(line: 1, column: 1)
      guard index < documents.count else { return start }
      return positions[index].location(ofJSONOffset: offset - documents[index].lowerBound) ?? start
    }
  }
}

extension Array {
  /// The first index from which on a condition holds, of an array in which it holds for all that follow one for which it
  /// holds.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The places of many offsets in one text. `JSONLocation` counts from the start each time; this keeps the starts of lines,
/// and how many scalars stand before each block of the text: a file may be one long line with many faults.
private struct LineStarts: Sendable {
  private static let block = 1024

  private let starts: [Int]
  private let scalarsBefore: [Int]

  init(_ text: [UInt8]) {
    var starts = [0]
    var scalarsBefore: [Int] = []
    var scalars = 0
    for (offset, byte) in text.enumerated() {
      if offset.isMultiple(of: Self.block) { scalarsBefore.append(scalars) }
      if byte == 0x0A { starts.append(offset + 1) }
      if byte & 0xC0 != 0x80 { scalars += 1 }
    }
    self.starts = starts
    self.scalarsBefore = scalarsBefore
  }

  func location(of offset: Int, in text: [UInt8]) -> YAMLLocation {
    let offset = Swift.min(Swift.max(offset, 0), text.count)
    let line = max(1, starts.partitioningIndex { $0 > offset })
    let column = scalars(before: offset, in: text) - scalars(before: starts[line - 1], in: text) + 1
    return YAMLLocation(line: line, column: column)
  }

  private func scalars(before offset: Int, in text: [UInt8]) -> Int {
    guard !scalarsBefore.isEmpty else { return 0 }
    let block = Swift.min(offset / Self.block, scalarsBefore.count - 1)
    return scalarsBefore[block] + text[block * Self.block..<offset].count { $0 & 0xC0 != 0x80 }
  }
}
