import JSONScan

/// JSON Merge Patch, RFC 7386.
enum MergePatch {
  static func apply(_ patch: JSONValue, to target: JSONValue?) -> JSONValue {
    guard let changes = patch.object else { return patch }
    var members = target?.object ?? JSONObject()
    for (name, change) in changes {
      if change == .null {
        members.removeValue(forKey: name)
      } else {
        members[name] = apply(change, to: members[name])
      }
    }
    return .object(members)
  }
}
