import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("Schemas of custom resources validate")
struct SchemaValidationTests {
  private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

  /// The findings about a value of `spec`, as `field: message`.
  private func findings(
    _ schema: String, _ value: String, old: String? = nil
  ) throws -> [String] {
    let root = StructuralSchema(["type": "object", "properties": ["spec": try json(schema)]])
    let causes = SchemaValidation.causes(
      ["spec": try json(value)], old: try old.map { ["spec": try json($0)] }, root)
    return causes.map { "\($0.field ?? ""): \($0.message)" }
  }

  @Test(
    "each rule refuses what breaks it, in a real server's words, and takes what keeps it",
    arguments: [
      (
        #"{"type":"integer","minimum":1,"maximum":10}"#, "10", "11",
        "spec: Invalid value: 11: spec in body should be less than or equal to 10"
      ),
      (
        #"{"type":"integer","minimum":1}"#, "1", "0",
        "spec: Invalid value: 0: spec in body should be greater than or equal to 1"
      ),
      (
        #"{"type":"number","maximum":1.5,"exclusiveMaximum":true}"#, "1.4", "1.5",
        "spec: Invalid value: 1.5: spec in body should be less than 1.5"
      ),
      (
        #"{"type":"integer","multipleOf":3}"#, "6", "7",
        "spec: Invalid value: 7: spec in body should be a multiple of 3"
      ),
      (
        #"{"type":"integer"}"#, "7", #""7""#,
        #"spec: Invalid value: "string": spec in body must be of type integer: "string""#
      ),
      (
        #"{"type":"string"}"#, #""a""#, "null",
        #"spec: Invalid value: "null": spec in body must be of type string: "null""#
      ),
      (
        #"{"type":"number"}"#, "1", "true",
        #"spec: Invalid value: "boolean": spec in body must be of type number: "boolean""#
      ),
      (
        #"{"x-kubernetes-int-or-string":true}"#, #""1%""#, "true",
        #"spec: Invalid value: "boolean": spec in body must be of type integer,string: "boolean""#
      ),
      (
        #"{"type":"string","enum":["a","b"]}"#, #""b""#, #""c""#,
        #"spec: Unsupported value: "c": supported values: "a", "b""#
      ),
      (
        #"{"type":"string","maxLength":2}"#, #""äö""#, #""abc""#,
        "spec: Too long: may not be more than 2 bytes"
      ),
      (
        #"{"type":"string","minLength":1}"#, #""a""#, #""""#,
        #"spec: Invalid value: "": spec in body should be at least 1 chars long"#
      ),
      (
        #"{"type":"string","pattern":"^[a-z]+$"}"#, #""ab""#, #""aB""#,
        #"spec: Invalid value: "aB": spec in body should match '^[a-z]+$'"#
      ),
      (
        #"{"type":"array","maxItems":1}"#, "[1]", "[1,2]", "spec: Too many: 2: must have at most 1 items"
      ),
      (
        #"{"type":"array","minItems":1}"#, "[1]", "[]",
        "spec: Invalid value: 0: spec in body should have at least 1 items"
      ),
      (
        #"{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}"#, #"["a"]"#,
        #"["a","a"]"#, #"spec[1]: Duplicate value: "a""#
      ),
      (
        #"{"type":"array","items":{"type":"integer"}}"#, "[1]", #"[1,"x"]"#,
        #"spec[1]: Invalid value: "string": spec[1] in body must be of type integer: "string""#
      ),
      (
        #"{"type":"object","required":["a"]}"#, #"{"a":1}"#, "{}", "spec.a: Required value"
      ),
      (
        #"{"type":"object","additionalProperties":{"type":"boolean"}}"#, #"{"a":true}"#, #"{"a":1}"#,
        #"spec.a: Invalid value: "integer": spec.a in body must be of type boolean: "integer""#
      ),
      (
        #"{"type":"object","minProperties":1}"#, #"{"a":1}"#, "{}",
        "spec: Invalid value: 0: spec in body should have at least 1 properties"
      ),
      (
        #"{"type":"object","oneOf":[{"required":["a"]},{"required":["b"]}]}"#, #"{"a":1}"#,
        #"{"a":1,"b":1}"#,
        #"spec: Invalid value: {"a":1,"b":1}: spec in body must validate one and only one schema (oneOf)"#
      ),
      (
        #"{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}]}"#, #"{"a":1,"b":1}"#, "{}",
        "spec: Invalid value: {}: spec in body must validate at least one schema (anyOf)"
      ),
      (
        #"{"type":"string","not":{"enum":["x"]}}"#, #""y""#, #""x""#,
        #"spec: Invalid value: "x": spec in body must not validate the schema (not)"#
      ),
    ])
  func rules(schema: String, good: String, bad: String, finding: String) throws {
    #expect(try findings(schema, good) == [])
    #expect(try findings(schema, bad) == [finding])
    // What was stored before the rule came may stay.
    #expect(try findings(schema, bad, old: bad) == [])
  }

  @Test("null is taken where it is allowed, and only what changed is judged in an update")
  func ratcheting() throws {
    #expect(try findings(#"{"type":"string","nullable":true}"#, "null") == [])
    let schema = #"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
    #expect(try findings(schema, #"{"a":"x","b":1}"#, old: #"{"a":"x","b":2}"#) == [])
    #expect(try findings(schema, #"{"a":"x","b":"y"}"#, old: #"{"a":"x","b":2}"#).count == 1)
  }

  @Test("a Foo that breaks its schema is refused by field, created, updated, patched and applied")
  func refused() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    #expect(try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a")).status == 201)
    let created = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("b", replicas: 11))
    #expect(created.status == 422)
    #expect(
      created.json["message"]?.string
        == "Foo.samplecontroller.k8s.io \"b\" is invalid: spec.replicas: Invalid value: 11: "
        + "spec.replicas in body should be less than or equal to 10")
    #expect(
      created.json.value(at: ["details", "causes"])
        == [
          [
            "reason": "FieldValueInvalid",
            "message": "Invalid value: 11: spec.replicas in body should be less than or equal to 10",
            "field": "spec.replicas",
          ]
        ])
    let path = ClusterHarness.foos + "/a"
    #expect(try await harness.patch(path, ["spec": ["replicas": 0]]).status == 422)
    #expect(try await harness.patch(path, ["spec": ["deploymentName": 1]]).status == 422)
    #expect(
      try await harness.patch(path + "/status", ["status": ["availableReplicas": "x"]]).status == 422)
    let applied = try await harness.patch(
      path + "?fieldManager=m&force=true", ClusterHarness.foo("a", replicas: 99), .apply)
    #expect(applied.status == 422)
  }
}
