import JSONScan
import TestSupport
import Testing

@testable import HubEngine

/// The table as an object, so that what changes it can stand within an expectation.
private final class Table {
  private var reviews = AccessReviews(lifetime: 60 * Duration64.second)
  var count: Int { reviews.count }
  var inFlight: Int { reviews.inFlight }

  func known(_ question: AccessQuestion, at now: UInt64) -> AccessReviews.Known? {
    reviews.known(question, at: now)
  }
  func ask(_ question: AccessQuestion, for waiter: AccessReviews.Waiter, limit: Int, at now: UInt64) -> Bool {
    reviews.ask(question, for: waiter, limit: limit, at: now)
  }
  func next(atMost limit: Int) -> AccessQuestion? { reviews.next(atMost: limit) }
  func answered(_ question: AccessQuestion, _ verb: AccessVerb, _ answer: AccessAnswer, at now: UInt64)
    -> [AccessReviews.Waiter]
  {
    reviews.answered(question, verb, answer, at: now)
  }
}

@Suite("Reviews of rights")
struct AccessReviewsTests {
  private static let second = Duration64.second
  private let waiter = AccessReviews.Waiter(slot: 3, serial: 7)

  private func question(_ account: String) -> AccessQuestion {
    AccessQuestion(accountNamespace: "a", account: account, group: "", resource: "configmaps", namespace: "")
  }

  private func answer(_ status: Int?, _ body: [UInt8], failure: String? = nil) -> AccessAnswer {
    AccessAnswer(APIAnswer(status: status, retryAfterSeconds: nil, body: body, failure: failure))
  }

  @Test("the answers of a real API server are read")
  func recorded() throws {
    #expect(answer(201, try Fixtures.recorded("sar-allowed.json")) == .allowed)
    #expect(answer(201, try Fixtures.recorded("sar-denied.json")) == .denied)
  }

  @Test(
    "whatever is no review proves neither",
    arguments: ["", "{}", "[]", #"{"status":{}}"#, #"{"status":{"allowed":"true"}}"#])
  func malformed(text: String) {
    guard case .notAvailable = answer(201, Array(text.utf8)) else {
      Issue.record("\(text) was taken for an answer")
      return
    }
  }

  @Test("403 names the rule to add; no answer says why")
  func failures() {
    #expect(answer(403, []) == .notAvailable(AccessAnswer.remedy))
    #expect(answer(500, []) == .notAvailable("rights cannot be reviewed: the API server answered 500"))
    #expect(answer(nil, [], failure: "cut") == .notAvailable("rights cannot be reviewed: cut"))
    #expect(answer(403, [], failure: "cut") == .notAvailable("rights cannot be reviewed: cut"))
  }

  @Test("a question is asked once for all who wait, and each hears of it once, after the last verb")
  func shared() {
    let reviews = Table()
    let other = AccessReviews.Waiter(slot: 1, serial: 2)
    for waiter in [waiter, other, waiter] {
      #expect(reviews.ask(question("x"), for: waiter, limit: 10, at: 0))
    }
    #expect(reviews.next(atMost: 8) == question("x"))
    #expect(reviews.next(atMost: 8) == nil)
    #expect(reviews.ask(question("x"), for: other, limit: 10, at: 0))
    #expect(reviews.next(atMost: 8) == nil, "it is under way")
    #expect(reviews.answered(question("x"), .watch, .allowed, at: 0) == [])
    #expect(reviews.answered(question("x"), .get, .allowed, at: 0) == [])
    #expect(reviews.known(question("x"), at: 0) == nil)
    #expect(reviews.answered(question("x"), .list, .allowed, at: 5) == [other, waiter])
    #expect(reviews.answered(question("x"), .list, .allowed, at: 5) == [], "nobody waits for it")
    #expect(reviews.known(question("x"), at: 5)?.verdict == .allowed)
    #expect(reviews.known(question("x"), at: 5 + 60 * Self.second - 1) != nil)
    #expect(reviews.known(question("x"), at: 5 + 60 * Self.second) == nil)
    #expect(reviews.inFlight == 0)
  }

  @Test("a verb that is denied decides, whatever became of the others")
  func denied() {
    let reviews = Table()
    _ = reviews.ask(question("x"), for: waiter, limit: 10, at: 0)
    _ = reviews.next(atMost: 1)
    _ = reviews.answered(question("x"), .watch, .denied, at: 0)
    _ = reviews.answered(question("x"), .list, .notAvailable("no"), at: 0)
    _ = reviews.answered(question("x"), .get, .denied, at: 0)
    #expect(reviews.known(question("x"), at: 0)?.verdict == .denied([.get, .watch]))
  }

  @Test("failures in a row are waited out ever longer, up to a minute; an answer ends the row")
  func waits() {
    let reviews = Table()
    var now: UInt64 = 0
    func fail(_ answer: AccessAnswer) -> UInt64 {
      _ = reviews.ask(question("x"), for: waiter, limit: 10, at: now)
      _ = reviews.next(atMost: 1)
      for verb in AccessVerb.allCases { _ = reviews.answered(question("x"), verb, answer, at: now) }
      let wait = (reviews.known(question("x"), at: now)?.validUntil ?? now) - now
      now += wait
      return wait / Self.second
    }
    #expect((0..<8).map { _ in fail(.notAvailable("no")) } == [1, 2, 4, 8, 16, 32, 60, 60])
    #expect(fail(.allowed) == 60)
    #expect(fail(.notAvailable("no")) == 1)
  }

  @Test("no more questions are kept than the limit; those that are too old make room")
  func bounded() {
    let reviews = Table()
    for number in 0..<100 {
      #expect(reviews.ask(question("\(number)"), for: waiter, limit: 100, at: 0))
    }
    #expect(!reviews.ask(question("beyond"), for: waiter, limit: 100, at: 0))
    #expect(reviews.ask(question("0"), for: waiter, limit: 100, at: 0), "it is there")
    while let question = reviews.next(atMost: 1) {
      for verb in AccessVerb.allCases { _ = reviews.answered(question, verb, .allowed, at: 0) }
    }
    #expect(!reviews.ask(question("beyond"), for: waiter, limit: 100, at: 59 * Self.second))
    #expect(reviews.ask(question("beyond"), for: waiter, limit: 100, at: 61 * Self.second))
    #expect(reviews.count == 1)
  }
}
