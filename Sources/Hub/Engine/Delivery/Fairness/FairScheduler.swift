/// Whose turn it is to be sent something (DESIGN 2.3, promise 5): deficit round robin over tenants, and over the subscriptions
/// of a tenant. It knows tenants and subscriptions by number alone.
///
/// What a tenant may have under way goes by what is left: one that has some under way gets one more only while as many are
/// free as the next power of two above that. So one tenant whose sinks hang takes half of all, two a third each or
/// less, and whoever has little under way finds room. Who may not go now stands in no line that is looked at: a
/// dispatch costs the same however many wait.
struct FairScheduler: Sendable {
  /// So many bytes of a body cost as much as a delivery.
  static let bytesPerTurn = 16 << 10

  /// What there is to share.
  struct Limits: Sendable {
    var inFlight = Int.max
    var tenantInFlight = Int.max
    var perSecond: Int?
    var tenantPerSecond: Int?
  }

  /// Where a tenant stands.
  private enum Place: Equatable, Sendable {
    /// Nothing to send.
    case idle
    case active
    /// Until as many are free as this class needs, or one of its own ends.
    case waiting(class: Int)
    /// Until one of its own ends.
    case full
    /// Until the time that its rate gives.
    case throttled
  }

  private struct Tenant: Sendable {
    var line = TurnTable.Line()
    var place = Place.idle
    var inFlight = 0
    var pacer = Pacer()
    /// It has had more to send than its rate allows since then.
    var throttledSince: UInt64?
    /// A timer is set.
    var isTimed = false
  }

  /// How often somebody was made to wait, by what.
  struct Counts: Sendable, Equatable {
    var byShare = 0
    var byTenantRate = 0
    var byHubRate = 0
  }

  private let limits: Limits
  private let rate: Pacer.Rate
  private let tenantRate: Pacer.Rate
  private var subscriptions = TurnTable()
  private var tenants = TurnTable()
  /// By number.
  private var states: [Tenant] = []
  /// The tenant of each subscription.
  private var tenantOf: [UInt32] = []
  private var active = TurnTable.Line()
  /// Tenants that wait for free places, by class.
  private var waiting = [TurnTable.Line](repeating: TurnTable.Line(), count: Int.bitWidth)
  /// The classes in which somebody waits.
  private var waitingClasses: UInt64 = 0
  private var pacer = Pacer()
  private var wakes = DeadlineHeap<UInt32>()
  private var hubWakesAt: UInt64?
  private(set) var inFlight = 0
  private(set) var counts = Counts()

  init(_ limits: Limits = Limits()) {
    self.limits = limits
    rate = Pacer.Rate(perSecond: limits.perSecond)
    tenantRate = Pacer.Rate(perSecond: limits.tenantPerSecond)
  }

  /// Nobody has anything to send, but for those who wait for their rate, or for something of their own to end.
  var isEmpty: Bool { active.isEmpty && waitingClasses == 0 }

  /// Nobody has a turn to come.
  var isDrained: Bool { active.isEmpty }

  /// When somebody may go on who waits for time alone.
  var nextDeadline: UInt64? {
    guard let hubWakesAt else { return wakes.next }
    return min(hubWakesAt, wakes.next ?? .max)
  }

  /// Steps made so far, for tests of what a turn costs.
  var steps: Int { subscriptions.steps + tenants.steps }

  // MARK: Who there is

  /// A subscription is of this tenant from now on.
  mutating func join(_ subscription: UInt32, tenant: UInt32) {
    while tenantOf.count <= Int(subscription) { tenantOf.append(.max) }
    while states.count <= Int(tenant) { states.append(Tenant()) }
    tenantOf[Int(subscription)] = tenant
    subscriptions.forgive(subscription)
  }

  /// A subscription is gone; nothing of it is under way.
  mutating func leave(_ subscription: UInt32) {
    let tenant = tenantOf[Int(subscription)]
    subscriptions.remove(subscription, from: &states[Int(tenant)].line)
    if states[Int(tenant)].line.isEmpty { rest(tenant) }
  }

  /// The tenant of a subscription that has joined.
  func tenant(of subscription: UInt32) -> UInt32 { tenantOf[Int(subscription)] }

  /// What a tenant has under way.
  func inFlight(of tenant: UInt32) -> Int { Int(tenant) < states.count ? states[Int(tenant)].inFlight : 0 }

  /// Since when the tenant has more to send than its rate allows; nil: it has not.
  func throttledSince(_ tenant: UInt32, at now: UInt64) -> UInt64? {
    guard Int(tenant) < states.count, !states[Int(tenant)].pacer.isRested(at: now) else { return nil }
    return states[Int(tenant)].throttledSince
  }

  /// Tenants that are held back now, by the number of those under way or by their rate.
  var heldBack: (byShare: Int, byRate: Int) {
    states.reduce(into: (0, 0)) { counts, tenant in
      switch tenant.place {
      case .idle, .active: break
      case .waiting, .full: counts.0 += 1
      case .throttled: counts.1 += 1
      }
    }
  }

  // MARK: Turns

  /// The subscription has something to send; it joins the end of its tenant's line, and the tenant that of all.
  mutating func add(_ subscription: UInt32) {
    guard !subscriptions.isInLine(subscription) else { return }
    let tenant = tenantOf[Int(subscription)]
    subscriptions.append(subscription, to: &states[Int(tenant)].line)
    if states[Int(tenant)].place == .idle { activate(tenant) }
  }

