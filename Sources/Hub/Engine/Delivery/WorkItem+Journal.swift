/// What the journal keeps of a key: what is to be told, without bodies. What is in flight when the hub dies has had no
/// answer, so it is kept as if it had failed, and goes again under the same id (SEMANTICS 16, 36).
extension WorkItem {
  func write(to writer: inout JournalEntryWriter) {
    var kept = self
    if kept.isOutdated { kept.attempts = 0 }
    kept.finishFlight(isAcknowledged: false)
    writer.begin(.item)
    writer.key(key)
    writer.byte(kept.parts.rawValue)
    writer.flag(place == .parked)
    writer.number(kept.attempts)
    writer.number(kept.failures)
    writer.flag(kept.attempted != nil)
    if let attempted = kept.attempted { writer.wide(attempted) }
    writer.byte(kept.stamp.cause.rawValue)
    writer.text(kept.stamp.token)
    writer.signed(kept.stamp.seen)
    writer.flag(kept.delete != nil)
    if let delete = kept.delete { writer.delete(delete) }
    writer.flag(kept.child != nil)
    if let child = kept.child { writer.child(child) }
  }

  /// A key as it was kept; `isParked` tells where it goes.
  static func read(_ reader: inout JournalEntryReader) throws(JournalEntryError) -> WorkItem {
    let key = try reader.key()
    let parts = KeyParts(rawValue: try reader.byte())
    let isParked = try reader.flag()
    let attempts = try reader.count()
    let failures = try reader.count()
    let attempted = try reader.flag() ? try reader.wide() : nil
    guard let cause = Cause(rawValue: try reader.byte()) else { throw reader.malformed }
    let stamp = Stamp(cause: cause, token: try reader.text(), seen: try reader.signed(), since: 0)
    let place: Place = isParked ? .parked : cause.isStale ? .stale : .fresh
    var item = WorkItem(key: key, ticket: 0, place: place, stamp: stamp)
    if try reader.flag() { item.delete = try reader.delete() }
    if try reader.flag() { item.child = try reader.child() }
    guard !parts.isEmpty, parts.isSubset(of: [.live, .child, .delete]),
      !parts.contains(.delete) || item.delete != nil, !parts.contains(.child) || item.child != nil
    else { throw reader.malformed }
    item.parts = parts
    item.attempts = attempts
    item.failures = failures
    item.attempted = attempted
    item.isJournaled = true
    return item
  }
}

extension WorkQueue {
  /// Writes what changed since the last call.
  mutating func writeChanges(to writer: inout JournalEntryWriter) {
    guard let pending = changes, !pending.touched.isEmpty || !pending.removed.isEmpty else { return }
    changes = Changes()
    for key in pending.removed { writer.keyGone(key) }
    for slot in pending.touched { write(slot, to: &writer) }
  }

  /// Writes one key, if there is one in this slot.
  mutating func write(_ slot: UInt32, to writer: inout JournalEntryWriter) {
    guard let item = self[slot] else { return }
    let isKept = !item.isSpentInFlight
    if isKept {
      item.write(to: &writer)
    } else if item.isJournaled {
      writer.keyGone(item.key)
    }
    noteJournaled(slot, isKept)
  }
}

extension WorkItem {
  /// Nothing would be left of it if its delivery failed.
  fileprivate var isSpentInFlight: Bool { parts.isEmpty }
}

extension JournalEntryWriter {
  mutating func key(_ key: ObjectKey) {
    number(key.kind)
    text(key.namespace)
    text(key.name)
  }

  mutating func keyGone(_ key: ObjectKey) {
    begin(.itemGone)
    self.key(key)
  }

  mutating func delete(_ delete: PendingDelete) {
    wide(delete.incarnation.uid)
    text(delete.incarnation.uidText)
    text(delete.incarnation.version)
    flag(delete.incarnation.isComparable)
    number(delete.incarnation.epoch)
    flag(delete.reason == .left)
  }

  mutating func child(_ child: ChildChange) {
    owner(child.owner)
    text(child.childKind)
    wide(child.childUID)
    text(child.childVersion)
    text(child.token)
  }
}

extension JournalEntryReader {
  mutating func key() throws(JournalEntryError) -> ObjectKey {
    ObjectKey(kind: try number32(), namespace: try text(), name: try text())
  }

  mutating func delete() throws(JournalEntryError) -> PendingDelete {
    let incarnation = Incarnation(
      uid: try wide(), uidText: try text(), version: try text(), isComparable: try flag(),
      epoch: try number32())
    return PendingDelete(incarnation: incarnation, reason: try flag() ? .left : .deleted)
  }

  mutating func child() throws(JournalEntryError) -> ChildChange {
    guard let owner = try owner() else { throw malformed }
    return ChildChange(
      owner: owner, childKind: try text(), childUID: try wide(), childVersion: try text(),
      token: try text())
  }
}
