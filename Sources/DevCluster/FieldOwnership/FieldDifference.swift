import JSONScan

/// Which fields differ between two states of an object.
struct FieldDifference {
  /// Set or changed.
  private(set) var written: [[String]] = []
  /// No longer there.
  private(set) var removed: [[String]] = []

  /// Empty strings in the structs of built-in types count as absent, as Go leaves them out (but not in maps).
  private let emptyIsAbsent: Bool

  /// Metadata that the server keeps has no manager.
  private static let unmanaged: Set<String> = [
    "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
    "deletionGracePeriodSeconds", "selfLink", "managedFields",
  ]

  init(from old: JSONValue?, to new: JSONValue, shape: FieldShape, emptyIsAbsent: Bool) {
    self.emptyIsAbsent = emptyIsAbsent
    compare(Self.managed(old), Self.managed(new), shape, at: [])
  }

  /// The object without what no manager owns: its type and what the server keeps of its metadata.
  static func managed(_ object: JSONValue?) -> JSONValue? {
    guard var members = object?.object else { return object }
    members["apiVersion"] = nil
    members["kind"] = nil
    if let metadata = members["metadata"]?.object {
      var kept = JSONObject()
      for (name, value) in metadata where !unmanaged.contains(name) { kept[name] = value }
      members["metadata"] = kept.isEmpty ? .none : .object(kept)
    }
    return .object(members)
  }

  private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, _ shape: FieldShape, at path: [String])
  {
    if old == new { return }
    let old = present(old)
    let new = present(new)
    switch shape {
    case .structure(let fields):
      compareMembers(old, new, fields, at: path, isMember: false)
    case .object(let fields):
      compareMembers(old, new, fields, at: path, isMember: true)
    case .anything where old?.object != nil || new?.object != nil:
      compareMembers(old, new, .unknown, at: path, isMember: true)
    case .keyed(_, let element, let isMember):
      let identify = { (value: JSONValue) in shape.element(of: value) }
      compareElements(old, new, identify, element, at: path, isMember: isMember)
    case .set:
      let identify = { (value: JSONValue) in shape.element(of: value) }
      compareElements(old, new, identify, .atomic, at: path, isMember: true)
    case .atomic, .anything:
      compareWhole(old, new, at: path)
    }
  }

  private mutating func compareWhole(_ old: JSONValue?, _ new: JSONValue?, at path: [String]) {
    if old == new { return }
    if new == nil { removed.append(path) } else { written.append(path) }
  }

  private mutating func compareMembers(
    _ old: JSONValue?, _ new: JSONValue?, _ fields: FieldShapes, at path: [String], isMember: Bool
  ) {
    // A value that is no object on one side is a whole value there.
    if let new, new.object == nil { return compareReplaced(old, new, at: path) }
    if let old, old.object == nil { compareWhole(old, nil, at: path) }
    let before = members(old, ofStructure: !isMember)
    let after = members(new, ofStructure: !isMember)
    if isMember, old == nil, new != nil { written.append(path) }
    if isMember, old != nil, new == nil { removed.append(path) }
    for (name, value) in before {
      compare(value, after[name], fields[name], at: path + ["f:" + name])
    }
    for (name, value) in after where before[name] == nil {
      compare(nil, value, fields[name], at: path + ["f:" + name])
    }
  }

  private func members(_ value: JSONValue?, ofStructure isStructure: Bool) -> JSONObject {
    guard let members = value?.object else { return JSONObject() }
    guard isStructure, emptyIsAbsent, members.contains(where: { $0.value == "" }) else { return members }
    var present = JSONObject()
    for (name, value) in members where value != "" { present[name] = value }
    return present
  }

  private mutating func compareReplaced(_ old: JSONValue?, _ new: JSONValue, at path: [String]) {
    if let old, old.object != nil { compareMembers(old, nil, .unknown, at: path, isMember: true) }
    written.append(path)
  }

  private mutating func compareElements(
    _ old: JSONValue?, _ new: JSONValue?, _ identify: (JSONValue) -> String, _ shape: FieldShape,
    at path: [String], isMember: Bool
  ) {
    if isMember, old == nil, new != nil { written.append(path) }
    if isMember, old != nil, new == nil { removed.append(path) }
    var before: [String: JSONValue] = [:]
    for value in old?.array ?? [] { before[identify(value)] = value }
    var seen = Set<String>()
    for value in new?.array ?? [] {
      let element = identify(value)
      seen.insert(element)
      compare(before[element], value, shape, at: path + [element])
    }
    for value in old?.array ?? [] where !seen.contains(identify(value)) {
      compare(value, nil, shape, at: path + [identify(value)])
    }
  }

  private func present(_ value: JSONValue?) -> JSONValue? {
    guard let value, value != .null else { return nil }
    return value
  }
}
