/// A dictionary that keeps what was used last: when it is full, the quarter that was used longest ago goes.
struct RecencyCache<Key: Hashable, Value> {
  private var entries: [Key: (value: Value, usedAt: UInt64)] = [:]
  private var tick: UInt64 = 0
  let capacity: Int

  init(capacity: Int) {
    precondition(capacity > 0, "a cache that keeps nothing is a mistake")
    self.capacity = capacity
  }

  var count: Int { entries.count }

  /// Reading and writing count as use.
  subscript(key: Key) -> Value? {
    mutating get {
      tick += 1
      entries[key]?.usedAt = tick
      return entries[key]?.value
    }
    set {
      tick += 1
      guard let newValue else {
        entries[key] = nil
        return
      }
      if entries[key] == nil, entries.count >= capacity { evict() }
      entries[key] = (newValue, tick)
    }
  }

  private mutating func evict() {
    let uses = entries.values.map(\.usedAt).sorted()
    let oldestKept = uses[min(uses.count - 1, max(1, capacity / 4))]
    entries = entries.filter { $0.value.usedAt >= oldestKept }
    if entries.count >= capacity { entries.removeAll() }
  }
}
