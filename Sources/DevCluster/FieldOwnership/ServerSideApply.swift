import JSONScan

/// Server-side apply: a manager says which fields it wants and how; it owns these and no others, and may not
/// take one from another manager unless it forces.
struct ServerSideApply {
  /// A field that another manager has set otherwise.
  struct Conflict: Equatable {
    /// As messages name it.
    var manager: String
    /// `.spec.template.spec.containers[name="nginx"].image`
    var field: String
  }

  /// What an apply makes of an object.
  struct Outcome {
    var object: JSONValue
    var managedFields: JSONValue
  }

  /// The manager, and the shape of the object.
  let writer: FieldWriter

  /// A new object, as applied.
  func created(_ configuration: JSONValue) -> Outcome {
    let fields = FieldTree(applied: configuration, shape: writer.shape)
    return Outcome(object: configuration, managedFields: ManagedFields.json([entry(fields)]))
  }

  /// The object with the configuration applied; without `isForced`, conflicts refuse.
  func applied(
    _ configuration: JSONValue, to live: JSONValue, isForced: Bool
  ) throws(APIError) -> Outcome {
    let shape = writer.shape
    let fields = FieldTree(applied: configuration, shape: shape)
    var entries = ManagedFields.entries(of: live)
    let own = entries.firstIndex(where: isOwn)
    let last = own.map { entries[$0].fields }
    if let own { entries.remove(at: own) }
    var object = AppliedValue.merged(live, configuration, shape)
    if let last { prune(&object, last: last, now: fields, others: entries) }

    let difference = FieldDifference(
      from: live, to: object, shape: shape, emptyIsAbsent: writer.isBuiltIn)
    let conflicts = entries.flatMap { entry in
      difference.written.filter(entry.fields.contains).map {
        Conflict(manager: entry.description, field: Self.text($0))
      }
    }
    if !isForced, !conflicts.isEmpty { throw Self.refusal(conflicts) }
    if difference.written.isEmpty, difference.removed.isEmpty, last == fields {
      return Outcome(object: live, managedFields: live["metadata"]?["managedFields"] ?? [])
    }
    for position in entries.indices {
      for path in difference.removed + difference.written { entries[position].fields.remove(path) }
    }
    entries.append(entry(fields))
    return Outcome(object: object, managedFields: ManagedFields.json(entries))
  }

  private func isOwn(_ entry: ManagedFieldsEntry) -> Bool {
    entry.manager == writer.manager && entry.operation == ManagedFieldsEntry.apply
      && entry.subresource == (writer.subresource?.rawValue ?? "")
  }

  private func entry(_ fields: FieldTree) -> ManagedFieldsEntry {
    var entry = ManagedFieldsEntry(writer)
    entry.operation = ManagedFieldsEntry.apply
    entry.fields = fields
    return entry
  }

  /// Removes what this manager applied before and does not apply now, unless another manager has it too.
  private func prune(
    _ object: inout JSONValue, last: FieldTree, now: FieldTree, others: [ManagedFieldsEntry]
  ) {
    func isWanted(_ path: some Collection<String>) -> Bool {
      now.reaches(path) || others.contains { $0.fields.reaches(path) }
    }
    // Elements and objects before what is in them: the name of an element is in it too.
    let gone = last.paths.filter { !isWanted($0) }.sorted { $0.count < $1.count }
    for path in gone { object = AppliedValue.removing(path[...], from: object, writer.shape) ?? object }
    // What has become empty goes too.
    for path in gone where path.count > 1 {
      for length in stride(from: path.count - 1, to: 0, by: -1) {
        let parent = path.prefix(length)
        guard !isWanted(parent), AppliedValue.isEmpty(parent, in: object, writer.shape) else { break }
        object = AppliedValue.removing(parent, from: object, writer.shape) ?? object
      }
    }
  }

  // MARK: Conflicts

  /// A path as people read it.
  static func text(_ path: [String]) -> String {
    path.map { element in
      let body = element.dropFirst(2)
      switch element.first {
      case "k":
        let key = (try? JSONValue(parsing: Array(body.utf8)))?.object ?? JSONObject()
        let parts = key.map { "\($0.key)=\(String(decoding: $0.value.serialized(), as: UTF8.self))" }
        return "[" + parts.joined(separator: ",") + "]"
      case "v": return "[=\(body)]"
      default: return "." + body
      }
    }.joined()
  }

  private static func refusal(_ conflicts: [Conflict]) -> APIError {
    let message: String
    if conflicts.count == 1 {
      message =
        "Apply failed with 1 conflict: conflict with \(conflicts[0].manager): \(conflicts[0].field)"
    } else {
      let lines = Set(conflicts.map(\.manager)).sorted().flatMap { manager in
        ["conflicts with \(manager):"]
          + conflicts.filter { $0.manager == manager }.map { "- \($0.field)" }
      }
      message = "Apply failed with \(conflicts.count) conflicts: " + lines.joined(separator: "\n")
    }
    return APIError(
      code: 409, reason: "Conflict", message: message,
      details: .init(
        causes: conflicts.map {
          .init(reason: "FieldManagerConflict", message: "conflict with \($0.manager)", field: $0.field)
        }))
  }
}
