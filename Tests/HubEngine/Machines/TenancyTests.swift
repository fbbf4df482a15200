import Testing

@testable import HubEngine

@Suite("The table of subscriptions")
struct SubscriberTableTests {
  private static func insert(
    _ table: inout SubscriberTable, _ name: String, uid: String? = nil,
    origin: Subscriber.Origin = .cluster
  ) -> UInt32 {
    table.insert(uid: uid ?? "uid-" + name, namespace: "a", name: name, origin: origin, generation: 1)
  }

  @Test("a slot is used again, and the serial tells its subscribers apart")
  func slots() {
    var table = SubscriberTable()
    let first = Self.insert(&table, "x")
    let serial = table[first].serial
    #expect(table.isCurrent(first, serial) && table.isInUse(first) && table.slot(uid: "uid-x") == first)
    table.remove(first)
    #expect(!table.isCurrent(first, serial) && !table.isInUse(first) && table.slot(uid: "uid-x") == nil)
    let second = Self.insert(&table, "y")
    #expect(second == first && table[second].name == "y")
    #expect(!table.isCurrent(first, serial) && table.isCurrent(second, table[second].serial))
  }

  @Test("slots that never were are not in use")
  func unknown() {
    let table = SubscriberTable()
    #expect(!table.isInUse(0) && !table.isCurrent(9, 1) && table.all.isEmpty && table.count == 0)
  }

  @Test("those of the cluster are found by name; files' are not, nor are those that are gone")
  func names() {
    var table = SubscriberTable()
    let file = Self.insert(&table, "x", uid: "file:a/x", origin: .file("f"))
    #expect(table.slot(inCluster: "a", "x") == nil)
    let slot = Self.insert(&table, "x")
    #expect(table.slot(inCluster: "a", "x") == slot && table.slot(inCluster: "b", "x") == nil)
    table.remove(file)
    #expect(table.slot(inCluster: "a", "x") == slot)
    table.remove(slot)
    #expect(table.slot(inCluster: "a", "x") == nil)
  }

  @Test("the slots in use come in ascending order, whatever went and came")
  func all() {
    var table = SubscriberTable()
    let slots = (0..<100).map { Self.insert(&table, "s\($0)") }
    for slot in slots where slot % 3 == 0 { table.remove(slot) }
    _ = (0..<10).map { Self.insert(&table, "t\($0)") }
    #expect(table.all == table.all.sorted() && table.all.count == table.count && table.count == 76)
    #expect(table.all.allSatisfy { table.slot(uid: table[$0].uid) == $0 })
  }

  @Test("a subscriber is changed in its place")
  func changing() {
    var table = SubscriberTable()
    let slot = Self.insert(&table, "x")
    table[slot].failures = 3
    table[slot].failures += 1
    #expect(table[slot].failures == 4)
  }
}

@Suite("The rate of status writes")
struct StatusPacerTests {
  private static let second = Duration64.second

  /// How many writes are let through at this time.
  private static func drain(_ pacer: inout StatusPacer, at now: UInt64) -> Int {
    var count = 0
    while pacer.hasToken(at: now), count < 1000 {
      pacer.take()
      count += 1
    }
    return count
  }

  @Test("a burst of 20, then 10 a second, and never more than the burst after a rest")
  func rate() {
    var pacer = StatusPacer()
    let start: UInt64 = 77 * Self.second
    #expect(Self.drain(&pacer, at: start) == 20)
    #expect(Self.drain(&pacer, at: start) == 0)
    #expect(Self.drain(&pacer, at: start + Self.second) == 10)
    #expect(Self.drain(&pacer, at: start + Self.second + Self.second / 2) == 5)
    #expect(Self.drain(&pacer, at: start + 1000 * Self.second) == 20)
  }

  @Test("it says when the next token is there, and it is then, not before")
  func next() {
    var pacer = StatusPacer()
    var now: UInt64 = 12_345
    _ = Self.drain(&pacer, at: now)
    for _ in 0..<50 {
      let next = pacer.nextToken
      #expect(next > now && pacer.hasToken(at: next - 1) == false)
      #expect(pacer.hasToken(at: next) == true)
      pacer.take()
      now = next
    }
  }

