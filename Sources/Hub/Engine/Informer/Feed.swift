import JSONScan
import Kubernetes

/// One resource that is followed: its known objects and the interests in it. It judges what the reflector reports
/// and says, per subscription, what that changes. It asks nobody for anything.
struct Feed: Sendable {
  let resource: APIResource
  /// The number of the resource's group and kind.
  let kind: UInt32
  private(set) var store = ObjectStore()
  private(set) var owners = OwnerTable()
  private var sets = InterestSets()
  var interests = InterestIndex()
  /// Counts the times that the API server's versions began anew (SEMANTICS 8).
  private(set) var epoch: UInt32 = 0
  /// Objects seen, wanted or not.
  private(set) var seen = 0
  /// Objects that the watch touched since a catch-up list was asked for; nil while none runs.
  private(set) var touched: Set<TouchedObject>?
  /// Texts of uids and versions that are no numbers, by what stands for them in records.
  private var oddTexts: [UInt128: String] = [:]
  private var oddBytes = 0

  struct TouchedObject: Hashable, Sendable {
    var namespace: UInt32
    var name: String
  }

  init(resource: APIResource, kind: UInt32) {
    self.resource = resource
    self.kind = kind
  }

  // MARK: Looking up

  func record(namespace: UInt32, name: String) -> ObjectRecord? {
    let bytes = [UInt8](name.utf8)
    return store.find(namespace: namespace, name: bytes.span.bytes).map { store[$0] }
  }

  /// Which incarnation a record is of, as events tell it.
  func incarnation(_ record: ObjectRecord) -> Incarnation {
    let isOpaque = record.flags.contains(.opaqueVersion)
    return Incarnation(
      uid: record.uid,
      uidText: record.flags.contains(.opaqueUID) ? oddTexts[record.uid] ?? "" : UIDText.text(record.uid),
      version: isOpaque ? oddTexts[record.version] ?? "" : String(record.version),
      isComparable: !isOpaque, epoch: epoch)
  }

  func isAcknowledged(_ record: ObjectRecord, by member: UInt32) -> Bool {
    sets[record.acknowledged].contains(member)
  }

  /// Whether the subscription's own entries match the object itself.
  func isMatched(_ record: ObjectRecord, by subscription: UInt32) -> Bool {
    sets[record.matches].contains { number in
      interests[number].map { $0.subscription == subscription && $0.role == .object } ?? false
    }
  }

  /// The known objects that an interest of this subscription matches in this role: namespace and name.
  func known(to subscription: UInt32, role: Interest.Role) -> [(namespace: UInt32, index: Int)] {
    store.records.indices.compactMap { index in
      let record = store.records[index]
      let isKnown = sets[record.matches].contains { number in
        interests[number].map { $0.subscription == subscription && $0.role == role } ?? false
      }
      return isKnown ? (record.namespace, index) : nil
    }
  }

  /// The numbers of a subscription's interests, retired ones too.
  func numbers(of subscription: UInt32) -> [UInt32] {
    interests.numbers.filter { interests[$0]?.subscription == subscription }
  }

  /// How many subscriptions share this feed.
  var subscriptionCount: Int {
    Set(interests.numbers.compactMap { interests[$0].flatMap { $0.isRetired ? nil : $0.subscription } }).count
  }

  // MARK: Acknowledgements

  /// The object's present incarnation was told successfully. An incarnation that is gone is not found.
  mutating func acknowledge(namespace: UInt32, name: String, uid: UInt128, member: UInt32) {
    let bytes = [UInt8](name.utf8)
    guard let index = store.find(namespace: namespace, name: bytes.span.bytes), store[index].uid == uid else {
      return
    }
    setAcknowledged(adding: [member], removing: [], at: index)
  }

  /// Nothing of what this subscription knows counts as told any more: a new sink starts anew (SEMANTICS 28).
  mutating func forgetAcknowledgements(of member: UInt32) {
    for index in store.records.indices { setAcknowledged(adding: [], removing: [member], at: index) }
  }

  private mutating func setAcknowledged(adding: [UInt32], removing: [UInt32], at index: Int) {
    let old = sets[store[index].acknowledged]
    let new = old.filter { !removing.contains($0) } + adding.filter { !old.contains($0) }
    if new.count == old.count, removing.isEmpty || adding.isEmpty, new == old { return }
    let number = sets.retain(new.sorted())
    sets.release(store[index].acknowledged)
    store[index].acknowledged = number
  }

  // MARK: Judging

