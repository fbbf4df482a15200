import JSONScan
import Kubernetes

/// Judging: one look at an object against what is known of it.
extension Feed {
  /// Judges one look at an object against what is known of it.
  mutating func judge(
    _ head: ObjectHead, _ sighting: Sighting, name: RawSpan, in text: RawSpan,
    into changes: inout [RoutedChange]
  ) {
    seen += 1
    if sighting.source != .caughtUp { touch(namespace: sighting.namespace, name: name) }
    if !sighting.flags.contains(.opaqueVersion) { newest = max(newest, sighting.version) }
    var index = store.find(namespace: sighting.namespace, name: name)
    if let found = index {
      let known = store[found]
      if sighting.source == .caughtUp, known.version != sighting.version { return }
      // A streamed list says its version only at its end; an object that is older than it was gives it away.
      if sighting.source == .listed, isOlder(sighting, than: known) { noteRestored() }
      if sighting.source == .watched, isOlder(sighting, than: known) { return }
      if known.uid != sighting.uid {
        // The same name with another uid is another object; the deletion of the first was not seen (SEMANTICS 9).
        if sighting.source == .deleted, isOlder(sighting, than: known) { return }
        remove(at: found, reason: .deleted, version: sighting, body: nil, into: &changes)
        index = nil
      }
    }
    if sighting.source == .deleted {
      guard let index else {
        explainMismatch(head, sighting, now: [], name: name, in: text)
        return
      }
      explainDelete(of: index, sighting)
      let body = wantsBody(index) ? body(of: head, in: text) : nil
      remove(at: index, reason: .deleted, version: sighting, body: body, into: &changes)
      return
    }
    let now =
      isHubsOwn(head, in: text) ? [] : interests.matching(head, in: text, namespace: sighting.namespace)
    explainMismatch(head, sighting, now: now, name: name, in: text)
    if index == nil, now.isEmpty { return }
    settle(head, sighting, now: now, at: index, name: name, in: text, into: &changes)
  }

  private func isOlder(_ sighting: Sighting, than record: ObjectRecord) -> Bool {
    !sighting.flags.contains(.opaqueVersion) && !record.flags.contains(.opaqueVersion)
      && sighting.version < record.version
  }

  /// An object that matches now, or did: tells each subscription with a stake in it, and keeps what is known.
  private mutating func settle(
    _ head: ObjectHead, _ sighting: Sighting, now: [UInt32], at index: Int?, name: RawSpan, in text: RawSpan,
    into changes: inout [RoutedChange]
  ) {
    let before = index.map { sets[store[$0].matches] } ?? []
    let isChanged = index.map { store[$0].version != sighting.version } ?? true
    if !isChanged, before == now {
      // Nothing new; the list has seen it.
      if let index {
        store[index].mark = 1
        store[index].flags.remove(.formerEpoch)
      }
      return
    }
    var judgement = Judgement(
      sighting: sighting, isChanged: isChanged,
      acknowledged: index.map { sets[store[$0].acknowledged] } ?? [],
      ownerBefore: index.flatMap { owners[store[$0].owner] },
      ownerNow: owner(of: head, in: text, now), childKind: resource.kind,
      incarnation: incarnation(of: sighting), sightings: seen, body: nil)
    let look = self.look(head, sighting, now: now, known: index.map { store[$0] }, in: text)
    let stakes = Stake.between(
      before: active(before, in: sighting.namespace), now: active(now, in: sighting.namespace),
      closed: look.closed, interests)
    if stakes.contains(where: \.wantsBody) { judgement.body = body(of: head, in: text) }
    let nameText = String(reading: name)
    explainGates(stakes, judgement, look, name: nameText)
    for stake in stakes { judgement.judge(stake, name: nameText, into: &changes) }
    keep(sighting, now: now, judgement: judgement, look.digests, at: index, name: name)
  }

  private mutating func keep(
    _ sighting: Sighting, now: [UInt32], judgement: Judgement, _ fresh: [GateDigest], at index: Int?,
    name: RawSpan
  ) {
    guard !now.isEmpty else {
      if let index { drop(index) }
      return
    }
    let place: Int
    if let index {
      place = index
    } else {
      place = store.insert(
        ObjectRecord(
          uid: sighting.uid, version: sighting.version, flags: sighting.flags, namespace: sighting.namespace),
        name: name)
      if let text = sighting.oddUID { oddTexts.retain(text, as: sighting.uid) }
    }
    if let text = sighting.oddVersion { oddTexts.retain(text, as: sighting.version) }
    var record = store[place]
    if index != nil, record.flags.contains(.opaqueVersion) { oddTexts.release(record.version) }
    let matches = sets.retain(now)
    let acknowledged = sets.retain(judgement.acknowledged.sorted())
    let owner = judgement.ownerNow.map { owners.retain($0) } ?? 0
    sets.release(record.matches)
    sets.release(record.acknowledged)
    owners.release(record.owner)
    if record.digests != 0 { digests.release(record.digests) }
    record.digests = fresh.isEmpty ? 0 : digests.store(fresh)
    record.version = sighting.version
    record.flags = sighting.flags
    record.matches = matches
    record.acknowledged = acknowledged
    record.owner = owner
    record.mark = 1
    store[place] = record
    logObject(at: place)
  }

  /// The controlling owner, if an interest that matches wants it.
  private func owner(of head: ObjectHead, in text: RawSpan, _ now: [UInt32]) -> OwnerReference? {
    guard now.contains(where: { interests[$0]?.role == .controller }),
      let reference = head.controllerReference(in: text),
      let apiVersion = reference.apiVersion.string(in: text), let kind = reference.kind.string(in: text),
      let name = reference.name.string(in: text)
    else { return nil }
    return OwnerReference(
      apiVersion: apiVersion, kind: kind, name: name, uid: reference.uid?.string(in: text) ?? "")
  }

  private func wantsBody(_ index: Int) -> Bool {
    sets[store[index].matches].contains { interests[$0]?.wantsBody ?? false }
  }

  static let partialKind = Array("PartialObjectMetadata".utf8)

  /// The object as a body; nil where only its metadata came, or it is too large to be kept.
  func body(of head: ObjectHead, in text: RawSpan) -> [UInt8]? {
    if let kind = head.kind, kind.equals(Self.partialKind, in: text) { return nil }
    guard head.object.end - head.object.start <= maxBodyBytes else { return nil }
    return bytes(of: head, in: text)
  }

  /// The object's bytes. Items of lists get their `kind` and `apiVersion` (SEMANTICS 22).
  private func bytes(of head: ObjectHead, in text: RawSpan) -> [UInt8] {
    let bytes = head.object.bytes(in: text)
    guard head.kind == nil || head.apiVersion == nil, bytes.first == UInt8(ascii: "{") else { return bytes }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("kind")
    writer.string(resource.kind)
    writer.key("apiVersion")
    writer.string(resource.groupVersion.apiVersion)
    writer.endObject()
    var result = writer.take()
    result.removeLast()
    result.append(UInt8(ascii: ","))
    result.append(contentsOf: bytes.dropFirst())
    return result
  }

  func incarnation(of sighting: Sighting) -> Incarnation {
    Incarnation(
      uid: sighting.uid, uidText: sighting.oddUID ?? UIDText.text(sighting.uid),
      version: sighting.oddVersion ?? sighting.version.decimal,
      isComparable: !sighting.flags.contains(.opaqueVersion), epoch: epoch)
  }
}
