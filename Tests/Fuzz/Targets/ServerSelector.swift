#if DEBUG || FUZZING
  @testable import DevCluster
  @testable import HTTP
  import JSONScan

  /// A label selector as the development cluster reads it, which was written apart from the hub's.
  struct ServerSelector {
    private let selector: LabelSelector

    init(_ text: String) throws { selector = try LabelSelectorParser.parse(text) }

    func matches(_ labels: JSONObject) -> Bool { selector.matches(labels) }

    /// The same in the form of an object; nil if it compares numbers, which that form cannot.
    var json: JSONValue? {
      var expressions: [JSONValue] = []
      for requirement in selector.requirements {
        let key = JSONValue.string(requirement.key)
        switch requirement.condition {
        case .exists: expressions.append(["key": key, "operator": "Exists"])
        case .absent: expressions.append(["key": key, "operator": "DoesNotExist"])
        case .oneOf(let values):
          expressions.append(["key": key, "operator": "In", "values": .array(values.map { .string($0) })])
        case .noneOf(let values):
          expressions.append(["key": key, "operator": "NotIn", "values": .array(values.map { .string($0) })])
        case .greater, .less: return nil
        }
      }
      return ["matchExpressions": .array(expressions)]
    }

    /// Reads a field selector, and matches with it.
    static func readFields(_ text: String) throws(BrokenInvariant) {
      guard let fields = try? FieldSelector(text, BuiltInResources.pods) else { return }
      let empty = fields.matches([:])
      try holdEqual(
        empty, fields.requirements.allSatisfy { $0.value.isEmpty == $0.isEqual },
        "\(text.debugDescription) on an object without fields")
    }

    /// A percent-encoded text as the server reads it.
    static func decoded(_ text: String) -> String {
      PercentCoding.decode(text[...].utf8, plusIsSpace: true)
    }
  }
#endif
