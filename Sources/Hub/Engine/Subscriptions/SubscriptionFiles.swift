import JSONScan

/// Reads a file of subscriptions: one object, a `List` of kind List with `items`, or an array of objects.
public enum SubscriptionFiles {
  /// One object of a file.
  public struct Entry: Sendable {
    /// Where the object begins, as a byte offset in the file.
    public let offset: Int
    /// The subscription, or why there is none; offsets of findings count from the start of the file.
    public let result: Result<OperatorSubscription, SubscriptionRefusal>
  }

  /// Everything that a file holds, in its order. A file that cannot be read at all is one entry that says
  /// why. Of two objects with one name the first counts, and the other is refused.
  public static func parse(_ text: RawSpan) -> [Entry] {
    guard text.byteCount <= SubscriptionLimits.maxFileBytes else {
      return [refused(.tooBig(found: text.byteCount, limit: SubscriptionLimits.maxFileBytes), at: 0)]
    }
    let plan = JSONPlan([[]])
    var matches = JSONMatches()
    do {
      try plan.scan(text, into: &matches)
    } catch {
      return [refused(.notJSON(error.reason.sentence), at: error.offset)]
    }
    guard let root = matches[0] else { return [] }
    let slices: [JSONSlice]
    switch objects(of: root, in: text) {
    case .success(let found): slices = found
    case .failure(let finding): return [Entry(offset: root.start, result: .failure(refusal(finding)))]
    }
    guard slices.count <= SubscriptionLimits.maxObjectsPerFile else {
      let limit = SubscriptionLimits.maxObjectsPerFile
      return [refused(.tooMany(found: slices.count, limit: limit), at: root.start)]
    }
    return refusingRepeatedNames(slices, in: text)
  }

  /// The same for bytes in an array.
  public static func parse(_ bytes: [UInt8]) -> [Entry] { parse(bytes.span.bytes) }

  private static func objects(
    of root: JSONSlice, in text: RawSpan
  ) -> Result<[JSONSlice], SubscriptionFinding> {
    if root.kind == .array { return .success(elements(of: root, in: text)) }
    guard root.kind == .object, root.member("kind", in: text)?.string(in: text) == "List" else {
      return .success([root])
    }
    let path = [JSONPathStep.member("items")]
    guard let items = root.member("items", in: text) else {
      let fault = SubscriptionFault.required(remedy: "write the objects of the List as an array")
      return .failure(SubscriptionFinding(path: path, fault: fault, offset: root.start))
    }
    guard items.kind == .array else {
      let fault = SubscriptionFault.wrongType(expected: .array, found: items.kind)
      return .failure(SubscriptionFinding(path: path, fault: fault, offset: items.start))
    }
    return .success(elements(of: items, in: text))
  }

  private static func elements(of array: JSONSlice, in text: RawSpan) -> [JSONSlice] {
    var elements: [JSONSlice] = []
    array.forEachElement(in: text) { elements.append($0) }
    return elements
  }

  private static func entry(of slice: JSONSlice, in text: RawSpan) -> Entry {
    switch SubscriptionParser.parse(text.extracting(slice.range), origin: .file) {
    case .success(let subscription): return Entry(offset: slice.start, result: .success(subscription))
    case .failure(var refusal):
      for index in refusal.findings.indices {
        refusal.findings[index].offset = (refusal.findings[index].offset ?? 0) + slice.start
      }
      return Entry(offset: slice.start, result: .failure(refusal))
    }
  }

  private static func refusingRepeatedNames(_ slices: [JSONSlice], in text: RawSpan) -> [Entry] {
    var firstOffsets: [String: Int] = [:]
    return slices.map { slice in
      let entry = entry(of: slice, in: text)
      guard case .success(let subscription) = entry.result else { return entry }
      if let first = firstOffsets[subscription.uid] {
        let line = JSONLocation(offset: first, in: text).line
        return Entry(
          offset: slice.start, result: .failure(repeated(subscription, of: line, at: slice, in: text)))
      }
      firstOffsets[subscription.uid] = slice.start
      return entry
    }
  }

  private static func repeated(
    _ subscription: OperatorSubscription, of line: Int, at slice: JSONSlice, in text: RawSpan
  ) -> SubscriptionRefusal {
    let path: [JSONPathStep] = [.member("metadata"), .member("name")]
    let offset = JSONLocator.offset(of: path, in: text.extracting(slice.range)) ?? 0
    let finding = SubscriptionFinding(
      path: path, fault: .nameTaken(by: "that of line \(line)"), offset: slice.start + offset)
    return SubscriptionRefusal(
      namespace: subscription.namespace, name: subscription.name, uid: subscription.uid,
      generation: subscription.generation, findings: [finding])
  }

  private static func refused(_ fault: SubscriptionFault, at offset: Int) -> Entry {
    Entry(
      offset: offset, result: .failure(refusal(SubscriptionFinding(path: [], fault: fault, offset: offset))))
  }

  private static func refusal(_ finding: SubscriptionFinding) -> SubscriptionRefusal {
    SubscriptionRefusal(findings: [finding])
  }
}
