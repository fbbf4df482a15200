import CLinux
import Glibc
import HubEngine
import Synchronization

/// What the loop's thread hands to the writer's: frames in order, and whether somebody waits for them. Never blocks.
final class JournalQueue: Sendable {
  /// A frame with its number.
  struct Item: Sendable {
    let number: UInt64
    let frame: JournalFrame
  }

  /// What the writer is to do next.
  enum Work: Sendable {
    /// These; `epoch` says which failures came before.
    case write([Item], epoch: Int)
    /// Ask for an image.
    case askForImage
    /// Nothing, for so long (milliseconds) or, with nil, until something is appended.
    case wait(milliseconds: Int?)
    /// End: all was written.
    case end
  }

  private enum Health {
    case healthy
    /// Frames are dropped, up to one that begins an image; the next one is asked for at this monotonic time.
    case failed(retryAt: UInt64)
    /// Frames are taken again, but only a complete image makes them worth anything.
    case healing
  }

  private struct State {
    var items: [Item] = []
    /// Bytes of `items` and of those that were taken and are not yet durable.
    var waitingBytes = 0
    var nextNumber: UInt64
    var durable: UInt64
    /// A report is wanted when this one is durable.
    var awaited: UInt64?
    var health = Health.healthy
    /// Counts failures: what was taken before one must not be counted as in order after it.
    var epoch = 0
    var lastSyncAt: UInt64 = 0
    var isClosing = false
    var statistics = JournalStatistics()
  }

  private let state: Mutex<State>
  private let settings: JournalSettings
  private let report: @Sendable (JournalReport) -> Void
  /// Becomes readable when there is something to do.
  private let signal: Int32

  /// Goes on behind frame `lastFrame`.
  init(
    lastFrame: UInt64, settings: JournalSettings, statistics: JournalStatistics,
    report: @escaping @Sendable (JournalReport) -> Void
  ) {
    var state = State(nextNumber: lastFrame + 1, durable: lastFrame)
    state.statistics = statistics
    self.state = Mutex(state)
    self.settings = settings
    self.report = report
    self.signal = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(signal >= 0, "no event descriptor could be made: \(FileContent.lastSystemError())")
  }

  deinit { Glibc.close(signal) }

  // MARK: The loop's side

  /// Takes a frame; returns its number.
  func append(_ frame: JournalFrame) -> UInt64 {
    let now = LoopClock.now().monotonic
    let (number, failure, mustWake) = state.withLock { state -> (UInt64, String?, Bool) in
      let number = state.nextNumber
      state.nextNumber += 1
      if case .failed = state.health {
        guard frame.beginsImage, !state.isClosing else {
          state.statistics.dropped += 1
          return (number, nil, false)
        }
        state.health = .healing
      }
      if let reason = refusal(of: frame, state) {
        state.statistics.dropped += 1
        fail(&state, reason, at: now)
        return (number, reason, true)
      }
      state.items.append(Item(number: number, frame: frame))
      state.waitingBytes += Self.size(frame)
      return (number, nil, state.items.count == 1)
    }
    if let failure { report(.failed(failure)) }
    if mustWake { wake() }
    return number
  }

  /// Reports `.durable` as soon as this frame is. True: it is already.
  func reportDurable(_ number: UInt64) -> Bool {
    let isDurable = state.withLock { state in
      if state.durable >= number { return true }
      state.awaited = min(state.awaited ?? number, number)
      return false
    }
    if !isDurable { wake() }
    return isDurable
  }

  /// What is known now.
  var statistics: JournalStatistics {
    state.withLock { state in
      var statistics = state.statistics
      statistics.waitingBytes = state.waitingBytes
      return statistics
    }
  }

  /// No more frames will come: write what is here, then end.
  func close() {
    state.withLock { $0.isClosing = true }
    wake()
  }

  private func refusal(of frame: JournalFrame, _ state: borrowing State) -> String? {
    if frame.entries.count > JournalFormat.maxPayloadBytes {
      return "a frame of \(frame.entries.count) bytes is longer than \(JournalFormat.maxPayloadBytes)"
    }
    if state.waitingBytes > 0 && state.waitingBytes + Self.size(frame) > settings.waitingBytes {
      return "the disk is too slow: \(state.waitingBytes) bytes wait for it"
    }
    return nil
  }

