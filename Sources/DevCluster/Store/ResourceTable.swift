import JSONScan

/// The objects of one resource, sorted by key, and what happened to them lately.
struct ResourceTable {
  private(set) var keys: [ObjectKey] = []
  private(set) var objects: [ObjectKey: JSONValue] = [:]
  var history: EventHistory

  init(historyLimit: Int, completeAfter: UInt64) {
    history = EventHistory(limit: historyLimit, completeAfter: completeAfter)
  }

  subscript(_ key: ObjectKey) -> JSONValue? { objects[key] }

  /// Keeps an event and applies it.
  mutating func apply(_ event: StoreEvent) {
    history.append(event)
    switch event.kind {
    case .added, .modified: store(event.object, at: event.key)
    case .deleted: remove(event.key)
    }
  }

  /// The table as it was at a version, by undoing later events; nil if some of these are forgotten.
  func rewound(to version: UInt64) -> ResourceTable? {
    guard let later = history.events(after: version) else { return nil }
    var table = self
    for event in later.reversed() {
      if let previous = event.previous {
        table.store(previous, at: event.key)
      } else {
        table.remove(event.key)
      }
    }
    return table
  }

  /// The keys of a namespace, or all, from the path `start` on; in order.
  func keys(namespace: String?, from start: String? = nil) -> ArraySlice<ObjectKey> {
    guard let namespace else {
      return keys[position(ofPath: start ?? "")...]
    }
    let prefix = namespace + "/"
    let first = position(ofPath: later(prefix, start ?? ""))
    // '0' is the character after '/': the first path that is no longer in the namespace.
    let end = position(ofPath: namespace + "0")
    return keys[min(first, end)..<end]
  }

  private mutating func store(_ object: JSONValue, at key: ObjectKey) {
    if objects.updateValue(object, forKey: key) == nil {
      keys.insert(key, at: position(ofPath: key.path))
    }
  }

  private mutating func remove(_ key: ObjectKey) {
    guard objects.removeValue(forKey: key) != nil else { return }
    keys.remove(at: position(ofPath: key.path))
  }

  /// The later of two paths, by bytes.
  private func later(_ left: String, _ right: String) -> String {
    left.utf8.lexicographicallyPrecedes(right.utf8) ? right : left
  }

  /// The first position whose path is not before this one.
  private func position(ofPath path: String) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = low + (high - low) / 2
      if keys[middle].path.utf8.lexicographicallyPrecedes(path.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
