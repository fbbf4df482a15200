/// Tenants: what each may have of what all share (DESIGN 2.3, promises 5 and 6).
extension HubEngine {
  /// A subscription has come: it shares with those of its namespace.
  mutating func enrol(_ slot: UInt32) {
    let tenant = tenants.join(subscribers[slot].namespace)
    scheduler.join(slot, tenant: tenant)
    readers.join(slot, tenant: tenant)
  }

  /// A subscription goes; nothing of it is under way, and no body waits.
  mutating func dismiss(_ slot: UInt32) {
    let tenant = scheduler.tenant(of: slot)
    scheduler.leave(slot)
    readers.leave(slot)
    tenants.leave(tenant)
  }

  /// So many bytes more wait for the subscription.
  mutating func countBodies(_ bytes: Int, of slot: UInt32) {
    guard bytes != 0 else { return }
    waitingBodyBytes += bytes
    tenants.countBodies(bytes, scheduler.tenant(of: slot))
  }

  /// Whether there is room for a body; where there is none it is read again at its turn (SEMANTICS 22). A tenant never has more
  /// than it leaves free.
  func isAffordable(_ body: [UInt8], for slot: UInt32) -> Bool {
    let own = tenants.bodyBytes(scheduler.tenant(of: slot)) + body.count
    let limits = configuration.limits
    return own <= limits.waitingBodyBytes - waitingBodyBytes
      && own <= limits.tenant.waitingBodyBytes ?? limits.waitingBodyBytes
  }

  // MARK: Quotas

  /// Room for one more, refused or not: those that wait are kept too, but no more of them than may be served.
  var hasRoomInTable: Bool { subscribers.count < 2 * configuration.limits.subscriptions }

  /// The subscription is valid: it is served, or waits until others go.
  mutating func admit(_ subscription: OperatorSubscription, _ slot: UInt32, at now: EngineTime) {
    let uid = subscription.uid
    waitingForms[uid] = quota.isAdmitted(uid) ? nil : subscription
    follow(
      quota.add(uid, created: subscription.created, tenant: scheduler.tenant(of: slot)), at: now)
    // Those that were just admitted have begun by the form that waited.
    if let slot = subscribers.slot(uid: uid) {
      if quota.isAdmitted(uid) {
        accept(subscription, slot, at: now)
      } else {
        wait(subscription, slot, at: now)
      }
    }
  }

  /// Does what the quota says.
  mutating func follow(_ changes: [SubscriptionQuota.Change], at now: EngineTime) {
    for change in changes {
      switch change {
      case .admit(let uid):
        guard let form = waitingForms.removeValue(forKey: uid), let slot = subscribers.slot(uid: uid) else {
          continue
        }
        accept(form, slot, at: now)
      case .displace(let uid): displace(uid, at: now)
      }
    }
  }

  /// An older one is served in its place: all that there is for it goes, and it waits.
  private mutating func displace(_ uid: String, at now: EngineTime) {
    guard let slot = subscribers.slot(uid: uid), let form = subscribers[slot].accepted else { return }
    let (origin, report) = (subscribers[slot].origin, subscribers[slot].report)
    let announcements = subscribers[slot].announcements
    remove(slot, at: now)
    let new = subscribers.insert(
      uid: uid, namespace: form.namespace, name: form.name, origin: origin, generation: form.generation)
    enrol(new)
    subscribers[new].report.takeWritten(report)
    subscribers[new].announcements = announcements
    waitingForms[uid] = form
    wait(form, new, at: now)
  }

  /// The subscription is not served until others go, and says so.
  private mutating func wait(_ subscription: OperatorSubscription, _ slot: UInt32, at now: EngineTime) {
    let words = quotaWords(subscription)
    if subscribers[slot].refusal != words {
      notice(.warning, "a subscription is not accepted", who(slot) + [HeaderField("reason", words)])
    }
    subscribers[slot].isConfirmed = true
    subscribers[slot].generation = subscription.generation
    subscribers[slot].refusal = words
    subscribers[slot].report.status.refuse(
      reason: SubscriptionStatus.quotaReason, words, generation: subscription.generation, at: now.wall)
    report(slot)
  }

  private func quotaWords(_ subscription: OperatorSubscription) -> String {
    let limits = configuration.limits
    let next = "the oldest that waits is served when one goes"
    switch quota.bound(subscription.uid) {
    case .tenant:
      return
        "namespace \(subscription.namespace) has \(limits.tenant.subscriptions) older subscriptions, as many as"
        + " limits.tenant.subscriptions of the hub allows: delete one, or ask who runs the hub for more; \(next)"
    case .hub:
      return
        "the hub serves \(limits.subscriptions) older subscriptions, as many as limits.hub.subscriptions allows:"
        + " ask who runs the hub for more; \(next)"
    }
  }

  // MARK: Throttling

  /// Looks after a minute, while a rate holds tenants back, who is to be told of it.
  mutating func watchThrottling(at now: EngineTime) {
    guard !throttling.isTimed, scheduler.counts.byTenantRate != throttling.seen else { return }
    throttling.isTimed = true
    timers.set(.throttling, due: now.monotonic + ThrottlingWatch.patience)
  }

  mutating func lookForThrottling(at now: EngineTime) {
    let isOver = scheduler.counts.byTenantRate == throttling.seen
    throttling.seen = scheduler.counts.byTenantRate
    for slot in subscribers.all {
      let isShown = subscribers[slot].report.status[.delivering]?.reason == ThrottlingWatch.reason
      if isShown != isThrottled(slot, at: now) { report(slot) }
    }
    throttling.isTimed = !isOver
    if !isOver { timers.set(.throttling, due: now.monotonic + ThrottlingWatch.patience) }
  }

  /// Whether the rate of its tenant has held the subscription back for long.
  func isThrottled(_ slot: UInt32, at now: EngineTime) -> Bool {
    guard subscribers[slot].queue.waiting > 0,
      let since = scheduler.throttledSince(scheduler.tenant(of: slot), at: now.monotonic)
    else { return false }
    return since + ThrottlingWatch.patience <= now.monotonic + Duration64.second
  }
}

/// Looks from time to time who is held back by a rate, so that a status is not written for each time.
struct ThrottlingWatch: Sendable {
  /// The reason of `Delivering` where the rate of a tenant holds it back.
  static let reason = "Throttled"
  /// Who is held back for shorter is not told.
  static let patience = Duration64.seconds(60)

  var isTimed = false
  /// How often tenants had been held back when it looked last.
  var seen = 0
}
