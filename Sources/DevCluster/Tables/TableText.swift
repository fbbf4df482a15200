import JSONScan

/// Objects as a `Table` of meta.k8s.io/v1, which `kubectl get` asks for.
struct TableText {
  /// What each row carries of its object (`includeObject`).
  enum Included: String, Hashable, Sendable { case none = "None", metadata = "Metadata", object = "Object" }

  let resource: ResourceDefinition
  let included: Included
  /// Seconds since 1970.
  let now: Int64

  private var columns: [TableColumn] {
    if let columns = BuiltInColumns.columns(of: resource.id) { return columns }
    guard resource.isCustom else { return [.name, .createdAt] }
    return [.name] + (resource.columns.isEmpty ? [.age] : resource.columns.map(\.column))
  }

  /// The table; `showsColumns` is false in all but the first event of a watch.
  func table(_ objects: [JSONValue], _ metadata: JSONObject, showsColumns: Bool = true) -> JSONValue {
    let columns = columns
    return [
      "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": .object(metadata),
      "columnDefinitions": showsColumns ? .array(columns.map(\.definition)) : .null,
      "rows": .array(objects.map { row($0, columns) }),
    ]
  }

  /// The table of one object.
  func table(of object: JSONValue, showsColumns: Bool = true) -> JSONValue {
    table(
      [object], ["resourceVersion": .string(object.resourceVersion)], showsColumns: showsColumns)
  }

  private func row(_ object: JSONValue, _ columns: [TableColumn]) -> JSONValue {
    let shown: JSONValue =
      switch included {
      case .none: .null
      case .metadata: ObjectText.partial(object)
      case .object: ObjectText.inVersion(object, resource)
      }
    return ["cells": .array(columns.map { $0.cell(object, now) }), "object": shown]
  }
}
