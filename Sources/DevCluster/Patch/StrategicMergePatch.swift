import JSONScan

/// Strategic merge patch: a merge patch that knows the types, so that lists are merged by their keys. With its
/// directives `$patch`, `$retainKeys`, `$setElementOrder/LIST` and `$deleteFromPrimitiveList/LIST`.
struct StrategicMergePatch {
  enum Failure: Error, Equatable {
    /// The patch itself is malformed.
    case malformed(String)
    /// An element of a merged list lacks the key.
    case noMergeKey(String, list: String)
  }

  private static let directive = "$patch"
  private static let retainKeys = "$retainKeys"
  private static let elementOrder = "$setElementOrder/"
  private static let deleteFromList = "$deleteFromPrimitiveList/"

  private let catalog: APICatalog

  init(catalog: APICatalog = .standard) { self.catalog = catalog }

  /// The patched object of a type.
  func apply(_ patch: JSONValue, to object: JSONValue, of type: APIType?) throws(Failure) -> JSONValue {
    guard let changes = patch.object else { throw .malformed("a strategic merge patch is an object") }
    return .object(try merge(changes, into: object.object ?? JSONObject(), members(of: type)))
  }

  // MARK: Objects

  /// What is known of the members of an object: its fields, or the one type of a map's values.
  private enum Members {
    case fields(APIType)
    case all(APIFieldType)
    case unknown

    func field(_ name: String) -> (type: APIFieldType, field: APIField?) {
      switch self {
      case .fields(let type):
        let field = type[name]
        return (field?.type ?? .raw, field)
      case .all(let type): return (type, nil)
      case .unknown: return (.raw, nil)
      }
    }
  }

  private func members(of type: APIType?) -> Members { type.map { .fields($0) } ?? .unknown }

  private func members(of type: APIFieldType) -> Members {
    switch type {
    case .reference(let name): members(of: catalog[name])
    case .map(let element): .all(element)
    default: .unknown
    }
  }

  private func merge(
    _ patch: JSONObject, into target: JSONObject, _ known: Members
  ) throws(Failure) -> JSONObject {
    var result = target
    switch patch[Self.directive]?.string {
    case "replace":
      var replacement = patch
      replacement[Self.directive] = nil
      return replacement
    case "delete": return JSONObject()
    case nil, "merge": break
    case .some(let other): throw .malformed("Unknown patch type found: \(other)")
    }
    if let kept = patch[Self.retainKeys] {
      guard let names = kept.array?.compactMap(\.string) else {
        throw .malformed("\(Self.retainKeys) is a list of strings")
      }
      for (name, _) in target where !names.contains(name) { result[name] = nil }
    }
    var lists = Set<String>()
    for (name, change) in patch {
      if name == Self.directive || name == Self.retainKeys { continue }
      if let list = name.suffix(after: Self.elementOrder) ?? name.suffix(after: Self.deleteFromList) {
        lists.insert(list)
        continue
      }
      let (type, field) = known.field(name)
      switch change {
      case .null: result[name] = nil
      case .array: lists.insert(name)
      case .object(let inner) where field?.patch != .replace:
        result[name] = .object(
          try merge(inner, into: result[name]?.object ?? JSONObject(), members(of: type)))
      default: result[name] = change
      }
    }
    for name in lists.sorted() {
      let (type, field) = known.field(name)
      result[name] = try list(name, patch, result[name], type, field)
    }
    return result
  }

  // MARK: Lists

  private func list(
    _ name: String, _ patch: JSONObject, _ target: JSONValue?, _ type: APIFieldType, _ field: APIField?
  ) throws(Failure) -> JSONValue? {
    guard case .merge(let key)? = field?.patch, case .array(let element) = type else {
      return patch[name] ?? target
    }
    let original = target?.array ?? []
    let changes = patch[name]?.array ?? []
    var merged: [JSONValue]
    if let key {
      merged = try elements(changes, into: original, key: key, members(of: element), list: name)
    } else {
      merged = original
      for change in changes where !merged.contains(change) { merged.append(change) }
      if let removed = patch[Self.deleteFromList + name]?.array {
        merged.removeAll { removed.contains($0) }
      }
    }
    if let order = patch[Self.elementOrder + name] {
      guard let order = order.array else { throw .malformed("\(Self.elementOrder)\(name) is a list") }
      merged = Self.arranged(merged, by: order, server: original, key: key)
    }
    if merged.isEmpty, target == nil { return nil }
    return .array(merged)
  }

  private func elements(
    _ changes: [JSONValue], into original: [JSONValue], key: String, _ known: Members, list: String
  ) throws(Failure) -> [JSONValue] {
    var merged = original
    var changes = changes
    if changes.contains(where: { $0[Self.directive] == "replace" }) {
      merged = []
      changes.removeAll { $0[Self.directive] == "replace" && $0.object?.count == 1 }
    }
    for change in changes {
      guard let members = change.object, let identity = members[key] else {
        throw .noMergeKey(key, list: list)
      }
      let position = merged.firstIndex { $0[key] == identity }
      if members[Self.directive] == "delete" {
        merged.removeAll { $0[key] == identity }
      } else if let position {
        merged[position] = .object(
          try merge(members, into: merged[position].object ?? JSONObject(), known))
      } else {
        merged.append(.object(try merge(members, into: JSONObject(), known)))
      }
    }
    return merged
  }

  /// Puts the elements that the patch names in its order; others keep their place among those of the server.
  private static func arranged(
    _ elements: [JSONValue], by order: [JSONValue], server: [JSONValue], key: String?
  ) -> [JSONValue] {
    func identity(_ value: JSONValue) -> JSONValue { key.map { value[$0] ?? .null } ?? value }
    let wanted = order.map(identity)
    let before = server.map(identity)
    let named = elements.filter { wanted.contains(identity($0)) }
      .sorted { (wanted.firstIndex(of: identity($0)) ?? 0) < (wanted.firstIndex(of: identity($1)) ?? 0) }
    var rest = elements.filter { !wanted.contains(identity($0)) }[...]
    var arranged: [JSONValue] = []
    for element in named {
      // Elements that only the server has come before those that they preceded there.
      while let other = rest.first, let left = before.firstIndex(of: identity(other)),
        let right = before.firstIndex(of: identity(element)), left < right
      {
        arranged.append(other)
        rest = rest.dropFirst()
      }
      arranged.append(element)
    }
    return arranged + rest
  }
}

extension String {
  /// What follows a prefix; nil if the text does not begin with it.
  fileprivate func suffix(after prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
