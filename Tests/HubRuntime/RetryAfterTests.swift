import HTTP
import Testing

@testable import HubRuntime

@Suite("Retry-After")
struct RetryAfterTests {
  /// Sun, 06 Nov 1994 08:49:37 GMT.
  static let now: Int64 = 784_111_777_000_000_000

  @Test(
    "seconds, and dates in all three forms of RFC 9110, are seconds from now",
    arguments: [
      ("0", 0), ("120", 120), (" 7 ", 7), ("99999999999999999999", RetryAfter.maxSeconds), ("86401", 86400),
      ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sunday, 06-Nov-94 08:49:47 GMT", 10),
      ("Sun Nov  6 08:49:38 1994", 1), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
      ("Sun, 06 Nov 1994 08:49:00 GMT", 0), ("Mon, 07 Nov 2033 08:49:37 GMT", RetryAfter.maxSeconds),
    ])
  func understood(value: String, seconds: Int) {
    #expect(RetryAfter.seconds(value, at: Self.now) == seconds)
    #expect(RetryAfter.seconds(in: ["retry-after": value], at: Self.now) == seconds)
  }

  @Test("two digits of a year more than 50 years ahead are of the past")
  func century() {
    #expect(RetryAfter.seconds("Sunday, 06-Nov-50 08:49:37 GMT", at: Self.now) == 0)
  }

  @Test(
    "what makes no sense is as if it were not there",
    arguments: [
      "", " ", "-1", "1.5", "soon", "1e3", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 24:49:37 GMT",
      "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nix 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
      "Sun, 06 Nov 1094 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
    ])
  func notUnderstood(value: String) {
    #expect(RetryAfter.seconds(value, at: Self.now) == nil)
  }

  @Test("without the header there is nothing")
  func absent() { #expect(RetryAfter.seconds(in: HTTPHeaders(), at: Self.now) == nil) }
}
