/// How changes merge into a key (SEMANTICS 14): at most one delete, of the oldest incarnation that was ever
/// attempted, and after it one live state.
extension WorkItem {
  /// Bytes of the bodies it holds.
  var heldBytes: Int { (body?.bytes.count ?? 0) + (delete?.body?.count ?? 0) }

  /// Makes a change. Returns by how much it changed the bytes held.
  mutating func changeHeldBytes(by change: (inout WorkItem) -> Void) -> Int {
    let before = heldBytes
    change(&self)
    return heldBytes - before
  }

  /// Takes a change in. False if there was nothing to take.
  mutating func merge(_ change: KeyChange) -> Bool {
    switch change.what {
    case .live(let newBody):
      parts.insert(.live)
      body = newBody
      noteChange(of: .live)
      return true
    case .child(let newChild):
      parts.insert(.child)
      let owesEnd = child?.isGone ?? false
      child = newChild
      child?.token = change.token
      if owesEnd { child?.isGone = true }
      noteChange(of: .child)
      return true
    case .gone(let gone, let wasAcknowledged, let isTold):
      return end(gone, wasAcknowledged: wasAcknowledged, isTold: isTold)
    }
  }

  private mutating func end(_ gone: PendingDelete, wasAcknowledged: Bool, isTold: Bool) -> Bool {
    let wasLive = parts.contains(.live)
    parts.remove(.live)
    behind.remove(.live)
    body = nil
    // What came and went during the flight is no change to what was sent.
    if sent.contains(.live) { dirty.insert(.live) } else { dirty.remove(.live) }
    if !sent.isEmpty { hasLeftInFlight = true }
    let isKnown = wasAcknowledged || [attempted, delete?.incarnation.uid].contains(gone.incarnation.uid)
    guard isTold, isKnown else { return wasLive }
    // A delete that already waits is of an older incarnation, and this one was never attempted, since its turn comes
    // after that delete. Or it is of this one, which came back and went again: the last end is told, be it another
    // reason, unless the first is in flight.
    if let delete, delete.incarnation.uid != gone.incarnation.uid || sent.contains(.delete) { return wasLive }
    delete = gone
    parts.insert(.delete)
    noteChange(of: .delete)
    return true
  }

  private mutating func noteChange(of part: KeyParts) {
    if !sent.isEmpty { dirty.insert(part) }
  }

  /// A change begins the attempts again; the cause that is told is the strongest (SEMANTICS 15, 17).
  mutating func restamp(_ change: KeyChange, at now: EngineTime) {
    let new = Stamp(cause: change.cause, token: change.token, seen: now.wall, since: now.monotonic)
    if isUnderWay {
      nextStamp = nextStamp.map { Self.merged($0, new) } ?? new
    } else {
      // What never was told is gone again: that is no news about what else waits.
      if case .gone = change.what, !parts.contains(.delete) {
        if place == .reading { isReadOutdated = true }
        return
      }
      stamp = Self.merged(stamp, new)
      attempts = 0
      if place == .reading { isReadOutdated = true }
    }
  }

  /// A delivery of it waits for its answer.
  var isUnderWay: Bool {
    switch place {
    case .flight, .letterFlight: true
    default: false
    }
  }

  private static func merged(_ old: Stamp, _ new: Stamp) -> Stamp {
    var stamp = new.cause >= old.cause ? new : old
    stamp.seen = max(old.seen, new.seen)
    stamp.since = old.since
    return stamp
  }

  /// After an answer: what changed during the flight is now what waits. Where more than that waits (what was sent and
  /// failed, what waited behind it) it is told together, so the stronger cause of the two is told.
  mutating func finishFlight(isAcknowledged: Bool) {
    if let next = nextStamp {
      stamp = isAcknowledged && behind.isEmpty ? next : Self.merged(stamp, next)
      nextStamp = nil
    }
    sent = []
    dirty = []
    behind = []
    hasLeftInFlight = false
    isEdited = false
  }
}
