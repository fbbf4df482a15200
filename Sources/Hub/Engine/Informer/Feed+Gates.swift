import JSONScan
import Kubernetes

/// The gates `changes` and `ignoreManagers`: which of the interests that match hold this Update back, and what is
/// remembered for the next one (SEMANTICS 1, 2, 3).
extension Feed {
  /// What the gates of the matching interests make of an object.
  struct GateLook {
    /// What to remember, by gate.
    var digests: [GateDigest] = []
    /// The interests whose gate holds an Update back.
    var closed: [UInt32] = []
    /// Those among them whose object only an ignored manager has changed.
    var closedByManagers: [UInt32] = []
  }

  /// Looks at an object through the gates of the interests that match it now. Without such gates nothing is read.
  mutating func look(
    _ head: ObjectHead, _ sighting: Sighting, now: [UInt32], known: ObjectRecord?, in text: RawSpan
  ) -> GateLook {
    var look = GateLook()
    guard interests.gated > 0 else { return look }
    let isPartial = head.kind?.equals(Self.partialKind, in: text) ?? false
    for number in now {
      guard let gate = interests[number]?.gate else { continue }
      var isClosed = false
      if let changes = gate.changes {
        let found = look.digest(changes.gate) {
          changes.digest(of: head, isPartial: isPartial, in: text, &matches)
        }
        if let found, found == digest(changes.gate, known) { isClosed = true }
        if found == nil, !lacksGeneration, head.generation == nil {
          lacksGeneration = true
          isLackNews = true
        }
      }
      if let managers = gate.managers, isMadeByIgnored(managers, head, sighting, known, in: text, &look) {
        isClosed = true
        look.closedByManagers.append(number)
      }
      if isClosed { look.closed.append(number) }
    }
    if look.digests.count > 1 { look.digests.sort { $0.gate < $1.gate } }
    return look
  }

  private func digest(_ gate: UInt32, _ known: ObjectRecord?) -> UInt64? {
    known.flatMap { digests.digest(for: gate, in: $0.digests) }
  }

  /// A listed manager's entry changed and no other's did. A list may hide what others did before, so it proves nothing.
  private func isMadeByIgnored(
    _ managers: IgnoredManagers, _ head: ObjectHead, _ sighting: Sighting, _ known: ObjectRecord?,
    in text: RawSpan, _ look: inout GateLook
  ) -> Bool {
    let (own, others) = managers.digests(of: head, in: text)
    _ = look.digest(own.gate) { own }
    _ = look.digest(others.gate) { others }
    guard sighting.source == .watched, let before = digest(own.gate, known) else { return false }
    return before != own.value && digest(others.gate, known) == others.value
  }

  /// Metadata has turned out not to say whether `spec` changed; told once.
  mutating func takeLackOfGeneration() -> Bool {
    defer { isLackNews = false }
    return isLackNews
  }
}

extension Feed.GateLook {
  /// The digest of a gate, made when the first interest asks for it.
  fileprivate mutating func digest(_ gate: UInt32, _ make: () -> GateDigest?) -> UInt64? {
    if let found = digests.first(where: { $0.gate == gate }) { return found.value }
    guard let made = make() else { return nil }
    digests.append(made)
    return made.value
  }
}
