import JSONScan

/// The CustomResourceDefinition of OperatorSubscription, which the demo applies from the binary; `deploy/hub/crd.yaml` says
/// the same, and a test compares the two.
///
/// It names every field of DESIGN 2.1, also those that this version refuses: an API server prunes fields that
/// a definition does not name, and the hub could not tell anybody that they have no effect. It has defaults
/// only where the meaning of an absent field is settled: an API server writes them into stored objects.
public enum SubscriptionCRD {
  /// The name of the definition.
  public static let name = "operatorsubscriptions.frugalhub.dev"
  /// The API group of the kind.
  public static let group = "frugalhub.dev"
  /// The version that is served.
  public static let version = "v1alpha1"
  /// The plural in paths.
  public static let plural = "operatorsubscriptions"
  /// The definition as JSON, for a POST to the API server.
  public static var json: [UInt8] { definition.serialized() }

  private static var definition: JSONValue {
    [
      "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "metadata": [
        "name": .string(name),
        "labels": ["app.kubernetes.io/name": "frugalhub", "app.kubernetes.io/part-of": "frugalhub"],
      ],
      "spec": [
        "group": .string(group), "scope": "Namespaced",
        "names": [
          "kind": .string(SubscriptionParser.kind), "listKind": .string(SubscriptionParser.kind + "List"),
          "plural": .string(plural), "singular": "operatorsubscription", "shortNames": ["opsub"],
          "categories": ["frugalhub", "all"],
        ],
        "versions": [
          [
            "name": .string(version), "served": true, "storage": true, "subresources": ["status": [:]],
            "additionalPrinterColumns": .array(columns),
            "schema": ["openAPIV3Schema": schema.json],
          ]
        ],
      ],
    ]
  }

  private static var columns: [JSONValue] {
    func column(_ name: String, _ path: String, type: String = "string") -> JSONValue {
      ["name": .string(name), "type": .string(type), "jsonPath": .string(path)]
    }
    return [
      column("Ready", #".status.conditions[?(@.type=="Ready")].status"#),
      column("Reason", #".status.conditions[?(@.type=="Ready")].reason"#),
      column("Sink", ".status.sinkUri"),
      column("Age", ".metadata.creationTimestamp", type: "date"),
    ]
  }

  private static var schema: SchemaNode {
    .object(
      "What an operator wants to hear of, and where its reconciler is reached.", required: ["spec"],
      [
        // Of these three the API server knows the limits.
        ("apiVersion", .plain("string")), ("kind", .plain("string")), ("metadata", .plain("object")),
        ("spec", spec), ("status", status),
      ])
  }
}
