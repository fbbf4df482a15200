import HubEngine

/// `CheckerName.rights`: what is told was allowed by a review that is no older than a minute.
struct RightsChecker {
  static let lifetime: UInt64 = 60_000_000_000

  func sent(_ sent: Sent, of tenant: Tenant, _ rights: FakeRights) -> [Violation] {
    // The end of what an edit let go is told, though the kind is followed no more.
    guard sent.operation != "delete" else { return [] }
    // What an owner is told of is its child.
    let isChilds = sent.uid == Owner.uid
    let kind = isChilds ? sent.header("ce-hubvia") : sent.header("ce-kind")
    guard let resource = Simulation.resources.first(where: { $0.kind == kind }) else { return [] }
    func follows(_ form: Form) -> Bool {
      form.entries.contains { $0.resource == resource && $0.isController == isChilds }
    }
    // So is, to its owner, the leaving of a child that an edit let go.
    guard let last = tenant.forms.last, follows(last), !isChilds || tenant.forms.allSatisfy(follows) else {
      return []
    }
    let isAllowed = tenant.forms.contains { form in
      follows(form)
        && rights.wereAllowed(
          tenant.namespace + "/" + form.account, resource.name,
          in: form.scope == .own ? tenant.namespace : nil,
          since: sent.sentAt - min(sent.sentAt, Self.lifetime))
    }
    return isAllowed ? [] : [Violation(.rights, "no review allowed \(tenant.name) to hear of it", sent)]
  }
}

extension FakeCluster.Resource {
  /// As rights have it: `deployments.apps`.
  var name: String {
    apiVersion.contains("/") ? plural + "." + apiVersion.prefix { $0 != "/" } : plural
  }
}
