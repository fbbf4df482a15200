/// Deadlines with what is due then, earliest first; equal times come in the order they were set, so that replays
/// agree. Nothing is ever removed before its time: who set a deadline ignores it when it no longer means anything.
struct DeadlineHeap<Payload: Sendable>: Sendable {
  private struct Item: Sendable {
    var due: UInt64
    var order: UInt64
    var payload: Payload

    func precedes(_ other: Item) -> Bool { due != other.due ? due < other.due : order < other.order }
  }

  private var items: [Item] = []
  private var order: UInt64 = 0

  var count: Int { items.count }
  var next: UInt64? { items.first?.due }

  mutating func set(_ payload: Payload, due: UInt64) {
    order += 1
    items.append(Item(due: due, order: order, payload: payload))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[child].precedes(items[parent]) else { break }
      items.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the earliest deadline if it is reached.
  mutating func popDue(at now: UInt64) -> Payload? {
    guard let first = items.first, first.due <= now else { return nil }
    let last = items.removeLast()
    if !items.isEmpty {
      items[0] = last
      sink()
    }
    return first.payload
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var child = parent * 2 + 1
      guard child < items.count else { return }
      if child + 1 < items.count, items[child + 1].precedes(items[child]) { child += 1 }
      guard items[child].precedes(items[parent]) else { return }
      items.swapAt(child, parent)
      parent = child
    }
  }
}
