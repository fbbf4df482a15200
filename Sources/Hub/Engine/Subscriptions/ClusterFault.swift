import Kubernetes

/// What a cluster lacks for a subscription that is valid by itself.
public enum ClusterFault: Hashable, Sendable {
  /// Nothing is served at this group and version.
  case versionNotServed(String)
  /// The kind is not served there; the kinds that are.
  case kindNotServed(kind: String, apiVersion: String, served: [String])
  /// The resource cannot be listed and watched; what can be done with it.
  case notFollowable(plural: String, verbs: [String])
  /// The service account does not exist.
  case accountMissing(String)
  /// The service account lacks rights: which, and whether it needs them in the whole cluster.
  case accountDenied(account: String, missing: String, isClusterWide: Bool)
  /// The hub lacks rights: on what, and the rule to add.
  case hubDenied(what: String, rule: String)
  /// The object that a sink refers to does not exist.
  case sinkMissing(String)
  /// It has no address.
  case sinkWithoutAddress(String)
  /// It has an address that is no place for events.
  case sinkAddress(String, SinkURIFault)

  /// What is wrong.
  var reason: String {
    switch self {
    case .versionNotServed(let version): "the cluster serves nothing at \(ShownText.quoted(version))"
    case .kindNotServed(let kind, let version, _):
      "the cluster serves no \(ShownText.quoted(kind)) at \(ShownText.quoted(version))"
    case .notFollowable(let plural, let verbs):
      "\(plural) cannot be listed and watched, only: \(verbs.joined(separator: ", "))"
    case .accountMissing(let account): "service account \(account) does not exist"
    case .accountDenied(let account, let missing, _): "service account \(account) may not \(missing)"
    case .hubDenied(let what, _): "the hub may not get, list and watch \(what)"
    case .sinkMissing(let name): "\(name) does not exist"
    case .sinkWithoutAddress(let name): "\(name) has no address yet"
    case .sinkAddress(let url, let fault): "its address \(ShownText.quoted(url)) \(fault.reason)"
    }
  }

  /// What to do about it.
  var remedy: String {
    switch self {
    case .versionNotServed: "install the kind, or correct apiVersion; the hub waits for it"
    case .kindNotServed(let kind, _, let served):
      Spelling.nearest(to: kind, in: served).map { "did you mean \($0)?" }
        ?? "install the kind, or correct it; the hub waits for it"
    case .notFollowable: "follow another kind"
    case .accountMissing: "create it, or name another in spec.serviceAccountName"
    case .accountDenied(_, _, true): "bind a ClusterRole that lets it by a ClusterRoleBinding"
    case .accountDenied(_, _, false): "bind a Role that lets it by a RoleBinding"
    case .hubDenied(_, let rule):
      "add the rule \(rule) by a ClusterRole with the label rbac.frugalhub.dev/aggregate-to-hub: \"true\""
    case .sinkMissing: "create it, or correct the reference; the hub waits for it"
    case .sinkWithoutAddress: "see its status; the hub waits for it"
    case .sinkAddress(_, let fault): fault.remedy
    }
  }
}
