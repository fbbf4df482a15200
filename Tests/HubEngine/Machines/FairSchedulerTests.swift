import Testing

@testable import HubEngine

@Suite("Whose turn it is")
struct FairSchedulerTests {
  private func make(_ sizes: [Int]) -> FairScheduler { make(FairScheduler.Limits(), sizes) }

  /// A scheduler with so many subscriptions in each tenant, numbered through.
  private func make(_ limits: FairScheduler.Limits, _ sizes: [Int]) -> FairScheduler {
    var scheduler = FairScheduler(limits)
    var subscription: UInt32 = 0
    for (tenant, size) in sizes.enumerated() {
      for _ in 0..<size {
        scheduler.join(subscription, tenant: UInt32(tenant))
        scheduler.add(subscription)
        subscription += 1
      }
    }
    return scheduler
  }

  /// The tenants of the next turns, each of whose subscriptions always has more.
  private func turns(_ scheduler: inout FairScheduler, _ count: Int, at now: UInt64 = 1) -> [UInt32] {
    var tenants: [UInt32] = []
    while tenants.count < count, let subscription = scheduler.next(at: now) {
      tenants.append(scheduler.tenant(of: subscription))
      scheduler.add(subscription)
    }
    return tenants
  }

  /// Sends for whoever may until nobody may, and nothing ends. How much each tenant has under way.
  private func fill(_ scheduler: inout FairScheduler, tenants: Int, at now: UInt64 = 1) -> [Int] {
    while let subscription = scheduler.next(at: now) {
      scheduler.opened(subscription)
      scheduler.add(subscription)
    }
    return (0..<UInt32(tenants)).map { scheduler.inFlight(of: $0) }
  }

  // MARK: Turns

  @Test(
    "tenants take turns, whatever their number of subscriptions; a tenant's subscriptions take turns in its own"
  )
  func tenantsFirst() {
    var scheduler = make([1000, 1, 2])
    #expect(turns(&scheduler, 7) == [0, 1, 2, 0, 1, 2, 0])
    var seen: [UInt32] = []
    for _ in 0..<6 {
      guard let subscription = scheduler.next(at: 1) else { break }
      if scheduler.tenant(of: subscription) == 2 { seen.append(subscription) }
      scheduler.add(subscription)
    }
    #expect(seen == [1001, 1002])
  }

  @Test("a subscription stands in line once, however often it is added, and nowhere once it has left")
  func once() {
    var scheduler = make([2])
    for _ in 0..<5 { scheduler.add(1) }
    scheduler.leave(0)
    #expect(scheduler.next(at: 1) == 1)
    #expect(scheduler.next(at: 1) == nil && scheduler.isEmpty)
  }

  @Test(
    "a large body counts as so many deliveries: who sends them has as many turns fewer",
    arguments: [1, 3, 60])
  func bodies(turnsEach: Int) {
    var scheduler = make([1, 1])
    var counts = [0, 0]
    for _ in 0..<61 * 4 {
      guard let subscription = scheduler.next(at: 1) else { break }
      counts[Int(scheduler.tenant(of: subscription))] += 1
      let bytes = subscription == 0 ? turnsEach * FairScheduler.bytesPerTurn : 100
      scheduler.sent(subscription, bytes: bytes, at: 1)
      scheduler.add(subscription)
    }
    #expect(abs(counts[1] - counts[0] * (turnsEach + 1)) <= turnsEach + 1)
  }

  @Test("the same among the subscriptions of one tenant")
  func bodiesWithin() {
    var scheduler = make([2])
    var counts = [0, 0]
    for _ in 0..<400 {
      guard let subscription = scheduler.next(at: 1) else { break }
      counts[Int(subscription)] += 1
      scheduler.sent(subscription, bytes: subscription == 0 ? 3 * FairScheduler.bytesPerTurn : 0, at: 1)
      scheduler.add(subscription)
    }
    #expect(counts == [80, 320])
  }

