import JSONScan

/// What the journal keeps of a feed: its objects, one entry for each that changed.
extension Feed {
  /// From now on changes are noted for the journal.
  mutating func keepLog() {
    log = JournalEntryWriter()
    interests.changed = []
    scopes.changed = []
  }

  /// The object at this place has changed, or is part of an image.
  mutating func logObject(at index: Int) {
    guard log != nil else { return }
    let record = store[index]
    log?.begin(.object)
    log?.number(record.namespace)
    log?.text(store.name(at: index))
    let flags = record.flags.subtracting(.formerEpoch)
    log?.byte((record.digests == 0 ? flags : flags.union(.hasDigests)).rawValue)
    log?.wide(record.uid)
    log?.number(record.version)
    if record.flags.contains(.opaqueUID) { log?.text(oddTexts[record.uid]) }
    if record.flags.contains(.opaqueVersion) { log?.text(oddTexts[record.version]) }
    log?.numbers(sets[record.matches])
    log?.numbers(sets[record.acknowledged])
    log?.owner(owners[record.owner])
    guard record.digests != 0 else { return }
    let known = digests[record.digests]
    log?.number(known.count)
    for digest in known {
      log?.number(digest.gate)
      log?.number(digest.value)
    }
  }

  /// The object at this place is about to be forgotten.
  mutating func logObjectGone(at index: Int) {
    guard log != nil else { return }
    log?.begin(.objectGone)
    log?.number(store[index].namespace)
    log?.text(store.name(at: index))
  }

  // MARK: Restoring

  /// An object as the journal kept it, in place of what was known under its name.
  mutating func restoreObject(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    let namespace = try reader.number32()
    let name = try reader.slice()
    var flags = ObjectRecord.Flags(rawValue: try reader.byte()).subtracting(.formerEpoch)
    let uid = try reader.wide()
    let version = try reader.number128()
    if !flags.contains(.opaqueVersion) { newest = max(newest, version) }
    let oddUID = flags.contains(.opaqueUID) ? try reader.text() : nil
    let oddVersion = flags.contains(.opaqueVersion) ? try reader.text() : nil
    let matches = try reader.numbers()
    let acknowledged = try reader.numbers()
    let owner = try reader.owner()
    let known = flags.remove(.hasDigests) == nil ? [] : try Self.digests(&reader)
    guard name.count <= ObjectStore.maxNameBytes, Self.isSet(matches), Self.isSet(acknowledged) else {
      throw reader.malformed
    }
    let text = reader.source.span.bytes.extracting(name)
    if let known = store.find(namespace: namespace, name: text) { drop(known) }
    let index = store.insert(
      ObjectRecord(uid: uid, version: version, flags: flags, namespace: namespace), name: text)
    if let oddUID { oddTexts.retain(oddUID, as: uid) }
    if let oddVersion { oddTexts.retain(oddVersion, as: version) }
    var record = store[index]
    record.matches = sets.retain(matches)
    record.acknowledged = sets.retain(acknowledged)
    record.owner = owner.map { owners.retain($0) } ?? 0
    record.digests = digests.store(known)
    store[index] = record
  }

  private static func digests(_ reader: inout JournalEntryReader) throws(JournalEntryError) -> [GateDigest] {
    var digests: [GateDigest] = []
    for _ in 0..<(try reader.count()) {
      digests.append(GateDigest(gate: try reader.number32(), value: try reader.number()))
    }
    return digests
  }

  mutating func restoreObjectGone(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    let namespace = try reader.number32()
    let name = try reader.slice()
    if let known = store.find(namespace: namespace, name: reader.source.span.bytes.extracting(name)) {
      drop(known)
    }
  }

  private static func isSet(_ numbers: [UInt32]) -> Bool {
    zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// Forgets what no interest or member stands for any more: its subscription could not be restored.
  mutating func forgetUnknown(members: Set<UInt32>) {
    for index in store.records.indices.reversed() {
      let record = store[index]
      let matches = sets[record.matches].filter { interests[$0] != nil }
      guard !matches.isEmpty else {
        drop(index)
        continue
      }
      let acknowledged = sets[record.acknowledged].filter { members.contains($0) }
      guard
        matches.count != sets[record.matches].count || acknowledged.count != sets[record.acknowledged].count
      else { continue }
      let numbers = (sets.retain(matches), sets.retain(acknowledged))
      sets.release(record.matches)
      sets.release(record.acknowledged)
      (store[index].matches, store[index].acknowledged) = numbers
    }
  }
}

extension JournalEntryWriter {
  mutating func owner(_ owner: OwnerReference?) {
    flag(owner != nil)
    guard let owner else { return }
    text(owner.apiVersion)
    text(owner.kind)
    text(owner.name)
    text(owner.uid)
  }
}

extension JournalEntryReader {
  mutating func owner() throws(JournalEntryError) -> OwnerReference? {
    guard try flag() else { return nil }
    return OwnerReference(apiVersion: try text(), kind: try text(), name: try text(), uid: try text())
  }
}