  /// Judges one look at an object against what is known of it.
  mutating func judge(
    _ head: ObjectHead, _ sighting: Sighting, name: RawSpan, in text: RawSpan,
    into changes: inout [RoutedChange]
  ) {
    seen += 1
    if sighting.source != .caughtUp { touch(namespace: sighting.namespace, name: name) }
    var index = store.find(namespace: sighting.namespace, name: name)
    if let found = index {
      let known = store[found]
      if sighting.source == .caughtUp, known.version != sighting.version { return }
      if sighting.source == .watched, isOlder(sighting, than: known) { return }
      if known.uid != sighting.uid {
        // The same name with another uid is another object; the deletion of the first was not seen (SEMANTICS 9).
        if sighting.source == .deleted, isOlder(sighting, than: known) { return }
        remove(at: found, reason: .deleted, version: sighting, body: nil, into: &changes)
        index = nil
      }
    }
    if sighting.source == .deleted {
      guard let index else { return }
      let body = wantsBody(index) ? bytes(of: head, in: text) : nil
      remove(at: index, reason: .deleted, version: sighting, body: body, into: &changes)
      return
    }
    let now = interests.matching(head, in: text, namespace: sighting.namespace)
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
      if let index { store[index].mark = 1 }
      return
    }
    var judgement = Judgement(
      sighting: sighting, isChanged: isChanged, isKnown: index != nil,
      acknowledged: index.map { sets[store[$0].acknowledged] } ?? [],
      ownerBefore: index.flatMap { owners[store[$0].owner] },
      ownerNow: owner(of: head, in: text, now), childKind: resource.kind,
      incarnation: incarnation(of: sighting), body: nil)
    let stakes = Stake.between(before: before, now: now, interests)
    if stakes.contains(where: \.wantsBody) { judgement.body = bytes(of: head, in: text) }
    let nameText = String(reading: name)
    for stake in stakes { judgement.judge(stake, name: nameText, into: &changes) }
    keep(sighting, now: now, judgement: judgement, at: index, name: name)
  }

  private mutating func keep(
    _ sighting: Sighting, now: [UInt32], judgement: Judgement, at index: Int?, name: RawSpan
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
      if let text = sighting.oddUID { keepOddText(text, sighting.uid) }
    }
    if let text = sighting.oddVersion { keepOddText(text, sighting.version) }
    var record = store[place]
    if record.flags.contains(.opaqueVersion), record.version != sighting.version {
      oddTexts[record.version] = nil
    }
    let matches = sets.retain(now)
    let acknowledged = sets.retain(judgement.acknowledged.sorted())
    let owner = judgement.ownerNow.map { owners.retain($0) } ?? 0
    sets.release(record.matches)
    sets.release(record.acknowledged)
    owners.release(record.owner)
    record.version = sighting.version
    record.flags = sighting.flags
    record.matches = matches
    record.acknowledged = acknowledged
    record.owner = owner
    record.mark = 1
    store[place] = record
  }

  private mutating func keepOddText(_ text: String, _ standIn: UInt128) { oddTexts[standIn] = text }

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
      version: sighting.oddVersion ?? String(sighting.version),
      isComparable: !sighting.flags.contains(.opaqueVersion), epoch: epoch)
  }

  // MARK: Removing

  /// The object is gone: everybody who knew it is told.
  private mutating func remove(
    at index: Int, reason: DeleteReason, version: Sighting, body: [UInt8]?, into changes: inout [RoutedChange]
  ) {
    let record = store[index]
    var incarnation = incarnation(record)
    incarnation.version = version.oddVersion ?? String(version.version)
    incarnation.isComparable = !version.flags.contains(.opaqueVersion)
    tellGone(record, name: store.name(at: index), incarnation, reason, body: body, into: &changes)
    drop(index)
  }

  private func tellGone(
    _ record: ObjectRecord, name: String, _ incarnation: Incarnation, _ reason: DeleteReason, body: [UInt8]?,
    into changes: inout [RoutedChange]
  ) {
    let acknowledged = sets[record.acknowledged]
    for stake in Stake.between(before: sets[record.matches], now: [], interests) {
      switch stake.role {
      case .object:
        let gone = PendingDelete(
          incarnation: incarnation, reason: reason, body: stake.wantsBody ? body : nil)
        let isTold = stake.operationsBefore.contains(.delete)
        changes.append(
          RoutedChange(
            subscription: stake.subscription, namespace: record.namespace,
            what: .gone(
              name: name, gone, wasAcknowledged: acknowledged.contains(stake.member), isTold: isTold),
            cause: .change))
        if !isTold {
          changes.append(
            RoutedChange(
              subscription: stake.subscription, namespace: record.namespace, what: .gated, cause: .change))
        }
      case .controller:
        guard let owner = owners[record.owner] else { continue }
        let child = ChildChange(
          owner: owner, childKind: resource.kind, childUID: record.uid, childVersion: incarnation.version)
        changes.append(
          RoutedChange(
            subscription: stake.subscription, namespace: record.namespace,
            what: stake.operationsBefore.contains(.delete) ? .child(child) : .gated, cause: .change))
      }
    }
  }

  private mutating func drop(_ index: Int) {
    let record = store[index]
    sets.release(record.matches)
    sets.release(record.acknowledged)
    owners.release(record.owner)
    if record.flags.contains(.opaqueUID) { oddTexts[record.uid] = nil }
    if record.flags.contains(.opaqueVersion) { oddTexts[record.version] = nil }
    store.remove(at: index)
  }

  // MARK: Lists

  /// A complete list begins: what it does not mention will be gone.
  mutating func beginList() {
    for index in store.records.indices { store[index].mark = 0 }
    for number in interests.numbers { interests[number]?.isInRunningList = true }
  }

  /// The list proves nothing (SEMANTICS 9).
  mutating func abortList() {
    for number in interests.numbers { interests[number]?.isInRunningList = false }
  }

  /// The list is complete: what it did not mention is gone; a delete found so carries the list's version.
  mutating func completeList(version: String, newEpoch: Bool, into changes: inout [RoutedChange]) {
    if newEpoch { epoch += 1 }
    let sighting = Sighting.ofVersion(version)
    for index in store.records.indices.reversed() where store.records[index].mark == 0 {
      remove(at: index, reason: .deleted, version: sighting, body: nil, into: &changes)
    }
    for number in interests.numbers where interests[number]?.isInRunningList ?? false {
      interests[number]?.isInRunningList = false
      interests[number]?.isCaughtUp = true
    }
    releaseRetired()
  }

  // MARK: Late interests (SEMANTICS 13)

  /// Interests that no complete list has been judged for.
  var hasLateInterests: Bool {
    interests.numbers.contains { number in
      interests[number].map { !$0.isCaughtUp && !$0.isRetired } ?? false
    }
  }

  /// A catch-up list is asked for: from now on the watch's own news is remembered, and wins over it.
  mutating func beginCatchUp() {
    touched = []
    for number in interests.numbers where !(interests[number]?.isCaughtUp ?? true) {
      interests[number]?.isInRunningList = true
    }
  }

  /// Whether the watch told of this object since the catch-up list was asked for.
  func wasTouched(namespace: UInt32, name: RawSpan) -> Bool {
    touched?.contains(TouchedObject(namespace: namespace, name: String(reading: name))) ?? false
  }

  mutating func completeCatchUp() {
    touched = nil
    for number in interests.numbers where interests[number]?.isInRunningList ?? false {
      interests[number]?.isInRunningList = false
      interests[number]?.isCaughtUp = true
    }
    releaseRetired()
  }

  mutating func abandonCatchUp() {
    touched = nil
    abortList()
  }

  private mutating func touch(namespace: UInt32, name: RawSpan) {
    guard touched != nil else { return }
    touched?.insert(TouchedObject(namespace: namespace, name: String(reading: name)))
  }

  // MARK: Leaving

  /// The subscription no longer follows this resource: what it knew has left it (SEMANTICS 28), or is simply
  /// forgotten when the subscription itself is gone.
  mutating func withdraw(_ numbers: [UInt32], tellsLeaving: Bool, into changes: inout [RoutedChange]) {
    for index in store.records.indices.reversed() {
      let record = store[index]
      let matches = sets[record.matches]
      let leaving = matches.filter { numbers.contains($0) }
      guard !leaving.isEmpty else { continue }
      if tellsLeaving { tellLeft(record, at: index, leaving, into: &changes) }
      let rest = matches.filter { !numbers.contains($0) }
      if rest.isEmpty {
        drop(index)
      } else {
        let number = sets.retain(rest)
        sets.release(record.matches)
        store[index].matches = number
      }
    }
    for number in numbers { interests.release(number) }
  }

  private func tellLeft(
    _ record: ObjectRecord, at index: Int, _ leaving: [UInt32], into changes: inout [RoutedChange]
  ) {
    for stake in Stake.between(before: leaving, now: [], interests) where stake.role == .object {
      let gone = PendingDelete(incarnation: incarnation(record), reason: .left, body: nil)
      changes.append(
        RoutedChange(
          subscription: stake.subscription, namespace: record.namespace,
          what: .gone(
            name: store.name(at: index), gone, wasAcknowledged: isAcknowledged(record, by: stake.member),
            isTold: stake.operationsBefore.contains(.delete)),
          cause: .change))
    }
  }

  /// Frees the numbers of a member after its last interest is withdrawn.
  mutating func releaseMember(_ member: UInt32) {
    forgetAcknowledgements(of: member)
    interests.release(member)
  }

  private mutating func releaseRetired() {
    for number in interests.numbers where interests[number]?.isRetired ?? false {
      if !sets.anyContains(number) { interests.release(number) }
    }
  }
}

extension String {
  /// The text of a span of valid UTF-8.
  init(reading span: RawSpan) {
    // The buffer is read inside the closure only.
    self = span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
