/// Images: all that is remembered, in pieces between what changes meanwhile, so that the journal can begin anew without
/// anybody waiting for it.
extension HubEngine {
  /// True: the frame of this batch begins an image. One that was under way is abandoned for it.
  mutating func beginImageIfWanted() -> Bool {
    guard journal.isImageWanted else { return false }
    journal.isImageWanted = false
    journal.forgetWritten()
    heldChildren.isTouched = true
    for index in feeds.indices {
      guard let feed = feeds[index] else { continue }
      feeds[index]?.interests.changed = feed.interests.numbers
      feeds[index]?.scopes.changed = feed.scopes.numbers
    }
    journal.image = .subscriptions(next: 0)
    return true
  }

  /// Writes a piece of the image that is under way. True: it was the last one.
  mutating func continueImage(_ writer: inout JournalEntryWriter, at now: EngineTime) -> Bool {
    let end = writer.count + JournalProgress.imageBytes
    while let cursor = journal.image {
      guard writer.count < end else { return false }
      switch cursor {
      case .subscriptions(let next): writeNextSubscription(from: next, &writer)
      case .items(let slot, let next): writeItems(of: slot, from: next, until: end, &writer)
      case .timers(let slot, let keys, let next):
        writeTimers(of: slot, keys, from: next, until: end, &writer, at: now)
      case .objects(let feed, let before): writeObjects(of: feed, before: before, until: end, &writer)
      }
      if journal.image == nil { return true }
    }
    return false
  }

  private mutating func writeNextSubscription(from next: UInt32, _ writer: inout JournalEntryWriter) {
    guard let slot = subscribers.firstInUse(from: next) else {
      journal.image = .objects(feed: 0, before: feeds.first.flatMap { $0?.store.count } ?? 0)
      return
    }
    if subscribers[slot].accepted != nil {
      subscribers[slot].write(slot, to: &writer)
      subscribers[slot].isJournaled = true
    }
    journal.image = .items(slot: slot, next: 0)
  }

  private mutating func writeItems(
    of slot: UInt32, from next: UInt32, until end: Int, _ writer: inout JournalEntryWriter
  ) {
    var next = next
    if subscribers.isInUse(slot), subscribers[slot].isJournaled {
      let slots = UInt32(subscribers[slot].queue.slotsHeld)
      if next < slots {
        writer.begin(.inSubscription)
        writer.number(slot)
      }
      while next < slots, writer.count < end {
        subscribers[slot].queue.write(next, to: &writer)
        next += 1
      }
      if next < slots {
        journal.image = .items(slot: slot, next: next)
        return
      }
      journal.image = .timers(slot: slot, keys: subscribers[slot].requeues.keys, next: 0)
      return
    }
    journal.image = .subscriptions(next: slot + 1)
  }

  private mutating func writeTimers(
    of slot: UInt32, _ keys: [ObjectKey], from next: Int, until end: Int, _ writer: inout JournalEntryWriter,
    at now: EngineTime
  ) {
    var next = next
    if subscribers.isInUse(slot), subscribers[slot].isJournaled, next < keys.count {
      writer.begin(.inSubscription)
      writer.number(slot)
      while next < keys.count, writer.count < end {
        subscribers[slot].requeues.write(keys[next], to: &writer, at: now)
        next += 1
      }
      if next < keys.count {
        journal.image = .timers(slot: slot, keys: keys, next: next)
        return
      }
    }
    journal.image = .subscriptions(next: slot + 1)
  }

  private mutating func writeObjects(
    of feed: Int, before: Int, until end: Int, _ writer: inout JournalEntryWriter
  ) {
    guard feed < feeds.count else {
      journal.image = nil
      return
    }
    var index = min(before, feeds[feed]?.store.count ?? 0)
    if index > 0 {
      writer.begin(.inFeed)
      writer.number(feed)
    }
    while index > 0, writer.count < end {
      index -= 1
      feeds[feed]?.logObject(at: index)
      if let log = feeds[feed]?.log { writer.append(log) }
      feeds[feed]?.log?.removeAll()
    }
    if index > 0 {
      journal.image = .objects(feed: feed, before: index)
    } else {
      let next = feed + 1
      journal.image = .objects(
        feed: next, before: next < feeds.count ? feeds[next]?.store.count ?? 0 : 0)
    }
  }
}
