import Kubernetes

/// Remembering: what a batch changed becomes one frame of the journal (SEMANTICS 36). A feed's version stands in the same
/// frame as all that it caused, or in a later one.
extension HubEngine {
  mutating func writeJournal(at now: EngineTime) {
    guard configuration.keepsJournal, hasBegun else { return }
    var writer = JournalEntryWriter()
    let beginsImage = beginImageIfWanted()
    writeTables(&writer)
    writeFeeds(&writer, at: now)
    writeSubscriptions(&writer, at: now)
    writeHeld(&writer)
    let completesImage = continueImage(&writer, at: now)
    guard !writer.isEmpty || beginsImage || completesImage else { return }
    let frame = JournalFrame(
      entries: writer.bytes, beginsImage: beginsImage, completesImage: completesImage)
    effects.insert(.journal(frame), at: 0)
  }

  // MARK: Tables

  private mutating func writeTables(_ writer: inout JournalEntryWriter) {
    if !journal.isClusterWritten, let uid = cluster.uid {
      journal.isClusterWritten = true
      writer.begin(.cluster)
      writer.text(uid)
    }
    if journal.newestEpoch != newestEpoch {
      journal.newestEpoch = newestEpoch
      writer.begin(.epoch)
      writer.number(newestEpoch)
    }
    while journal.namespaces < namespaces.count {
      writer.begin(.namespace)
      writer.number(journal.namespaces)
      writer.text(namespaces.text(UInt32(journal.namespaces)))
      journal.namespaces += 1
    }
    guard
      journal.kinds < kinds.count || journal.followedVersions.count < followedVersions.count
        || journal.followedVersions != followedVersions
    else { return }
    for number in 0..<kinds.count {
      let version = followedVersions[UInt32(number)]
      guard number >= journal.kinds || version != journal.followedVersions[UInt32(number)] else { continue }
      writer.begin(.kind)
      writer.number(number)
      writer.text(kinds[UInt32(number)].group)
      writer.text(kinds[UInt32(number)].kind)
      writer.text(version ?? "")
    }
    journal.kinds = kinds.count
    journal.followedVersions = followedVersions
  }

  // MARK: Feeds

  private mutating func writeFeeds(_ writer: inout JournalEntryWriter, at now: EngineTime) {
    for index in feeds.indices {
      if let known = journal.feeds[index], known.serial != feeds[index]?.serial {
        writer.begin(.feedGone)
        writer.number(index)
        journal.feeds[index] = nil
      }
      writeFeed(index, &writer, at: now)
    }
  }

  private mutating func writeFeed(_ index: Int, _ writer: inout JournalEntryWriter, at now: EngineTime) {
    guard let feed = feeds[index] else { return }
    let head = JournalProgress.FeedHead(
      serial: feed.serial, epoch: feed.epoch, version: reflectors[index]?.machine.version)
    let isNew = journal.feeds[index] == nil
    if isNew { write(feed.resource, kind: feed.kind, number: index, &writer) }
    let hasChanges = feed.log.map { !$0.isEmpty } ?? false
    let hasInterests =
      !(feed.interests.changed ?? []).isEmpty || !(feed.scopes.changed ?? []).isEmpty
    if hasChanges || hasInterests {
      writer.begin(.inFeed)
      writer.number(index)
      writeScopes(of: index, &writer)
      writeInterests(of: index, &writer)
      if let log = feed.log { writer.append(log) }
      feeds[index]?.log?.removeAll()
    }
    guard isNew || head != journal.feeds[index] else { return }
    let isTime = now.monotonic >= (journal.versionsWrittenAt[index] ?? 0)
    guard isNew || hasChanges || hasInterests || head.epoch != journal.feeds[index]?.epoch || isTime else {
      return
    }
    journal.versionsWrittenAt[index] = now.monotonic + JournalProgress.versionInterval
    journal.feeds[index] = head
    writer.begin(.feedVersion)
    writer.number(index)
    writer.number(head.epoch)
    writer.flag(head.version != nil)
    if let version = head.version { writer.text(version) }
  }

  private func write(
    _ resource: APIResource, kind: UInt32, number: Int, _ writer: inout JournalEntryWriter
  ) {
    writer.begin(.feed)
    writer.number(number)
    writer.number(kind)
    writer.text(resource.groupVersion.group)
    writer.text(resource.groupVersion.version)
    writer.text(resource.kind)
    writer.text(resource.plural)
    writer.flag(resource.namespaced)
    writer.number(resource.verbs.count)
    for verb in resource.verbs { writer.text(verb) }
  }

  private mutating func writeInterests(of index: Int, _ writer: inout JournalEntryWriter) {
    guard let changed = feeds[index]?.interests.changed, !changed.isEmpty else { return }
    feeds[index]?.interests.changed = []
    for number in Set(changed).sorted() {
      if let interest = feeds[index]?.interests[number] {
        interest.write(number, to: &writer)
      } else {
        writer.begin(.interestGone)
        writer.number(number)
      }
    }
  }

  private mutating func writeScopes(of index: Int, _ writer: inout JournalEntryWriter) {
    guard let scopes = feeds[index]?.scopes, let changed = scopes.changed, !changed.isEmpty else { return }
    feeds[index]?.scopes.changed = []
    let used = Set(scopes.numbers)
    for number in Set(changed).sorted() where used.contains(number) {
      writer.begin(.scope)
      writer.number(number)
      writer.numbers(scopes.active(in: number))
    }
  }

  // MARK: Subscriptions

  private mutating func writeSubscriptions(_ writer: inout JournalEntryWriter, at now: EngineTime) {
    let changes = subscribers.takeChanges()
    for slot in changes.removed {
      writer.begin(.subscriptionGone)
      writer.number(slot)
    }
    for slot in changes.modified where subscribers.isInUse(slot) {
      writeSubscription(slot, &writer, at: now)
    }
    // What was written down is no news.
    _ = subscribers.takeChanges()
  }

  private mutating func writeSubscription(
    _ slot: UInt32, _ writer: inout JournalEntryWriter, at now: EngineTime
  ) {
    if subscribers[slot].isTouched, subscribers[slot].accepted != nil {
      subscribers[slot].write(slot, to: &writer)
      subscribers[slot].isTouched = false
      subscribers[slot].isJournaled = true
    }
    let hasKeys = subscribers[slot].queue.changes.map { !$0.touched.isEmpty || !$0.removed.isEmpty } ?? false
    let hasTimers = subscribers[slot].requeues.changed.map { !$0.isEmpty } ?? false
    guard hasKeys || hasTimers else { return }
    writer.begin(.inSubscription)
    writer.number(slot)
    subscribers[slot].queue.writeChanges(to: &writer)
    subscribers[slot].requeues.writeChanges(to: &writer, at: now)
  }

  private mutating func writeHeld(_ writer: inout JournalEntryWriter) {
    guard heldChildren.isTouched else { return }
    heldChildren.isTouched = false
    let all = heldChildren.all
    writer.begin(.held)
    writer.number(all.count)
    for (groupVersion, change) in all {
      guard case .child(let child) = change.what else { continue }
      writer.text(groupVersion.apiVersion)
      writer.number(change.subscription)
      writer.number(change.namespace)
      writer.byte(change.cause.rawValue)
      writer.text(change.token)
      writer.child(child)
    }
  }
}
