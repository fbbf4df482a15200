/// A place in a text as people count: both from 1, columns in Unicode scalars.
public struct JSONLocation: Equatable, Sendable {
  /// The line; lines end with a line feed.
  public let line: Int
  /// The column.
  public let column: Int

  /// The place of a byte offset; of the text's end if the offset is beyond it.
  public init(offset: Int, in text: RawSpan) {
    var line = 1
    var column = 1
    for at in 0..<min(max(offset, 0), text.byteCount) {
      let byte = text.byte(at: at)
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }
}

/// A step from a value to one inside it.
public enum JSONPathStep: Hashable, Sendable {
  /// To the member of this name.
  case member(String)
  /// To the element of this index, from 0.
  case element(Int)
}

/// Finds values by path when an error message needs the place.
public enum JSONLocator {
  /// The byte offset of the value at a path; nil if there is none, or the text is not JSON.
  public static func offset(of path: [JSONPathStep], in text: RawSpan) -> Int? {
    let plan = JSONPlan([[]])
    var matches = JSONMatches()
    let limits = JSONLimits(maxDepth: JSONLimits.greatestDepth)
    guard (try? plan.scan(text, into: &matches, limits: limits)) != nil, var value = matches[0] else {
      return nil
    }
    for step in path {
      guard let next = follow(step, from: value, in: text) else { return nil }
      value = next
    }
    return value.start
  }

  private static func follow(_ step: JSONPathStep, from value: JSONSlice, in text: RawSpan) -> JSONSlice? {
    switch step {
    case .member(let name): return value.member(name, in: text)
    case .element(let index):
      var found: JSONSlice?
      var count = 0
      value.forEachElement(in: text) { element in
        if count == index { found = element }
        count += 1
      }
      return found
    }
  }
}
