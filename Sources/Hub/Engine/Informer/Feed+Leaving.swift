import Kubernetes

/// Leaving: an object is gone, or a subscription no longer follows the resource.
extension Feed {
  /// The object is gone: everybody who knew it is told.
  mutating func remove(
    at index: Int, reason: DeleteReason, version: Sighting, body: [UInt8]?, into changes: inout [RoutedChange]
  ) {
    let record = store[index]
    var incarnation = incarnation(record)
    incarnation.version = version.oddVersion ?? version.version.decimal
    incarnation.isComparable = !version.flags.contains(.opaqueVersion)
    incarnation.epoch = epoch
    tellGone(record, name: store.name(at: index), incarnation, reason, body: body, into: &changes)
    drop(index)
  }

  private func tellGone(
    _ record: ObjectRecord, name: String, _ incarnation: Incarnation, _ reason: DeleteReason, body: [UInt8]?,
    into changes: inout [RoutedChange]
  ) {
    let acknowledged = sets[record.acknowledged]
    let before = active(sets[record.matches], in: record.namespace)
    for stake in Stake.between(before: before, now: [], interests) {
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
          owner: owner, childKind: resource.kind, childUID: record.uid, childVersion: incarnation.distinction,
          isGone: true)
        changes.append(
          RoutedChange(
            subscription: stake.subscription, namespace: record.namespace,
            what: stake.operationsBefore.contains(.delete) ? .child(child) : .gated, cause: .change))
      }
    }
  }

  mutating func drop(_ index: Int) {
    logObjectGone(at: index)
    let record = store[index]
    sets.release(record.matches)
    sets.release(record.acknowledged)
    owners.release(record.owner)
    digests.release(record.digests)
    if record.flags.contains(.opaqueUID) { oddTexts.release(record.uid) }
    if record.flags.contains(.opaqueVersion) { oddTexts.release(record.version) }
    store.remove(at: index)
  }

  /// The subscription no longer follows this resource: what it knew has left it (SEMANTICS 28), or is simply
  /// forgotten when the subscription itself is gone.
  mutating func withdraw(
    _ numbers: [UInt32], tellsLeaving: Bool, token: String, into changes: inout [RoutedChange]
  ) {
    for index in store.records.indices.reversed() {
      let record = store[index]
      let matches = sets[record.matches]
      guard matches.contains(where: { numbers.contains($0) }) else { continue }
      let leaving = matches.filter { numbers.contains($0) }
      if tellsLeaving { tellLeft(record, at: index, leaving, token, into: &changes) }
      let rest = matches.filter { !numbers.contains($0) }
      if rest.isEmpty {
        drop(index)
      } else {
        let number = sets.retain(rest)
        sets.release(record.matches)
        store[index].matches = number
        logObject(at: index)
      }
    }
    for number in numbers { release(number) }
  }

  private func tellLeft(
    _ record: ObjectRecord, at index: Int, _ leaving: [UInt32], _ token: String,
    into changes: inout [RoutedChange]
  ) {
    for stake in Stake.between(before: active(leaving, in: record.namespace), now: [], interests) {
      let isTold = stake.operationsBefore.contains(.delete)
      let what: RoutedChange.What
      switch stake.role {
      case .object:
        let gone = PendingDelete(incarnation: incarnation(record), reason: .left, body: nil)
        what = .gone(
          name: store.name(at: index), gone, wasAcknowledged: isAcknowledged(record, by: stake.member),
          isTold: isTold)
      case .controller:
        guard isTold, var child = child(of: record) else { continue }
        child.isGone = true
        what = .child(child)
      }
      changes.append(
        RoutedChange(
          subscription: stake.subscription, namespace: record.namespace, what: what, cause: .change,
          token: token + stake.role.leavingMark))
    }
  }

  /// Frees the numbers of a member after its last interest is withdrawn.
  mutating func releaseMember(_ member: UInt32) {
    forgetAcknowledgements(of: member)
    interests.release(member)
  }

  mutating func releaseRetired() {
    for number in interests.retired where !sets.anyContains(number) { release(number) }
  }

  private mutating func release(_ number: UInt32) {
    if let scope = interests[number]?.scope { scopes.release(scope) }
    interests.release(number)
  }
}
