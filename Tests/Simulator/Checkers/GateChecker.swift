import HubEngine

/// `CheckerName.filters`: no event is sent that none of the filters lets pass which the subscription ever had, and each has
/// the attribute that is added to all.
struct GateChecker {
  func sent(_ sent: Sent, of tenant: Tenant) -> [Violation] {
    let kind = sent.header("ce-kind") ?? ""
    let passes = tenant.forms.contains { form in
      form.filter?.passes(kind: kind, name: sent.name, operation: sent.operation) ?? true
    }
    if !passes { return [Violation(.filters, "\(tenant.name) filters it out", sent)] }
    let region = sent.header("ce-region")
    if !tenant.forms.contains(where: { $0.region == region }) {
      return [Violation(.filters, "the region is \(region ?? "missing")", sent)]
    }
    return []
  }
}

/// `CheckerName.retries`.
struct RetryChecker {
  /// A hub died that may have had an attempt under way, which is made again.
  private var isUncertain = false

  func sent(_ sent: Sent, of tenant: Tenant) -> [Violation] {
    guard !isUncertain, !sent.isLetter, let attempt = sent.header("ce-hubattempt").flatMap({ Int($0) }),
      tenant.forms.allSatisfy({ $0.retry != nil }), let most = tenant.forms.compactMap(\.retry).max(),
      attempt > most + 1
    else { return [] }
    return [Violation(.retries, "\(most) retries are allowed", sent)]
  }

  mutating func hubDied() { isUncertain = true }

  /// What is under way, or waits for the journal, when an edit comes may be counted once more.
  mutating func edited() { isUncertain = true }
}
