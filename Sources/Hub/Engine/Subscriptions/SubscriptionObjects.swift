import JSONScan

/// Finds the objects of one document: itself, the elements of an array, or the items of a list.
enum SubscriptionObjects {
  /// An object, or why a document holds none.
  typealias Found = Result<JSONSlice, SubscriptionFinding>

  /// The lists whose items are looked at: what `kubectl get -o yaml` prints, and what the API server itself answers.
  private static let listKinds = ["List", SubscriptionParser.kind + "List"]

  static func find(in text: RawSpan, _ document: Range<Int>) -> [Found] {
    let plan = JSONPlan([[]])
    var matches = JSONMatches()
    do {
      try plan.scan(text.extracting(document), into: &matches)
    } catch {
      let fault = SubscriptionFault.notJSON(error.reason.sentence)
      let finding = SubscriptionFinding(path: [], fault: fault, offset: document.lowerBound + error.offset)
      return [.failure(finding)]
    }
    return matches[0].map { find(of: $0.shifted(by: document.lowerBound), in: text) } ?? []
  }

  private static func find(of root: JSONSlice, in text: RawSpan) -> [Found] {
    if root.kind == .array { return elements(of: root, in: text) }
    guard root.kind == .object, let kind = root.member("kind", in: text)?.string(in: text),
      listKinds.contains(kind)
    else { return [.success(root)] }
    let path = [JSONPathStep.member("items")]
    guard let items = root.member("items", in: text) else {
      let fault = SubscriptionFault.required(remedy: "write the objects of the \(kind) as an array")
      return [.failure(SubscriptionFinding(path: path, fault: fault, offset: root.start))]
    }
    guard items.kind == .array else {
      let fault = SubscriptionFault.wrongType(expected: .array, found: items.kind)
      return [.failure(SubscriptionFinding(path: path, fault: fault, offset: items.start))]
    }
    return elements(of: items, in: text)
  }

  private static func elements(of array: JSONSlice, in text: RawSpan) -> [Found] {
    var elements: [Found] = []
    array.forEachElement(in: text) { elements.append(.success($0)) }
    return elements
  }
}