  private static func size(_ frame: JournalFrame) -> Int {
    JournalFormat.frameHeaderBytes + frame.entries.count
  }

  // MARK: The writer's side

  /// What to do now. Frames that are handed out are to be answered with `wrote` or `failed`.
  func next() -> Work {
    let now = LoopClock.now().monotonic
    return state.withLock { state in
      if case .failed(let retryAt) = state.health {
        if state.isClosing { return .end }
        guard now >= retryAt else { return .wait(milliseconds: Self.milliseconds(retryAt - now)) }
        state.health = .failed(retryAt: now + Self.nanoseconds(settings.retryMilliseconds))
        return .askForImage
      }
      guard let last = state.items.last else { return state.isClosing ? .end : .wait(milliseconds: nil) }
      let isUrgent = state.isClosing || state.awaited.map { $0 <= last.number } == true
      let due = state.lastSyncAt + Self.nanoseconds(settings.gatherMilliseconds)
      if !isUrgent, now < due { return .wait(milliseconds: Self.milliseconds(due - now)) }
      let items = state.items
      state.items = []
      return .write(items, epoch: state.epoch)
    }
  }

  /// Waits for something to do, at most so long.
  func wait(milliseconds: Int?) {
    var descriptors = [pollfd(fd: signal, events: Int16(POLLIN), revents: 0)]
    _ = poll(&descriptors, 1, Int32(milliseconds.map { min($0, 60_000) } ?? -1))
    var count: UInt64 = 0
    // Eight bytes into a local; without one to read it fails at once.
    _ = Glibc.read(signal, &count, 8)
  }

  /// These are durable, after a sync that took so long; `update` adds what the writer knows.
  func wrote(
    _ items: ArraySlice<Item>, syncNanoseconds: UInt64, update: (inout JournalStatistics) -> Void
  ) {
    guard let last = items.last else { return }
    let bytes = items.reduce(0) { $0 + Self.size($1.frame) }
    let now = LoopClock.now().monotonic
    let durable = state.withLock { state -> UInt64? in
      state.waitingBytes -= bytes
      state.durable = last.number
      state.lastSyncAt = now
      state.statistics.frames += items.count
      state.statistics.bytes += bytes
      state.statistics.syncs.observe(nanoseconds: syncNanoseconds)
      update(&state.statistics)
      guard let awaited = state.awaited, awaited <= last.number else { return nil }
      state.awaited = nil
      return last.number
    }
    if let durable { report(.durable(durable)) }
  }

  /// The image that `items` completed is durable. Whether that ends a failure.
  func completedImage(epoch: Int) {
    let hasRecovered = state.withLock { state in
      guard case .healing = state.health, state.epoch == epoch else { return false }
      state.health = .healthy
      state.statistics.problem = nil
      return true
    }
    if hasRecovered { report(.recovered) }
  }

  /// These are not, and nothing behind them will be.
  func failed(_ items: [Item], epoch: Int, reason: String) {
    let bytes = items.reduce(0) { $0 + Self.size($1.frame) }
    let now = LoopClock.now().monotonic
    let isNew = state.withLock { state in
      state.waitingBytes -= bytes
      state.statistics.dropped += items.count
      guard state.epoch == epoch else { return false }
      fail(&state, reason, at: now)
      return true
    }
    if isNew { report(.failed(reason)) }
  }

  /// Tells the loop that an image is wanted.
  func askForImage() { report(.imageWanted) }

  /// Drops what waits; the next frame that counts begins an image.
  private func fail(_ state: inout State, _ reason: String, at now: UInt64) {
    state.waitingBytes -= state.items.reduce(0) { $0 + Self.size($1.frame) }
    state.statistics.dropped += state.items.count
    state.items = []
    state.awaited = nil
    state.epoch += 1
    state.health = .failed(retryAt: now + Self.nanoseconds(settings.retryMilliseconds))
    state.statistics.problem = reason
  }

  private func wake() {
    var one: UInt64 = 1
    // Eight bytes of a local; an eventfd takes them at once.
    _ = Glibc.write(signal, &one, 8)
  }

  private static func nanoseconds(_ milliseconds: Int) -> UInt64 { UInt64(max(0, milliseconds)) * 1_000_000 }
  private static func milliseconds(_ nanoseconds: UInt64) -> Int { Int((nanoseconds + 999_999) / 1_000_000) }
}
