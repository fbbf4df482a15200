/// The way to a value inside an object, as `changes` names it: `spec`, `status.conditions`,
/// `metadata.annotations['example.com/x']`, `spec.template.spec.containers[0].image`.
public struct ChangePath: Hashable, Sendable {
  /// A step on the way.
  public enum Step: Hashable, Sendable {
    /// Into an object, by a member's name.
    case member(String)
    /// Into an array, by an element's place.
    case element(Int)
  }

  /// The steps from the object on; the first is a member.
  public let steps: [Step]

  /// Reads a path. A dot before the first name may be left out; in brackets stands the place of an element, or any name in
  /// quotes.
  public init(_ text: String) throws(ChangePathFault) {
    guard text.utf8.count <= SubscriptionLimits.maxPathBytes else {
      throw .tooLong(found: text.utf8.count)
    }
    var rest = Substring(text)
    var steps: [Step] = []
    if rest.first == "." { rest = rest.dropFirst() }
    if rest.first != "[" { steps.append(.member(try Self.name(&rest))) }
    while let next = rest.first {
      if next == "[" {
        steps.append(try Self.bracket(&rest))
      } else if next == "." {
        rest = rest.dropFirst()
        steps.append(.member(try Self.name(&rest)))
      } else {
        throw .character(next)
      }
    }
    guard case .member = steps.first else { throw .noMemberFirst }
    guard steps.count <= SubscriptionLimits.maxPathSteps else { throw .tooDeep(found: steps.count) }
    self.steps = steps
  }

  private static func name(_ rest: inout Substring) throws(ChangePathFault) -> String {
    let name = rest.prefix { $0 != "." && $0 != "[" }
    rest = rest.dropFirst(name.count)
    guard !name.isEmpty else { throw .emptyStep }
    for character in name where !isPlain(character) { throw .character(character) }
    return String(name)
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "-_/$".contains(character)
  }

  private static func bracket(_ rest: inout Substring) throws(ChangePathFault) -> Step {
    rest = rest.dropFirst()
    guard let quote = rest.first, quote == "'" || quote == "\"" else {
      guard let end = rest.firstIndex(of: "]") else { throw .unclosed }
      let inside = rest[..<end]
      rest = rest[rest.index(after: end)...]
      guard inside.allSatisfy(\.isASCII), let place = UInt32(inside), inside.first != "+" else {
        throw .bracket(String(inside))
      }
      return .element(Int(place))
    }
    rest = rest.dropFirst()
    guard let end = rest.firstIndex(of: quote) else { throw .unclosed }
    let name = String(rest[..<end])
    rest = rest[rest.index(after: end)...]
    guard rest.first == "]" else { throw .unclosed }
    rest = rest.dropFirst()
    return .member(name)
  }
}

extension ChangePath: CustomStringConvertible {
  /// As it may be written: `metadata.annotations['example.com/x']`.
  public var description: String {
    steps.reduce("") { text, step in
      switch step {
      case .element(let place): text + "[\(place)]"
      case .member(let name) where name.allSatisfy(Self.isPlain) && !name.isEmpty:
        text.isEmpty ? name : text + "." + name
      case .member(let name): text + (name.contains("'") ? "[\"\(name)\"]" : "['\(name)']")
      }
    }
  }
}

/// Why a text is no path.
public enum ChangePathFault: Error, Hashable, Sendable {
  /// Too many bytes.
  case tooLong(found: Int)
  /// Too many steps.
  case tooDeep(found: Int)
  /// Nothing stands between two dots, or there is nothing at all.
  case emptyStep
  /// It begins inside of an array.
  case noMemberFirst
  /// A character that is not written without quotes.
  case character(Character)
  /// A bracket or a quote is not closed.
  case unclosed
  /// What stands in brackets is neither a place nor a name in quotes.
  case bracket(String)

  var reason: String {
    switch self {
    case .tooLong(let found): "has \(found) bytes, and \(SubscriptionLimits.maxPathBytes) is the limit"
    case .tooDeep(let found): "has \(found) steps, and \(SubscriptionLimits.maxPathSteps) is the limit"
    case .emptyStep: "is no path: a name is missing"
    case .noMemberFirst: "is no path: it begins with an element of an array"
    case .character(let character): "is no path: \(ShownText.quoted(String(character))) needs quotes"
    case .unclosed: "is no path: a bracket or a quote is not closed"
    case .bracket(let text): "is no path: \(ShownText.quoted(text)) is no element of an array"
    }
  }

  var remedy: String {
    switch self {
    case .tooLong, .tooDeep: "name a value that contains it"
    case .emptyStep, .noMemberFirst: "write names with dots between them, as spec.replicas"
    case .character, .unclosed: "write such a name as metadata.annotations['example.com/x']"
    case .bracket: "name the whole array, or one element, as spec.ports[0]"
    }
  }
}
