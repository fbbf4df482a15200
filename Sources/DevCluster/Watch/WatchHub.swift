/// All open watches: hands them events as they are committed, bookmarks, and their end. Confined to the
/// cluster's thread.
final class WatchHub {
  private let store: ClusterStore
  private let bookmarkMilliseconds: Int
  private var watches: [ResourceID: [WatchStream]] = [:]

  init(store: ClusterStore, bookmarkMilliseconds: Int) {
    self.store = store
    self.bookmarkMilliseconds = max(1, bookmarkMilliseconds)
    store.onCommit = { [weak self] id, event in self?.dispatch(id, event) }
    store.onRemoval = { [weak self] id in self?.endAll(id) }
  }

  /// How many watches are open.
  var count: Int { watches.values.reduce(0) { $0 + $1.count } }

  /// Follows a watch until its time-out, from the current version on; what it has to catch up is already
  /// written.
  func add(_ watch: WatchStream, timeoutSeconds: Int, allowsBookmarks: Bool) {
    watches[watch.resource.id, default: []].append(watch)
    let milliseconds = timeoutSeconds.multipliedReportingOverflow(by: 1000)
    let timeout = milliseconds.overflow ? Int.max : milliseconds.partialValue
    store.scheduler.after(milliseconds: timeout) { [weak self, weak watch] in
      guard let self, let watch else { return }
      remove(watch)
      watch.end()
    }
    guard allowsBookmarks else { return }
    // One about a second before the end, so that a client resumes from the latest version.
    store.scheduler.after(milliseconds: max(timeout - 1000, timeout / 2)) { [weak self, weak watch] in
      guard let self, let watch else { return }
      watch.sendBookmark(store.version)
    }
    if bookmarkMilliseconds < timeout { bookmark(watch) }
  }

  private func bookmark(_ watch: WatchStream) {
    store.scheduler.after(milliseconds: bookmarkMilliseconds) { [weak self, weak watch] in
      guard let self, let watch, !watch.isClosed else { return }
      watch.sendBookmark(store.version)
      bookmark(watch)
    }
  }

  func remove(_ watch: WatchStream) {
    watches[watch.resource.id]?.removeAll { $0 === watch }
  }

  /// Cuts the connections of all watches of a plural (nil: of all), without an end of the answer.
  func cut(plural: String?) {
    for (id, open) in watches where plural == nil || plural == id.plural {
      watches[id] = nil
      for watch in open { watch.cut() }
    }
  }

  private func endAll(_ id: ResourceID) {
    for watch in watches.removeValue(forKey: id) ?? [] { watch.end() }
  }

  private func dispatch(_ id: ResourceID, _ event: StoreEvent) {
    guard let open = watches[id] else { return }
    for watch in open { watch.offer(event) }
  }
}
