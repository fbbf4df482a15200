import Foundation
import HubEngine
import JSONScan
import TestSupport
import Testing

/// The CEL rules of the CRD (`x-kubernetes-validations`), which an API server evaluates and the dev cluster does not, in
/// another implementation of CEL (`.ci/python-packages`).
@Suite("The rules of the CRD")
struct CRDRuleTests {
  /// A rule and objects that it lets pass, and refuses.
  private struct Examples {
    let message: String
    let accepted: [JSONValue]
    let refused: [JSONValue]
  }

  private static let examples: [Examples] = [
    Examples(
      message: "sink is required, unless wake is true",
      accepted: [
        ["resources": [], "sink": ["uri": "http://a"]], ["resources": [], "wake": true],
        ["resources": [], "sink": ["uri": "http://a"], "wake": false],
      ], refused: [["resources": []], ["resources": [], "wake": false]]),
    Examples(
      message: "wake needs a scaleTarget",
      accepted: [
        ["sink": [:]], ["sink": [:], "wake": false], ["wake": true, "scaleTarget": ["name": "a"]],
      ], refused: [["wake": true], ["sink": [:], "wake": true]]),
    Examples(
      message: "each of the operations stands there once",
      accepted: [["kind": "Pod"], ["operations": ["Add"]], ["operations": ["Add", "Update", "Delete"]]],
      refused: [["operations": ["Add", "Add"]], ["operations": ["Delete", "Add", "Delete"]]]),
    Examples(
      message: "In and NotIn need values, Exists and DoesNotExist have none",
      accepted: [
        ["key": "a", "operator": "In", "values": ["b"]],
        ["key": "a", "operator": "NotIn", "values": ["b", "c"]],
        ["key": "a", "operator": "Exists"], ["key": "a", "operator": "DoesNotExist", "values": []],
      ],
      refused: [
        ["key": "a", "operator": "In"], ["key": "a", "operator": "NotIn", "values": []],
        ["key": "a", "operator": "Exists", "values": ["b"]],
        ["key": "a", "operator": "DoesNotExist", "values": ["b"]],
      ]),
    Examples(
      message: "give ref, uri or both",
      accepted: [["ref": [:]], ["uri": "http://a"], ["ref": [:], "uri": "/b"]],
      refused: [[:], ["CACerts": "x"]]),
    Examples(
      message: "a uri without a ref begins with http:// or https://",
      accepted: [
        ["uri": "http://a"], ["uri": "https://a/b?c"], ["uri": "HTTP://a"], ["ref": [:], "uri": "/b"],
        ["ref": [:]],
      ], refused: [["uri": "/b"], ["uri": "ftp://a"], ["uri": "a.example.org"], ["uri": " http://a"]]),
    Examples(
      message: "give apiVersion",
      accepted: [
        ["apiVersion": "v1"], ["group": "eventing.knative.dev"], ["apiVersion": "v1", "group": "a"],
      ],
      refused: [[:], ["kind": "Service", "name": "a"]]),
  ]

  /// Every rule of the definition by its message; those that stand in several places are the same there.
  private static func rules() throws -> [String: String] {
    var rules: [String: String] = [:]
    func walk(_ value: JSONValue) {
      for entry in value["x-kubernetes-validations"]?.array ?? [] {
        guard let rule = entry["rule"]?.string, let message = entry["message"]?.string else {
          Issue.record("a rule without a message: \(entry)")
          continue
        }
        #expect(rules[message] == nil || rules[message] == rule, "\(message)")
        rules[message] = rule
      }
      for (_, member) in value.object ?? [:] { walk(member) }
      for element in value.array ?? [] { walk(element) }
    }
    walk(try JSONValue(parsing: SubscriptionCRD.json))
    return rules
  }

  @Test("every rule has examples that it accepts and refuses, and CEL agrees")
  func examples() async throws {
    let rules = try Self.rules()
    #expect(Set(rules.keys) == Set(Self.examples.map(\.message)))
    var cases: [(rule: String, object: JSONValue, isAccepted: Bool)] = []
    for example in Self.examples {
      let rule = try #require(rules[example.message])
      #expect(!example.accepted.isEmpty && !example.refused.isEmpty)
      cases += example.accepted.map { (rule, $0, true) } + example.refused.map { (rule, $0, false) }
    }
    let answers = try await evaluate(cases.map { ["rule": .string($0.rule), "self": $0.object] })
    #expect(answers.count == cases.count)
    for (answer, one) in zip(answers, cases) {
      #expect(answer == (one.isAccepted ? "true" : "false"), "\(one.rule) of \(one.object)")
    }
  }

  @Test("what a rule of the spec or of a sink refuses, the hub refuses too")
  func agreement() throws {
    for example in Self.examples {
      for refused in example.refused {
        guard let spec = Self.spec(around: refused, of: example.message) else { continue }
        let object: JSONValue = [
          "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription", "metadata": ["name": "s"],
          "spec": spec,
        ]
        if case .success = SubscriptionParser.parse(object.serialized(), origin: .file) {
          Issue.record("\(example.message): \(refused) is accepted")
        }
      }
    }
  }

  /// A spec whose only fault is this part.
  private static func spec(around part: JSONValue, of message: String) -> JSONValue? {
    let resource: JSONValue = ["apiVersion": "v1", "kind": "Pod"]
    var spec: JSONValue = ["resources": [resource], "sink": ["uri": "http://a"]]
    switch message {
    case "give ref, uri or both", "a uri without a ref begins with http:// or https://": spec["sink"] = part
    case "give apiVersion": spec["sink"] = ["ref": part]
    case "In and NotIn need values, Exists and DoesNotExist have none":
      spec["namespaceSelector"] = ["matchExpressions": [part]]
    case "each of the operations stands there once":
      var watched = resource
      watched["operations"] = part["operations"]
      spec["resources"] = [watched]
    default:
      spec = part
      spec["resources"] = [resource]
    }
    return spec
  }

  private func evaluate(_ cases: [JSONValue]) async throws -> [String] {
    let home = FileManager.default.temporaryDirectory.appending(path: "cel-\(UUID())")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    let file = home.appending(path: "cases.json")
    try Data(JSONValue.array(cases).serialized()).write(to: file)
    let script = Repository.root.appending(path: "Tests/Clients/crd_rules.py").path
    let process = try BuiltProcess(
      InstalledCommand.python(), [script, file.path],
      environment: ["HOME": home.path, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"])
    let code = try await process.end(seconds: 120)
    #expect(code == 0, "\(process.errors)")
    return process.output.split(separator: "\n").map(String.init)
  }
}
