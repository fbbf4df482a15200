/// Reads what `JournalEntryWriter` wrote. Every read is checked against the end; nothing that a frame says is believed
/// before, so no length makes it allocate more than there are bytes.
struct JournalEntryReader {
  let source: [UInt8]
  private(set) var offset = 0
  /// Where the entry that is being read begins.
  private var entry = 0

  init(_ source: [UInt8]) { self.source = source }

  var isAtEnd: Bool { offset >= source.count }

  var malformed: JournalEntryError { .malformed(offset: entry) }

  mutating func kind() throws(JournalEntryError) -> JournalEntryKind {
    entry = offset
    let value = try byte()
    guard let kind = JournalEntryKind(rawValue: value) else { throw .unknownKind(value, offset: entry) }
    return kind
  }

  mutating func byte() throws(JournalEntryError) -> UInt8 {
    guard offset < source.count else { throw malformed }
    defer { offset += 1 }
    return source[offset]
  }

  mutating func flag() throws(JournalEntryError) -> Bool { try byte() != 0 }

  mutating func number() throws(JournalEntryError) -> UInt64 {
    UInt64(truncatingIfNeeded: try number(bits: 64))
  }

  mutating func number32() throws(JournalEntryError) -> UInt32 {
    UInt32(truncatingIfNeeded: try number(bits: 32))
  }

  mutating func number128() throws(JournalEntryError) -> UInt128 { try number(bits: 128) }

  private mutating func number(bits: Int) throws(JournalEntryError) -> UInt128 {
    var value: UInt128 = 0
    var shift = 0
    while true {
      let next = try byte()
      let part = UInt128(next & 0x7f)
      let placed = part << UInt128(shift)
      guard shift < bits, placed >> UInt128(shift) == part, bits == 128 || placed >> UInt128(bits) == 0 else {
        throw malformed
      }
      value |= placed
      if next & 0x80 == 0 { return value }
      shift += 7
    }
  }

  /// A number of something in memory.
  mutating func count() throws(JournalEntryError) -> Int {
    let value = try number()
    guard value <= UInt64(Int32.max) else { throw malformed }
    return Int(value)
  }

  /// A number that becomes a place in a table, which is made as long as it says.
  mutating func place(below limit: Int) throws(JournalEntryError) -> UInt32 {
    let value = try number()
    guard value < UInt64(limit) else { throw malformed }
    return UInt32(value)
  }

  mutating func signed() throws(JournalEntryError) -> Int64 {
    let value = try number()
    return Int64(bitPattern: value >> 1) ^ -Int64(value & 1)
  }

  mutating func wide() throws(JournalEntryError) -> UInt128 {
    guard source.count - offset >= 16 else { throw malformed }
    // "unsafe" speaks of bit patterns, and every one is a UInt128; the bounds were checked.
    let value = source.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt128.self)
    offset += 16
    return UInt128(littleEndian: value)
  }

  mutating func text() throws(JournalEntryError) -> String {
    let range = try slice()
    return String(decoding: source[range], as: UTF8.self)
  }

  /// The bytes of a text, without copying them.
  mutating func slice() throws(JournalEntryError) -> Range<Int> {
    let count = try number()
    guard count <= UInt64(source.count - offset) else { throw malformed }
    let start = offset
    offset += Int(count)
    return start..<offset
  }

  mutating func data() throws(JournalEntryError) -> [UInt8] {
    let range = try slice()
    return Array(source[range])
  }

  mutating func numbers() throws(JournalEntryError) -> [UInt32] {
    let count = try number()
    // Each takes a byte at least.
    guard count <= UInt64(source.count - offset) else { throw malformed }
    var values: [UInt32] = []
    values.reserveCapacity(Int(count))
    for _ in 0..<count { values.append(try number32()) }
    return values
  }
}
