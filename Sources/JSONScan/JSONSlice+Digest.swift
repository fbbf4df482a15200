/// A number for a value's content: equal for equal content, however it is spaced and in whatever order objects have their
/// members, and for different content equal by a chance of one in 2⁶⁴. It never changes: stored ones are compared with new
/// ones by later versions too.
extension JSONSlice {
  /// Names the function; another one needs another number.
  public static let digestVersion = 1

  /// The digest of this value. Strings count by their characters, numbers as they are written, and the elements of an
  /// array by their order. One pass; allocates only for strings with escapes.
  public func digest(in text: RawSpan) -> UInt64 {
    guard end <= text.byteCount, start < end else { return 0 }
    var at = start
    // The text was scanned, so nothing is thrown; of another text any number is as good.
    return (try? JSONDigest.value(text, &at)) ?? 0
  }
}

/// Digests values by walking over them once.
enum JSONDigest {
  static func value(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> UInt64 {
    let first = try JSONGrammar.significant(text, &at)
    switch first {
    case UInt8(ascii: "\""): return mix(string(try JSONGrammar.string(text, &at), text), 1)
    case UInt8(ascii: "{"): return try object(text, &at)
    case UInt8(ascii: "["): return try array(text, &at)
    default:
      let scalar = try JSONGrammar.numberOrLiteral(text, &at, first: first)
      return mix(bytes(text, scalar.range), 2)
    }
  }

  /// The members in whatever order: their sum.
  private static func object(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> UInt64 {
    var sum: UInt64 = 0
    var more = try JSONGrammar.open(text, &at, closing: UInt8(ascii: "}"))
    while more {
      let name = string(try JSONGrammar.name(text, &at), text)
      sum &+= mix(name, try value(text, &at))
      more = try JSONGrammar.next(text, &at, closing: UInt8(ascii: "}"))
    }
    return mix(sum, 3)
  }

  private static func array(_ text: RawSpan, _ at: inout Int) throws(JSONError) -> UInt64 {
    var hash: UInt64 = 4
    var more = try JSONGrammar.open(text, &at, closing: UInt8(ascii: "]"))
    while more {
      hash = mix(hash, try value(text, &at))
      more = try JSONGrammar.next(text, &at, closing: UInt8(ascii: "]"))
    }
    return mix(hash, 5)
  }

  private static func string(_ slice: JSONSlice, _ text: RawSpan) -> UInt64 {
    guard slice.hasEscapes else { return bytes(text, slice.content) }
    var unescaped: [UInt8] = []
    slice.appendUnescaped(to: &unescaped, in: text)
    return bytes(unescaped.span.bytes, 0..<unescaped.count)
  }

  static func bytes(_ text: RawSpan, _ range: Range<Int>) -> UInt64 {
    var hash = UInt64(range.count)
    var offset = range.lowerBound
    while offset + 8 <= range.upperBound {
      hash = mix(hash, text.word(at: offset))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < range.upperBound {
      rest = rest << 8 | UInt64(text.byte(at: offset))
      offset += 1
    }
    return mix(hash, rest)
  }

  /// Joins two numbers: the halves of a product, as in wyhash (Wang Yi, public domain).
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = (left ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: right ^ 0xe703_7ed1_a0b4_28db)
    return (high ^ low) &+ left
  }
}