  @Test("who was alone owes nobody")
  func alone() {
    var scheduler = make([1])
    for _ in 0..<10 {
      guard let subscription = scheduler.next(at: 1) else { break }
      scheduler.sent(subscription, bytes: 1 << 20, at: 1)
    }
    scheduler.add(0)
    scheduler.join(1, tenant: 1)
    scheduler.add(1)
    // Its last one is remembered, those before are not.
    #expect(turns(&scheduler, 100).filter { $0 == 0 }.count == (100 - 64) / 2)
  }

  // MARK: What is under way

  @Test(
    "one tenant takes half of what may be under way; the next takes half of what it left",
    arguments: [4, 10, 512])
  func shares(limit: Int) {
    var scheduler = make(FairScheduler.Limits(inFlight: limit), [1000])
    #expect(fill(&scheduler, tenants: 1)[0] <= (limit + 1) / 2)
    #expect(fill(&scheduler, tenants: 1)[0] >= limit / 4)
    let left = limit - scheduler.inFlight
    scheduler.join(1000, tenant: 1)
    scheduler.add(1000)
    #expect(fill(&scheduler, tenants: 2)[1] <= (left + 1) / 2 && scheduler.inFlight < limit)
    #expect(fill(&scheduler, tenants: 2)[1] >= left / 4)
  }

  @Test(
    "who has less under way finds room while the others' hangs: 1 to 100 tenants of 512",
    arguments: [1, 3, 10, 100])
  func newcomer(hanging: Int) {
    var scheduler = make(FairScheduler.Limits(inFlight: 512), [Int](repeating: 20, count: hanging))
    let taken = fill(&scheduler, tenants: hanging)
    #expect(taken.allSatisfy { $0 > 0 })
    scheduler.join(20_000, tenant: UInt32(hanging))
    scheduler.add(20_000)
    let room = fill(&scheduler, tenants: hanging + 1)[hanging]
    #expect(room >= 512 / (hanging + 1) / 4 && room >= 1)
  }

  @Test("limits.tenant holds what one tenant has under way", arguments: [1, 7])
  func tenantLimit(limit: Int) {
    var scheduler = make(FairScheduler.Limits(inFlight: 100, tenantInFlight: limit), [50, 50])
    #expect(fill(&scheduler, tenants: 2) == [limit, limit])
    scheduler.closed(0)
    #expect(fill(&scheduler, tenants: 2) == [limit, limit])
    #expect(scheduler.counts.byShare >= 2 && scheduler.heldBack.byShare == 2)
  }

  @Test("what ends makes room: for its own tenant, and for those that wait, those with the least first")
  func room() {
    var scheduler = make(FairScheduler.Limits(inFlight: 8), [50])
    #expect(fill(&scheduler, tenants: 1) == [4])
    scheduler.join(50, tenant: 1)
    scheduler.add(50)
    #expect(fill(&scheduler, tenants: 2) == [4, 2])
    scheduler.join(51, tenant: 2)
    scheduler.add(51)
    #expect(fill(&scheduler, tenants: 3) == [4, 2, 1])
    for _ in 0..<3 { scheduler.closed(0) }
    let after = fill(&scheduler, tenants: 3)
    #expect(after[0] >= 2 && after[1] >= 2 && after[2] >= 2 && scheduler.inFlight < 8)
  }

  @Test("a turn that costs a steady number of steps, with 10 tenants held back or with 10,000")
  func constantTime() {
    let steps = [10, 10_000].map { held -> Int in
      // The last is the one who has turns; all others have something under way and wait.
      var scheduler = make(
        FairScheduler.Limits(inFlight: 40_000, tenantInFlight: 2), [Int](repeating: 3, count: held))
      _ = fill(&scheduler, tenants: held)
      let subscription = UInt32(3 * held)
      scheduler.join(subscription, tenant: UInt32(held))
      let before = scheduler.steps
      for _ in 0..<1000 {
        scheduler.add(subscription)
        #expect(scheduler.next(at: 1) == subscription)
        scheduler.opened(subscription)
        scheduler.closed(subscription)
      }
      return scheduler.steps - before
    }
    #expect(steps[0] == steps[1] && steps[0] <= 3000)
  }

  // MARK: Rates

