import Kubernetes

/// Lists: what a complete list does not mention is gone (SEMANTICS 9), and what late interests are told (SEMANTICS 13).
extension Feed {
  /// A complete list begins: what it does not mention will be gone.
  mutating func beginList() {
    for index in store.records.indices { store[index].mark = 0 }
    for number in interests.late { interests[number]?.isInRunningList = true }
  }

  /// The list proves nothing (SEMANTICS 9).
  mutating func abortList() {
    for number in interests.late { interests[number]?.isInRunningList = false }
  }

  /// The list is complete: what it did not mention is gone; a delete found so carries the list's version.
  mutating func completeList(version: String, newEpoch: Bool, into changes: inout [RoutedChange]) {
    notePage(version: version)
    if newEpoch, !isEpochNew { beginEpoch() }
    isEpochNew = false
    let sighting = Sighting.ofVersion(version)
    for index in store.records.indices.reversed() where store.records[index].mark == 0 {
      remove(at: index, reason: .deleted, version: sighting, body: nil, into: &changes)
    }
    for index in store.records.indices { store[index].flags.remove(.formerEpoch) }
    settleLate()
  }

  /// A page of a complete list came. A version below what was told before is that of a restored etcd: what the page
  /// changes is told in the new epoch already.
  mutating func notePage(version: String) {
    guard let version = ResourceVersion(version).decimal, version < newest else { return }
    noteRestored()
  }

  /// The running list is of a restored etcd.
  mutating func noteRestored() {
    guard !isEpochNew else { return }
    beginEpoch()
    isEpochNew = true
  }

  private mutating func beginEpoch() {
    epoch += 1
    newest = 0
    for index in store.records.indices { store[index].flags.insert(.formerEpoch) }
  }

  /// A complete list has been judged by the interests that were there when it began.
  private mutating func settleLate() {
    for number in interests.late where interests[number]?.isInRunningList ?? false {
      interests[number]?.isInRunningList = false
      interests[number]?.isCaughtUp = true
    }
    interests.forgetCaughtUp()
    releaseRetired()
  }

  // MARK: Late interests (SEMANTICS 13)

  /// Interests that no complete list has been judged for.
  var hasLateInterests: Bool { interests.late.contains { !(interests[$0]?.isRetired ?? true) } }

  /// A catch-up list is asked for: from now on the watch's own news is remembered, and wins over it.
  mutating func beginCatchUp() {
    touched = []
    for number in interests.late { interests[number]?.isInRunningList = true }
  }

  /// Whether the watch told of this object since the catch-up list was asked for.
  func wasTouched(namespace: UInt32, name: RawSpan) -> Bool {
    touched?.contains(TouchedObject(namespace: namespace, name: String(reading: name))) ?? false
  }

  mutating func completeCatchUp() {
    touched = nil
    settleLate()
  }

  mutating func abandonCatchUp() {
    touched = nil
    abortList()
  }

  mutating func touch(namespace: UInt32, name: RawSpan) {
    guard touched != nil else { return }
    touched?.insert(TouchedObject(namespace: namespace, name: String(reading: name)))
  }
}
