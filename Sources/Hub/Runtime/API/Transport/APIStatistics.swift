/// What the hub's requests to the API server came to.
struct APIStatistics: Sendable, Equatable {
  /// One line of `rest_client_requests_total`.
  struct Outcome: Hashable, Sendable {
    /// The status, or `<error>` where there was no answer (as client-go counts it).
    let code: String
    /// `GET`, …
    let method: String
  }

  /// Requests that ended or were answered, by outcome.
  private(set) var requests: [Outcome: Int] = [:]
  /// Requests that have not ended.
  var inFlight = 0
  /// Why nothing comes from the API server, while it does not.
  var problem: APIProblem?

  /// Counts an answer. Methods and three-digit codes keep the number of outcomes small.
  mutating func count(status: Int, method: String) {
    requests[Outcome(code: String(status), method: method), default: 0] += 1
  }

  /// Counts a request without an answer.
  mutating func countError(method: String) {
    requests[Outcome(code: "<error>", method: method), default: 0] += 1
  }
}
