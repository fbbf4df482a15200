/// One pass over a value: validates everything, and records the values at a plan's paths.
struct JSONScanner {
  let plan: JSONPlan
  let maxDepth: Int

  /// Scans the value at `at`, whose first byte is `first`, as the root of the plan's paths.
  @discardableResult
  func root(
    _ text: RawSpan, _ at: inout Int, first: UInt8, into matches: inout JSONMatches
  ) throws(JSONError) -> JSONSlice {
    let slice = try value(text, &at, first: first, node: 0, depth: 0, &matches)
    matches.set(plan.nodes[0].ends, to: slice)
    return slice
  }

  @inline(__always)
  private func value(
    _ text: RawSpan, _ at: inout Int, first: UInt8, node: Int, depth: Int, _ matches: inout JSONMatches
  ) throws(JSONError) -> JSONSlice {
    switch first {
    case UInt8(ascii: "\""): return try JSONGrammar.string(text, &at)
    case UInt8(ascii: "{"): return try object(text, &at, node: node, depth: depth + 1, &matches)
    case UInt8(ascii: "["): return try array(text, &at, depth: depth + 1, &matches)
    default: return try JSONGrammar.numberOrLiteral(text, &at, first: first)
    }
  }

  /// Scans an object; `node` is its node in the plan, or -1 if no path leads through it.
  private func object(
    _ text: RawSpan, _ at: inout Int, node: Int, depth: Int, _ matches: inout JSONMatches
  ) throws(JSONError) -> JSONSlice {
    guard depth <= maxDepth else { throw JSONError(.tooDeep, at: at) }
    let start = at
    var more = try JSONGrammar.open(text, &at, closing: UInt8(ascii: "}"))
    while more {
      let name = try JSONGrammar.name(text, &at)
      let child = node < 0 ? -1 : plan.child(of: node, for: name, in: text)
      let first = try JSONGrammar.significant(text, &at)
      if child < 0 {
        _ = try value(text, &at, first: first, node: -1, depth: depth, &matches)
      } else {
        matches.remove(plan.nodes[child].below)
        let slice = try value(text, &at, first: first, node: child, depth: depth, &matches)
        matches.set(plan.nodes[child].ends, to: slice)
      }
      more = try JSONGrammar.next(text, &at, closing: UInt8(ascii: "}"))
    }
    return JSONSlice(start: start, end: at, kind: .object)
  }

  /// Scans an array: no path leads into one.
  private func array(
    _ text: RawSpan, _ at: inout Int, depth: Int, _ matches: inout JSONMatches
  ) throws(JSONError) -> JSONSlice {
    guard depth <= maxDepth else { throw JSONError(.tooDeep, at: at) }
    let start = at
    var more = try JSONGrammar.open(text, &at, closing: UInt8(ascii: "]"))
    while more {
      let first = try JSONGrammar.significant(text, &at)
      _ = try value(text, &at, first: first, node: -1, depth: depth, &matches)
      more = try JSONGrammar.next(text, &at, closing: UInt8(ascii: "]"))
    }
    return JSONSlice(start: start, end: at, kind: .array)
  }
}

/// Validation alone: is this text JSON?
public enum JSONValidator {
  private static let plan = JSONPlan([])

  /// Validates a text that is one value with whitespace around it.
  /// - Throws: `JSONError` with the offset of the first fault.
  public static func validate(_ text: RawSpan, limits: JSONLimits = .standard) throws(JSONError) {
    var matches = JSONMatches.none
    try plan.scan(text, into: &matches, limits: limits)
  }
}
