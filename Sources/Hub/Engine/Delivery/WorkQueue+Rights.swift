/// Rights that are denied: what waits is forgotten, but what tells of an end to somebody who knew of its beginning, for
/// that could not be found again when they are given back (SEMANTICS 15, 29).
extension WorkQueue {
  /// Forgets all keys that can be told anew. Returns how many.
  mutating func forgetUnowed() -> Int {
    occupied.reduce(0) { $0 + (forgetUnowed($1) ? 1 : 0) }
  }

  /// Forgets what of the key can be told anew; true if that was all of it. What is under way stays until it is answered.
  mutating func forgetUnowed(_ slot: UInt32) -> Bool {
    guard let item = self[slot], item.sent.isEmpty else { return false }
    var owed: KeyParts = []
    if item.parts.contains(.delete) { owed.insert(.delete) }
    // Attempted and never acknowledged: only its key in line remembers that its end must be told.
    if item.attempted != nil, owed.isEmpty { owed.formUnion(item.parts.intersection(.live)) }
    if item.child?.isGone ?? false { owed.insert(.child) }
    owed.formIntersection(item.parts)
    if owed.isEmpty {
      remove(slot, as: .forgotten)
      return true
    }
    update(slot) { item in
      item.parts = owed
      // Made while nobody may see it, perhaps.
      item.body = nil
      item.delete?.body = nil
      if !owed.contains(.child) { item.child = nil }
    }
    return false
  }

  /// The same for one key.
  mutating func forgetUnowed(_ key: ObjectKey) -> Bool { slot(of: key).map { forgetUnowed($0) } ?? false }
}
