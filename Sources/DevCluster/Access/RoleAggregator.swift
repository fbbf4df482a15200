import JSONScan

/// Writes the rules of ClusterRoles that have an `aggregationRule`: those of the ClusterRoles it selects.
final class RoleAggregator: ClusterController {
  private static let options = WriteOptions(manager: "clusterrole-aggregation-controller")
  private static let roles = AccessResources.clusterRoles

  private var context: ClusterContext?
  private var observation: Observation?
  private var isScheduled = false

  func start(in context: ClusterContext) {
    self.context = context
    observation = context.store.observe(Self.roles.id) { [weak self] _ in self?.scheduleAll() }
  }

  func stop() { observation = nil }

  /// Several changes at once are followed by one turn.
  private func scheduleAll() {
    guard !isScheduled else { return }
    isScheduled = true
    context?.scheduler.soon { [weak self] in
      self?.isScheduled = false
      self?.aggregateAll()
    }
  }

  private func aggregateAll() {
    guard let store = context?.store else { return }
    let all = store.list(Self.roles.id)
    for role in all where role["aggregationRule"] != nil { aggregate(role, from: all, in: store) }
  }

  private func aggregate(_ role: JSONValue, from all: [JSONValue], in store: ClusterStore) {
    let selectors = role.value(at: ["aggregationRule", "clusterRoleSelectors"])?.array ?? []
    var rules: [JSONValue] = []
    // By selector, then by name, as a real server orders them; each rule once.
    for selector in selectors {
      guard let selector = LabelSelector(object: selector) else { continue }
      for other in all where other.name != role.name && selector.matches(other.labels) {
        for rule in other["rules"]?.array ?? [] where !rules.contains(rule) { rules.append(rule) }
      }
    }
    guard role["rules"]?.array ?? [] != rules else { return }
    // Refused only if the role is gone meanwhile.
    _ = try? store.modify(Self.roles, namespace: nil, name: role.name, options: Self.options) { old in
      var new = old
      new.set(rules.isEmpty ? .null : .array(rules), at: ["rules"])
      return new
    }
  }
}
