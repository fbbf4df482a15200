import JSONScan
import Kubernetes

/// What one resource of a subscription makes the hub follow and send.
struct WatchDescription {
  let subscription: String
  let kind: String
  let apiVersion: String
  let namespaces: String
  let selector: String
  let owner: String?
  let viaController: Bool
  let operations: [String]
  let names: [String]
  let fieldSelector: String
  let changes: [String]
  let ignoredManagers: [String]
  let mode: String
  let sink: String
  let isSuspended: Bool

  init(_ resource: ResourceInterest, of subscription: OperatorSubscription) {
    let spec = subscription.spec
    self.subscription = subscription.namespace + "/" + subscription.name
    kind = resource.kind
    apiVersion = resource.groupVersion.apiVersion
    namespaces =
      switch spec.namespaces {
      case .own: "namespace " + subscription.namespace
      case .all: "all namespaces"
      case .selected(let selector): "namespaces with labels " + selector.queryString
      }
    selector = resource.selector.queryString
    owner = resource.owner?.description
    viaController = resource.controller
    operations = resource.operations.names
    names = resource.names
    fieldSelector = resource.fieldSelector.queryString
    changes = resource.changes.map(\.description)
    ignoredManagers = resource.ignoreManagers
    mode = spec.mode.rawValue
    sink = spec.sink.shown
    isSuspended = spec.suspend
  }

  var text: String {
    var parts = ["\(subscription) watches \(kind) (\(apiVersion)) in \(namespaces)"]
    if !selector.isEmpty { parts.append("with labels \(selector)") }
    if !names.isEmpty {
      parts.append(
        "named " + names.prefix(3).joined(separator: ", ")
          + (names.count > 3 ? " and \(names.count - 3) more" : ""))
    }
    if !fieldSelector.isEmpty { parts.append("with fields \(fieldSelector)") }
    if let owner { parts.append("controlled by \(owner)") }
    parts.append("on " + operations.joined(separator: ", "))
    if !changes.isEmpty { parts.append("if a change is in " + changes.joined(separator: ", ")) }
    if !ignoredManagers.isEmpty { parts.append("unless made by " + ignoredManagers.joined(separator: ", ")) }
    parts.append(viaController ? "and sends a Reference to the controller" : "and sends a \(mode)")
    parts.append("to \(sink)" + (isSuspended ? " (suspended: delivers nothing)" : ""))
    return parts.joined(separator: " ")
  }
}

extension SinkTarget {
  /// As messages show it.
  var shown: String {
    guard let ref else { return uri ?? "" }
    return "\(ref.kind) (\(ref.apiVersion)) \(ref.namespace)/\(ref.name)" + (uri.map { " at " + $0 } ?? "")
  }
}