  /// Takes the subscription whose turn it is, if something may be sent now; it joins again by `add`.
  mutating func next(at now: UInt64) -> UInt32? {
    hubWakesAt = nil
    while let tenant = nextTenant(at: now) {
      guard mayGo(tenant, at: now) else { continue }
      let subscription = subscriptions.next(of: &states[Int(tenant)].line)
      if states[Int(tenant)].line.isEmpty { rest(tenant) } else { activate(tenant) }
      if let subscription { return subscription }
    }
    return nil
  }

  /// Whether one more may be under way for the subscription's tenant, beyond what its turn gave it.
  func hasRoom(_ subscription: UInt32) -> Bool {
    let inFlight = states[Int(tenantOf[Int(subscription)])].inFlight
    return inFlight < limits.tenantInFlight && limits.inFlight - self.inFlight >= Self.need(inFlight)
  }

  /// Something is under way for the subscription: a delivery, or a read for one.
  mutating func opened(_ subscription: UInt32) {
    inFlight += 1
    states[Int(tenantOf[Int(subscription)])].inFlight += 1
  }

  /// That has ended.
  mutating func closed(_ subscription: UInt32) {
    let tenant = tenantOf[Int(subscription)]
    inFlight -= 1
    states[Int(tenant)].inFlight -= 1
    switch states[Int(tenant)].place {
    case .idle, .active, .throttled: break
    case .waiting, .full:
      unline(tenant)
      activate(tenant)
    }
  }

  /// A delivery is sent, with so many bytes of body.
  mutating func sent(_ subscription: UInt32, bytes: Int, at now: UInt64) {
    let tenant = tenantOf[Int(subscription)]
    pacer.take(rate, at: now)
    states[Int(tenant)].pacer.take(tenantRate, at: now)
    let turns = UInt32(min(bytes / Self.bytesPerTurn, 1 << 16))
    subscriptions.owe(subscription, turns, in: states[Int(tenant)].line)
    tenants.owe(tenant, turns, in: active)
  }

  /// Lets go on whose time has come.
  mutating func passTime(to now: UInt64) {
    while let tenant = wakes.popDue(at: now) {
      states[Int(tenant)].isTimed = false
      if states[Int(tenant)].place == .throttled { activate(tenant) }
    }
  }

  // MARK: Places

  /// How many must be free for a tenant that has so many under way.
  static func need(_ inFlight: Int) -> Int { 1 << sizeClass(inFlight) }

  private static func sizeClass(_ inFlight: Int) -> Int { Int.bitWidth - inFlight.leadingZeroBitCount }

  private mutating func nextTenant(at now: UInt64) -> UInt32? {
    guard inFlight < limits.inFlight, !isEmpty else { return nil }
    let due = pacer.next(rate, at: now)
    guard due <= now else {
      counts.byHubRate += 1
      hubWakesAt = due
      return nil
    }
    if let tenant = tenants.next(of: &active) {
      states[Int(tenant)].place = .idle
      return tenant
    }
    // The lowest class needs the least.
    let lowest = waitingClasses.trailingZeroBitCount
    guard lowest < Int.bitWidth, limits.inFlight - inFlight >= 1 << lowest,
      let tenant = tenants.popFirst(of: &waiting[lowest])
    else { return nil }
    noteWaiting(lowest)
    states[Int(tenant)].place = .idle
    return tenant
  }

  /// Whether the tenant whose turn it is may go; if not, where it waits.
  private mutating func mayGo(_ tenant: UInt32, at now: UInt64) -> Bool {
    let due = states[Int(tenant)].pacer.next(tenantRate, at: now)
    if due > now {
      counts.byTenantRate += 1
      states[Int(tenant)].place = .throttled
      states[Int(tenant)].throttledSince = states[Int(tenant)].throttledSince ?? now
      if !states[Int(tenant)].isTimed { wakes.set(tenant, due: due) }
      states[Int(tenant)].isTimed = true
      return false
    }
    if states[Int(tenant)].pacer.isRested(at: now) { states[Int(tenant)].throttledSince = nil }
    let inFlight = states[Int(tenant)].inFlight
    guard inFlight < limits.tenantInFlight else {
      counts.byShare += 1
      states[Int(tenant)].place = .full
      return false
    }
    guard limits.inFlight - self.inFlight >= Self.need(inFlight) else {
      counts.byShare += 1
      let size = Self.sizeClass(inFlight)
      states[Int(tenant)].place = .waiting(class: size)
      tenants.append(tenant, to: &waiting[size])
      waitingClasses |= 1 << size
      return false
    }
    return true
  }

  private mutating func activate(_ tenant: UInt32) {
    states[Int(tenant)].place = .active
    tenants.append(tenant, to: &active)
  }

  /// The tenant has nothing to send.
  private mutating func rest(_ tenant: UInt32) {
    unline(tenant)
    states[Int(tenant)].place = .idle
  }

  private mutating func unline(_ tenant: UInt32) {
    switch states[Int(tenant)].place {
    case .active: tenants.remove(tenant, from: &active)
    case .waiting(let size):
      tenants.remove(tenant, from: &waiting[size])
      noteWaiting(size)
    case .idle, .full, .throttled: break
    }
  }

  private mutating func noteWaiting(_ size: Int) {
    if waiting[size].isEmpty { waitingClasses &= ~(1 << size) }
  }
}
