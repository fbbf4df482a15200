/// The members of an object, in order, each name once. Two objects with the same members are equal whatever the order.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  /// From this many members on names are found by an index instead of one by one.
  private static let indexedFrom = 16

  private var members: [(key: String, value: JSONValue)] = []
  private var positions: [Name: Int] = [:]

  /// A name compared byte by byte: Swift's Strings are equal when Unicode holds them equivalent, names of JSON are not.
  private struct Name: Hashable {
    let text: String

    static func == (one: Name, other: Name) -> Bool { JSONObject.same(one.text, other.text) }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
  }

  static func same(_ one: String, _ other: String) -> Bool {
    one == other && one.utf8.elementsEqual(other.utf8)
  }

  /// An object without members.
  public init() {}

  /// The members of a literal; of a name that comes twice the last value counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// How many members there are.
  public var count: Int { members.count }
  /// Whether there are none.
  public var isEmpty: Bool { members.isEmpty }
  /// The names, in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of a member. Setting an existing name keeps its place, a new one goes to the end, nil removes.
  public subscript(_ key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      guard let newValue else {
        removeValue(forKey: key)
        return
      }
      if let position = position(of: key) {
        members[position].value = newValue
      } else {
        append(key, newValue)
      }
    }
  }

  /// Removes a member and returns its value; nil if there was none. Takes time in proportion to the number of members.
  @discardableResult
  public mutating func removeValue(forKey key: String) -> JSONValue? {
    guard let position = position(of: key) else { return nil }
    let removed = members.remove(at: position).value
    positions = [:]
    if members.count >= Self.indexedFrom { reindex() }
    return removed
  }

  private func position(of key: String) -> Int? {
    if members.count >= Self.indexedFrom { return positions[Name(text: key)] }
    return members.firstIndex { Self.same($0.key, key) }
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    members.append((key, value))
    if members.count > Self.indexedFrom {
      positions[Name(text: key)] = members.count - 1
    } else if members.count == Self.indexedFrom {
      reindex()
    }
  }

  private mutating func reindex() {
    for (position, member) in members.enumerated() { positions[Name(text: member.key)] = position }
  }
}

extension JSONObject: Sequence {
  /// Iterates over the members in order.
  public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> { members.makeIterator() }
}

extension JSONObject: Hashable {
  /// Whether both have the same names with equal values.
  public static func == (one: JSONObject, other: JSONObject) -> Bool {
    one.count == other.count && one.allSatisfy { other[$0.key] == $0.value }
  }

  /// Hashes the members regardless of their order.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for (key, value) in members {
      var member = Hasher()
      member.combine(key)
      member.combine(value)
      sum ^= member.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(sum)
  }
}
