import Testing

@testable import HubEngine

@Suite("A ring of turns")
struct TurnRingTests {
  @Test("a subscription stands in the ring once, however often it is added")
  func once() {
    var ring = TurnRing()
    for _ in 0..<5 { ring.add(3) }
    ring.add(1)
    #expect(ring.next() == 3)
    #expect(ring.next() == 1)
    #expect(ring.next() == nil && ring.isEmpty)
  }

  @Test("one that always has more waits behind every other between two of its turns")
  func turns() {
    var ring = TurnRing()
    for subscription in 0..<100 as Range<UInt32> { ring.add(subscription) }
    var last: [UInt32: Int] = [:]
    for turn in 0..<1000 {
      guard let subscription = ring.next() else {
        Issue.record("nobody's turn")
        return
      }
      if let before = last[subscription] { #expect(turn - before == 100) }
      last[subscription] = turn
      ring.add(subscription)
    }
  }

  @Test("agrees with a plain list in 10,000 random steps")
  func model() {
    var random = SeededRandom(seed: 4)
    var ring = TurnRing()
    var model: [UInt32] = []
    for _ in 0..<10_000 {
      if random.number(from: 0, through: 2) > 0 {
        let subscription = UInt32(random.number(from: 0, through: 300))
        ring.add(subscription)
        if !model.contains(subscription) { model.append(subscription) }
      } else {
        #expect(ring.next() == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(ring.isEmpty == model.isEmpty)
    }
  }
}
