/// Reads the tables of types in `Types/`.
///
/// A line `% core io.k8s.api.core.v1` begins a package with its short and its OpenAPI name, a line
/// `@Container` a type (`@LabelSelector atomic`: owned as a whole). The fields follow, separated by `;`, each
/// `name:type=number flags`.
///
/// Types: `s` string, `b` boolean, `i` int32, `l` int64, `d` double, `y` bytes, `q` quantity, `x` int or
/// string, `t` time, `m` micro time, `u` duration, `r` any JSON, `e` strings in a message, `[T]` list, `{T}` map,
/// else a type of the package or `package.Type`. The name `_` is of a type that is inlined in JSON.
///
/// Flags: `!` required, `*` pointer, `?` omitted when empty, `inline`, `merge`, `merge:KEY`, `retain`,
/// `replace` (strategic merge patch), `atomic`, `set`, `map:KEY,KEY` (server-side apply), `default:VALUE`.
struct APITypeNotation {
  private(set) var types: [String: (isAtomic: Bool, fields: [APIField])] = [:]
  private(set) var order: [String] = []
  private var packages: [String: String] = [:]
  private var package = ""
  private var current = ""

  init(_ texts: [String]) {
    let lines = texts.flatMap { $0.split(separator: "\n") }
    // Packages first: a table may refer to one that comes later.
    for line in lines where line.hasPrefix("% ") {
      let words = line.split(separator: " ")
      packages[String(words[1])] = String(words[2])
    }
    for line in lines { read(line) }
  }

  private mutating func read(_ line: Substring) {
    switch line.first {
    case "%":
      package = line.split(separator: " ").last.map(String.init) ?? ""
    case "@":
      let words = line.dropFirst().split(separator: " ")
      current = package + "." + (words.first ?? "")
      types[current] = (words.contains("atomic"), [])
      order.append(current)
    default:
      for text in line.split(separator: ";") {
        if let field = field(text) { types[current]?.fields.append(field) }
      }
    }
  }

  private func field(_ text: Substring) -> APIField? {
    let words = text.split(separator: " ")
    guard let head = words.first, let colon = head.firstIndex(of: ":"), let equals = head.lastIndex(of: "="),
      let number = Int(head[head.index(after: equals)...])
    else { return nil }
    var field = APIField(
      name: String(head[..<colon]), type: type(head[head.index(after: colon)..<equals]), number: number)
    for word in words.dropFirst() { apply(word, to: &field) }
    return field
  }

  private func apply(_ flag: Substring, to field: inout APIField) {
    let parts = flag.split(separator: ":", maxSplits: 1).map(String.init)
    switch parts[0] {
    case "!": field.isRequired = true
    case "*": field.isPointer = true
    case "?": field.omitsEmpty = true
    case "inline": field.isInline = true
    case "retain": field.retainsKeys = true
    case "replace": field.patch = .replace
    case "merge": field.patch = .merge(key: parts.count > 1 ? parts[1] : nil)
    case "atomic": field.granularity = .atomic
    case "set": field.granularity = .set
    case "map": field.granularity = .keyed((parts.last ?? "").split(separator: ",").map(String.init))
    case "default": field.defaultText = parts.last
    default: preconditionFailure("the flag \(flag) of the field \(field.name)")
    }
  }

  private func type(_ text: Substring) -> APIFieldType {
    switch text {
    case "s": return .string
    case "b": return .boolean
    case "i": return .int32
    case "l": return .int64
    case "d": return .double
    case "y": return .bytes
    case "q": return .quantity
    case "x": return .intOrString
    case "t": return .time
    case "m": return .microTime
    case "u": return .duration
    case "r": return .raw
    case "e": return .stringList
    default: break
    }
    if text.hasPrefix("[") { return .array(type(text.dropFirst().dropLast())) }
    if text.hasPrefix("{") { return .map(type(text.dropFirst().dropLast())) }
    guard let dot = text.firstIndex(of: ".") else { return .reference(package + "." + text) }
    let package = packages[String(text[..<dot])] ?? ""
    return .reference(package + "." + text[text.index(after: dot)...])
  }
}
