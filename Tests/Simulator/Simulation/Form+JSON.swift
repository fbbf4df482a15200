import JSONScan

extension Form {
  /// The spec of an OperatorSubscription that asks for this.
  var json: JSONValue {
    var spec: JSONValue = [
      "resources": .array(entries.map(Self.json)), "sink": ["uri": .string(url)], "delivery": delivery,
      "mode": .string(isResourceMode ? "Resource" : "Reference"), "suspend": .bool(isSuspended),
      "serviceAccountName": .string(account),
    ]
    if let resync { spec["resync"] = ["period": .string("\(resync)s"), "spread": .bool(isSpread)] }
    switch scope {
    case .own: break
    case .everywhere: spec["namespaceSelector"] = [:]
    case .team(let team): spec["namespaceSelector"] = ["matchLabels": ["team": .string(team)]]
    }
    if let filter { spec["filters"] = [filter.json] }
    if let region { spec["ceOverrides"] = ["extensions": ["region": .string(region)]] }
    return spec
  }

  private var delivery: JSONValue {
    var delivery: JSONValue = [
      "timeout": .string("\(timeout)s"), "backoffDelay": "100ms", "concurrency": .number(String(concurrency)),
    ]
    if let retry { delivery["retry"] = .number(String(retry)) }
    if let retryAfterMax { delivery["retryAfterMax"] = .string("\(retryAfterMax)s") }
    if let deadLetters { delivery["deadLetterSink"] = ["uri": .string(deadLetters)] }
    return delivery
  }

  private static func json(_ entry: Entry) -> JSONValue {
    var object: JSONValue = [
      "apiVersion": .string(entry.resource.apiVersion), "kind": .string(entry.resource.kind),
      "controller": .bool(entry.isController),
      "operations": .array(entry.operations.map(JSONValue.string)),
    ]
    if !entry.names.isEmpty { object["names"] = .array(entry.names.map(JSONValue.string)) }
    if !entry.changes.isEmpty { object["changes"] = .array(entry.changes.map(JSONValue.string)) }
    if entry.ignoresRobot { object["ignoreManagers"] = ["robot"] }
    if let field = entry.field { object["fieldSelector"] = .string(field.text) }
    if let app = entry.app { object["selector"] = ["matchLabels": ["app": .string(app)]] }
    if let owner = entry.ownerKind {
      // Another version than the objects carry: it is ignored.
      let group = owner == "Foo" ? "samplecontroller.k8s.io/v9" : "v9"
      object["owner"] = ["apiVersion": .string(group), "kind": .string(owner)]
    }
    return object
  }
}

extension FilterRule {
  var json: JSONValue {
    switch self {
    case .names(let names):
      ["cesql": .string("name IN (\(names.map { "'\($0)'" }.joined(separator: ", ")))")]
    case .namePrefix(let prefix): ["prefix": ["name": .string(prefix)]]
    case .kind(let kind): ["exact": ["kind": .string(kind)]]
    case .notName(let name): ["not": ["exact": ["name": .string(name)]]]
    case .operation(let operation): ["suffix": ["type": .string("." + operation)]]
    case .addsOr(let name): ["cesql": .string("type LIKE '%.add' OR name = '\(name)'")]
    }
  }
}
