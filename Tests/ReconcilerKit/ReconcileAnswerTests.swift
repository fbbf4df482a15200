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

  @Test("A requeue is 200 with Hub-Requeue-After, never negative")
  func requeue() {
    #expect(ReconcileAnswer(.done).response.headers[first: "Hub-Requeue-After"] == nil)
    #expect(
      ReconcileAnswer(.requeue(afterSeconds: 30)).response.headers[first: "Hub-Requeue-After"] == "30")
    #expect(ReconcileAnswer(.requeue(afterSeconds: -1)).requeueAfter == 0)
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
    #expect(later.requeueAfter == 5)
  }
}
