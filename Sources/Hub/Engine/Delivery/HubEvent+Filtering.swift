import CESQL
import CloudEvents

/// What filters see of an event (SEMANTICS 1): its attributes without `id`, `time`, `sequence`, `traceparent` and the
/// `hub*` extensions, so that a retry, a resync and a restart are judged as the first attempt was.
extension HubEvent {
  /// The extension attributes that the hub sets, those that begin with `hub` apart.
  static let ownExtensions = ["kind", "apiversion", "name", "namespace", "uid", "sequence", "traceparent"]

  /// The value of `type`.
  var type: String { "dev.knative.apiserver.\(isReference ? "ref" : "resource").\(operation.rawValue)" }

  func attribute(_ name: String, source: String, _ extensions: [ExtensionAttribute]) -> String? {
    switch name {
    case "specversion": CloudEvent.specversion
    case "source": source
    case "type": type
    case "subject": subject
    case "datacontenttype": "application/json"
    case "kind": kind
    case "apiversion": apiVersion
    case "name": self.name
    case "namespace": namespace
    case "uid": uid
    default: extensions.first { $0.name == name }?.value
    }
  }

  /// Judges the event by all filters of a subscription: all must pass.
  func judged(by spec: SubscriptionSpec, source: String) -> EventFilter.Verdict {
    EventFilter.all(spec.filters).judge { attribute($0, source: source, spec.extensions) }
  }
}
