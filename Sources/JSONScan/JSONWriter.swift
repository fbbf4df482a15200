/// Appends JSON to bytes. Commas and colons are put by itself; strings are escaped as RFC 8259 demands, and no more.
/// Debug builds assert that the calls make one well-formed value.
public struct JSONWriter: Sendable {
  /// Where the writer is in the innermost open container.
  private enum Place { case first, later, afterKey }

  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private var places: [Place] = []
  private var closings: [UInt8] = []
  private var place = Place.first

  /// A writer without output.
  public init() {}

  /// A writer with room for this many bytes.
  public init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Opens an object.
  public mutating func beginObject() { open(UInt8(ascii: "{"), closing: UInt8(ascii: "}")) }
  /// Closes the innermost object.
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  /// Opens an array.
  public mutating func beginArray() { open(UInt8(ascii: "["), closing: UInt8(ascii: "]")) }
  /// Closes the innermost array.
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes a member name; its value comes next.
  public mutating func key(_ name: String) {
    assert(closings.last == UInt8(ascii: "}") && place != .afterKey, "a member name belongs in an object")
    if place == .later { bytes.append(UInt8(ascii: ",")) }
    JSONEscaping.append(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    place = .afterKey
  }

  /// Writes a string.
  public mutating func string(_ value: String) {
    beginValue()
    JSONEscaping.append(value, to: &bytes)
  }

  /// Writes a string whose content is this UTF-8 (not checked: pass only what is known to be UTF-8).
  public mutating func string(utf8: RawSpan) {
    beginValue()
    JSONEscaping.append(utf8, to: &bytes)
  }

  /// Writes an integer.
  public mutating func int(_ value: Int) {
    beginValue()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Writes a truth value.
  public mutating func bool(_ value: Bool) {
    beginValue()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Writes `null`.
  public mutating func null() {
    beginValue()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes a value that is JSON already (not checked).
  public mutating func raw(_ json: [UInt8]) {
    beginValue()
    bytes.append(contentsOf: json)
  }

  /// Writes a value that is JSON already (not checked).
  public mutating func raw(_ text: RawSpan) {
    beginValue()
    text.append(0..<text.byteCount, to: &bytes)
  }

  /// Hands over what was written, and starts anew.
  public mutating func take() -> [UInt8] {
    assert(closings.isEmpty && place == .later, "the value is not complete")
    let taken = bytes
    self = JSONWriter()
    return taken
  }

  private mutating func beginValue() {
    switch place {
    case .first: break
    case .later:
      assert(closings.last == UInt8(ascii: "]"), "a second value, or a member without a name")
      bytes.append(UInt8(ascii: ","))
    case .afterKey: break
    }
    assert(place == .afterKey || closings.last != UInt8(ascii: "}"), "a member needs a name")
    place = .later
  }

  private mutating func open(_ bracket: UInt8, closing: UInt8) {
    beginValue()
    bytes.append(bracket)
    places.append(place)
    closings.append(closing)
    place = .first
  }

  private mutating func close(_ bracket: UInt8) {
    assert(closings.last == bracket && place != .afterKey, "the closing bracket does not match")
    bytes.append(bracket)
    _ = closings.popLast()
    place = places.popLast() ?? .later
  }
}

/// Strings in JSON: quotes around, and escapes for the quote, the backslash and control characters only.
enum JSONEscaping {
  static func append(_ string: String, to bytes: inout [UInt8]) {
    append(string.utf8.span.bytes, to: &bytes)
  }

  static func append(_ text: RawSpan, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    for at in 0..<text.byteCount {
      let byte = text.byte(at: at)
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      text.append(start..<at, to: &bytes)
      appendEscape(of: byte, to: &bytes)
      start = at + 1
    }
    text.append(start..<text.byteCount, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0..<0x20:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    default: bytes.append(byte)
    }
  }
}
