import Kubernetes

/// Namespaces as an outer test: an object's own match is kept regardless of them, so that one that comes late, or is
/// relabelled, needs no new list (SEMANTICS 4).
extension Feed {
  /// Those of these interests that look at a namespace.
  func active(_ numbers: [UInt32], in namespace: UInt32) -> [UInt32] {
    guard !scopes.isEmpty else { return numbers }
    return numbers.filter { isActive($0, in: namespace) }
  }

  func isActive(_ number: UInt32, in namespace: UInt32) -> Bool {
    guard let scope = interests[number]?.scope else { return true }
    return scopes.contains(namespace, in: scope)
  }

  /// A namespace has these labels now, or is gone (nil): the objects in it enter the subscriptions that select it now, and
  /// leave those that do no more.
  mutating func namespaceChanged(
    _ namespace: UInt32, labels: [String: String]?, token: String, into changes: inout [RoutedChange]
  ) {
    let moved = scopes.moved(namespace, labels: labels)
    guard !moved.isEmpty else { return }
    var before: [Int: [UInt32]] = [:]
    for (index, record) in store.records.enumerated() where record.namespace == namespace {
      let isConcerned = sets[record.matches].contains { number in
        interests[number]?.scope.map(moved.contains) ?? false
      }
      if isConcerned { before[index] = active(sets[record.matches], in: namespace) }
    }
    scopes.move(namespace, over: moved)
    for (index, was) in before.sorted(by: { $0.key < $1.key }) {
      let now = active(sets[store[index].matches], in: namespace)
      for stake in Stake.between(before: was, now: now, interests) where stake.was != stake.now {
        move(stake, at: index, token, into: &changes)
      }
    }
  }

  /// A subscription begins, or ceases, to look at an object.
  private mutating func move(
    _ stake: Stake, at index: Int, _ token: String, into changes: inout [RoutedChange]
  ) {
    let record = store[index]
    let name = store.name(at: index)
    var isTold = (stake.now ? stake.operationsNow : stake.operationsBefore)
      .contains(stake.now ? .add : .delete)
    let what: RoutedChange.What
    switch stake.role {
    case .controller:
      guard let child = child(of: record) else { return }
      what = isTold ? .child(child) : .gated
      isTold = true
    case .object where stake.now:
      // An add that is gated counts as told, so that what follows is an update.
      if !isTold { setAcknowledged((sets[record.acknowledged] + [stake.member]).sorted(), at: index) }
      what = isTold ? .live(name: name, body: nil) : .gated
      isTold = true
    case .object:
      let wasAcknowledged = isAcknowledged(record, by: stake.member)
      if wasAcknowledged {
        setAcknowledged(sets[record.acknowledged].filter { $0 != stake.member }, at: index)
      }
      let gone = PendingDelete(incarnation: incarnation(record), reason: .left, body: nil)
      what = .gone(name: name, gone, wasAcknowledged: wasAcknowledged, isTold: isTold)
    }
    func tell(_ what: RoutedChange.What) {
      changes.append(
        RoutedChange(
          subscription: stake.subscription, namespace: record.namespace, what: what, cause: .change,
          token: token + (stake.now ? "" : stake.role.leavingMark)))
    }
    tell(what)
    if !isTold { tell(.gated) }
  }
}
