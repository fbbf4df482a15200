/// Reads the wire format of protocol buffers, field by field.
struct ProtobufReader {
  enum Failure: Error { case malformed }

  /// The payload of a field.
  enum Payload {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// The next field; nil at the end.
  mutating func next() throws(Failure) -> (number: Int, payload: Payload)? {
    guard !bytes.isEmpty else { return nil }
    let key = try varint()
    let number = Int(truncatingIfNeeded: key >> 3)
    switch key & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(try fixed(8)))
    case 2:
      let count = try varint()
      guard count <= UInt64(bytes.count) else { throw .malformed }
      let payload = bytes.prefix(Int(count))
      bytes = bytes.dropFirst(Int(count))
      return (number, .bytes(payload))
    case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw .malformed
    }
  }

  private mutating func varint() throws(Failure) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = bytes.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
      guard shift < 64 else { throw .malformed }
    }
    throw .malformed
  }

  private mutating func fixed(_ count: Int) throws(Failure) -> UInt64 {
    guard bytes.count >= count else { throw .malformed }
    var value: UInt64 = 0
    for (position, byte) in bytes.prefix(count).enumerated() { value |= UInt64(byte) << UInt64(8 * position) }
    bytes = bytes.dropFirst(count)
    return value
  }
}

/// Writes the wire format of protocol buffers.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func string(_ number: Int, _ text: String) { self.bytes(number, Array(text.utf8)) }

  mutating func bytes(_ number: Int, _ payload: [UInt8]) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(payload.count))
    bytes += payload
  }

  mutating func bool(_ number: Int, _ value: Bool) {
    varint(UInt64(number) << 3)
    varint(value ? 1 : 0)
  }

  /// A nested message.
  mutating func message(_ number: Int, _ write: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    write(&inner)
    bytes(number, inner.bytes)
  }

  private mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}
