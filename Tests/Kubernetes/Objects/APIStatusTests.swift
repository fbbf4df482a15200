import Kubernetes
import TestSupport
import Testing

@Suite("Status")
struct APIStatusTests {
  @Test(
    "All recorded Status answers are understood",
    arguments: [
      ("create-conflict-exists", 409, "AlreadyExists", []), ("create-invalid-json", 400, "BadRequest", []),
      ("create-invalid-name", 422, "Invalid", ["FieldValueInvalid"]),
      ("create-wrong-content-type", 415, "UnsupportedMediaType", []), ("delete-foo-background", 0, "", []),
      ("delete-object", 0, "", []), ("forbidden", 403, "Forbidden", []), ("get-missing", 404, "NotFound", []),
      ("list-bad-continue", 400, "BadRequest", []), ("list-bad-field-selector", 400, "BadRequest", []),
      ("list-bad-selector", 400, "BadRequest", []),
      ("list-rv-too-large", 504, "Timeout", ["ResourceVersionTooLarge"]),
      ("not-acceptable", 406, "NotAcceptable", []), ("patch-json-failing-test", 422, "Invalid", []),
      ("unauthorized", 401, "Unauthorized", []), ("update-conflict", 409, "Conflict", []),
      ("watch-bad-rv", 500, "", []), ("watch-list-refused", 422, "Invalid", ["FieldValueForbidden"]),
    ] as [(String, Int, String, [String])])
  func recorded(name: String, code: Int, reason: String, causes: [String]) throws {
    let body = try Fixtures.recorded(name + ".json")
    let status = try #require(APIStatus.decode(bytes: body))
    #expect(status.code == code)
    #expect(status.reason == reason)
    #expect(status.causes == causes)
    #expect(status.isExpired == false)
    #expect(status.isTooLargeVersion == (name == "list-rv-too-large"))
    #expect(status.isNotFound == (name == "get-missing"))
    #expect(status.isConflict == (name == "update-conflict"))
    #expect(status.isAlreadyExists == (name == "create-conflict-exists"))
    #expect(status.retryAfterSeconds == (name == "list-rv-too-large" ? 1 : nil))
  }

  @Test(
    "Bodies that are no Status are not taken for one",
    arguments: [
      "list-foos-before-crd.json", "list-pods.json", "version.json", "watch-expired.ndjson",
    ])
  func others(name: String) throws {
    let body = try Fixtures.recorded(name)
    #expect(APIStatus.decode(bytes: body) == nil)
  }

  @Test("ANCHORS 5: a version is too old by code 410, reason Expired, or Gone of old servers")
  func expired() {
    #expect(APIStatus(code: 410).isExpired)
    #expect(APIStatus(code: 0, reason: "Expired").isExpired)
    #expect(APIStatus(code: 0, reason: "Gone").isExpired)
    #expect(!APIStatus(code: 404, reason: "NotFound").isExpired)
  }

  @Test("A too large version is told by its cause, or by the message of servers that give none")
  func tooLarge() {
    #expect(APIStatus(code: 504, causes: ["ResourceVersionTooLarge"]).isTooLargeVersion)
    #expect(
      APIStatus(code: 504, message: "Timeout: Too large resource version: 9, current: 3").isTooLargeVersion)
    #expect(!APIStatus(code: 504, message: "gateway").isTooLargeVersion)
  }
}
