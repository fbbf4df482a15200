/// A first-in first-out queue on one growing buffer.
struct RingQueue<Element: Sendable>: Sendable {
  private var storage: [Element?] = []
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) {
    if count == storage.count { grow() }
    storage[(head + count) & (storage.count - 1)] = element
    count += 1
  }

  /// Puts an element before all others.
  mutating func prepend(_ element: Element) {
    if count == storage.count { grow() }
    head = (head - 1) & (storage.count - 1)
    storage[head] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = storage[head]
    storage[head] = nil
    head = (head + 1) & (storage.count - 1)
    count -= 1
    return element
  }

  /// Keeps only what `isWanted`, in order.
  mutating func filter(_ isWanted: (Element) -> Bool) {
    var kept = RingQueue()
    while let element = popFirst() { if isWanted(element) { kept.append(element) } }
    self = kept
  }

  private mutating func grow() {
    var larger = [Element?](repeating: nil, count: max(8, storage.count * 2))
    for offset in 0..<count { larger[offset] = storage[(head + offset) & (storage.count - 1)] }
    storage = larger
    head = 0
  }
}
