import HubEngine

/// A journal in memory: frames, and how many of them a crash cannot take away.
struct FakeJournal {
  private(set) var frames: [JournalFrame] = []
  private(set) var synced = 0
  /// True: each frame is safe as soon as it is appended.
  var syncsAtOnce = true

  /// Everything that was appended is safe.
  var isDurable: Bool { synced == frames.count }

  mutating func append(_ frame: JournalFrame) {
    frames.append(frame)
    if syncsAtOnce { sync() }
  }

  mutating func sync() {
    synced = frames.count
    guard let end = frames.lastIndex(where: \.completesImage),
      let start = frames[...end].lastIndex(where: \.beginsImage)
    else { return }
    frames.removeFirst(start)
    synced = frames.count
  }

  mutating func crash(keeping extra: Int) {
    frames.removeLast(max(0, frames.count - synced - extra))
    synced = frames.count
  }

  func load() throws(JournalEntryError) -> JournalState {
    var state = JournalState()
    for frame in frames { try state.apply(frame.entries) }
    return state
  }
}