  @Test("looking takes nothing, and a clock that stands still or goes back gives nothing")
  func looking() {
    var pacer = StatusPacer()
    for _ in 0..<100 { #expect(pacer.hasToken(at: 1000) == true) }
    #expect(Self.drain(&pacer, at: 1000) == 20)
    #expect(Self.drain(&pacer, at: 10) == 0)
    pacer.take()
    #expect(pacer.hasToken(at: 1000) == false)
  }
}

@Suite("What was reported of a subscription")
struct SubscriptionReportTests {
  private static func time(_ seconds: Int) -> EngineTime {
    EngineTime(
      monotonic: UInt64(seconds) * Duration64.second, wall: Int64(seconds) * Int64(Duration64.second))
  }

  private static func written(pending: Int = 1) -> SubscriptionReport {
    var report = SubscriptionReport()
    report.status.observe(generation: 1, at: 0)
    report.status.pending = pending
    report.began()
    report.succeeded(at: time(0))
    return report
  }

  @Test("a first status is written; the same again is not")
  func first() {
    var report = SubscriptionReport()
    report.status.observe(generation: 1, at: 0)
    #expect(report.needsWrite(at: Self.time(0)))
    report.began()
    #expect(report.isWriting && !report.needsWrite(at: Self.time(0)))
    report.succeeded(at: Self.time(0))
    #expect(!report.isWriting && !report.needsWrite(at: Self.time(100_000)))
  }

  @Test("what changed while it was being written is written after it")
  func changedMeanwhile() {
    var report = Self.written()
    report.status.observe(generation: 2, at: 0)
    report.began()
    report.status.observe(generation: 3, at: 0)
    report.succeeded(at: Self.time(1))
    #expect(report.written?.observedGeneration == 2 && report.needsWrite(at: Self.time(1)))
  }

  @Test("SEMANTICS 31: pending and the last delivery alone wait for ten minutes, a condition does not")
  func counts() {
    var report = Self.written()
    report.status.pending = 7
    report.status.lastDeliveryTime = 5
    #expect(!report.needsWrite(at: Self.time(599)))
    #expect(report.needsWrite(at: Self.time(600)))
    report.status.set(.delivering, .isTrue, reason: "Delivering", message: "", at: 1)
    #expect(report.needsWrite(at: Self.time(1)))
  }

  @Test("after a failure it waits, ever longer up to a minute, and a success ends that")
  func failing() {
    var report = SubscriptionReport()
    let waits = (0..<8).map { _ in
      report.began()
      report.failed(at: Self.time(100))
      #expect(!report.isWriting && report.written == nil)
      return report.notBefore / Duration64.second - 100
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
    report.began()
    report.succeeded(at: Self.time(200))
    #expect(report.notBefore == 0)
    report.began()
    report.failed(at: Self.time(300))
    #expect(report.notBefore == 301 * Duration64.second)
  }
}

@Suite("One subscription")
struct SubscriberTests {
  @Test("SEMANTICS 19: each edit has a token of its own, also where files have no generation")
  func edits() {
    func tokens(_ generations: [Int64]) -> [String] {
      var subscriber = Subscriber(
        uid: "u", namespace: "a", name: "x", origin: .cluster, serial: 1, generation: 0)
      return generations.map { generation in
        subscriber.generation = generation
        subscriber.noteEdit()
        return subscriber.editToken
      }
    }
    #expect(tokens([2, 5]) == ["generation/2", "generation/5"])
    #expect(tokens([0, 0]) == ["generation/1", "generation/2"])
  }

  @Test("without a sink, keys or trust there is nothing to send")
  func runnable() {
    var table = SubscriberTable()
    let slot = table.insert(uid: "u", namespace: "a", name: "x", origin: .file("f"), generation: 1)
    #expect(!table.isRunnable(slot))
    _ = table[slot].queue.enqueue(WorkQueueTests.live("x"), at: WorkQueueTests.now)
    table[slot].sink = .fixed(
      "http://foo.a.svc", SinkJudge(policy: .standard, apiServer: ""), SinkSender(namespace: "a"))
    #expect(!table.isRunnable(slot), "no form is accepted")
  }
}
