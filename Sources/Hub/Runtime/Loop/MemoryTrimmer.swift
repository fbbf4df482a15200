/// Decides when freed memory goes back to the system: in the first quiet second after much work. A list or a burst needs
/// far more for a moment than the hub keeps, and the allocator would hold on to it. Never in the middle of work, which
/// needs it again, and to which the milliseconds that it takes would matter.
struct MemoryTrimmer {
  /// Less work than so many inputs is not worth it.
  static let leastInputs = 5_000
  /// A second with at most so many inputs is quiet.
  static let quietInputs = 1_000
  static let windowNanoseconds: UInt64 = 1_000_000_000

  private var inputs = 0
  private var inputsInWindow = 0
  /// When the present second is over, monotonic; nil: there is nothing to give back.
  private(set) var deadline: UInt64?

  /// So many inputs were handled.
  mutating func note(inputs count: Int, at now: UInt64) {
    inputs += count
    inputsInWindow += count
    guard deadline == nil, inputs >= Self.leastInputs else { return }
    begin(at: now)
  }

  /// Whether to give memory back now.
  mutating func isDue(at now: UInt64) -> Bool {
    guard let deadline, deadline <= now else { return false }
    guard inputsInWindow <= Self.quietInputs else {
      begin(at: now)
      return false
    }
    self = MemoryTrimmer()
    return true
  }

  private mutating func begin(at now: UInt64) {
    inputsInWindow = 0
    deadline = now + Self.windowNanoseconds
  }
}
