import JSONScan

extension FieldTree {
  /// The fields that an applied configuration names: scalars, lists and maps that are owned as a whole, elements
  /// of keyed lists and entries of maps, and objects without members.
  init(applied configuration: JSONValue, shape: FieldShape) {
    self.init()
    collect(FieldDifference.managed(configuration) ?? .emptyObject, shape, at: [], isTop: true)
  }

  private mutating func collect(
    _ value: JSONValue, _ shape: FieldShape, at path: [String], isTop: Bool = false
  ) {
    switch (shape, value) {
    case (.structure(let fields), .object(let members)), (.object(let fields), .object(let members)):
      collect(members, fields, at: path)
    case (.anything, .object(let members)): collect(members, .unknown, at: path)
    case (.keyed(_, let inner, _), .array(let elements)):
      for element in elements {
        let place = path + [shape.element(of: element)]
        insert(place)
        collect(element, inner, at: place)
      }
    case (.set, .array(let elements)):
      for element in elements { insert(path + [shape.element(of: element)]) }
    default: if !isTop { insert(path) }
    }
  }

  private mutating func collect(_ members: JSONObject, _ fields: FieldShapes, at path: [String]) {
    for (name, value) in members {
      let place = path + ["f:" + name]
      collect(value, fields[name], at: place)
      // An entry of a map is owned itself, and so is an object without members.
      if !fields.names(name) || value == .null || value.object?.isEmpty == true { insert(place) }
    }
  }
}

/// Puts an applied configuration over an object, and takes out of an object what is no longer applied.
enum AppliedValue {
  /// Members of objects are merged, keyed elements and sets joined, everything else replaced.
  static func merged(_ live: JSONValue?, _ applied: JSONValue, _ shape: FieldShape) -> JSONValue {
    guard let live else { return applied }
    switch (shape, live, applied) {
    case (.structure(let fields), .object(let old), .object(let new)),
      (.object(let fields), .object(let old), .object(let new)):
      return members(old, new, fields)
    case (.anything, .object(let old), .object(let new)): return members(old, new, .unknown)
    case (.keyed(_, let inner, _), .array(let old), .array(let new)):
      var elements = old
      for element in new {
        let name = shape.element(of: element)
        if let position = elements.firstIndex(where: { shape.element(of: $0) == name }) {
          elements[position] = merged(elements[position], element, inner)
        } else {
          elements.append(element)
        }
      }
      return .array(elements)
    case (.set, .array(let old), .array(let new)):
      return .array(old + new.filter { !old.contains($0) })
    default: return applied
    }
  }

  private static func members(_ old: JSONObject, _ new: JSONObject, _ fields: FieldShapes) -> JSONValue {
    var members = old
    for (name, value) in new { members[name] = merged(members[name], value, fields[name]) }
    return .object(members)
  }

  /// The value without the field at a path; nil if it is the value itself.
  static func removing(
    _ path: ArraySlice<String>, from value: JSONValue, _ shape: FieldShape
  ) -> JSONValue? {
    guard let element = path.first else { return nil }
    let rest = path.dropFirst()
    let inner = shape.child(element)
    switch value {
    case .object(var members):
      let name = String(element.dropFirst(2))
      guard element.hasPrefix("f:"), let member = members[name] else { return value }
      members[name] = removing(rest, from: member, inner)
      return .object(members)
    case .array(var elements):
      guard let position = elements.firstIndex(where: { shape.element(of: $0) == element }) else {
        return value
      }
      if let kept = removing(rest, from: elements[position], inner) {
        elements[position] = kept
      } else {
        elements.remove(at: position)
      }
      return .array(elements)
    default: return value
    }
  }

  /// Whether there is nothing in the object or list at a path.
  static func isEmpty(_ path: ArraySlice<String>, in value: JSONValue, _ shape: FieldShape) -> Bool {
    guard let element = path.first else {
      return value.object?.isEmpty ?? value.array?.isEmpty ?? false
    }
    let inner: JSONValue?
    switch value {
    case .object(let members): inner = members[String(element.dropFirst(2))]
    case .array(let elements): inner = elements.first { shape.element(of: $0) == element }
    default: inner = nil
    }
    return inner.map { isEmpty(path.dropFirst(), in: $0, shape.child(element)) } ?? false
  }
}