  @Test(
    "limits.tenant.deliveriesPerSecond: a tenth of a second's worth at once, then that many a second, and others go on"
  )
  func tenantRate() {
    var scheduler = make(FairScheduler.Limits(tenantPerSecond: 100), [1, 1])
    var sent = [0, 0]
    var held = 0
    var now: UInt64 = 1
    while now <= 2_000_000_001 {
      while let subscription = scheduler.next(at: now) {
        sent[Int(subscription)] += 1
        scheduler.sent(subscription, bytes: 0, at: now)
        scheduler.add(subscription)
        if now == 1, subscription == 1 { #expect(sent[0] <= 10 && sent[1] <= 10) }
      }
      guard let next = scheduler.nextDeadline else { break }
      #expect(next > now)
      held = scheduler.heldBack.byRate
      now = next
      scheduler.passTime(to: now)
    }
    #expect((209...211).contains(sent[0]) && (209...211).contains(sent[1]))
    #expect(scheduler.throttledSince(0, at: now) == 1 && held == 2)
    #expect(scheduler.throttledSince(0, at: now + Duration64.seconds(2)) == nil)
  }

  @Test("limits.hub.deliveriesPerSecond is shared by turns")
  func hubRate() {
    var scheduler = make(FairScheduler.Limits(perSecond: 10), [100, 1])
    var sent = [0, 0]
    var now: UInt64 = 1
    while now <= 10_000_000_001 {
      while let subscription = scheduler.next(at: now) {
        sent[Int(scheduler.tenant(of: subscription))] += 1
        scheduler.sent(subscription, bytes: 0, at: now)
        scheduler.add(subscription)
      }
      guard let next = scheduler.nextDeadline else { break }
      now = next
      scheduler.passTime(to: now)
    }
    #expect(abs(sent[0] - sent[1]) <= 1 && (100...102).contains(sent[0] + sent[1]))
    #expect(scheduler.counts.byHubRate > 0)
  }

  @Test("without a rate nothing waits for time")
  func noRate() {
    var scheduler = make([1])
    for _ in 0..<10_000 { scheduler.sent(0, bytes: 0, at: 1) }
    #expect(scheduler.next(at: 1) == 0 && scheduler.nextDeadline == nil)
  }

  // MARK: All together

  @Test(
    "in 100,000 random steps nobody who may go waits while a place is free, and nobody has more than the limits"
  )
  func model() {
    var random = SeededRandom(seed: 7)
    let limits = FairScheduler.Limits(inFlight: 40, tenantInFlight: 12)
    var scheduler = FairScheduler(limits)
    for subscription in 0..<60 as Range<UInt32> { scheduler.join(subscription, tenant: subscription % 12) }
    var (lined, underWay): (Set<UInt32>, [UInt32]) = ([], [])
    for _ in 0..<100_000 {
      switch random.number(from: 0, through: 3) {
      case 0:
        let subscription = UInt32(random.number(from: 0, through: 59))
        scheduler.add(subscription)
        lined.insert(subscription)
      case 1 where !underWay.isEmpty:
        scheduler.closed(
          underWay.remove(at: Int(random.number(from: 0, through: UInt64(underWay.count - 1)))))
      default:
        guard let subscription = scheduler.next(at: 1) else {
          let free = limits.inFlight - underWay.count
          let isStuck = lined.contains { subscription in
            let own = scheduler.inFlight(of: subscription % 12)
            return own < limits.tenantInFlight && free >= FairScheduler.need(own)
          }
          #expect(!isStuck)
          continue
        }
        #expect(lined.remove(subscription) != nil)
        scheduler.opened(subscription)
        underWay.append(subscription)
      }
      #expect(scheduler.inFlight == underWay.count && underWay.count <= limits.inFlight)
      #expect((0..<12 as Range<UInt32>).allSatisfy { scheduler.inFlight(of: $0) <= limits.tenantInFlight })
    }
  }

  @Test("nobody starves: among 50 tenants that always have more, each has its turn once in 50")
  func noStarving() {
    var scheduler = make((1...50).map { $0 })
    let order = turns(&scheduler, 5000)
    for (turn, tenant) in order.enumerated() { #expect(tenant == UInt32(turn % 50)) }
  }
}
