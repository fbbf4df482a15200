import Kubernetes

extension SubscriptionCRD {
  private typealias Limits = SubscriptionLimits

  /// `spec`: what DESIGN 2.1 lists, in its order.
  static var spec: SchemaNode {
    .object(
      required: ["resources"],
      rules: [
        SchemaRule(
          rule: "has(self.sink) || has(self.wake) && self.wake",
          message: "sink is required, unless wake is true"),
        SchemaRule(
          rule: "!has(self.wake) || !self.wake || has(self.scaleTarget)", message: "wake needs a scaleTarget"),
      ],
      [
        (
          "serviceAccountName",
          .text(
            "Whose rights decide what may be watched.", 1...Limits.maxSubdomainBytes, default: "default")
        ),
        ("resources", .list("What to follow.", of: resource, 1...Limits.maxResources)),
        ("owner", owner("The owner of each resource that has none of its own.")),
        (
          "namespaceSelector",
          selector("Absent means the own namespace, {} all of them; else labels of namespaces.")
        ),
        ("mode", .choice("What the body of an event is.", ["Reference", "Resource"], default: "Reference")),
        ("initial", .flag("Send an add for every matching object at the start.", default: true)),
        ("filters", filters),
        ("resync", resync),
        ("sink", destination("Where events go. A uri beside a ref is relative to it.")),
        (
          "ceOverrides",
          .object([
            (
              "extensions",
              .map(
                "Extension attributes added to every event.", of: .text(0...Limits.maxExtensionBytes),
                0...Limits.maxExtensions)
            )
          ])
        ),
        ("delivery", delivery),
        ("scaleTarget", scaleTarget),
        ("wake", .flag("Send no events; a change wakes the scaleTarget.")),
        ("suspend", .flag("Keep following, deliver nothing.", default: false)),
      ])
  }

  private static var resource: SchemaNode {
    .object(
      required: ["apiVersion", "kind"],
      rules: [
        SchemaRule(
          rule: "!has(self.operations) || self.operations.all(o, self.operations.exists_one(p, p == o))",
          message: "each of the operations stands there once")
      ],
      [
        ("apiVersion", apiVersion("Group and version, as apps/v1, or v1 for core kinds.")),
        ("kind", kind("The kind, in the singular, as Deployment. It may be served later.")),
        ("selector", selector("Labels that an object must have; absent means everything.")),
        ("fieldSelector", .text("As kubectl --field-selector.", 1...FieldSelector.maxBytes)),
        (
          "names",
          .list(
            "Names that an object may have; absent means all.", of: .text(1...Limits.maxSubdomainBytes),
            1...Limits.maxNames)
        ),
        (
          "operations",
          .list(
            "Which events count; absent means all three.", of: .choice(["Add", "Update", "Delete"]),
            1...Limits.maxOperations)
        ),
        (
          "changes",
          .list(
            "An Update counts only if a value at one of these paths changed.",
            of: .text(1...Limits.maxPathBytes), 1...Limits.maxChanges)
        ),
        (
          "ignoreManagers",
          .list(
            "An Update made only by these field managers does not count.",
            of: .text(1...Limits.maxManagerBytes), 1...Limits.maxIgnoredManagers)
        ),
        (
          "controller",
          .flag("Deliver a reference to the object's controlling owner, not the object.", default: false)
        ),
        ("owner", owner("Only objects whose controller is of this group and kind.")),
      ])
  }

  // MARK: Parts that stand in several places

  static func apiVersion(_ says: String = "") -> SchemaNode { .text(says, 1...Limits.maxAPIVersionBytes) }
  static func kind(_ says: String = "") -> SchemaNode { .text(says, 1...Limits.maxLabelBytes) }

  private static func owner(_ says: String) -> SchemaNode {
    .object(
      says, required: ["apiVersion", "kind"],
      [("apiVersion", apiVersion("Group and version; the version is ignored.")), ("kind", kind())])
  }

  private static func selector(_ says: String) -> SchemaNode {
    let value = SchemaNode.text(0...Limits.maxLabelBytes)
    let expression = SchemaNode.object(
      required: ["key", "operator"],
      rules: [
        SchemaRule(
          rule: "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 "
            + ": !has(self.values) || size(self.values) == 0",
          message: "In and NotIn need values, Exists and DoesNotExist have none")
      ],
      [
        ("key", .text(1...Limits.maxAPIVersionBytes)),
        ("operator", .choice(["In", "NotIn", "Exists", "DoesNotExist"])),
        ("values", .list(of: value, 0...Limits.maxSelectorValues)),
      ])
    return .object(
      says,
      [
        ("matchLabels", .map(of: value, 0...Limits.maxSelectorTerms)),
        ("matchExpressions", .list(of: expression, 0...Limits.maxSelectorTerms)),
      ])
  }
}
