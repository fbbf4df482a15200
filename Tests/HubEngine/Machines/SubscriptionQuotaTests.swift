import Testing

@testable import HubEngine

@Suite("The quota of subscriptions")
struct SubscriptionQuotaTests {
  @Test(
    "of a tenant the oldest are served, by time and then uid; what goes makes room for the oldest that waits")
  func oldestFirst() {
    var quota = SubscriptionQuota(tenantLimit: 2, hubLimit: 10)
    #expect(quota.add("c", created: 3, tenant: 0) == [.admit(uid: "c")])
    #expect(quota.add("b", created: 2, tenant: 0) == [.admit(uid: "b")])
    #expect(quota.add("d", created: 4, tenant: 0) == [] && quota.bound("d") == .tenant)
    #expect(quota.add("a", created: 2, tenant: 0) == [.displace(uid: "c"), .admit(uid: "a")])
    #expect(quota.add("other", created: 9, tenant: 1) == [.admit(uid: "other")])
    #expect(quota.admitted == 3 && quota.waiting == 2)
    #expect(quota.remove("a") == [.admit(uid: "c")])
    #expect(quota.remove("d") == [])
    #expect(quota.remove("b") == [] && !quota.contains("b"))
  }

  @Test("of all tenants the oldest are served; what goes makes room for the oldest of any tenant")
  func hubLimit() {
    var quota = SubscriptionQuota(tenantLimit: 2, hubLimit: 3)
    for (uid, tenant) in [("a1", 0), ("a2", 0), ("b3", 1)] as [(String, UInt32)] {
      #expect(quota.add(uid, created: Int64(uid.dropFirst()) ?? 0, tenant: tenant) == [.admit(uid: uid)])
    }
    #expect(quota.add("c5", created: 5, tenant: 2) == [] && quota.bound("c5") == .hub)
    #expect(quota.add("d4", created: 4, tenant: 3) == [])
    #expect(quota.remove("a1") == [.admit(uid: "d4")])
    #expect(quota.add("e0", created: 0, tenant: 4) == [.displace(uid: "d4"), .admit(uid: "e0")])
    #expect(quota.admitted == 3 && quota.waiting == 2)
  }

  @Test("what a restart finds is served on until all are known, then the oldest are")
  func restore() {
    var quota = SubscriptionQuota(tenantLimit: 1, hubLimit: 10)
    quota.restore("a", tenant: 0)
    quota.restore("b", tenant: 0)
    #expect(quota.admitted == 2)
    #expect(quota.add("b", created: 1, tenant: 0) == [] && quota.add("a", created: 2, tenant: 0) == [])
    #expect(quota.trim() == [.displace(uid: "a")] && quota.trim() == [])
    #expect(quota.isAdmitted("b") && !quota.isAdmitted("a"))
  }

  /// Who is served, by definition.
  private func expected(
    _ all: [(uid: String, created: Int64, tenant: UInt32)], _ tenantLimit: Int, _ hubLimit: Int
  )
    -> Set<String>
  {
    let sorted = all.sorted { ($0.created, $0.uid) < ($1.created, $1.uid) }
    var counts: [UInt32: Int] = [:]
    let candidates = sorted.filter { one in
      counts[one.tenant, default: 0] += 1
      return counts[one.tenant, default: 0] <= tenantLimit
    }
    return Set(candidates.prefix(hubLimit).map(\.uid))
  }

  @Test("in 5,000 random steps exactly those are served that the rule says, whatever the order")
  func model() {
    var random = SeededRandom(seed: 11)
    var quota = SubscriptionQuota(tenantLimit: 3, hubLimit: 8)
    var all: [(uid: String, created: Int64, tenant: UInt32)] = []
    var served: Set<String> = []
    for step in 0..<5000 {
      let changes: [SubscriptionQuota.Change]
      if all.isEmpty || all.count < 30 && random.number(from: 0, through: 1) == 0 {
        let one = (
          uid: "u\(step)", created: Int64(random.number(from: 0, through: 50)),
          tenant: UInt32(random.number(from: 0, through: 6))
        )
        all.append(one)
        changes = quota.add(one.uid, created: one.created, tenant: one.tenant)
      } else {
        let one = all.remove(at: Int(random.number(from: 0, through: UInt64(all.count - 1))))
        served.remove(one.uid)
        changes = quota.remove(one.uid)
      }
      for change in changes {
        switch change {
        case .admit(let uid): #expect(served.insert(uid).inserted)
        case .displace(let uid): #expect(served.remove(uid) != nil)
        }
      }
      #expect(served == expected(all, 3, 8))
      #expect(served.count == quota.admitted && all.count - served.count == quota.waiting)
    }
  }
}
