import Foundation
import HubEngine
import JSONScan
import Kubernetes
import TestSupport
import Testing
import YAML

@Suite("The CRD of OperatorSubscription")
struct SubscriptionCRDTests {
  @Test("the literal is JSON and names what the constants name")
  func names() throws {
    let crd = try definition()
    #expect(crd["apiVersion"] == "apiextensions.k8s.io/v1")
    #expect(crd["kind"] == "CustomResourceDefinition")
    #expect(crd["metadata"]?["name"]?.string == SubscriptionCRD.name)
    #expect(crd["spec"]?["group"]?.string == SubscriptionCRD.group)
    #expect(crd["spec"]?["scope"] == "Namespaced")
    let names = crd["spec"]?["names"]
    #expect(names?["plural"]?.string == SubscriptionCRD.plural)
    #expect(names?["kind"]?.string == SubscriptionParser.kind)
    #expect(names?["shortNames"] == ["opsub"])
    #expect(names?["categories"] == ["frugalhub", "all"])
    let version = try version()
    #expect(version["name"]?.string == SubscriptionCRD.version)
    #expect(SubscriptionParser.apiVersion == SubscriptionCRD.group + "/" + SubscriptionCRD.version)
    #expect(version["served"] == true)
    #expect(version["storage"] == true)
    #expect(version["subresources"] == ["status": [:]])
    #expect(
      version["additionalPrinterColumns"]?.array?.compactMap { $0["name"]?.string } == [
        "Ready", "Reason", "Sink", "Age",
      ])
  }

  @Test("deploy/hub/crd.yaml is the same object")
  func yaml() throws {
    let url = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "deploy/hub/crd.yaml")
    let documents = try YAMLParser.parse([UInt8](Data(contentsOf: url)))
    #expect(documents.count == 1)
    #expect(try JSONValue(parsing: #require(documents.first).json) == definition())
  }

  @Test("every field of DESIGN 2.1 is in the schema", arguments: designFields)
  func fields(_ path: String) throws {
    #expect(try schema(at: path) != nil)
  }

  @Test("every field in the schema is either served or refused by name")
  func nothingUnknown() throws {
    let spec = try schema(at: "spec")
    let paths = allPaths(of: try #require(spec), "spec")
    #expect(paths.count > 50)
    for path in paths {
      #expect(!findings(with: path).contains { $0.contains("unknown field") }, "\(path)")
    }
  }

  @Test("the schema is structural: every node has a type")
  func structural() throws {
    let schema = try version()["schema"]
    let root = try #require(schema?["openAPIV3Schema"])
    var nodes = 0
    func walk(_ node: JSONValue, _ path: String) {
      nodes += 1
      #expect(node["type"]?.string != nil, "\(path)")
      let type = node["type"]?.string
      #expect((type == "array") == (node["items"] != nil), "\(path)")
      #expect(node["properties"] == nil || node["additionalProperties"] == nil, "\(path)")
      let properties = node["properties"]?.object ?? [:]
      for required in node["required"]?.array ?? [] {
        #expect(required.string.flatMap { properties[$0] } != nil, "\(path)")
      }
      for (name, property) in properties { walk(property, path + "." + name) }
      if let items = node["items"] { walk(items, path + "[]") }
      if let values = node["additionalProperties"] { walk(values, path + ".*") }
    }
    walk(root, "")
    #expect(nodes > 100)
  }

  @Test("every text, list and map has a limit")
  func bounded() throws {
    let root = try #require(try version()["schema"]?["openAPIV3Schema"])
    var (texts, lists, maps) = (0, 0, 0)
    func walk(_ node: JSONValue, _ path: String) {
      switch node["type"]?.string {
      case "string":
        texts += 1
        // The API server knows the limits of these two itself.
        let isBounded = node["maxLength"]?.int != nil || node["enum"]?.array != nil
        #expect(isBounded || [".apiVersion", ".kind"].contains(path), "\(path)")
      case "array":
        lists += 1
        #expect(node["maxItems"]?.int != nil, "\(path)")
      default:
        if let values = node["additionalProperties"] {
          maps += 1
          #expect(node["maxProperties"]?.int != nil, "\(path)")
          walk(values, path + ".*")
        }
      }
      for (name, property) in node["properties"]?.object ?? [:] { walk(property, path + "." + name) }
      if let items = node["items"] { walk(items, path + "[]") }
    }
    walk(root, "")
    #expect(texts > 50 && lists > 10 && maps > 5)
  }

  @Test(
    "the pattern of durations lets pass what the hub reads",
    arguments: [
      "PT30S", "30s", "1m30s", "P1DT2H", "PT0.5S", "PT0,5S", "1.5h", "200ms", "1000us", "0", "0s", "P1W",
    ])
  func durations(_ text: String) throws {
    let pattern = try #require(try schema(at: "spec.delivery.retryAfterMax")?["pattern"]?.string)
    let regex = try Regex(pattern)
    #expect((try? DurationText.parse(text)) == nil || text.wholeMatch(of: regex) != nil)
    for wrong in ["", "30", "30sec", "-30s", "ten", "P", "pt30s", "1d"] {
      #expect(wrong.wholeMatch(of: regex) == nil, "\(wrong)")
      #expect((try? DurationText.parse(wrong)) == nil, "\(wrong)")
    }
  }

  @Test("a default says what the hub takes an absent field for")
  func defaults() throws {
    var spec: JSONValue = [
      "resources": [["apiVersion": "v1", "kind": "ConfigMap"]], "sink": ["uri": "http://s"],
    ]
    spec["delivery"] = ["retry": 3]
    let bare = try SubscriptionTexts.parsed(subscription(spec)).spec
    let filled = fill(spec, by: try #require(try schema(at: "spec")))
    #expect(filled != spec)
    for name in ["serviceAccountName", "mode", "initial", "suspend"] { #expect(filled[name] != nil) }
    #expect(filled["delivery"]?["backoffPolicy"] == "exponential")
    #expect(try SubscriptionTexts.parsed(subscription(filled)).spec == bare)
  }

  @Test("the limits of the schema are those of the parser")
  func limits() throws {
    #expect(try schema(at: "spec.resources")?["maxItems"]?.int == SubscriptionLimits.maxResources)
    let retry = try schema(at: "spec.delivery.retry")
    #expect(retry?["minimum"]?.int == SubscriptionLimits.retry.lowerBound)
    #expect(retry?["maximum"]?.int == SubscriptionLimits.retry.upperBound)
    let concurrency = try schema(at: "spec.delivery.concurrency")
    #expect(concurrency?["minimum"]?.int == SubscriptionLimits.concurrency.lowerBound)
    #expect(concurrency?["maximum"]?.int == SubscriptionLimits.concurrency.upperBound)
    #expect(try schema(at: "spec.resources[].fieldSelector")?["maxLength"]?.int == FieldSelector.maxBytes)
    for (name, count, bytes) in [
      ("names", SubscriptionLimits.maxNames, SubscriptionLimits.maxSubdomainBytes),
      ("changes", SubscriptionLimits.maxChanges, SubscriptionLimits.maxPathBytes),
      ("ignoreManagers", SubscriptionLimits.maxIgnoredManagers, SubscriptionLimits.maxManagerBytes),
    ] {
      let list = try schema(at: "spec.resources[]." + name)
      #expect(list?["maxItems"]?.int == count)
      #expect(list?["minItems"]?.int == 1)
      #expect(list?["items"]?["maxLength"]?.int == bytes)
    }
    #expect(
      try schema(at: "spec.mode")?["enum"]?.array?.compactMap(\.string) == EventMode.allCases.map(\.rawValue))
    #expect(
      try schema(at: "spec.delivery.backoffPolicy")?["enum"]?.array?.compactMap(\.string)
        == DeliverySpec.BackoffPolicy.allCases.map(\.rawValue))
    #expect(
      try schema(at: "spec.resources[].operations[]")?["enum"]?.array?.compactMap(\.string)
        == OperationSet.all.names)
  }

  @Test("the status that is written fits the schema")
  func status() throws {
    var status = SubscriptionStatus()
    status.observe(generation: 1, at: 0)
    let written = try JSONValue(parsing: status.encoded())["status"]?.object ?? [:]
    for key in written.keys { #expect(try schema(at: "status." + key) != nil, "\(key)") }
    let condition = written["conditions"]?.array?.first?.object ?? [:]
    #expect(!condition.isEmpty)
    for key in condition.keys { #expect(try schema(at: "status.conditions[]." + key) != nil, "\(key)") }
  }

  private func subscription(_ spec: JSONValue) -> String {
    let object: JSONValue = [
      "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription", "metadata": ["name": "s"],
      "spec": spec,
    ]
    return String(decoding: object.serialized(), as: UTF8.self)
  }

  /// A value with the defaults of its schema, as an API server adds them.
  private func fill(_ value: JSONValue, by schema: JSONValue) -> JSONValue {
    if let elements = value.array, let items = schema["items"] {
      return .array(elements.map { fill($0, by: items) })
    }
    guard value.object != nil else { return value }
    var filled = value
    for (name, property) in schema["properties"]?.object ?? [:] {
      if let member = value[name] ?? property["default"] { filled[name] = fill(member, by: property) }
    }
    return filled
  }

  private func definition() throws -> JSONValue { try JSONValue(parsing: SubscriptionCRD.json) }

  private func version() throws -> JSONValue {
    let versions = try definition()["spec"]?["versions"]?.array
    return try #require(versions?.first)
  }

  /// The schema of a field: `spec.resources[].kind`.
  private func schema(at path: String) throws -> JSONValue? {
    var node = try version()["schema"]?["openAPIV3Schema"]
    for part in path.split(separator: ".") {
      let depth = part.count { $0 == "[" }
      node = node?["properties"]?[String(part.prefix { $0 != "[" })]
      for _ in 0..<depth { node = node?["items"] }
    }
    return node
  }

  private func allPaths(of node: JSONValue, _ path: String) -> [String] {
    var paths = [path]
    for (name, property) in node["properties"]?.object ?? [:] {
      paths += allPaths(of: property, path + "." + name)
    }
    if let items = node["items"] { paths += allPaths(of: items, path + "[]").dropFirst() }
    return paths
  }

  /// What is said about an object that has a null-free value at this path, of whatever type.
  private func findings(with path: String) -> [String] {
    let value = path.split(separator: ".").reversed().dropLast().reduce("7") { inner, part in
      let name = part.prefix { $0 != "[" }
      let wrapped = part.contains("[") && inner != "7" ? "[\(inner)]" : inner
      return #"{"\#(name)":\#(wrapped)}"#
    }
    let text =
      #"{"apiVersion":"frugalhub.dev/v1alpha1","kind":"OperatorSubscription","metadata":{"name":"s"},"spec":"#
      + value + "}"
    return SubscriptionTexts.findings(text)
  }
}

private let designFields = [
  "spec.serviceAccountName", "spec.resources[].apiVersion", "spec.resources[].kind",
  "spec.resources[].selector.matchLabels", "spec.resources[].selector.matchExpressions",
  "spec.resources[].fieldSelector", "spec.resources[].names[]", "spec.resources[].operations[]",
  "spec.resources[].changes[]", "spec.resources[].ignoreManagers[]", "spec.resources[].controller",
  "spec.resources[].owner.apiVersion", "spec.resources[].owner.kind", "spec.owner.apiVersion",
  "spec.owner.kind",
  "spec.namespaceSelector", "spec.mode", "spec.initial", "spec.filters[]", "spec.resync.period",
  "spec.resync.spread",
  "spec.sink.ref", "spec.sink.uri", "spec.sink.CACerts", "spec.sink.audience", "spec.ceOverrides.extensions",
  "spec.delivery.retry", "spec.delivery.backoffPolicy", "spec.delivery.backoffDelay",
  "spec.delivery.retryAfterMax",
  "spec.delivery.timeout", "spec.delivery.deadLetterSink", "spec.delivery.concurrency",
  "spec.scaleTarget.apiVersion", "spec.scaleTarget.kind", "spec.scaleTarget.name",
  "spec.scaleTarget.idleAfter",
  "spec.scaleTarget.minUp", "spec.scaleTarget.replicas", "spec.wake", "spec.suspend",
  "status.observedGeneration",
  "status.conditions[].type", "status.sinkUri", "status.pending", "status.lastDeliveryTime",
]
