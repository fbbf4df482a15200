/// Rights are given and taken, and reviews go unanswered.
extension Simulation {
  /// What an account may do with a resource.
  enum Role: CaseIterable {
    case everything
    case inOwnNamespace
    /// Not to watch it.
    case listing
    case none
  }

  static let accounts = ["default", "robot"]
  private static let accountNamespaces = ["a", "b", "q"]

  mutating func changeRights() {
    if chance(25) {
      world.rights.status = world.rights.status == 201 ? draw([403, 500]) : 201
      if world.rights.status != 201 { world.rare.note(.reviewsFail) }
      tell("fault: reviews are answered \(world.rights.status)")
    } else {
      let account = draw(["a", "b"]) + "/" + draw(Self.accounts)
      let resource = draw(Self.resources)
      let role = chance(40) ? Role.everything : draw(Role.allCases)
      tell("fault: \(account) may have \(role) of \(resource.name)")
      set(role, of: account, resource)
    }
    // Answers are believed for a minute.
    if chance(50) {
      world.advance(seconds: 61)
      note()
    }
  }

  private mutating func set(_ role: Role, of account: String, _ resource: FakeCluster.Resource) {
    roles[account, default: [:]][resource.name] = role
    var grants: Set<FakeRights.Grant> = []
    for namespace in Self.accountNamespaces {
      for name in Self.accounts {
        let account = namespace + "/" + name
        for resource in Self.resources.map(\.name) {
          switch roles[account]?[resource] ?? .everything {
          case .everything: grants.insert(.init(account, resource))
          case .inOwnNamespace: grants.insert(.init(account, resource, in: namespace))
          case .listing: grants.insert(.init(account, resource, verbs: ["get", "list"]))
          case .none: break
          }
        }
      }
    }
    world.rights.grants = grants
  }

  /// Everybody may do everything, and reviews say so.
  mutating func giveRightsBack() {
    roles = [:]
    world.rights.grants = nil
    world.rights.status = 201
  }

  /// One account loses all its rights for good, in some runs.
  mutating func takeRightsForGood() {
    guard chance(25), let tenant = tenants.last(where: { !$0.isGone }), let form = tenant.forms.last else {
      return
    }
    let account = tenant.namespace + "/" + form.account
    tell("fault: \(account) loses its rights for good")
    for resource in Self.resources { set(.none, of: account, resource) }
    world.advance(seconds: 61)
    note()
  }

  func hasRights(_ tenant: Tenant) -> Bool {
    let form = tenant.forms.last
    return roles[tenant.namespace + "/" + (form?.account ?? "")]?.values.allSatisfy { $0 == .everything }
      ?? true
  }
}
