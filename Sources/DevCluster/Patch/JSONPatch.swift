import JSONScan

/// JSON Patch, RFC 6902: all operations, or none.
struct JSONPatch {
  /// Why a patch can't be read, or does not fit the document.
  enum Failure: Error, Equatable {
    /// No JSON Patch: what is wrong with it.
    case malformed(String)
    /// The document does not have what an operation needs: a missing place, a failed test.
    case notApplicable(String)
  }

  enum Operation: Equatable {
    case add(JSONPointer, JSONValue)
    case remove(JSONPointer)
    case replace(JSONPointer, JSONValue)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    case test(JSONPointer, JSONValue)
  }

  /// More operations than anybody needs; a real server has the same limit.
  static let maximumOperations = 10_000

  let operations: [Operation]

  init(_ json: JSONValue) throws(Failure) {
    guard let list = json.array else { throw .malformed("a JSON patch is an array of operations") }
    guard list.count <= Self.maximumOperations else {
      throw .malformed(
        "The allowed maximum operations in a JSON patch is \(Self.maximumOperations), got \(list.count)")
    }
    var operations: [Operation] = []
    for one in list { operations.append(try Self.operation(one)) }
    self.operations = operations
  }

  func apply(to document: JSONValue) throws(Failure) -> JSONValue {
    var document = document
    for operation in operations { try Self.apply(operation, to: &document) }
    return document
  }

  private static func operation(_ json: JSONValue) throws(Failure) -> Operation {
    guard let name = json["op"]?.string else { throw .malformed("an operation needs a string \"op\"") }
    let path = try pointer(json, "path")
    switch name {
    case "add": return .add(path, try value(json))
    case "remove": return .remove(path)
    case "replace": return .replace(path, try value(json))
    case "move": return .move(from: try pointer(json, "from"), to: path)
    case "copy": return .copy(from: try pointer(json, "from"), to: path)
    case "test": return .test(path, try value(json))
    default: throw .malformed("unknown operation \"\(name)\"")
    }
  }

  private static func pointer(_ json: JSONValue, _ member: String) throws(Failure) -> JSONPointer {
    guard let text = json[member]?.string, let pointer = JSONPointer(text) else {
      throw .malformed("an operation needs a JSON pointer \"\(member)\"")
    }
    return pointer
  }

  private static func value(_ json: JSONValue) throws(Failure) -> JSONValue {
    guard let value = json["value"] else { throw .malformed("an operation needs a \"value\"") }
    return value
  }

  private static func apply(_ operation: Operation, to document: inout JSONValue) throws(Failure) {
    switch operation {
    case .add(let path, let value):
      try edit(&document, path.tokens[...], .add(value))
    case .remove(let path):
      try edit(&document, path.tokens[...], .remove)
    case .replace(let path, let value):
      try edit(&document, path.tokens[...], .replace(value))
    case .move(let from, let to):
      guard !to.isInside(from) else { throw .notApplicable("a value can't be moved into itself") }
      let value = try read(document, from)
      try edit(&document, from.tokens[...], .remove)
      try edit(&document, to.tokens[...], .add(value))
    case .copy(let from, let to):
      try edit(&document, to.tokens[...], .add(try read(document, from)))
    case .test(let path, let value):
      guard try read(document, path) == value else { throw .notApplicable("testing value failed") }
    }
  }

  private static func read(_ document: JSONValue, _ path: JSONPointer) throws(Failure) -> JSONValue {
    var value = document
    for token in path.tokens {
      switch value {
      case .object(let members):
        guard let next = members[token] else { throw missing(token) }
        value = next
      case .array(let elements):
        value = elements[try index(token, below: elements.count)]
      default: throw missing(token)
      }
    }
    return value
  }

  private enum Edit {
    case add(JSONValue), remove, replace(JSONValue)
  }

  private static func edit(
    _ target: inout JSONValue, _ path: ArraySlice<String>, _ edit: Edit
  ) throws(Failure) {
    guard let token = path.first else {
      switch edit {
      case .add(let value), .replace(let value): target = value
      case .remove: target = .null
      }
      return
    }
    switch target {
    case .object(var members):
      try self.edit(&members, token, path.dropFirst(), edit)
      target = .object(members)
    case .array(var elements):
      try self.edit(&elements, token, path.dropFirst(), edit)
      target = .array(elements)
    default: throw missing(token)
    }
  }

  private static func edit(
    _ members: inout JSONObject, _ token: String, _ rest: ArraySlice<String>, _ edit: Edit
  ) throws(Failure) {
    if rest.isEmpty, case .add(let value) = edit {
      members[token] = value
      return
    }
    guard var inner = members[token] else { throw missing(token) }
    if rest.isEmpty, case .remove = edit {
      members.removeValue(forKey: token)
      return
    }
    try self.edit(&inner, rest, edit)
    members[token] = inner
  }

  private static func edit(
    _ elements: inout [JSONValue], _ token: String, _ rest: ArraySlice<String>, _ edit: Edit
  ) throws(Failure) {
    if rest.isEmpty, case .add(let value) = edit {
      let position = token == "-" ? elements.count : try index(token, below: elements.count + 1)
      elements.insert(value, at: position)
      return
    }
    let position = try index(token, below: elements.count)
    if rest.isEmpty, case .remove = edit {
      elements.remove(at: position)
      return
    }
    try self.edit(&elements[position], rest, edit)
  }

  /// Decimal without leading zeros, within the array.
  private static func index(_ token: String, below count: Int) throws(Failure) -> Int {
    guard let index = Int(token), String(index) == token, index >= 0, index < count else {
      throw missing(token)
    }
    return index
  }

  private static func missing(_ token: String) -> Failure {
    .notApplicable("there is nothing at \"\(token)\"")
  }
}
