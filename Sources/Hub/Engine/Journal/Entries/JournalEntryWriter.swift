/// Appends entries: numbers as LEB128, texts with their length before them, wide numbers in 16 bytes, low byte first.
struct JournalEntryWriter: Sendable {
  private(set) var bytes: [UInt8] = []

  var isEmpty: Bool { bytes.isEmpty }
  var count: Int { bytes.count }

  mutating func begin(_ kind: JournalEntryKind) { bytes.append(kind.rawValue) }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_ value: Number) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func number(_ value: Int) { number(UInt64(max(0, value))) }

  /// A signed number, zigzag.
  mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  mutating func wide(_ value: UInt128) {
    for shift in stride(from: 0, to: 128, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func text(_ value: String) {
    number(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func data(_ value: [UInt8]) {
    number(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func numbers(_ values: [UInt32]) {
    number(UInt64(values.count))
    for value in values { number(value) }
  }

  /// Entries that were written elsewhere.
  mutating func append(_ other: JournalEntryWriter) { bytes.append(contentsOf: other.bytes) }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
