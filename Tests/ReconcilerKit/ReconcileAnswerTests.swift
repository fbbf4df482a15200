import HTTP
import Testing

@testable import ReconcilerKit

@Suite("Answers")
struct ReconcileAnswerTests {
  struct Odd: Error {}

  @Test("Each error has its status: what can be tried again never looks like a rejection")
  func mapping() {
    let table: [(any Error, Int, Int?)] = [
      (ReconcilerError.conflict("x"), 409, nil),
      (ReconcilerError.transient("x"), 500, nil),
      (ReconcilerError.unavailable("x", retryAfterSeconds: 9), 503, 9),
      (ReconcilerError.unavailable("x", retryAfterSeconds: -1), 503, 0),
      (ReconcilerError.terminal("x"), 422, nil),
      (KubernetesError.conflict("x"), 409, nil),
      (KubernetesError.alreadyExists("x"), 409, nil),
      (KubernetesError.tooManyRequests("x", retryAfterSeconds: 3), 503, 3),
      (KubernetesError.unavailable("x", retryAfterSeconds: nil), 503, ReconcileAnswer.defaultRetryAfter),
      (KubernetesError.unavailable("x", retryAfterSeconds: 8), 503, 8),
      (KubernetesError.notFound("x"), 500, nil),
      (KubernetesError.unauthorized("x"), 500, nil),
      (KubernetesError.forbidden("x"), 500, nil),
      (KubernetesError.invalid("x"), 500, nil),
      (KubernetesError.other(status: 418, "x"), 500, nil),
      (CancellationError(), 503, 1),
      (Odd(), 500, nil),
    ]
    for (error, status, retryAfter) in table {
      let answer = ReconcileAnswer(thrown: error)
      #expect(answer.status == status, "\(error)")
      #expect(answer.retryAfter == retryAfter, "\(error)")
      #expect(answer.response.headers[first: "Retry-After"] == retryAfter.map(String.init), "\(error)")
    }
  }

  @Test(
    "SEMANTICS 25: a requeue is 200 with Hub-Requeue-After in seconds; what is not above zero asks for none")
  func requeue() {
    #expect(ReconcileAnswer(.done).response.headers[first: "Hub-Requeue-After"] == nil)
    #expect(
      ReconcileAnswer(.requeue(afterSeconds: 30)).response.headers[first: "Hub-Requeue-After"] == "30")
    let table: [(Duration, String?)] = [
      (.seconds(90), "90"), (.milliseconds(1500), "1.5"), (.milliseconds(20), "0.02"),
      (.microseconds(1), "0.001"),
      (.seconds(3600 * 24 * 365), "31536000"), (.seconds(Int64.max), "1000000000"), (.zero, nil),
      (.seconds(-1), nil),
      (.seconds(Int64.min), nil), (.milliseconds(-1500), nil),
    ]
    for (after, header) in table {
      let answer = ReconcileAnswer(.requeue(after: after))
      #expect(answer.response.headers[first: "Hub-Requeue-After"] == header, "\(after)")
      #expect(answer.status == 200)
    }
    #expect(ReconcileAnswer(.requeue(afterSeconds: 30)).status == 200)
  }

  @Test("Of several answers the worst is given; one that is tried again comes before a rejection")
  func combined() {
    func combined(_ answers: ReconcileAnswer...) -> ReconcileAnswer { .combined(answers) }
    let rejected = ReconcileAnswer(status: 422)
    #expect(combined() == .done)
    #expect(combined(.done, rejected, .done).status == 422)
    #expect(combined(rejected, ReconcileAnswer(status: 500)).status == 500)
    #expect(combined(ReconcileAnswer(status: 500), ReconcileAnswer(status: 409)).status == 500)
    let away = combined(
      ReconcileAnswer(status: 503, retryAfter: 2), ReconcileAnswer(status: 429, retryAfter: 7))
    #expect(away.retryAfter == 7)
    let later = combined(
      .done, ReconcileAnswer(.requeue(afterSeconds: 9)), ReconcileAnswer(.requeue(afterSeconds: 5)))
    #expect(later.requeueAfter == .seconds(5))
  }
}
