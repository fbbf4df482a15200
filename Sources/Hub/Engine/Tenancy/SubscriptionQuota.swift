/// Which subscriptions are served where there are more than the limits allow: of each tenant the oldest, and of these the
/// oldest of all, by `metadata.creationTimestamp` and then uid. Those of files have no age and come first. What comes out
/// does not depend on the order in which they are told.
struct SubscriptionQuota: Sendable {
  /// Which limit a subscription waits for.
  enum Bound: Sendable, Equatable { case tenant, hub }

  /// What is to be done, in order.
  enum Change: Sendable, Equatable {
    /// It is served from now on.
    case admit(uid: String)
    /// It is served no more, as an older one is.
    case displace(uid: String)
  }

  private struct Place: Comparable, Sendable {
    var created: Int64
    var uid: String

    static func < (left: Place, right: Place) -> Bool {
      left.created != right.created ? left.created < right.created : left.uid < right.uid
    }
  }

  private struct Member: Sendable {
    var tenant: UInt32
    var created: Int64
    var isAdmitted: Bool
  }

  /// Both ascending.
  private struct Tenant: Sendable {
    var admitted: [Place] = []
    var waiting: [Place] = []
  }

  private let tenantLimit: Int
  private let hubLimit: Int
  private var members: [String: Member] = [:]
  private var tenants: [Tenant] = []
  private(set) var admitted = 0
  /// Subscriptions that wait until others go.
  private(set) var waiting = 0

  init(tenantLimit: Int, hubLimit: Int) { (self.tenantLimit, self.hubLimit) = (tenantLimit, hubLimit) }

  func contains(_ uid: String) -> Bool { members[uid] != nil }
  func isAdmitted(_ uid: String) -> Bool { members[uid]?.isAdmitted ?? false }

  /// The limit that a subscription waits for.
  func bound(_ uid: String) -> Bound {
    guard let member = members[uid] else { return .tenant }
    return tenants[Int(member.tenant)].admitted.count < tenantLimit ? .hub : .tenant
  }

  // MARK: Coming and going

  /// A subscription has come, created at this time; or its time is known by now.
  mutating func add(_ uid: String, created: Int64, tenant: UInt32) -> [Change] {
    if let member = members[uid] {
      guard member.created != created, member.tenant == tenant else { return [] }
      _ = take(uid)
      put(uid, Member(tenant: tenant, created: created, isAdmitted: member.isAdmitted))
    } else {
      put(uid, Member(tenant: tenant, created: created, isAdmitted: false))
    }
    return settle(tenant)
  }

  /// A subscription that was served before the restart is served on, until `trim`; its age is not known yet.
  mutating func restore(_ uid: String, tenant: UInt32) {
    put(uid, Member(tenant: tenant, created: 0, isAdmitted: true))
  }

  /// A subscription is gone, or nothing that could be served.
  mutating func remove(_ uid: String) -> [Change] {
    let tenantLimit = tenantLimit
    guard let member = take(uid), member.isAdmitted, waiting > 0 else { return [] }
    let oldest = tenants.lazy.filter { $0.admitted.count < tenantLimit }.compactMap(\.waiting.first).min()
    return oldest.map { [admit($0.uid)] } ?? []
  }

  /// All that there are have been told: what is beyond the limits goes. Only a restart with lower limits finds something.
  mutating func trim() -> [Change] {
    var changes: [Change] = []
    for tenant in tenants.indices {
      while tenants[tenant].admitted.count > tenantLimit, let youngest = tenants[tenant].admitted.last {
        changes.append(displace(youngest.uid))
      }
    }
    while admitted > hubLimit, let youngest { changes.append(displace(youngest.uid)) }
    return changes
  }

  // MARK: Deciding

  private mutating func settle(_ tenant: UInt32) -> [Change] {
    var changes: [Change] = []
    while let oldest = tenants[Int(tenant)].waiting.first {
      if tenants[Int(tenant)].admitted.count >= tenantLimit {
        guard let youngest = tenants[Int(tenant)].admitted.last, oldest < youngest else { break }
        changes.append(displace(youngest.uid))
      } else if admitted >= hubLimit {
        guard let youngest, oldest < youngest else { break }
        changes.append(displace(youngest.uid))
      }
      changes.append(admit(oldest.uid))
    }
    return changes
  }

  /// The youngest of all that are served.
  private var youngest: Place? { tenants.lazy.compactMap(\.admitted.last).max() }

  private mutating func admit(_ uid: String) -> Change {
    move(uid, isAdmitted: true)
    return .admit(uid: uid)
  }

  private mutating func displace(_ uid: String) -> Change {
    move(uid, isAdmitted: false)
    return .displace(uid: uid)
  }

  private mutating func move(_ uid: String, isAdmitted: Bool) {
    guard var member = take(uid) else { return }
    member.isAdmitted = isAdmitted
    put(uid, member)
  }

  private mutating func put(_ uid: String, _ member: Member) {
    while tenants.count <= Int(member.tenant) { tenants.append(Tenant()) }
    members[uid] = member
    let place = Place(created: member.created, uid: uid)
    if member.isAdmitted {
      Self.insert(place, into: &tenants[Int(member.tenant)].admitted)
      admitted += 1
    } else {
      Self.insert(place, into: &tenants[Int(member.tenant)].waiting)
      waiting += 1
    }
  }

  private mutating func take(_ uid: String) -> Member? {
    guard let member = members.removeValue(forKey: uid) else { return nil }
    let place = Place(created: member.created, uid: uid)
    if member.isAdmitted {
      Self.remove(place, from: &tenants[Int(member.tenant)].admitted)
      admitted -= 1
    } else {
      Self.remove(place, from: &tenants[Int(member.tenant)].waiting)
      waiting -= 1
    }
    return member
  }

  private static func insert(_ place: Place, into places: inout [Place]) {
    places.insert(place, at: index(of: place, in: places))
  }

  private static func remove(_ place: Place, from places: inout [Place]) {
    let index = index(of: place, in: places)
    if index < places.count, places[index] == place { places.remove(at: index) }
  }

  /// Where the place is, or would be.
  private static func index(of place: Place, in places: [Place]) -> Int {
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
