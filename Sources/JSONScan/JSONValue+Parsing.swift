extension JSONValue {
  /// Parses a text that is one value with whitespace around it. It accepts exactly what `JSONValidator` accepts; where
  /// an object has a name twice the last one wins.
  /// - Throws: `JSONError` with the offset of the first fault.
  public init(parsing text: RawSpan, limits: JSONLimits = .standard) throws(JSONError) {
    let parser = JSONTreeParser(maxDepth: limits.maxDepth)
    var at = 0
    let first = try JSONGrammar.begin(text, &at)
    let value = try parser.value(text, &at, first: first, depth: 0)
    try JSONGrammar.finish(text, at)
    self = value
  }

  /// Parses bytes that are one value with whitespace around it, like `init(parsing:limits:)` on a span.
  /// - Throws: `JSONError` with the offset of the first fault.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(parsing: bytes.span.bytes, limits: limits)
  }
}

/// Builds trees.
private struct JSONTreeParser {
  let maxDepth: Int

  func value(_ text: RawSpan, _ at: inout Int, first: UInt8, depth: Int) throws(JSONError) -> JSONValue {
    switch first {
    case UInt8(ascii: "{"): return try object(text, &at, depth: depth + 1)
    case UInt8(ascii: "["): return try array(text, &at, depth: depth + 1)
    default: break
    }
    let slice = try JSONGrammar.scalar(text, &at, first: first)
    switch slice.kind {
    case .string: return .string(slice.string(in: text) ?? "")
    case .number: return .number(text.string(slice.range) ?? "")
    case .bool: return .bool(first == UInt8(ascii: "t"))
    case .null, .object, .array: return .null
    }
  }

  private func object(_ text: RawSpan, _ at: inout Int, depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= maxDepth else { throw JSONError(.tooDeep, at: at) }
    var object = JSONObject()
    var more = try JSONGrammar.open(text, &at, closing: UInt8(ascii: "}"))
    while more {
      let name = try JSONGrammar.name(text, &at)
      let first = try JSONGrammar.significant(text, &at)
      object[name.string(in: text) ?? ""] = try value(text, &at, first: first, depth: depth)
      more = try JSONGrammar.next(text, &at, closing: UInt8(ascii: "}"))
    }
    return .object(object)
  }

  private func array(_ text: RawSpan, _ at: inout Int, depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= maxDepth else { throw JSONError(.tooDeep, at: at) }
    var array: [JSONValue] = []
    var more = try JSONGrammar.open(text, &at, closing: UInt8(ascii: "]"))
    while more {
      let first = try JSONGrammar.significant(text, &at)
      array.append(try value(text, &at, first: first, depth: depth))
      more = try JSONGrammar.next(text, &at, closing: UInt8(ascii: "]"))
    }
    return .array(array)
  }
}
