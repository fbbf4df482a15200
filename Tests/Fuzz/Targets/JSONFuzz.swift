import JSONScan

/// The validator, a plan and the tree parser judge every text alike; what they accept is the same value to all, and
/// comes back from the writer.
func fuzzJSON(_ bytes: [UInt8]) throws(BrokenInvariant) {
  for depth in [2, JSONLimits.standard.maxDepth] { try agree(bytes, JSONLimits(maxDepth: depth)) }
  guard let value = try? JSONValue(parsing: bytes) else { return }
  try JSONComparison(text: bytes, value: value).run()
  for (pretty, sorted) in [(false, false), (true, false), (false, true), (true, true)] {
    let text = value.serialized(pretty: pretty, sortedKeys: sorted)
    guard let again = try? JSONValue(parsing: text) else {
      throw BrokenInvariant("what the writer wrote is refused: \(shown(text))")
    }
    try holdEqual(again, value, "written and read again")
    try holdEqual(again.hashValue, value.hashValue, "hashes of equal values")
    try holdEqual(again.serialized(pretty: pretty, sortedKeys: sorted), text, "written twice")
    // No text that ends in a bracket, quote or word can lose its end.
    if value.kind != .number, (try? JSONValidator.validate(Array(text.dropLast()).span.bytes)) != nil {
      throw BrokenInvariant("accepted without its last byte: \(shown(text))")
    }
  }
}

private func agree(_ bytes: [UInt8], _ limits: JSONLimits) throws(BrokenInvariant) {
  let validator = refusal { () throws(JSONError) in
    try JSONValidator.validate(bytes.span.bytes, limits: limits)
  }
  let tree = refusal { () throws(JSONError) in _ = try JSONValue(parsing: bytes, limits: limits) }
  var matches = JSONMatches()
  let plan = JSONPlan([[], ["metadata", "name"], ["a"], ["a", "a"], ["items"]])
  let scan = refusal { () throws(JSONError) in
    try plan.scan(bytes.span.bytes, into: &matches, limits: limits)
  }
  try holdEqual(validator, tree, "the validator's and the tree's error")
  try holdEqual(validator, scan, "the validator's and the plan's error")
  try hold((0...bytes.count).contains(validator?.offset ?? 0), "an offset outside the text")
  try holdEqual(matches[0] == nil, scan != nil, "matches after an error")
}

private func refusal(_ body: () throws(JSONError) -> Void) -> JSONError? {
  do throws(JSONError) {
    try body()
    return nil
  } catch {
    return error
  }
}

/// Compares what slices of a text say with the tree that was made of it.
private struct JSONComparison {
  let text: [UInt8]
  let value: JSONValue

  func run() throws(BrokenInvariant) {
    var matches = JSONMatches()
    let paths = [
      [], ["a"], ["a", "a"], ["metadata", "name"], ["metadata", "labels", "app"], ["items"], [""],
    ]
    guard (try? JSONPlan(paths).scan(text.span.bytes, into: &matches)) != nil, let root = matches[0] else {
      throw BrokenInvariant("a plan refuses what it accepted")
    }
    for (index, path) in paths.enumerated() {
      let expected = path.reduce(Optional(value)) { $0?[$1] }
      try holdEqual(matches[index].map(tree), expected, "the value at \(path)")
    }
    try holdEqual(tree(root), value, "a walk over slices and the tree")
    if root.kind == .array { try elements(of: root) }
    try placesOnTheWay(from: root)
  }

  /// The tree that the slices tell.
  private func tree(_ slice: JSONSlice) -> JSONValue {
    let span = text.span.bytes
    switch slice.kind {
    case .null: return .null
    case .bool: return .bool(slice.bool(in: span) ?? false)
    case .number: return .number(String(decoding: slice.bytes(in: span), as: UTF8.self))
    case .string: return .string(slice.string(in: span) ?? "")
    case .array:
      var elements: [JSONValue] = []
      slice.forEachElement(in: span) { elements.append(tree($0)) }
      return .array(elements)
    case .object:
      var object = JSONObject()
      slice.forEachMember(in: span) { object[$0.string(in: span) ?? ""] = tree($1) }
      return .object(object)
    }
  }

  private func elements(of root: JSONSlice) throws(BrokenInvariant) {
    var matches = JSONMatches()
    var found: [JSONValue?] = []
    var whole: [JSONValue] = []
    let plan = JSONPlan([["metadata", "name"]])
    do {
      try plan.scanElements(of: root, in: text.span.bytes, into: &matches) { element, matches in
        whole.append(tree(element))
        found.append(matches[0].map(tree))
      }
    } catch {
      throw BrokenInvariant("the elements of an array are refused: \(error)")
    }
    try holdEqual(.array(whole), value, "the elements")
    try holdEqual(found, (value.array ?? []).map { $0["metadata"]?["name"] }, "the elements' matches")
  }

  /// A walk down the tree, chosen by the text: the locator finds each value on it where the slices have it.
  private func placesOnTheWay(from root: JSONSlice) throws(BrokenInvariant) {
    let span = text.span.bytes
    var numbers = SeededNumbers(from: text)
    var path: [JSONPathStep] = []
    var here = root
    for _ in 0..<8 {
      var inner: [(JSONPathStep, JSONSlice)] = []
      here.forEachElement(in: span) { inner.append((.element(inner.count), $0)) }
      here.forEachMember(in: span) { inner.append((.member($0.string(in: span) ?? ""), $1)) }
      guard !inner.isEmpty else { break }
      let step = inner[numbers.next(below: inner.count)].0
      // Of a name that comes twice the last counts.
      guard let next = inner.last(where: { same($0.0, step) })?.1 else { break }
      path.append(step)
      here = next
      try holdEqual(JSONLocator.offset(of: path, in: span), here.start, "the place of \(path)")
    }
  }

  /// Names are equal byte by byte, not as Unicode has it.
  private func same(_ one: JSONPathStep, _ other: JSONPathStep) -> Bool {
    switch (one, other) {
    case (.member(let one), .member(let other)): one.utf8.elementsEqual(other.utf8)
    default: one == other
    }
  }
}
