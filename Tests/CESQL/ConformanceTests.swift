import CESQL
import Foundation
import JSONScan
import TestSupport
import Testing
import YAML

/// The conformance cases of the CloudEvents project (Tests/Fixtures/cesql), all of them.
@Suite struct ConformanceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var expression: String
    var result: JSONValue?
    var error: String?
    var attributes: [String: CESQLValue]
    var testDescription: String { name }
  }

  /// Where the cases contradict the text of version 1.0 (docs/decisions/0006): the value here, and no error.
  static let corrected: [String: CESQLValue] = ["not_operator.yaml/Invalid int cast": .boolean(false)]

  static let folder = Fixtures.directory.appending(path: "cesql")

  static func cases() throws -> [Case] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".yaml")
    }
    return try names.sorted().flatMap { file in
      let text = [UInt8](try Data(contentsOf: folder.appending(path: file)))
      let document = try #require(try YAMLParser.parse(text).first)
      let tests = try JSONValue(parsing: document.json)["tests"]?.array ?? []
      return tests.map { parsed($0, file) }
    }
  }

  private static func parsed(_ test: JSONValue, _ file: String) -> Case {
    var attributes: [String: CESQLValue] = [
      "specversion": .string("1.0"), "id": .string("1"), "source": .string("/s"), "type": .string("t"),
    ]
    if let event = test["event"]?.object {
      attributes = [:]
      for (name, value) in event { attributes[name] = CESQLValue(value) }
    }
    for (name, value) in test["eventOverrides"]?.object ?? JSONObject() {
      attributes[name] = CESQLValue(value)
    }
    return Case(
      name: file + "/" + (test["name"]?.string ?? "?"), expression: test["expression"].map(text) ?? "",
      result: test["result"], error: test["error"]?.string, attributes: attributes)
  }

  /// An expression that YAML takes for a number or a truth value.
  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let truth): truth ? "true" : "false"
    case .null, .array, .object: ""
    }
  }

  @Test("every conformance case of the CloudEvents project has its value and its error")
  func conformance() throws {
    let cases = try Self.cases()
    #expect(cases.count == 275)
    for test in cases { check(test) }
  }

  private func check(_ test: Case) {
    let expression: CESQLExpression
    do throws(CESQLParseError) {
      expression = try CESQLExpression(test.expression)
    } catch {
      #expect(test.error == "parse", "\(test.name): \(error)")
      return
    }
    let outcome = expression.evaluate { test.attributes[$0] }
    if let value = Self.corrected[test.name] {
      #expect(outcome.value == value && outcome.error == nil, "\(test.name)")
      return
    }
    #expect(outcome.error.map { Self.name($0.kind) } == test.error, "\(test.name)")
    if let result = test.result {
      #expect(outcome.value == CESQLValue(result), "\(test.name): \(test.expression) is \(outcome.value)")
    }
  }

  private static func name(_ kind: CESQLError.Kind) -> String {
    switch kind {
    case .math: "math"
    case .cast: "cast"
    case .missingAttribute: "missingAttribute"
    case .missingFunction: "missingFunction"
    case .functionEvaluation: "functionEvaluation"
    }
  }
}

extension CESQLValue {
  /// The value of an attribute or a result as YAML has it.
  init?(_ value: JSONValue) {
    switch value {
    case .string(let text): self = .string(text)
    case .number(let text):
      guard let number = Int32(text) else { return nil }
      self = .integer(number)
    case .bool(let truth): self = .boolean(truth)
    case .null, .array, .object: return nil
    }
  }
}
