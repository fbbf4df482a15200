/// Answers: what becomes of a key after its delivery, and when it goes again.
extension WorkQueue {
  /// The sink said yes. What changed since stays to be told. Returns the parts that were told.
  mutating func acknowledge(_ slot: UInt32) -> KeyParts {
    var told: KeyParts = []
    update(slot) { item in
      told = item.sent
      let done = item.sent.subtracting(item.dirty)
      item.parts.subtract(done)
      if done.contains(.delete) { item.delete = nil }
      if done.contains(.child) { item.child = nil }
      if item.sent.contains(.delete) || item.sent.contains(.live) { item.attempted = nil }
      if !item.parts.contains(.live) { item.body = nil }
      item.finishFlight(isAcknowledged: true)
      item.attempts = 0
      item.failures = 0
      item.isSuspect = false
    }
    guard let item = self[slot] else { return told }
    if item.parts.isEmpty {
      remove(slot, as: .settled)
    } else {
      letGo(slot)
    }
    return told
  }

  /// What was to be told now is held back by a gate, which counts as told (SEMANTICS 1). Not for a key in flight.
  mutating func gate(_ slot: UInt32, parts: KeyParts) {
    update(slot) { item in
      item.parts.subtract(parts)
      if parts.contains(.delete) { item.delete = nil }
      if parts.contains(.child) { item.child = nil }
      if parts.contains(.delete) || parts.contains(.live) { item.attempted = nil }
      if !item.parts.contains(.live) { item.body = nil }
      item.attempts = 0
      item.failures = 0
    }
    if self[slot]?.parts.isEmpty ?? true { remove(slot, as: .settled) } else { letGo(slot) }
  }

  /// It failed: again at `due`. Everything that was sent is still to be told, and what changed since replaces it.
  mutating func retry(_ slot: UInt32, at due: UInt64) -> Place? {
    failed(slot)
    guard let item = self[slot] else { return nil }
    if settleIfNothingLeft(slot) { return nil }
    move(slot, to: .backoff(due))
    return Place(slot: slot, ticket: item.ticket)
  }

  /// It failed because the sink did: at the end of its line, so that the sink is probed with another key.
  mutating func requeueAtEnd(_ slot: UInt32, isSuspect: Bool) {
    failed(slot)
    if settleIfNothingLeft(slot) { return }
    if isSuspect { update(slot) { $0.isSuspect = true } }
    letGo(slot)
  }

  /// It was rejected, or its retries are exhausted: kept until the next change, resync or edit. True if it is parked,
  /// false if a change during the flight sends it again at once.
  mutating func park(_ slot: UInt32) -> Bool {
    let changed = self[slot].map { !$0.dirty.isEmpty } ?? false
    failed(slot)
    if settleIfNothingLeft(slot) { return false }
    if changed { letGo(slot) } else { move(slot, to: .parked) }
    return !changed
  }

  private mutating func failed(_ slot: UInt32) {
    update(slot) { item in
      if !item.dirty.isEmpty { item.attempts = 0 }
      item.finishFlight(isAcknowledged: false)
      item.failures += 1
    }
  }

  /// A delete that is not told (a gate) may have emptied the key during its flight.
  private mutating func settleIfNothingLeft(_ slot: UInt32) -> Bool {
    guard self[slot]?.parts.isEmpty ?? true else { return false }
    remove(slot, as: .superseded)
    return true
  }

  /// A backoff is over, if it still is that one.
  mutating func wake(_ place: Place, at now: UInt64) {
    guard let item = item(at: place), case .backoff(let due) = item.place, due <= now else { return }
    letGo(place.slot)
  }

  /// All parked keys go again, with all their retries: the subscription was edited.
  mutating func unparkAll() {
    for slot in occupied {
      guard let item = self[slot], item.place == .parked else { continue }
      update(slot) { $0.attempts = 0 }
      letGo(slot)
    }
  }
}
