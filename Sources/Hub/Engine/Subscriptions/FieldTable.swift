/// The members that an object of a subscription may have: those that this version serves, and those of DESIGN
/// 2.1 (and of Knative's forms) that it refuses by name.
struct FieldTable: Sendable {
  /// Where objects of this table stand, as suggestions name it.
  let place: String
  let served: [String]
  let reserved: [String]

  static let object = FieldTable(
    place: "", served: ["apiVersion", "kind", "metadata", "spec", "status"], reserved: [])
  static let metadata = FieldTable(
    place: "metadata",
    served: [
      "name", "namespace", "labels", "annotations", "uid", "resourceVersion", "generation",
      "creationTimestamp",
      "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers", "ownerReferences", "managedFields",
      "generateName", "selfLink",
    ], reserved: [])
  static let spec = FieldTable(
    place: "spec",
    served: [
      "serviceAccountName", "resources", "owner", "namespaceSelector", "mode", "initial", "suspend", "sink",
      "delivery", "resync", "filters", "ceOverrides",
    ],
    reserved: ["scaleTarget", "wake"])
  static let resource = FieldTable(
    place: "spec.resources[]",
    served: [
      "apiVersion", "kind", "selector", "controller", "owner", "operations", "names", "changes",
      "ignoreManagers", "fieldSelector",
    ], reserved: [])
  static let owner = FieldTable(place: "owner", served: ["apiVersion", "kind"], reserved: [])
  static let selector = FieldTable(
    place: "selector", served: ["matchLabels", "matchExpressions"], reserved: [])
  static let expression = FieldTable(
    place: "matchExpressions[]", served: ["key", "operator", "values"], reserved: [])
  static let filter = FieldTable(
    place: "filters[]", served: ["exact", "prefix", "suffix", "all", "any", "not", "cesql", "sql"],
    reserved: [])
  static let overrides = FieldTable(place: "spec.ceOverrides", served: ["extensions"], reserved: [])
  static let resync = FieldTable(place: "spec.resync", served: ["period", "spread"], reserved: [])
  static let sink = FieldTable(
    place: "spec.sink", served: ["ref", "uri"], reserved: ["CACerts", "audience"])
  static let deadLetterSink = FieldTable(
    place: "spec.delivery.deadLetterSink", served: sink.served, reserved: sink.reserved)
  static let reference = FieldTable(
    place: "spec.sink.ref", served: ["apiVersion", "kind", "namespace", "name", "group", "address"],
    reserved: [])
  static let delivery = FieldTable(
    place: "spec.delivery",
    served: [
      "retry", "backoffPolicy", "backoffDelay", "retryAfterMax", "timeout", "concurrency", "deadLetterSink",
    ],
    reserved: ["format"])

  /// Where a member that stands in the wrong object may belong.
  private static let homes: [FieldTable] = [spec, resource, sink, delivery, resync]

  /// What Knative's ApiServerSource called it before v1.
  private static let formerNames = ["labelSelector": "selector", "controllerSelector": "owner"]

  /// What was probably meant by an unknown member: a near spelling here, a former name, or the same name in another place.
  func suggestion(for name: String) -> String? {
    if let now = Self.formerNames[name], served.contains(now) { return now }
    if let near = Spelling.nearest(to: name, in: served + reserved) { return near }
    let home = Self.homes.first { $0.served.contains(name) && $0.place != place }
    return home.map { $0.place + "." + name }
  }
}
