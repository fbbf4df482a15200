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
/// gone have no manager. Server-side apply, with its conflicts, is not served.
enum ManagedFields {
  static func record(old: JSONValue?, new: inout JSONValue, by writer: FieldWriter) {
    let difference = FieldDifference(
      from: old, to: new, shape: writer.shape, emptyIsAbsent: writer.isBuiltIn)
    var entries = remaining(old, difference)
    let own = entries.firstIndex {
      $0.manager == writer.manager && $0.operation == "Update" && $0.apiVersion == writer.apiVersion
        && $0.subresource == (writer.subresource?.rawValue ?? "")
    }
    if let own {
      for path in difference.written { entries[own].fields.insert(path) }
      entries[own].time = writer.time
    } else {
      var entry = Entry(writer)
      for path in difference.written { entry.fields.insert(path) }
      entries.append(entry)
    }
    set(entries, in: &new)
  }

  /// Takes the changed fields from all managers and gives them to none: what a real server does with a scale
  /// to zero, since autoscaling/v1 leaves a zero out of its spec.
  static func release(old: JSONValue, new: inout JSONValue, shape: FieldShape) {
    set(remaining(old, FieldDifference(from: old, to: new, shape: shape, emptyIsAbsent: true)), in: &new)
  }

  /// The entries of the old object without the fields that differ.
  private static func remaining(_ old: JSONValue?, _ difference: FieldDifference) -> [Entry] {
    var entries = (old?["metadata"]?["managedFields"]?.array ?? []).map(Entry.init)
    for position in entries.indices {
      for path in difference.removed + difference.written { entries[position].fields.remove(path) }
    }
    return entries
  }

  private static func set(_ entries: [Entry], in object: inout JSONValue) {
    let kept = entries.filter { !$0.fields.isEmpty }.map(\.json)
    object.set(kept.isEmpty ? .none : .array(kept), at: ["metadata", "managedFields"])
  }

  private struct Entry {
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
    }

    init(_ writer: FieldWriter) {
      manager = writer.manager
      operation = "Update"
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
}
