import Glibc

/// Milliseconds of the monotonic clock.
func monotonicMilliseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
}

/// Deadlines of a server's thread, the earliest first; equal ones in the order they were added.
struct ServerTimers {
  enum Purpose {
    /// The connection looks at its own deadline, which may have moved on since.
    case connection(UInt64)
    case work(@Sendable () -> Void)
    case acceptAgain
  }

  private struct Entry {
    let deadline: UInt64
    let order: UInt64
    let purpose: Purpose

    func precedes(_ other: Entry) -> Bool {
      deadline != other.deadline ? deadline < other.deadline : order < other.order
    }
  }

  /// A binary heap.
  private var entries: [Entry] = []
  private var nextOrder: UInt64 = 0

  var nextDeadline: UInt64? { entries.first?.deadline }

  mutating func add(_ purpose: Purpose, at deadline: UInt64) {
    entries.append(Entry(deadline: deadline, order: nextOrder, purpose: purpose))
    nextOrder += 1
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].precedes(entries[parent]) else { break }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  /// The earliest entry that is due.
  mutating func popDue(at now: UInt64) -> (deadline: UInt64, purpose: Purpose)? {
    guard let first = entries.first, first.deadline <= now else { return nil }
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
        if entries[child].precedes(entries[least]) { least = child }
      }
      guard least != parent else { break }
      entries.swapAt(parent, least)
      parent = least
    }
    return (first.deadline, first.purpose)
  }
}
