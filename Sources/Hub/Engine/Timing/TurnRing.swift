/// Subscriptions with something to do stand in a ring, each once, and each is given one thing at a time.
struct TurnRing: Sendable {
  private var ring = RingQueue<UInt32>()
  private var isQueued: [Bool] = []

  var isEmpty: Bool { ring.isEmpty }

  /// The subscription has something to do; it joins the end of the ring if it is not in it.
  mutating func add(_ subscription: UInt32) {
    while isQueued.count <= Int(subscription) { isQueued.append(false) }
    guard !isQueued[Int(subscription)] else { return }
    isQueued[Int(subscription)] = true
    ring.append(subscription)
  }

  /// Takes the subscription whose turn it is; it joins again by `add`.
  mutating func next() -> UInt32? {
    guard let subscription = ring.popFirst() else { return nil }
    isQueued[Int(subscription)] = false
    return subscription
  }
}
