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
}
