/// Why an object that was seen is not told to a subscription. Made only where `EngineConfiguration.explains`.
public struct Untold: Sendable, Equatable {
  /// How the object was seen.
  public enum Sight: String, Sendable {
    /// In a list.
    case listed
    /// It was made or changed.
    case changed
    /// It was deleted.
    case deleted
    /// What was about to be sent of it.
    case event
  }

  /// Why it is not told: first what decides which objects a subscription follows (membership), then what judges single
  /// events (gates), then rights.
  public enum Reason: Sendable, Equatable {
    /// It is in another namespace than the subscription's own.
    case otherNamespace
    /// `namespaceSelector` does not select its namespace.
    case namespaceNotSelected
    /// Its name is none of `names`.
    case name
    /// `fieldSelector` asks for another name or namespace.
    case fields
    /// Its labels do not satisfy `selector`.
    case labels
    /// It is an Event that the hub wrote itself.
    case hubsOwn
    /// It has no controlling owner, which `owner` or `controller` ask for.
    case noController
    /// Its controlling owner is of another kind than `owner`.
    case otherOwner
    /// It existed before the subscription, with `initial: false`.
    case existedBefore
    /// The operation is none of `operations`.
    case operation(String)
    /// No value at a path of `changes` is another.
    case unchanged
    /// Only managers of `ignoreManagers` have written it.
    case ignoredManagers
    /// `filters` do not pass; with the error of an expression, if there was one.
    case filters(failure: String?)
    /// The service account lacks rights; what is missing.
    case rights(String)
  }

  /// The subscription, as `namespace/name`.
  public var subscription: String
  /// Group and version of the object.
  public var apiVersion: String
  /// Its kind.
  public var kind: String
  /// Its namespace; empty for a cluster-scoped one.
  public var namespace: String
  /// Its name.
  public var name: String
  /// How it was seen.
  public var sight: Sight
  /// Why it is not told.
  public var reason: Reason
}

extension Untold.Reason {
  /// The field of the subscription that decides; for programs.
  public var field: String {
    switch self {
    case .otherNamespace, .namespaceNotSelected: "namespaceSelector"
    case .name: "names"
    case .fields: "fieldSelector"
    case .labels: "selector"
    case .noController, .otherOwner: "owner"
    case .hubsOwn: "resources"
    case .existedBefore: "initial"
    case .operation: "operations"
    case .unchanged: "changes"
    case .ignoredManagers: "ignoreManagers"
    case .filters: "filters"
    case .rights: "serviceAccountName"
    }
  }

  /// For people.
  public var words: String {
    switch self {
    case .otherNamespace: "it is in another namespace, and there is no namespaceSelector"
    case .namespaceNotSelected: "its namespace is not selected"
    case .name: "its name is not listed"
    case .fields: "its name or namespace is not the one that is asked for"
    case .labels: "its labels do not match"
    case .hubsOwn: "the hub wrote it itself"
    case .noController: "it has no controlling owner"
    case .otherOwner: "its controlling owner is of another kind"
    case .existedBefore: "it existed before, and initial is false"
    case .operation(let name): "\(name) is none of the operations"
    case .unchanged: "no value at one of the paths changed"
    case .ignoredManagers: "only an ignored manager has changed it"
    case .filters(nil): "the event does not pass"
    case .filters(let failure?): "an expression failed, which counts as false: \(failure)"
    case .rights(let missing): "the service account may not \(missing)"
    }
  }
}
