import HubEngine

/// A state directory that was opened, locked and read: what an engine begins from, and where its journal goes on.
struct JournalOpening: Sendable {
  let directory: JournalDirectory
  let end: JournalEnd
  let state: JournalState

  /// Opens it, and says in the log what was found.
  init(_ path: String, log: Log) throws(JournalError) {
    let started = LoopClock.now().monotonic
    directory = try JournalDirectory(path)
    var state = JournalState()
    end = try directory.load { payload in
      // The engine reads whole arrays; copied inside the closure.
      try state.apply(payload.withUnsafeBytes { [UInt8]($0) })
    }
    self.state = state
    let took = LoopClock.now().monotonic - started
    if let cut = end.cut {
      log.write(
        .warn, "the torn end of the journal was cut off; what it held is told again",
        ["file": cut.path, "bytes": String(cut.lostBytes)])
    }
    log.write(
      .info, "state read",
      [
        "directory": path, "frames": String(end.frames), "objects": String(state.objectCount),
        "waiting": String(state.waitingCount), "milliseconds": String(took / 1_000_000),
      ])
  }
}
