import Testing

@testable import HubEngine

@Suite("The work queue")
struct WorkQueueTests {
  static let now = EngineTime(monotonic: 100, wall: 100)

  static func key(_ name: String) -> ObjectKey { ObjectKey(kind: 0, namespace: "a", name: name) }

  static func live(_ name: String, _ cause: Cause = .change, body: Int? = nil) -> KeyChange {
    let held = body.map { HeldBody(bytes: [UInt8](repeating: 0, count: $0), version: 1, isComparable: true) }
    return KeyChange(key: key(name), what: .live(body: held), cause: cause)
  }

  static func gone(_ name: String, uid: UInt128, acknowledged: Bool, told: Bool = true) -> KeyChange {
    let incarnation = Incarnation(uid: uid, uidText: "", version: "1", isComparable: true, epoch: 0)
    let gone = PendingDelete(incarnation: incarnation, reason: .deleted, body: nil)
    return KeyChange(
      key: key(name), what: .gone(gone, wasAcknowledged: acknowledged, isTold: told), cause: .change)
  }

  /// Takes the next key and sends the parts.
  @discardableResult
  static func send(_ queue: inout WorkQueue, _ parts: KeyParts = .live, uid: UInt128? = 1) -> UInt32? {
    guard let slot = queue.takeNext() else { return nil }
    queue.sent(slot, as: DeliveryID(rawValue: 1), parts: parts, incarnation: uid)
    return slot
  }

  // MARK: The random driver

  @Test(
    "SEMANTICS 14 to 18, 26: at random, every key is conserved, counts agree, and in the end all is told",
    arguments: 1...12 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    // Few keys collide more, many keys line up more.
    var driver = WorkQueueDriver(seed: seed, keys: seed % 2 == 0 ? 4 : 60)
    for _ in 0..<4000 {
      driver.step()
      driver.verifyCounts()
    }
    driver.settle()
    driver.verifyCounts()
    driver.verifyTold()
  }

  // MARK: Order

  @Test("SEMANTICS 18: of a hundred dispatches stale work gets exactly ten while fresh changes keep coming")
  func staleShare() {
    var queue = WorkQueue()
    for number in 0..<500 {
      _ = queue.enqueue(Self.live("fresh-\(number)"), at: Self.now)
      _ = queue.enqueue(Self.live("stale-\(number)", number % 2 == 0 ? .initial : .resync), at: Self.now)
    }
    var stale: [Int] = []
    for turn in 0..<400 {
      guard let slot = Self.send(&queue), let item = queue[slot] else { return }
      if item.key.name.hasPrefix("stale") { stale.append(turn) }
      _ = queue.acknowledge(slot)
    }
    #expect(stale == Array(stride(from: 9, to: 400, by: 10)))
  }

  @Test("SEMANTICS 18: alone, stale work goes at once and in order, and does not save up turns")
  func staleAlone() {
    var queue = WorkQueue()
    for number in 0..<20 { _ = queue.enqueue(Self.live("stale-\(number)", .initial), at: Self.now) }
    for number in 0..<10 {
      let slot = Self.send(&queue)
      #expect(slot.flatMap { queue[$0]?.key.name } == "stale-\(number)")
    }
    for number in 0..<20 { _ = queue.enqueue(Self.live("fresh-\(number)"), at: Self.now) }
    let names = (0..<10).map { _ in Self.send(&queue).flatMap { queue[$0]?.key.name } }
    #expect(names == (0..<9).map { "fresh-\($0)" } + ["stale-10"])
  }

