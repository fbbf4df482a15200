import HTTP
import HubEngine
import Synchronization

/// What other threads hand to the loop. Sendable, never blocks, and keeps the order of each poster.
final class LoopInbox: Sendable {
  /// One thing to do on the loop's thread.
  enum Item: Sendable {
    /// An input for the engine.
    case input(EngineInput)
    /// The exec plugin that gives credentials has ended.
    case credentials(Result<ExecCredential, ExecFailure>)
    /// The journal's writer has something to say.
    case journal(JournalReport)
    /// Make a report, and call back with it on the loop's thread; the callback must be quick.
    case report(@Sendable (LoopReport) -> Void)
    /// Stop taking, finish what is in flight for at most so long, then end.
    case drain(milliseconds: Int)
  }

  private struct State {
    var items: [Item] = []
    var wakeup: HTTPClientWakeup?
    /// Set when the loop has ended: reports are answered with it, inputs are dropped.
    var last: LoopReport?
    var whenEnded: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  /// Hands over an item and wakes the loop.
  func post(_ item: Item) {
    let last = state.withLock { state -> LoopReport? in
      if let last = state.last { return last }
      state.items.append(item)
      // A loop that has not yet taken the earlier items is already awake.
      if state.items.count == 1 { state.wakeup?.wake() }
      return nil
    }
    if let last, case .report(let callback) = item { callback(last) }
  }

  /// Calls back once the loop has ended; at once if it has.
  func whenEnded(_ callback: @escaping @Sendable () -> Void) {
    let hasEnded = state.withLock { state in
      if state.last == nil { state.whenEnded.append(callback) }
      return state.last != nil
    }
    if hasEnded { callback() }
  }

  // MARK: The loop's side

  /// From now on a post wakes this client's poll.
  func attach(_ wakeup: HTTPClientWakeup) {
    state.withLock { $0.wakeup = wakeup }
  }

  /// Takes everything posted so far.
  func take() -> [Item] {
    state.withLock { state in
      guard !state.items.isEmpty else { return [] }
      let items = state.items
      state.items = []
      return items
    }
  }

  /// The loop ends: answers what is still asked and all that will be.
  func close(with last: LoopReport) {
    let (items, callbacks) = state.withLock { state in
      state.last = last
      state.wakeup = nil
      let taken = (state.items, state.whenEnded)
      state.items = []
      state.whenEnded = []
      return taken
    }
    for case .report(let callback) in items { callback(last) }
    for callback in callbacks { callback() }
  }
}
