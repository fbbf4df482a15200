import JSONScan

/// Who writes fields, through which path, and when.
struct FieldWriter {
  var manager: String
  var apiVersion: String
  var subresource: Subresource?
  var time: String
  var shape: FieldShape
  /// Empty members of built-in types are left out by Go, and so have no manager.
  var isBuiltIn: Bool
}

/// `metadata.managedFields`: which manager last set which field.
///
/// An update gives its manager the fields that it changed and takes these from the others; fields that are
/// gone have no manager. Server-side apply works them out by `ServerSideApply`.
enum ManagedFields {
  static func record(old: JSONValue?, new: inout JSONValue, by writer: FieldWriter) {
    let difference = FieldDifference(
      from: old, to: new, shape: writer.shape, emptyIsAbsent: writer.isBuiltIn)
    var entries = remaining(new, difference)
    let own = entries.firstIndex {
      $0.manager == writer.manager && $0.operation == ManagedFieldsEntry.update
        && $0.apiVersion == writer.apiVersion && $0.subresource == (writer.subresource?.rawValue ?? "")
    }
    if let own {
      for path in difference.written { entries[own].fields.insert(path) }
      entries[own].time = writer.time
    } else {
      var entry = ManagedFieldsEntry(writer)
      for path in difference.written { entry.fields.insert(path) }
      entries.append(entry)
    }
    set(entries, in: &new)
  }

  /// Takes the changed fields from all managers and gives them to none: what a real server does with a scale
  /// to zero, since autoscaling/v1 leaves a zero out of its spec.
  static func release(old: JSONValue, new: inout JSONValue, shape: FieldShape) {
    set(remaining(new, FieldDifference(from: old, to: new, shape: shape, emptyIsAbsent: true)), in: &new)
  }

  /// The entries of an object without the fields that differ.
  private static func remaining(
    _ object: JSONValue, _ difference: FieldDifference
  ) -> [ManagedFieldsEntry] {
    var entries = entries(of: object)
    for position in entries.indices {
      for path in difference.removed + difference.written { entries[position].fields.remove(path) }
    }
    return entries
  }

  static func entries(of object: JSONValue) -> [ManagedFieldsEntry] {
    (object["metadata"]?["managedFields"]?.array ?? []).map(ManagedFieldsEntry.init)
  }

  private static func set(_ entries: [ManagedFieldsEntry], in object: inout JSONValue) {
    let json = json(entries)
    object.set(json == [] ? .none : json, at: ["metadata", "managedFields"])
  }

  /// The list as objects carry it: without empty entries, in the order of a real server.
  static func json(_ entries: [ManagedFieldsEntry]) -> JSONValue {
    .array(entries.filter { !$0.fields.isEmpty }.sorted { $0.order < $1.order }.map(\.json))
  }

  /// With which entries an update begins: those that it sends, as a client may give fields to other managers
  /// (`[{}]`: to none); the object's own where it sends none or something else.
  static func base(old: JSONValue, sent: JSONValue, _ subresource: Subresource?) -> JSONValue? {
    let own = old["metadata"]?["managedFields"]
    guard subresource == nil, let new = sent["metadata"]?["managedFields"]?.array, !new.isEmpty else {
      return own
    }
    if new == [.emptyObject] { return nil }
    let isWellFormed = new.allSatisfy { entry in
      [ManagedFieldsEntry.update, ManagedFieldsEntry.apply].contains(entry["operation"]?.string)
        && entry["fieldsType"] == "FieldsV1" && entry["fieldsV1"]?.object != nil
    }
    return isWellFormed ? .array(new) : own
  }
}

/// One entry of `managedFields`.
struct ManagedFieldsEntry {
  static let update = "Update"
  static let apply = "Apply"

  var manager: String
  var operation: String
  var apiVersion: String
  var time: String
  var subresource: String
  var fields: FieldTree

  init(_ json: JSONValue) {
    manager = json["manager"]?.string ?? ""
    operation = json["operation"]?.string ?? ""
    apiVersion = json["apiVersion"]?.string ?? ""
    time = json["time"]?.string ?? ""
    subresource = json["subresource"]?.string ?? ""
    fields = json["fieldsV1"].map(FieldTree.init) ?? FieldTree()
    // No field is no field, not the object as a whole.
    fields.isMember = false
  }

  init(_ writer: FieldWriter) {
    manager = writer.manager
    operation = Self.update
    apiVersion = writer.apiVersion
    time = writer.time
    subresource = writer.subresource?.rawValue ?? ""
    fields = FieldTree()
  }

  var json: JSONValue {
    var json: JSONObject = [
      "manager": .string(manager), "operation": .string(operation), "apiVersion": .string(apiVersion),
      "time": .string(time), "fieldsType": "FieldsV1", "fieldsV1": fields.json,
    ]
    if !subresource.isEmpty { json["subresource"] = .string(subresource) }
    return .object(json)
  }
}

extension ManagedFieldsEntry {
  /// Applied fields first, then by time, manager, version and part.
  fileprivate var order: OrderKey {
    OrderKey(parts: [operation, time, manager, apiVersion, subresource])
  }

  fileprivate struct OrderKey: Comparable {
    let parts: [String]

    static func < (left: OrderKey, right: OrderKey) -> Bool {
      left.parts.lexicographicallyPrecedes(right.parts)
    }
  }

  /// As messages about conflicts name it.
  var description: String {
    var text = "\"\(manager)\""
    if !subresource.isEmpty { text += " with subresource \"\(subresource)\"" }
    return operation == Self.update ? "\(text) using \(apiVersion)" : text
  }
}
