/// What the journal keeps of timers: when they are due and when that was written, by the wall clock; a clock that has jumped
/// back by the time they are read makes none of them later than it was (SEMANTICS 25).
extension RequeueTable {
  mutating func writeChanges(to writer: inout JournalEntryWriter, at now: EngineTime) {
    guard let pending = changed, !pending.isEmpty else { return }
    changed = []
    var seen: Set<ObjectKey> = []
    for key in pending where seen.insert(key).inserted { write(key, to: &writer, at: now) }
  }

  func write(_ key: ObjectKey, to writer: inout JournalEntryWriter, at now: EngineTime) {
    guard let timer = self[key] else {
      writer.begin(.timerGone)
      writer.key(key)
      return
    }
    writer.begin(.timer)
    writer.key(key)
    writer.text(timer.uid)
    writer.signed(timer.dueWall)
    // What remained when it was written, and when that was.
    writer.number(timer.due - min(timer.due, now.monotonic))
    writer.signed(now.wall)
    writer.flag(timer.child != nil)
    if let child = timer.child { writer.child(child) }
  }
}

/// A timer as the journal keeps it.
struct JournaledTimer: Sendable {
  var uid: String
  var dueWall: Int64
  var remaining: UInt64
  var writtenWall: Int64
  var child: ChildChange?

  init(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    uid = try reader.text()
    dueWall = try reader.signed()
    remaining = min(try reader.number(), RequeueTable.longest)
    writtenWall = try reader.signed()
    if try reader.flag() { child = try reader.child() }
  }

  /// The timer again: what is left of it, but never more than remained when it was written.
  func restored(at now: EngineTime) -> RequeueTable.Timer {
    let passed = now.wall > writtenWall ? UInt64(now.wall &- writtenWall) : 0
    let left = remaining - min(remaining, passed)
    return RequeueTable.Timer(uid: uid, due: now.monotonic + left, dueWall: dueWall, child: child)
  }
}
