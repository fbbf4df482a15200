import JSONScan
import Kubernetes

/// What a feed saw and told a subscription nothing of, until it is fetched.
struct UntoldNote: Sendable {
  var subscription: UInt32
  var namespace: UInt32
  var name: String
  var sight: Untold.Sight
  var reason: Untold.Reason
}

/// Explaining: why what was seen is not told. Costs one test of an optional where nobody asks.
extension Feed {
  mutating func takeUntold() -> [UntoldNote] {
    guard let notes = untold, !notes.isEmpty else { return [] }
    untold = []
    return notes
  }

  /// Subscriptions none of whose entries match the object: why the first of them does not.
  mutating func explainMismatch(
    _ head: ObjectHead, _ sighting: Sighting, now: [UInt32], name: RawSpan, in text: RawSpan
  ) {
    guard untold != nil else { return }
    let known = store.find(namespace: sighting.namespace, name: name)
    let before = known.map { active(sets[store[$0].matches], in: sighting.namespace) } ?? []
    var settled = Set(
      (active(now, in: sighting.namespace) + before).compactMap { interests[$0]?.subscription })
    var controller = ControllerLook.unread
    let isOwn = isHubsOwn(head, in: text)
    for number in interests.numbers {
      guard let interest = interests[number], !interest.isRetired,
        settled.insert(interest.subscription).inserted
      else { continue }
      let reason =
        if let own = interest.namespace, own != sighting.namespace { Untold.Reason.otherNamespace } else {
          isOwn
            ? .hubsOwn
            : interest.mismatch(head, &controller, in: text)
              ?? (isActive(number, in: sighting.namespace) ? nil : .namespaceNotSelected)
        }
      if let reason { note(reason, interest.subscription, sighting, name: String(reading: name)) }
    }
  }

  /// Subscriptions that follow the object and are not told of this.
  mutating func explainGates(_ stakes: [Stake], _ judgement: Judgement, _ look: GateLook, name: String) {
    guard untold != nil else { return }
    for stake in stakes {
      let isManagers = look.closedByManagers.contains { interests[$0]?.subscription == stake.subscription }
      if let reason = judgement.untold(stake, isMadeByIgnored: isManagers) {
        note(reason, stake.subscription, judgement.sighting, name: name)
      }
    }
  }

  /// An object is gone, and some who followed it do not want to know.
  mutating func explainDelete(of index: Int, _ sighting: Sighting) {
    guard untold != nil else { return }
    let before = active(sets[store[index].matches], in: sighting.namespace)
    for stake in Stake.between(before: before, now: [], interests)
    where !stake.operationsBefore.contains(.delete) {
      note(.operation("Delete"), stake.subscription, sighting, name: store.name(at: index))
    }
  }

  private mutating func note(
    _ reason: Untold.Reason, _ subscription: UInt32, _ sighting: Sighting, name: String
  ) {
    let sight: Untold.Sight =
      switch sighting.source {
      case .listed, .caughtUp: .listed
      case .watched: .changed
      case .deleted: .deleted
      }
    untold?.append(
      UntoldNote(
        subscription: subscription, namespace: sighting.namespace, name: name, sight: sight, reason: reason))
  }
}

extension Judgement {
  /// Why a subscription that follows the object is not told; nil if it is, or if nothing has changed.
  func untold(_ stake: Stake, isMadeByIgnored: Bool) -> Untold.Reason? {
    switch (stake.was, stake.now) {
    case (false, true):
      if isSilent(stake) { return .existedBefore }
      return stake.operationsNow.contains(.add) ? nil : .operation("Add")
    case (true, true):
      // The key of a child is its controller's, which may be another now: that is told in any case.
      let isMoved = stake.role == .controller && ownerBefore != ownerNow
      guard isChanged, !stake.tellsUpdate else { return nil }
      guard stake.operationsNow.contains(.update) else { return .operation("Update") }
      if isMoved { return nil }
      return isMadeByIgnored ? .ignoredManagers : .unchanged
    case (true, false): return stake.operationsBefore.contains(.delete) ? nil : .operation("Delete")
    case (false, false): return nil
    }
  }
}
