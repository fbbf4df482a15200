import Kubernetes

/// Resync: what is known of a subscription's objects is told again (SEMANTICS 32).
extension Feed {
  /// What a subscription knows of in one slice of all keys.
  func resync(
    _ subscription: UInt32, token: String, slice: UInt64, of slices: UInt64, roles: Set<Interest.Role>
  ) -> [RoutedChange] {
    var changes: [RoutedChange] = []
    for (index, record) in store.records.enumerated() {
      let stakes = stakes(of: subscription, in: record).filter { roles.contains($0.role) }
      guard !stakes.isEmpty else { continue }
      for stake in stakes where isAllowed(stake, record) {
        let what: RoutedChange.What
        switch stake.role {
        case .object:
          let name = store.name(at: index)
          guard Self.slice(of: name, record.namespace, slices) == slice else { continue }
          what = .live(name: name, body: nil)
        case .controller:
          guard let child = child(of: record),
            Self.slice(of: child.owner.name, record.namespace, slices) == slice
          else { continue }
          what = .child(child)
        }
        changes.append(
          RoutedChange(
            subscription: subscription, namespace: record.namespace, what: what, cause: .resync, token: token)
        )
      }
    }
    return changes
  }

  /// An item of the list that brings the bodies. Where the list and the record differ the watch will tell, or has told.
  func resync(
    _ subscription: UInt32, _ head: ObjectHead, _ sighting: Sighting, name: RawSpan, in text: RawSpan,
    token: String, into changes: inout [RoutedChange]
  ) {
    guard let index = store.find(namespace: sighting.namespace, name: name) else { return }
    let record = store[index]
    guard record.uid == sighting.uid else { return }
    for stake in stakes(of: subscription, in: record) where stake.role == .object && isAllowed(stake, record)
    {
      var held: HeldBody?
      if record.version == sighting.version, let bytes = body(of: head, in: text) {
        held = HeldBody(
          bytes: bytes, version: sighting.version, isComparable: !sighting.flags.contains(.opaqueVersion))
      }
      changes.append(
        RoutedChange(
          subscription: subscription, namespace: record.namespace,
          what: .live(name: String(reading: name), body: held), cause: .resync, token: token))
    }
  }

  private func stakes(of subscription: UInt32, in record: ObjectRecord) -> [Stake] {
    let own = sets[record.matches].filter {
      interests[$0]?.subscription == subscription && isActive($0, in: record.namespace)
    }
    return own.isEmpty ? [] : Stake.between(before: [], now: own, interests)
  }

  /// `operations` gate a resync by the type that it would have.
  private func isAllowed(_ stake: Stake, _ record: ObjectRecord) -> Bool {
    let isUpdate = stake.role == .controller || isAcknowledged(record, by: stake.member)
    return stake.operationsNow.contains(isUpdate ? .update : .add)
  }

  private static func slice(of name: String, _ namespace: UInt32, _ slices: UInt64) -> UInt64 {
    if slices == 1 { return 0 }
    let bytes = [UInt8](name.utf8)
    return bytes.span.bytes.tableHash(seed: namespace) % slices
  }
}
