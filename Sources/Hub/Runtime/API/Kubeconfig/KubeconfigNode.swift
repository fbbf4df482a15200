import CloudEvents
import JSONScan

/// A value in a kubeconfig that knows its place: reading it as another type than it has throws where and what.
struct KubeconfigNode: Sendable {
  let text: KubeconfigText
  let path: [JSONPathStep]
  let value: JSONValue

  /// The whole file.
  init(_ text: KubeconfigText) {
    self.init(text, [], text.root)
  }

  private init(_ text: KubeconfigText, _ path: [JSONPathStep], _ value: JSONValue) {
    self.text = text
    self.path = path
    self.value = value
  }

  /// A member; nil if there is none, or it is null.
  subscript(_ name: String) -> KubeconfigNode? {
    guard let member = value[name], member != .null else { return nil }
    return KubeconfigNode(text, path + [.member(name)], member)
  }

  // MARK: Types

  /// An object, or what is wrong.
  func object() throws(KubeconfigError) -> KubeconfigNode {
    guard value.object != nil else { throw wrongType("an object") }
    return self
  }

  /// The elements of an array.
  func elements() throws(KubeconfigError) -> [KubeconfigNode] {
    guard let array = value.array else { throw wrongType("a list") }
    return array.enumerated().map { KubeconfigNode(text, path + [.element($0)], $1) }
  }

  /// A member that is a string; nil if there is none, or it is empty.
  func string(_ name: String) throws(KubeconfigError) -> String? {
    guard let member = self[name] else { return nil }
    let string = try member.string()
    return string.isEmpty ? nil : string
  }

  /// A string.
  func string() throws(KubeconfigError) -> String {
    guard let string = value.string else { throw wrongType("a string") }
    return string
  }

  /// A member that is true or false; false if there is none.
  func bool(_ name: String) throws(KubeconfigError) -> Bool {
    guard let member = self[name] else { return false }
    guard let bool = member.value.bool else { throw member.wrongType("true or false") }
    return bool
  }

  /// A member that is a list of strings; empty if there is none.
  func strings(_ name: String) throws(KubeconfigError) -> [String] {
    guard let member = self[name] else { return [] }
    var strings: [String] = []
    for element in try member.elements() { strings.append(try element.string()) }
    return strings
  }

  /// A member that is base64 of bytes; nil if there is none, or it is empty. White space in it does not count.
  func data(_ name: String) throws(KubeconfigError) -> [UInt8]? {
    guard let text = try string(name) else { return nil }
    let digits = String(decoding: text.utf8.filter { $0 > 0x20 }, as: UTF8.self)
    guard let bytes = Base64.decode(digits) else { throw error(.badBase64, at: name) }
    return bytes
  }

  // MARK: Faults

  /// What is wrong with this value, or a member of it.
  func error(_ fault: KubeconfigError.Fault, at name: String? = nil) -> KubeconfigError {
    var steps = path
    if let name { steps.append(.member(name)) }
    return .field(place: text.place(of: steps), field: Self.shown(steps), fault)
  }

  /// A member for messages: `FILE:LINE:COL: users[0].user.token`.
  func shown(_ name: String) -> String {
    let steps = path + [.member(name)]
    return "\(text.place(of: steps)): \(Self.shown(steps))"
  }

  private func wrongType(_ wanted: String) -> KubeconfigError {
    let found =
      switch value {
      case .null: "null"
      case .bool(let bool): bool ? "true" : "false"
      case .number: "a number"
      case .string: "a string"
      case .array: "a list"
      case .object: "an object"
      }
    return error(.wrongType(wanted: wanted, found: found))
  }

  private static func shown(_ path: [JSONPathStep]) -> String {
    var text = ""
    for step in path {
      switch step {
      case .member(let name): text += (text.isEmpty ? "" : ".") + name
      case .element(let index): text += "[\(index)]"
      }
    }
    return text.isEmpty ? "the file" : text
  }
}
