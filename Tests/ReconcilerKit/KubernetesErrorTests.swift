import HTTP
import TestSupport
import Testing

@testable import ReconcilerKit

@Suite("Errors of the API server")
struct KubernetesErrorTests {
  private func recorded(_ name: String, _ status: Int) throws -> KubernetesError {
    KubernetesError(answer: .json(status, try Fixtures.recorded(name)))
  }

  @Test("Recorded answers of a real API server are told apart, with its message")
  func readsRecorded() throws {
    #expect(
      try recorded("get-missing.json", 404) == .notFound(#"configmaps "nope" not found"#))
    #expect(
      try recorded("create-conflict-exists.json", 409) == .alreadyExists(#"configmaps "w" already exists"#))
    guard case .conflict = try recorded("update-conflict.json", 409) else {
      Issue.record("409 Conflict is a conflict")
      return
    }
    #expect(try recorded("unauthorized.json", 401) == .unauthorized("Unauthorized"))
    guard case .forbidden(let text) = try recorded("forbidden.json", 403) else {
      Issue.record("403 is forbidden")
      return
    }
    #expect(text.hasPrefix("secrets is forbidden"))
    for (name, status) in [("create-invalid-name.json", 422), ("create-invalid-json.json", 400)] {
      guard case .invalid = try recorded(name, status) else {
        Issue.record("\(name) is invalid")
        return
      }
    }
  }

  @Test("Answers that are no Status object are told by their HTTP status, quoted in part")
  func readsPlainAnswers() {
    #expect(KubernetesError(answer: .text(404, "404 page not found\n")) == .notFound("404 page not found\n"))
    #expect(KubernetesError(answer: HTTPResponse(status: 409)) == .conflict("no message"))
    #expect(KubernetesError(answer: HTTPResponse(status: 500)) == .other(status: 500, "no message"))
    for status in 502...504 {
      #expect(
        KubernetesError(answer: HTTPResponse(status: status, headers: ["Retry-After": "5"]))
          == .unavailable("no message", retryAfterSeconds: 5))
    }
    #expect(KubernetesError(answer: HTTPResponse(status: 302)) == .other(status: 302, "no message"))
    let long = KubernetesError(answer: .text(503, String(repeating: "x", count: 10_000)))
    #expect(long.description.utf8.count == KubernetesError.maxQuotedBytes)
  }

  @Test("429 says how long to wait: its header, else the Status, else a second")
  func readsRetryAfter() {
    func seconds(_ header: String?, _ body: String) -> Int? {
      var answer = HTTPResponse.json(429, [UInt8](body.utf8))
      if let header { answer.headers.set("Retry-After", header) }
      guard case .tooManyRequests(_, let seconds) = KubernetesError(answer: answer) else { return nil }
      return seconds
    }
    let status = #"{"kind":"Status","message":"busy","details":{"retryAfterSeconds":4}}"#
    #expect(seconds("9", status) == 9)
    #expect(seconds(nil, status) == 4)
    #expect(seconds("Wed, 21 Oct 2026 07:28:00 GMT", "") == 1)
    #expect(seconds("-3", "") == 0)
  }

  @Test("A server that can't be reached is unavailable; a request that can't be made is not")
  func readsFailures() {
    let failures: [HTTPClientFailure] = [
      .resolve("x"), .connect("x"), .timeout, .stalled, .cut("x"), .tls("x"), .cancelled,
      .other(code: 1, "x"),
    ]
    for failure in failures {
      guard case .unavailable = KubernetesError(failure: failure) else {
        Issue.record("\(failure) is unavailable")
        return
      }
    }
    for failure in [HTTPClientFailure.tooLarge, .badURL("x"), .badHeader("x")] {
      guard case .other = KubernetesError(failure: failure) else {
        Issue.record("\(failure) is nothing that waiting cures")
        return
      }
    }
  }
}
