import JSONScan
import Kubernetes

/// What an Update must show to count: `changes` and `ignoreManagers` of an entry. Made once and shared, so that an interest
/// without is no larger for it.
final class UpdateGate: Sendable {
  let changes: WatchedPaths?
  let managers: IgnoredManagers?

  /// The gate of an entry; nil if every Update counts.
  init?(_ entry: ResourceInterest) {
    let paths = entry.changes.isEmpty && Self.isOurs(entry) ? Self.othersWrites : entry.changes
    if paths.isEmpty, entry.ignoreManagers.isEmpty { return nil }
    changes = paths.isEmpty ? nil : WatchedPaths(paths)
    managers = entry.ignoreManagers.isEmpty ? nil : IgnoredManagers(entry.ignoreManagers)
  }

  private static func isOurs(_ entry: ResourceInterest) -> Bool {
    GroupKind(group: entry.groupVersion.group, kind: entry.kind) == SubscriptionFeed.resource.groupKind
  }

  /// What others than the hub write of a subscription. The hub writes its status, and must not excite itself by it
  /// (SEMANTICS 6); field managers would not do, since two writes within a second may leave the same entry.
  private static let othersWrites = [
    "spec", "metadata.labels", "metadata.annotations", "metadata.finalizers", "metadata.ownerReferences",
    "metadata.deletionTimestamp",
  ].compactMap { try? ChangePath($0) }

  /// Whether the metadata alone may not say whether a watched value changed.
  func needsWhole(withoutGeneration: Bool) -> Bool {
    changes?.needsWhole(withoutGeneration: withoutGeneration) ?? false
  }
}

/// The managers whose own updates do not count (SEMANTICS 3), and what of `managedFields` tells them.
struct IgnoredManagers: Sendable {
  private let names: [[UInt8]]
  /// The digest of the entries of these managers, and that of all other entries.
  let own: UInt32
  let others: UInt32

  init(_ names: [String]) {
    let sorted = names.sorted()
    self.names = sorted.map { Array($0.utf8) }
    own = Self.number("ignoreManagers", sorted)
    others = Self.number("ignoreManagers/others", sorted)
  }

  private static func number(_ name: String, _ managers: [String]) -> UInt32 {
    var hash = StableHash()
    hash.combine(name)
    hash.combine(UInt64(JSONSlice.digestVersion))
    for manager in managers { hash.combine(manager) }
    return UInt32(truncatingIfNeeded: hash.value())
  }

  private static let manager = Array("manager".utf8)

  /// Both digests of an object. An object without `managedFields` has those of none.
  func digests(of head: ObjectHead, in text: RawSpan) -> (own: GateDigest, others: GateDigest) {
    var (ownSum, otherSum): (UInt64, UInt64) = (0, 0)
    head.managedFields?.forEachElement(in: text) { entry in
      var isOwn = false
      entry.forEachMember(in: text) { key, value in
        guard key.equals(Self.manager, in: text) else { return }
        isOwn = names.contains { value.equals($0, in: text) }
      }
      // In whatever order the entries stand.
      if isOwn { ownSum &+= entry.digest(in: text) } else { otherSum &+= entry.digest(in: text) }
    }
    return (GateDigest(gate: own, value: ownSum), GateDigest(gate: others, value: otherSum))
  }
}
