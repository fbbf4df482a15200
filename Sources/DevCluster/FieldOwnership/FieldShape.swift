import JSONScan

/// How the fields of a value are named in `managedFields`: what a real server reads from its schemas, written
/// down for the fields whose form clients look at. Anything else is `anything`.
indirect enum FieldShape: Sendable {
  /// A scalar, or a value that is owned as a whole.
  case atomic
  /// An object that is no member of the set itself, as Go's embedded structs are.
  case structure([String: FieldShape])
  /// An object that is a member beside its fields (maps, pointers to structs, everything of custom
  /// resources).
  case object([String: FieldShape])
  /// A list whose elements are told apart by these members.
  case keyed(by: [String], element: FieldShape, isMember: Bool = true)
  /// A list that is a set of scalars.
  case set
  /// Objects as with `object`, other values atomic.
  case anything

  /// The shape of a whole object of this resource.
  static func of(_ resource: ResourceDefinition) -> FieldShape {
    if resource.isCustom { return .structure(["metadata": objectMetadata]) }
    switch resource.id {
    case BuiltInResources.deployments.id, BuiltInResources.statefulSets.id, BuiltInResources.replicaSets.id:
      return workload
    case BuiltInResources.pods.id:
      return .structure([
        "metadata": objectMetadata, "spec": podSpec,
        "status": .structure(["conditions": conditions, "podIPs": .keyed(by: ["ip"], element: .atomic)]),
      ])
    case BuiltInResources.events.id:
      return .structure([
        "metadata": objectMetadata, "involvedObject": .atomic, "related": .atomic, "source": .structure([:]),
      ])
    case BuiltInResources.services.id:
      return .structure([
        "metadata": objectMetadata,
        "spec": .structure([
          "selector": .atomic, "ports": .keyed(by: ["port", "protocol"], element: .object([:])),
        ]),
        "status": .structure(["loadBalancer": .structure([:]), "conditions": conditions]),
      ])
    case BuiltInResources.customResourceDefinitions.id:
      return .structure([
        "metadata": objectMetadata,
        "spec": .structure(["names": .structure([:])]),
        "status": .structure(["acceptedNames": .structure([:]), "conditions": conditions]),
      ])
    default:
      return .structure(["metadata": objectMetadata, "spec": .structure([:]), "status": .structure([:])])
    }
  }

  private static let objectMetadata = FieldShape.structure([
    "labels": .object([:]), "annotations": .object([:]), "finalizers": .set,
    "ownerReferences": .keyed(by: ["uid"], element: .atomic),
  ])

  private static let conditions = FieldShape.keyed(by: ["type"], element: .object([:]))

  private static let podSpec = FieldShape.structure([
    "containers": .keyed(
      by: ["name"],
      element: .object([
        "env": .keyed(by: ["name"], element: .object([:])),
        "ports": .keyed(by: ["containerPort", "protocol"], element: .object([:])),
        "volumeMounts": .keyed(by: ["mountPath"], element: .object([:])),
      ]),
      // Always there, so no member of the set itself.
      isMember: false),
    "volumes": .keyed(by: ["name"], element: .object([:])),
  ])

  private static let workload = FieldShape.structure([
    "metadata": objectMetadata,
    "spec": .structure([
      "selector": .atomic, "strategy": .structure([:]), "updateStrategy": .structure([:]),
      "template": .structure(["metadata": objectMetadata, "spec": podSpec]),
    ]),
    "status": .structure(["conditions": conditions]),
  ])
}
