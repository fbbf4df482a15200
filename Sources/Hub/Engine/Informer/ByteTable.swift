/// Byte-wise reading and hashing of names that are slices of a text.
extension RawSpan {
  /// The byte at an offset; traps beyond the end.
  @inline(__always)
  func octet(_ offset: Int) -> UInt8 {
    // "unsafe" speaks of bit patterns, and every one is a UInt8; the bounds are checked.
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// A hash for tables that live in this process only; never stored, so it may change.
  func tableHash(seed: UInt32) -> UInt64 {
    var hash = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(byteCount)
    var offset = 0
    while offset + 8 <= byteCount {
      // "unsafe" speaks of bit patterns, and every one is a UInt64; the bounds are checked.
      hash = mixed(hash ^ unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < byteCount {
      rest = rest << 8 | UInt64(octet(offset))
      offset += 1
    }
    return mixed(hash ^ rest)
  }

  private func mixed(_ word: UInt64) -> UInt64 {
    let (high, low) = (word ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
    return high ^ low
  }

  /// Whether these bytes are those of a text.
  func equals(_ text: String) -> Bool {
    guard byteCount == text.utf8.count else { return false }
    var offset = 0
    for byte in text.utf8 {
      if octet(offset) != byte { return false }
      offset += 1
    }
    return true
  }

  /// Whether these bytes are those of an array from an offset on.
  func equals(_ bytes: [UInt8], at start: Int, count: Int) -> Bool {
    guard byteCount == count else { return false }
    for offset in 0..<count where octet(offset) != bytes[start + offset] { return false }
    return true
  }
}

/// Numbers for names: each distinct name gets the next one, for ever. For sets that are small and grow slowly
/// (namespaces of a cluster), never for objects.
struct ByteTable: Sendable {
  private var arena: [UInt8] = []
  private var places: [(start: UInt32, count: UInt32)] = []
  private var texts: [String] = []
  private var slots: [UInt32] = [UInt32](repeating: 0, count: 16)

  var count: Int { places.count }

  /// The name with this number.
  func text(_ number: UInt32) -> String { texts[Int(number)] }

  /// The number of a name that is known.
  func find(_ name: RawSpan) -> UInt32? {
    let slot = slots[place(of: name)]
    return slot == 0 ? nil : slot - 1
  }

  /// The number of a name, a new one if it is new.
  mutating func intern(_ name: RawSpan) -> UInt32 {
    let slot = place(of: name)
    if slots[slot] != 0 { return slots[slot] - 1 }
    let number = UInt32(places.count)
    places.append((UInt32(arena.count), UInt32(name.byteCount)))
    for offset in 0..<name.byteCount { arena.append(name.octet(offset)) }
    texts.append(String(decoding: arena[(arena.count - name.byteCount)...], as: UTF8.self))
    slots[slot] = number + 1
    if places.count * 4 > slots.count * 3 { grow() }
    return number
  }

  mutating func intern(_ name: String) -> UInt32 {
    let bytes = [UInt8](name.utf8)
    return intern(bytes.span.bytes)
  }

  private func place(of name: RawSpan) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: name.tableHash(seed: 0)) & mask
    while slots[slot] != 0 {
      let known = places[Int(slots[slot] - 1)]
      if name.equals(arena, at: Int(known.start), count: Int(known.count)) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func hash(_ number: Int) -> UInt64 {
    let known = places[number]
    let start = Int(known.start)
    return arena.span.bytes.extracting(start..<start + Int(known.count)).tableHash(seed: 0)
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    var larger = [UInt32](repeating: 0, count: mask + 1)
    for number in places.indices {
      var slot = Int(truncatingIfNeeded: hash(number)) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = UInt32(number) + 1
    }
    slots = larger
  }
}