  @Test("SEMANTICS 15: a fresh change promotes a stale key, and it is dispatched once")
  func promotion() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x", .initial), at: Self.now)
    _ = queue.enqueue(Self.live("y", .initial), at: Self.now)
    _ = queue.enqueue(Self.live("fresh"), at: Self.now)
    #expect(queue.enqueue(Self.live("y"), at: Self.now) == .merged)
    let names = (0..<4).map { _ in Self.send(&queue).flatMap { queue[$0]?.key.name } }
    #expect(names == ["fresh", "y", "x", nil])
  }

  @Test("a stale cause does not take a key's fresh turn away", arguments: [Cause.initial, .resync])
  func noDemotion(cause: Cause) {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    _ = queue.enqueue(Self.live("x", cause), at: Self.now)
    let slot = queue.takeNext()
    #expect(slot.flatMap { queue[$0]?.stamp.cause } == .change)
    #expect(slot.flatMap { queue[$0]?.place } == .fresh)
  }

  @Test(
    "SEMANTICS 15: of two causes the stronger is told",
    arguments: [Cause.resync, .initial, .requeue, .change], [Cause.resync, .initial, .requeue, .change])
  func causes(first: Cause, second: Cause) {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x", first), at: Self.now)
    _ = queue.enqueue(Self.live("x", second), at: Self.now)
    #expect(queue.takeNext().flatMap { queue[$0]?.stamp.cause } == max(first, second))
  }

  @Test("SEMANTICS 15: a change that waits behind a delete in flight is not weakened by a resync meanwhile")
  func causeBehindDelete() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.gone("x", uid: 1, acknowledged: true), at: Self.now)
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue, .delete, uid: nil) else { return }
    _ = queue.enqueue(Self.live("x", .resync), at: Self.now)
    _ = queue.acknowledge(slot)
    #expect(queue[slot]?.stamp.cause == .change && queue[slot]?.place == .fresh)
  }

  @Test("SEMANTICS 15: what failed keeps its cause when a resync comes during its flight")
  func causeOfFailed() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue) else { return }
    _ = queue.enqueue(Self.live("x", .resync), at: Self.now)
    let place = queue.retry(slot, at: 10)
    if let place { queue.wake(place, at: 10) }
    #expect(queue[slot]?.stamp.cause == .change && queue[slot]?.place == .fresh)
  }

  @Test("after a yes, what came during the flight has its own cause: a resync waits with the stale ones")
  func causeAfterYes() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue) else { return }
    _ = queue.enqueue(Self.live("x", .resync), at: Self.now)
    _ = queue.acknowledge(slot)
    #expect(queue[slot]?.stamp.cause == .resync && queue[slot]?.place == .stale)
  }

  // MARK: Deletes and incarnations

  @Test("SEMANTICS 14: an incarnation that was never attempted vanishes with its end")
  func vanishing() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    #expect(queue.enqueue(Self.gone("x", uid: 1, acknowledged: false), at: Self.now) == .superseded)
    #expect(queue.count == 0 && queue.superseded == 1 && queue.takeNext() == nil)
    #expect(queue.enqueue(Self.gone("y", uid: 2, acknowledged: false), at: Self.now) == .ignored)
  }

  @Test("SEMANTICS 15: the end of what was attempted without success is told")
  func attempted() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue, uid: 7) else { return }
    _ = queue.retry(slot, at: 500)
    #expect(queue.enqueue(Self.gone("x", uid: 7, acknowledged: false), at: Self.now) == .merged)
    #expect(queue[slot]?.parts == .delete)
    // SEMANTICS 17: and not before its backoff is over.
    #expect(queue.takeNext() == nil && queue[slot]?.place == .backoff(500))
  }

  @Test("SEMANTICS 14: the delete that waits is the oldest incarnation's, and one live state comes after it")
  func oldestDelete() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.gone("x", uid: 1, acknowledged: true), at: Self.now)
    for uid in 2...5 as ClosedRange<UInt128> {
      _ = queue.enqueue(Self.live("x"), at: Self.now)
      _ = queue.enqueue(Self.gone("x", uid: uid, acknowledged: false), at: Self.now)
    }
    _ = queue.enqueue(Self.live("x", body: 10), at: Self.now)
    guard let slot = Self.send(&queue, .delete, uid: nil) else { return }
    #expect(queue[slot]?.delete?.incarnation.uid == 1)
    #expect(queue.acknowledge(slot) == .delete)
    #expect(queue[slot]?.parts == .live && queue[slot]?.delete == nil && queue.bodyBytes == 10)
  }

  @Test("a delete that the subscription does not want ends the key without being told")
  func gatedDelete() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue) else { return }
    #expect(
      queue.enqueue(Self.gone("x", uid: 1, acknowledged: false, told: false), at: Self.now) == .merged)
    #expect(queue.count == 1)
    #expect(queue.retry(slot, at: 5) == nil)
    #expect(queue.count == 0 && queue.superseded == 1)
  }

  @Test("SEMANTICS 16: a change during the flight is sent after it, and the answer does not swallow it")
  func dirty() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x", body: 10), at: Self.now)
    guard let slot = Self.send(&queue) else { return }
    #expect(queue.enqueue(Self.live("x", body: 20), at: Self.now) == .merged)
    #expect(queue.takeNext() == nil)
    _ = queue.acknowledge(slot)
    #expect(queue.bodyBytes == 20)
    #expect(Self.send(&queue) == slot)
    _ = queue.acknowledge(slot)
    #expect(queue.count == 0 && queue.bodyBytes == 0 && queue.added == 1 && queue.settled == 1)
  }

  // MARK: Failing, parking

  @Test("SEMANTICS 17: a newer change resets the attempts and shortens no backoff")
  func backoffStays() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue), let place = queue.retry(slot, at: 1000) else { return }
    #expect(queue[slot]?.attempts == 1 && queue[slot]?.failures == 1)
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    #expect(queue[slot]?.attempts == 0 && queue[slot]?.failures == 1)
    queue.wake(place, at: 999)
    #expect(queue.takeNext() == nil)
    queue.wake(place, at: 1000)
    #expect(queue.takeNext() == slot)
  }

  @Test("an old deadline wakes neither a later backoff nor another key in the same slot")
  func oldDeadlines() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue), let place = queue.retry(slot, at: 10) else { return }
    queue.wake(place, at: 10)
    Self.send(&queue)
    _ = queue.retry(slot, at: 1000)
    queue.wake(place, at: 10)
    #expect(queue.takeNext() == nil)
    queue.forget(slot)
    _ = queue.enqueue(Self.live("y"), at: Self.now)
    guard Self.send(&queue) == slot else {
      Issue.record("the slot is used again")
      return
    }
    _ = queue.retry(slot, at: 5)
    queue.wake(place, at: 5000)
    #expect(queue.item(at: place) == nil && queue[slot]?.place == .backoff(5))
  }

  @Test("SEMANTICS 24: a parked key is kept, and goes on a change, resync or edit with all its retries")
  func parking() {
    var queue = WorkQueue()
    for name in ["x", "y", "z"] {
      _ = queue.enqueue(Self.live(name), at: Self.now)
      guard let slot = Self.send(&queue) else { return }
      #expect(queue.park(slot) == true)
    }
    #expect(queue.parked == 3 && queue.count == 3 && queue.takeNext() == nil)
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    _ = queue.enqueue(Self.live("y", .resync), at: Self.now)
    #expect(queue.parked == 1 && queue.waiting == 2)
    queue.unparkAll()
    #expect(queue.parked == 0 && queue.waiting == 3)
    for slot in queue.occupied { #expect(queue[slot]?.attempts == 0) }
  }

  @Test("what changed during the flight that was refused goes at once, also where it is another part")
  func parkedWithChange() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = Self.send(&queue) else { return }
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    #expect(queue.park(slot) == false)
    #expect(queue.takeNext() == slot)
    queue.forget(slot)
    // The delete of one incarnation is refused while its successor appears.
    _ = queue.enqueue(Self.gone("x", uid: 1, acknowledged: true), at: Self.now)
    guard let other = Self.send(&queue, .delete, uid: nil) else { return }
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    #expect(queue.park(other) == false)
    #expect(queue[other]?.parts == [.live, .delete] && queue[other]?.attempts == 0)
  }

  // MARK: Bodies

  @Test("a key whose body was read is the next, before those that waited")
  func attachedIsNext() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x", .initial), at: Self.now)
    guard let slot = queue.takeNext() else { return }
    queue.read(slot)
    _ = queue.enqueue(Self.live("fresh"), at: Self.now)
    queue.attach(HeldBody(bytes: [1, 2], version: 1, isComparable: true), to: slot)
    #expect(queue.bodyBytes == 2)
    #expect(queue.takeNext() == slot)
  }

  @Test("what is to be read again waits where its cause puts it", arguments: [Cause.initial, .change])
  func readAgain(cause: Cause) {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x", cause), at: Self.now)
    guard let slot = queue.takeNext() else { return }
    queue.read(slot)
    queue.readAgain(slot)
    #expect(queue[slot]?.place == (cause.isStale ? .stale : .fresh))
  }

  @Test("a body that came with a change is kept; the one that was read for an older state is not taken")
  func newerBody() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let slot = queue.takeNext() else { return }
    queue.read(slot)
    _ = queue.enqueue(Self.live("x", body: 7), at: Self.now)
    #expect(queue[slot]?.isReadOutdated == true)
    queue.attach(HeldBody(bytes: [1], version: 1, isComparable: true), to: slot)
    #expect(queue.bodyBytes == 7)
    queue.dropAllBodies()
    #expect(queue.bodyBytes == 0)
  }

  @Test("an object that is no longer there goes from its key; what else waits for the key stays")
  func droppingLive() {
    var queue = WorkQueue()
    _ = queue.enqueue(Self.live("x", body: 5), at: Self.now)
    guard let slot = queue.takeNext() else { return }
    queue.dropLive(slot)
    #expect(queue.count == 0 && queue.superseded == 1 && queue.bodyBytes == 0)
    _ = queue.enqueue(Self.gone("x", uid: 1, acknowledged: true), at: Self.now)
    _ = queue.enqueue(Self.live("x"), at: Self.now)
    guard let other = queue.takeNext() else { return }
    queue.dropLive(other)
    #expect(queue[other]?.parts == .delete && queue.takeNext() == other)
  }

  // MARK: Bounds

  @Test("a queue that nobody drains does not grow with the number of changes")
  func churn() {
    var queue = WorkQueue()
    for round in 0..<20_000 {
      let name = "object-\(round % 10)"
      _ = queue.enqueue(Self.live(name, round % 3 == 0 ? .initial : .change), at: Self.now)
      if round % 7 == 0 { _ = queue.enqueue(Self.gone(name, uid: 1, acknowledged: false), at: Self.now) }
    }
    #expect(queue.count <= 10)
    #expect(queue.placesHeld <= 2 * 10 + 64 + 1)
    #expect(queue.slotsHeld <= 10)
  }

  @Test("a queue that was long and is empty holds nothing, and goes on as before")
  func emptied() {
    var queue = WorkQueue()
    for number in 0..<20_000 { _ = queue.enqueue(Self.live("object-\(number)", .initial), at: Self.now) }
    var last: WorkQueue.Place?
    while let slot = queue.takeNext() {
      last = queue[slot].map { WorkQueue.Place(slot: slot, ticket: $0.ticket) }
      queue.sent(slot, as: DeliveryID(rawValue: 1), parts: .live, incarnation: 1)
      _ = queue.acknowledge(slot)
    }
    #expect(queue.count == 0 && queue.settled == 20_000)
    #expect(queue.slotsHeld == 0 && queue.placesHeld == 0)
    if let last { #expect(queue.item(at: last) == nil) }
    _ = queue.enqueue(Self.live("again"), at: Self.now)
    #expect(Self.send(&queue) != nil)
  }
}
