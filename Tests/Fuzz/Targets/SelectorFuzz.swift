#if DEBUG || FUZZING
  import JSONScan
  import Kubernetes

  /// A selector in JSON and, after a NUL, labels in JSON: all ways to match agree, and so does the API server that reads
  /// the selector as a query.
  func fuzzSelectors(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    guard let json = try? JSONValue(parsing: parts[0]) else { return }
    let selector: LabelSelector
    do {
      selector = try LabelSelector(json: json)
    } catch {
      try hold(!error.description.isEmpty, "an error without words")
      return
    }
    try holdEqual(try? LabelSelector(json: json), selector, "a selector read twice")
    let text = selector.queryString
    try holdEqual(text.isEmpty, selector.isEverything, "the query of \(shown(parts[0]))")
    for labels in [Array("{}".utf8)] + parts.dropFirst() { try matchAlike(selector, labels) }
  }

  private func matchAlike(_ selector: LabelSelector, _ text: [UInt8]) throws(BrokenInvariant) {
    // An API server keeps labels of ASCII texts only.
    guard text.allSatisfy({ $0 < 0x80 }), let tree = try? JSONValue(parsing: text), let object = tree.object,
      object.allSatisfy({
        ($0.value.string ?? "\u{80}").utf8.allSatisfy { $0 < 0x80 } && $0.key.utf8.allSatisfy { $0 < 0x80 }
      })
    else { return }
    var matches = JSONMatches()
    guard (try? JSONPlan([[]]).scan(text.span.bytes, into: &matches)) != nil else { return }
    let dictionary = Dictionary(
      object.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { _, last in last })
    let query = selector.queryString
    let expected = selector.matches(dictionary)
    try holdEqual(
      selector.matches(labels: matches[0], in: text.span.bytes), expected,
      "\(query) on slices of \(shown(text))")
    let server: Bool
    do {
      server = try ServerSelector(query).matches(object)
    } catch {
      throw BrokenInvariant("the API server refuses the query \(query.debugDescription): \(error)")
    }
    try holdEqual(server, expected, "\(query) on the API server's labels \(shown(text))")
    if dictionary.isEmpty {
      try holdEqual(selector.matches(labels: nil, in: text.span.bytes), expected, "\(query) without labels")
    }
  }

  /// The text of a label selector as a query, then after a NUL that of a field selector: read or refused, and what the
  /// API server takes the hub takes in JSON.
  func fuzzQueries(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let text = String(decoding: parts[0], as: UTF8.self)
    try ServerSelector.readFields(parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : text)
    try holdEqual(ServerSelector.decoded(PercentEncoding.encode(text)), text, "percent-encoded and decoded")
    guard let server = try? ServerSelector(text), let json = server.json else { return }
    let selector: LabelSelector
    do {
      selector = try LabelSelector(json: json)
    } catch {
      // The hub has limits that the API server does not have.
      if case .tooMany = error.reason { return }
      throw BrokenInvariant("the hub refuses what the API server takes, \(text.debugDescription): \(error)")
    }
    let objects: [JSONObject] = [
      JSONObject(), ["a": "b"], ["a": "c", "b": ""], ["in": "notin", "a": "a"], ["tier": "x", "app": "a"],
    ]
    for object in objects {
      let dictionary = Dictionary(uniqueKeysWithValues: object.map { ($0.key, $0.value.string ?? "") })
      try holdEqual(
        selector.matches(dictionary), server.matches(object), "\(text.debugDescription) on \(object.keys)")
    }
  }
#endif
