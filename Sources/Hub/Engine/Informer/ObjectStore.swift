/// What is kept of one matching object: 64 bytes and its name. No labels, no body.
struct ObjectRecord: Sendable {
  /// `metadata.uid` as a number, or a hash of it if it is no UUID (then its text is kept aside).
  var uid: UInt128
  /// `metadata.resourceVersion` as a number, or a hash of it if it is opaque (then its text is kept aside).
  var version: UInt128
  fileprivate var nameStart: UInt32
  fileprivate var nameCount: UInt16
  /// See `Flags`.
  var flags: Flags
  /// The list that saw it last, to find what a relist did not mention (SEMANTICS 9).
  var mark: UInt8
  /// The number of its namespace in the engine's table.
  var namespace: UInt32
  /// The interned set of interests that it matches.
  var matches: UInt32
  /// The interned set of members (one per subscription) to whom its present incarnation was told successfully.
  var acknowledged: UInt32
  /// The interned controlling owner; 0 where none matters.
  var owner: UInt32
  /// The chain of what gates remember; 0 where none does.
  var digests: UInt32

  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// The version is no decimal number (KEP-5504): different only means changed.
    static let opaqueVersion = Flags(rawValue: 1)
    /// The uid is no canonical UUID.
    static let opaqueUID = Flags(rawValue: 2)
    /// The version is of the epoch before its feed's: the list that began the new one has not come to it yet. Not journaled,
    /// since that list is made again after a restart.
    static let formerEpoch = Flags(rawValue: 4)
    /// In the journal only: digests follow.
    static let hasDigests = Flags(rawValue: 8)
  }

  init(uid: UInt128, version: UInt128, flags: Flags, namespace: UInt32) {
    self.uid = uid
    self.version = version
    self.flags = flags
    self.namespace = namespace
    nameStart = 0
    nameCount = 0
    mark = 0
    matches = 0
    acknowledged = 0
    owner = 0
    digests = 0
  }
}

/// The matching objects of one resource: dense records, an open-addressed index over them and an arena of names.
/// Records move when others are removed: an index is good until the next removal.
struct ObjectStore: Sendable {
  /// Names are at most 253 bytes in Kubernetes; longer ones are refused by the decoder's caller.
  static let maxNameBytes = 1024

  private(set) var records: [ObjectRecord] = []
  private var arena: [UInt8] = []
  private var garbage = 0
  private var slots: [UInt32] = [UInt32](repeating: 0, count: 16)

  /// Smaller stores are not worth the work.
  private static let leastSlotsToShrink = 1024

  var count: Int { records.count }

  /// Bytes that it has asked for.
  var heldBytes: Int {
    records.capacity * MemoryLayout<ObjectRecord>.stride + arena.capacity
      + slots.capacity * MemoryLayout<UInt32>.stride
  }

  /// Where the object is, if it is known.
  func find(namespace: UInt32, name: RawSpan) -> Int? {
    let slot = slots[self.slot(namespace: namespace, name: name)]
    return slot == 0 ? nil : Int(slot) - 1
  }

  /// The name of a record.
  func name(at index: Int) -> String {
    let start = Int(records[index].nameStart)
    return String(decoding: arena[start..<start + Int(records[index].nameCount)], as: UTF8.self)
  }

  subscript(index: Int) -> ObjectRecord {
    get { records[index] }
    set {
      var record = newValue
      record.nameStart = records[index].nameStart
      record.nameCount = records[index].nameCount
      record.namespace = records[index].namespace
      records[index] = record
    }
  }

  /// Adds a record for an object that is not known, and returns where it is.
  mutating func insert(_ record: ObjectRecord, name: RawSpan) -> Int {
    var record = record
    record.nameStart = UInt32(arena.count)
    record.nameCount = UInt16(name.byteCount)
    // The buffer is read inside the closure only.
    name.withUnsafeBytes { arena.append(contentsOf: $0) }
    let slot = slot(namespace: record.namespace, name: name)
    records.append(record)
    slots[slot] = UInt32(records.count)
    if records.count * 4 > slots.count * 3 { rebuildSlots(count: slots.count * 2) }
    return records.count - 1
  }

  /// Removes a record; the last one takes its place.
  mutating func remove(at index: Int) {
    emptySlot(slotHolding(index))
    garbage += Int(records[index].nameCount)
    let last = records.count - 1
    if index != last {
      let slot = slotHolding(last)
      records[index] = records[last]
      slots[slot] = UInt32(index) + 1
    }
    records.removeLast()
    if garbage > 65_536, garbage * 2 > arena.count { compactArena() }
    if slots.count > Self.leastSlotsToShrink, records.count * 8 < slots.count { shrink() }
  }

  private func nameSpan<Result>(_ index: Int, _ body: (RawSpan) -> Result) -> Result {
    let start = Int(records[index].nameStart)
    return body(arena.span.bytes.extracting(start..<start + Int(records[index].nameCount)))
  }

  private func slot(namespace: UInt32, name: RawSpan) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: name.tableHash(seed: namespace)) & mask
    while slots[slot] != 0 {
      let record = records[Int(slots[slot]) - 1]
      if record.namespace == namespace,
        name.equals(arena, at: Int(record.nameStart), count: Int(record.nameCount))
      {
        return slot
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func home(_ index: Int) -> Int {
    let hash = nameSpan(index) { $0.tableHash(seed: records[index].namespace) }
    return Int(truncatingIfNeeded: hash) & (slots.count - 1)
  }

  private func slotHolding(_ index: Int) -> Int {
    let mask = slots.count - 1
    var slot = home(index)
    while slots[slot] != UInt32(index) + 1 { slot = (slot + 1) & mask }
    return slot
  }

  /// Empties a slot and moves back what was pushed past it (Knuth's algorithm R), so that no tombstones are needed.
  private mutating func emptySlot(_ emptied: Int) {
    let mask = slots.count - 1
    var hole = emptied
    var slot = emptied
    slots[hole] = 0
    while true {
      slot = (slot + 1) & mask
      guard slots[slot] != 0 else { return }
      let distanceFromHome = (slot - home(Int(slots[slot]) - 1)) & mask
      if distanceFromHome >= (slot - hole) & mask {
        slots[hole] = slots[slot]
        slots[slot] = 0
        hole = slot
      }
    }
  }

  private mutating func rebuildSlots(count: Int) {
    slots = [UInt32](repeating: 0, count: count)
    for index in records.indices {
      var slot = home(index)
      while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
      slots[slot] = UInt32(index) + 1
    }
  }

  /// Gives back what a larger store needed. Half of the new slots are free, so that it does not grow again at once.
  private mutating func shrink() {
    var fewer: [ObjectRecord] = []
    fewer.reserveCapacity(records.count)
    fewer.append(contentsOf: records)
    records = fewer
    compactArena()
    rebuildSlots(count: slots.count / 4)
  }

  private mutating func compactArena() {
    var packed: [UInt8] = []
    packed.reserveCapacity(arena.count - garbage)
    for index in records.indices {
      let start = Int(records[index].nameStart)
      records[index].nameStart = UInt32(packed.count)
      packed.append(contentsOf: arena[start..<start + Int(records[index].nameCount)])
    }
    arena = packed
    garbage = 0
  }
}
