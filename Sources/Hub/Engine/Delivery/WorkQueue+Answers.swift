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
    let changed = self[slot]?.isOutdated ?? false
    failed(slot)
    if settleIfNothingLeft(slot) { return false }
    if changed { letGo(slot) } else { move(slot, to: .parked) }
    return !changed
  }

  private mutating func failed(_ slot: UInt32) {
    update(slot) { item in
      if item.isOutdated { item.attempts = 0 }
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

  /// The subscription was edited: all parked keys go again, with all their retries, and so do those whose failure is not yet
  /// told to the dead letter sink. A no to what is under way sends it again too.
  mutating func edited() {
    unparkAll()
    for slot in occupied where self[slot]?.isUnderWay ?? false { update(slot) { $0.isEdited = true } }
  }

  /// All parked keys go again, with all their retries, and so do those whose failure is not yet told to the dead letter sink.
  mutating func unparkAll() {
    for slot in occupied {
      guard let item = self[slot], item.place == .parked || (item.letter != nil && !item.isUnderWay) else {
        continue
      }
      update(slot) { item in
        item.attempts = 0
        item.letter = nil
        // The journal may still have it parked.
        item.awaitsJournal = true
      }
      if item.place == .parked || item.place == .letter { letGo(slot) }
    }
  }

  /// It goes to another sink than before, which no key has made fail.
  mutating func forgetSuspicions() {
    for slot in occupied where self[slot]?.isSuspect ?? false { update(slot) { $0.isSuspect = false } }
  }

  // MARK: Dead letters

  /// It was rejected, or its retries are exhausted, which the dead letter sink is to hear. True if it is so; false if a
  /// change during the flight sends it again at once.
  mutating func write(_ letter: DeadLetter, about slot: UInt32) -> Bool {
    let changed = self[slot]?.isOutdated ?? false
    failed(slot)
    if settleIfNothingLeft(slot) { return false }
    if !changed { update(slot) { $0.letter = letter } }
    letGo(slot)
    return !changed
  }

  /// The letter is sent.
  mutating func sentLetter(_ slot: UInt32, as delivery: DeliveryID, parts: KeyParts) {
    update(slot) { item in
      item.sent = parts
      item.dirty = []
      item.behind = item.parts.subtracting(parts)
      item.hasLeftInFlight = false
      item.letter?.attempts += 1
    }
    move(slot, to: .letterFlight(delivery))
  }

  /// The letter was taken, or given up. True if the key is parked; false if a change during the flight sends it again.
  mutating func endLetter(_ slot: UInt32) -> Bool {
    let changed = endLetterFlight(slot)
    update(slot) { $0.letter = nil }
    if settleIfNothingLeft(slot) { return false }
    if changed { letGo(slot) } else { move(slot, to: .parked) }
    return !changed
  }

  /// The letter was not taken: again at `due`, or at its turn. A change during the flight is told instead.
  mutating func retryLetter(_ slot: UInt32, at due: UInt64?) -> Place? {
    if endLetterFlight(slot) { update(slot) { $0.letter = nil } }
    if settleIfNothingLeft(slot) { return nil }
    guard let item = self[slot], item.letter != nil, let due else {
      letGo(slot)
      return nil
    }
    move(slot, to: .backoff(due))
    return Place(slot: slot, ticket: item.ticket)
  }

  private mutating func endLetterFlight(_ slot: UInt32) -> Bool {
    let changed = self[slot]?.isOutdated ?? false
    update(slot) { item in
      if changed { item.attempts = 0 }
      item.finishFlight(isAcknowledged: false)
    }
    return changed
  }
}
