import JSONScan

/// The subscriptions of the measurements.
enum BenchSubscription {
  /// Wants the ConfigMaps with one of these labels in its own namespace, or in all.
  static func make(
    name: String, namespace: Int, labels: [String] = [BenchObject.wanted], everywhere: Bool, mode: String,
    initial: Bool, sink: String
  ) -> JSONValue {
    let digits = String(namespace)
    let padding = String(repeating: "0", count: BenchObject.namespaceDigits - digits.count)
    var spec: JSONValue = [
      "resources": [
        [
          "apiVersion": "v1", "kind": "ConfigMap",
          "selector": [
            "matchExpressions": [
              [
                "key": .string(BenchObject.label), "operator": "In",
                "values": .array(labels.map { .string($0) }),
              ]
            ]
          ],
        ]
      ],
      "mode": .string(mode), "initial": .bool(initial), "sink": ["uri": .string(sink)],
      "delivery": ["concurrency": JSONValue(BenchPlan.inFlight)],
    ]
    if everywhere { spec["namespaceSelector"] = [:] }
    return [
      "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
      "metadata": ["name": .string(name), "namespace": .string("bench" + padding + digits)],
      "spec": spec,
    ]
  }
}
