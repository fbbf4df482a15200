import HubEngine
import JSONScan

/// The subscriptions that `hub tail` shows, in the form in which its engine gets them: each with a sink of its own, which
/// tells them apart and is never called, without dead letters, and not suspended. All else is as it was written.
struct TailedSubscriptions: Sendable {
  /// Never connected to: what is sent there is printed.
  private static let base = "http://127.0.0.1:9/"
  /// Where the engine follows subscriptions.
  static let path = "/apis/frugalhub.dev/v1alpha1/operatorsubscriptions"

  /// As `namespace/name`, by their numbers.
  let names: [String]
  private let objects: [JSONValue]

  init(_ subscriptions: [OperatorSubscription]) {
    names = subscriptions.map { $0.namespace + "/" + $0.name }
    objects = subscriptions.enumerated().map { Self.object($1, number: $0) }
  }

  private static func object(_ subscription: OperatorSubscription, number: Int) -> JSONValue {
    // The text was read as JSON when the subscription was accepted.
    var spec = (try? JSONValue(parsing: subscription.specText)) ?? [:]
    spec["sink"] = ["uri": .string(base + String(number))]
    spec["suspend"] = nil
    spec["delivery"]?["deadLetterSink"] = nil
    return [
      "apiVersion": .string(SubscriptionParser.apiVersion), "kind": .string(SubscriptionParser.kind),
      "metadata": [
        "name": .string(subscription.name), "namespace": .string(subscription.namespace),
        "uid": .string(subscription.uid), "generation": JSONValue(Int(subscription.generation)),
        "resourceVersion": "1",
      ],
      "spec": spec,
    ]
  }

  /// Whose event goes to this URL.
  func name(ofSink url: String) -> String? {
    guard url.hasPrefix(Self.base), let number = Int(url.dropFirst(Self.base.count)),
      names.indices.contains(number)
    else { return nil }
    return names[number]
  }

  /// The answer to a list or watch of them, and whether it ends.
  func answer(to target: String) -> (bytes: [UInt8], ends: Bool) {
    guard target.contains("watch=") else {
      let list: JSONValue = [
        "apiVersion": .string(SubscriptionParser.apiVersion),
        "kind": .string(SubscriptionParser.kind + "List"),
        "metadata": ["resourceVersion": "1"], "items": .array(objects),
      ]
      return (list.serialized(), true)
    }
    guard target.contains("sendInitialEvents=true") else { return ([], false) }
    let end: JSONValue = [
      "apiVersion": .string(SubscriptionParser.apiVersion), "kind": .string(SubscriptionParser.kind),
      "metadata": ["resourceVersion": "1", "annotations": ["k8s.io/initial-events-end": "true"]],
    ]
    let lines =
      objects.map { JSONValue.object(["type": "ADDED", "object": $0]) } + [
        ["type": "BOOKMARK", "object": end]
      ]
    return (lines.flatMap { $0.serialized() + [UInt8(ascii: "\n")] }, false)
  }
}
