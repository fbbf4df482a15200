/// What is remembered of the values that gates compare: 16 bytes for each gate and object, in chains. A record without such
/// a gate has chain 0.
struct DigestTable: Sendable {
  private struct Entry: Sendable {
    var digest: UInt64
    var gate: UInt32
    var next: UInt32
  }

  /// The first is never used: its place means the end of a chain.
  private var entries = [Entry(digest: 0, gate: 0, next: 0)]
  private var free: UInt32 = 0
  /// Entries in use.
  private(set) var count = 0

  /// What was remembered for a gate; nil if nothing was.
  func digest(for gate: UInt32, in chain: UInt32) -> UInt64? {
    var at = chain
    while at != 0 {
      let entry = entries[Int(at)]
      if entry.gate == gate { return entry.digest }
      at = entry.next
    }
    return nil
  }

  /// A chain of these, in their order; 0 if there are none.
  mutating func store(_ digests: [GateDigest]) -> UInt32 {
    var chain: UInt32 = 0
    for digest in digests.reversed() {
      let entry = Entry(digest: digest.value, gate: digest.gate, next: chain)
      if free != 0 {
        chain = free
        free = entries[Int(free)].next
        entries[Int(chain)] = entry
      } else {
        chain = UInt32(entries.count)
        entries.append(entry)
      }
      count += 1
    }
    return chain
  }

  /// Everything in a chain, in its order.
  subscript(chain: UInt32) -> [GateDigest] {
    var digests: [GateDigest] = []
    var at = chain
    while at != 0 {
      let entry = entries[Int(at)]
      digests.append(GateDigest(gate: entry.gate, value: entry.digest))
      at = entry.next
    }
    return digests
  }

  mutating func release(_ chain: UInt32) {
    var at = chain
    while at != 0 {
      let next = entries[Int(at)].next
      entries[Int(at)] = Entry(digest: 0, gate: 0, next: free)
      free = at
      count -= 1
      at = next
    }
  }
}

/// The digest of what one gate looks at.
struct GateDigest: Equatable, Sendable {
  /// Which gate: a hash of what it looks at and of the function that digests it, so equal gates of many interests share one,
  /// and what another version stored means nothing to this one. Should two gates have one number, both are open.
  var gate: UInt32
  var value: UInt64
}
