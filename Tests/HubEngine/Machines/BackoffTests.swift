import Testing

@testable import HubEngine

@Suite("Backoff")
struct BackoffTests {
  private static let millisecond = Duration64.millisecond

  /// The shortest and the longest of 200 waits.
  private static func bounds(_ backoff: Backoff, failures: Int) -> ClosedRange<UInt64> {
    var random = SeededRandom(seed: UInt64(bitPattern: Int64(failures)))
    let waits = (0..<200).map { _ in backoff.wait(afterFailures: failures, random: &random) }
    return (waits.min() ?? 0)...(waits.max() ?? 0)
  }

  @Test(
    "exponential: half to all of delay, 2 delay, 4 delay, up to the maximum",
    arguments: [
      (1, 200), (2, 400), (3, 800), (4, 1600), (10, 102_400), (11, 204_800), (12, 300_000), (13, 300_000),
      (62, 300_000), (63, 300_000), (64, 300_000), (1_000_000, 300_000), (Int.max, 300_000),
    ])
  func exponential(failures: Int, milliseconds: Int) {
    let backoff = Backoff(
      policy: .exponential, delay: 200 * Self.millisecond, maximum: 300_000 * Self.millisecond)
    let full = UInt64(milliseconds) * Self.millisecond
    let bounds = Self.bounds(backoff, failures: failures)
    #expect(bounds.lowerBound >= full / 2 && bounds.upperBound <= full)
    // The random half is used: 200 draws come near both ends.
    #expect(bounds.lowerBound < full * 55 / 100 && bounds.upperBound > full * 95 / 100)
  }

  @Test(
    "linear: half to all of delay, 2 delay, 3 delay, up to the maximum",
    arguments: [
      (1, 200), (2, 400), (3, 600), (10, 2000), (1500, 300_000), (1501, 300_000), (Int.max, 300_000),
    ]
  )
  func linear(failures: Int, milliseconds: Int) {
    let backoff = Backoff(policy: .linear, delay: 200 * Self.millisecond, maximum: 300_000 * Self.millisecond)
    let full = UInt64(milliseconds) * Self.millisecond
    let bounds = Self.bounds(backoff, failures: failures)
    #expect(bounds.lowerBound >= full / 2 && bounds.upperBound <= full)
  }

  @Test("a product beyond 64 bits is the maximum")
  func overflow() {
    let backoff = Backoff(policy: .exponential, delay: 1 << 40, maximum: 1 << 50)
    #expect(Self.bounds(backoff, failures: 60).lowerBound >= 1 << 49)
    let linear = Backoff(policy: .linear, delay: .max / 2, maximum: .max)
    #expect(Self.bounds(linear, failures: 1000).lowerBound >= .max / 2)
  }

  @Test("a count of failures below one is taken for the first", arguments: [0, -1, Int.min])
  func none(failures: Int) {
    let backoff = Backoff(policy: .exponential, delay: 1000, maximum: 8000)
    #expect(Self.bounds(backoff, failures: failures).upperBound <= 1000)
  }

  @Test("no delay is no wait")
  func zero() {
    let backoff = Backoff(policy: .exponential, delay: 0, maximum: 300)
    #expect(Self.bounds(backoff, failures: 9) == 0...0)
  }

  @Test("a delay beyond the maximum is cut to it")
  func delayBeyondMaximum() {
    let backoff = Backoff(policy: .exponential, delay: 1000, maximum: 300)
    #expect(Self.bounds(backoff, failures: 1).upperBound <= 300)
  }
}

@Suite("What a sink's answer means")
struct VerdictTests {
  /// DESIGN 2.4 and SEMANTICS 23, for every status there is.
  @Test("SEMANTICS 23: each status from 100 to 599 is done, about the sink, about the key, rejected or stop")
  func table() {
    let sinks: Set<Int> = [404, 408, 429, 502, 503, 504]
    let keys: Set<Int> = [401, 403, 409]
    for status in 100...599 {
      let verdict = Verdict(.status(status, retryAfterSeconds: nil))
      let text = "the sink answered \(status)"
      switch status {
      case 200...299: #expect(verdict == .acknowledged)
      case 410: #expect(verdict == .gone)
      case _ where sinks.contains(status): #expect(verdict == .sinkFails(afterSeconds: nil, reason: text))
      // 1xx is no final answer at all: as if there were none for this key.
      case 100...199, 500...599: #expect(verdict == .retry(reason: text))
      case _ where keys.contains(status): #expect(verdict == .retry(reason: text))
      default: #expect(verdict == .rejected(reason: text))
      }
    }
  }

  @Test("Retry-After counts with 429 and 503 only")
  func retryAfter() {
    for status in 100...599 {
      let verdict = Verdict(.status(status, retryAfterSeconds: 7))
      if case .sinkFails(let seconds, _) = verdict { #expect((seconds == 7) == [429, 503].contains(status)) }
    }
  }

  @Test("what is no status is tried again", arguments: [-1, 0, 99, 600, 999])
  func noStatus(status: Int) {
    let expected = Verdict.retry(reason: "the sink answered \(status)")
    #expect(Verdict(.status(status, retryAfterSeconds: nil)) == expected)
  }

  @Test("SEMANTICS 23: no answer is about the sink, and says why")
  func noAnswer() {
    #expect(Verdict(.noAnswer("refused")) == .sinkFails(afterSeconds: nil, reason: "refused"))
  }
}
