/// The tenants, which are the namespaces that have subscriptions, by number; a number is used again after its tenant is gone.
struct TenantTable: Sendable {
  private struct Tenant: Sendable {
    var name: String
    var members = 0
    /// Bytes of the bodies that wait for it.
    var bodyBytes = 0
  }

  private var numbers: [String: UInt32] = [:]
  private var tenants: [Tenant] = []
  private var free: [UInt32] = []

  var count: Int { numbers.count }

  /// A subscription of this namespace comes. Returns the number of its tenant.
  mutating func join(_ name: String) -> UInt32 {
    if let number = numbers[name] {
      tenants[Int(number)].members += 1
      return number
    }
    let number = free.popLast() ?? UInt32(tenants.count)
    if Int(number) == tenants.count { tenants.append(Tenant(name: name)) }
    tenants[Int(number)] = Tenant(name: name, members: 1)
    numbers[name] = number
    return number
  }

  /// A subscription of it goes; the last takes the tenant with it.
  mutating func leave(_ number: UInt32) {
    tenants[Int(number)].members -= 1
    guard tenants[Int(number)].members == 0 else { return }
    numbers[tenants[Int(number)].name] = nil
    free.append(number)
  }

  /// Bytes of the bodies that wait for it.
  func bodyBytes(_ number: UInt32) -> Int { tenants[Int(number)].bodyBytes }

  mutating func countBodies(_ bytes: Int, _ number: UInt32) { tenants[Int(number)].bodyBytes += bytes }
}
