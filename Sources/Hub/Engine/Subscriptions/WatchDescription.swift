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
  let mode: String
  let sink: String
  let isSuspended: Bool

  init(_ resource: ResourceInterest, of subscription: OperatorSubscription) {
    let spec = subscription.spec
    self.subscription = subscription.namespace + "/" + subscription.name
    kind = resource.kind
    apiVersion = resource.groupVersion.apiVersion
    namespaces = spec.namespaces == .all ? "all namespaces" : "namespace " + subscription.namespace
    selector = resource.selector.queryString
    owner = resource.owner?.description
    viaController = resource.controller
    operations = resource.operations.names
    mode = spec.mode.rawValue
    sink = spec.sink.shown
    isSuspended = spec.suspend
  }

  var text: String {
    var parts = ["\(subscription) watches \(kind) (\(apiVersion)) in \(namespaces)"]
    if !selector.isEmpty { parts.append("with labels \(selector)") }
    if let owner { parts.append("controlled by \(owner)") }
    parts.append("on " + operations.joined(separator: ", "))
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
