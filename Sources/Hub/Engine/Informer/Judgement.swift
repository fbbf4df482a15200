/// One look at one object: what it means for each subscription with a stake in it (SEMANTICS 1, 5, 15).
struct Judgement: Sendable {
  let sighting: Sighting
  /// The version differs from the known one.
  let isChanged: Bool
  /// The members that know the present incarnation; becomes what is kept.
  var acknowledged: [UInt32]
  let ownerBefore: OwnerReference?
  let ownerNow: OwnerReference?
  let childKind: String
  let incarnation: Incarnation
  /// Counts the feed's sightings: an opaque version may come back (seen newer in a list, older and newer again on the
  /// watch), and what is told of it then is another event.
  let sightings: Int
  var body: [UInt8]?

  mutating func judge(_ stake: Stake, name: String, into changes: inout [RoutedChange]) {
    switch stake.role {
    case .object: judgeObject(stake, name: name, into: &changes)
    case .controller: judgeChild(stake, into: &changes)
    }
  }

  private mutating func judgeObject(_ stake: Stake, name: String, into changes: inout [RoutedChange]) {
    let held = HeldBody(
      bytes: body ?? [], version: sighting.version, isComparable: incarnation.isComparable)
    let live = RoutedChange.What.live(name: name, body: stake.wantsBody && body != nil ? held : nil)
    switch (stake.was, stake.now) {
    case (false, true):
      if isSilent(stake) {
        count(asTold: stake)
      } else if stake.operationsNow.contains(.add) {
        tell(live, cause(of: stake), stake, token: enteringToken(stake), &changes)
      } else {
        // An add that is gated counts as told, so that what follows is an update.
        count(asTold: stake)
        tell(.gated, .change, stake, &changes)
      }
    case (true, true):
      guard isChanged else { return }
      tell(stake.tellsUpdate ? live : .gated, .change, stake, &changes)
    case (true, false):
      let gone = PendingDelete(incarnation: incarnation, reason: .left, body: stake.wantsBody ? body : nil)
      let isTold = stake.operationsBefore.contains(.delete)
      let wasAcknowledged = acknowledged.contains(stake.member)
      acknowledged.removeAll { $0 == stake.member }
      tell(
        .gone(name: name, gone, wasAcknowledged: wasAcknowledged, isTold: isTold), .change, stake,
        token: leavingToken(stake), &changes)
      if !isTold { tell(.gated, .change, stake, &changes) }
    case (false, false):
      break
    }
  }

  /// `operations` judge the child; the old and the new controller are both told when it changes.
  private func judgeChild(_ stake: Stake, into changes: inout [RoutedChange]) {
    let operation: OperationSet
    let operations: OperationSet
    switch (stake.was, stake.now) {
    case (false, true): (operation, operations) = (.add, stake.operationsNow)
    case (true, true): (operation, operations) = (.update, stake.operationsNow)
    case (true, false): (operation, operations) = (.delete, stake.operationsBefore)
    case (false, false): return
    }
    if operation == .update, !isChanged { return }
    if operation == .add, isSilent(stake) { return }
    // For the keys of two controllers the child leaves one and enters the other, which no value of its own gates.
    let isMoved = stake.was && stake.now && ownerBefore != ownerNow
    guard operations.contains(operation), operation != .update || stake.tellsUpdate || isMoved else {
      tell(.gated, .change, stake, &changes)
      return
    }
    let cause = operation == .add ? cause(of: stake) : .change
    let token =
      switch operation {
      case .add: enteringToken(stake)
      case .delete: leavingToken(stake)
      default: ""
      }
    // The old one first: where both are one key (an owner made anew, or under another version), the new one is told.
    if stake.was, let ownerBefore, !stake.now || ownerBefore != ownerNow {
      tell(.child(child(of: ownerBefore, isGone: true)), .change, stake, token: token, &changes)
    }
    if stake.now, let ownerNow { tell(.child(child(of: ownerNow)), cause, stake, token: token, &changes) }
  }

  private mutating func count(asTold stake: Stake) {
    if !acknowledged.contains(stake.member) { acknowledged.append(stake.member) }
  }

  /// What an edit lets in, or out, may have been told at the same version before.
  private func enteringToken(_ stake: Stake) -> String { isListed && !stake.isCaughtUp ? stake.tokenNow : "" }
  private func leavingToken(_ stake: Stake) -> String {
    isChanged ? "" : stake.tokenBefore + stake.role.leavingMark
  }

  private func child(of owner: OwnerReference, isGone: Bool = false) -> ChildChange {
    ChildChange(
      owner: owner, childKind: childKind, childUID: sighting.uid, childVersion: incarnation.distinction,
      isGone: isGone)
  }

  /// What exists when a subscription starts is `initial`, and not told at all without `spec.initial`.
  private func cause(of stake: Stake) -> Cause { isListed && !stake.isCaughtUp ? .initial : .change }
  func isSilent(_ stake: Stake) -> Bool { isListed && !stake.isCaughtUp && !stake.initial }

  private var isListed: Bool {
    switch sighting.source {
    case .listed, .caughtUp: true
    case .watched, .deleted: false
    }
  }

  private func tell(
    _ what: RoutedChange.What, _ cause: Cause, _ stake: Stake, token: String = "",
    _ changes: inout [RoutedChange]
  ) {
    let isOpaque = !incarnation.isComparable && !isListed
    changes.append(
      RoutedChange(
        subscription: stake.subscription, namespace: sighting.namespace, what: what, cause: cause,
        token: isOpaque ? token + "/seen/\(sightings)" : token))
  }
}
