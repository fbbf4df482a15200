import Kubernetes
import Testing

@Suite("Reflector: waits, stops and stale answers")
struct ReflectorPacingTests {
  /// The waits of 12 refusals in a row, in milliseconds.
  private func waits(seed: UInt64) -> [UInt64] {
    var harness = ReflectorHarness(seed: seed)
    return (0..<12).map { _ in
      harness.end(.refused)
      defer { harness.runDeadline() }
      return harness.wait ?? 0
    }
  }

  @Test("ANCHORS 5: the backoff doubles from 800 ms to 30 s, each wait between one and two times that")
  func growth() {
    for seed in 0..<50 as Range<UInt64> {
      for (index, wait) in waits(seed: seed).enumerated() {
        let base: UInt64 = min(30_000, 800 << UInt64(index))
        #expect((base...base * 2).contains(wait), "seed \(seed), wait \(index)")
      }
    }
  }

  @Test("Jitter spreads over its whole range, and equal seeds wait equally")
  func jitter() {
    let firsts = (0..<200).map { waits(seed: $0)[0] }
    #expect(firsts.min() ?? 0 < 850 && firsts.max() ?? 0 > 1550)
    #expect(waits(seed: 3) == waits(seed: 3))
    #expect(waits(seed: 3) != waits(seed: 4))
  }

  @Test("After two minutes without a failure the first wait comes again, before that the next one")
  func reset() {
    for (quiet, expected) in [(121.0, 800...1600), (60.0, 6400...12800)] as [(Double, ClosedRange<UInt64>)] {
      var harness = ReflectorHarness()
      for _ in 0..<3 {
        harness.end(.refused)
        harness.runDeadline()
      }
      harness.answer(200, KubeText.list("10", []))
      harness.open()
      harness.advance(seconds: quiet)
      harness.bytes(KubeText.bookmark(10))
      harness.end()
      harness.end(.refused)
      #expect(expected.contains(harness.wait ?? 0), "after \(quiet) s: \(harness.wait ?? 0)")
    }
  }

  @Test("A deadline that comes too early, or when nothing waits, changes nothing")
  func earlyDeadline() {
    var harness = ReflectorHarness()
    _ = harness.actions()
    harness.handle(.deadline)
    #expect(harness.actions().isEmpty)
    #expect(harness.wait == nil)
    harness.end(.refused)
    let deadline = harness.reflector.nextDeadline
    harness.advance(seconds: 0.1)
    harness.handle(.deadline)
    #expect(harness.actions().isEmpty)
    #expect(harness.reflector.nextDeadline == deadline)
  }

  @Test("Answers for a request that is over are ignored and counted")
  func staleAnswers() {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", []))
    _ = harness.actions()
    let before = harness.reflector.lastActivity
    harness.advance(seconds: 1)
    for stale in [1, 7] as [UInt32] {
      harness.handle(.head(request: stale, status: 410, retryAfterSeconds: nil))
      harness.handle(.bytes(request: stale, Array("<html>\n".utf8)))
      harness.handle(.ended(request: stale, .refused))
    }
    #expect(harness.actions().isEmpty)
    #expect(harness.reflector.phase == .watching)
    #expect(harness.reflector.lastActivity == before)
    #expect(harness.reflector.counters.staleAnswers == 6)
  }

  @Test("Activity is when the server was last heard from")
  func activity() {
    var harness = ReflectorHarness()
    #expect(harness.reflector.lastActivity == harness.now)
    harness.advance(seconds: 2)
    harness.answer(200, KubeText.list("10", []))
    #expect(harness.reflector.lastActivity == harness.now)
    harness.advance(seconds: 3)
    #expect(harness.reflector.lastActivity == harness.now - 3 * ReflectorHarness.second)
    harness.open()
    harness.bytes(KubeText.bookmark(11))
    #expect(harness.reflector.lastActivity == harness.now)
  }

  @Test("Stopping gives up what is under way, in each state")
  func stops() {
    var harness = ReflectorHarness(start: false)
    harness.stop()
    #expect(harness.actions().isEmpty)
    harness.start()
    _ = harness.actions()
    harness.stop()
    #expect(harness.actions() == ["cancel 1", "listAborted"])
    harness.start()
    harness.end(.refused)
    _ = harness.actions()
    harness.stop()
    #expect(harness.actions() == ["listAborted"])
    harness.start()
    harness.answer(200, "<html>")
    _ = harness.actions()
    harness.stop()
    #expect(harness.actions().isEmpty)
    harness.start()
    harness.answer(200, KubeText.list("10", []))
    _ = harness.actions()
    harness.stop()
    #expect(harness.actions() == ["cancel 5"])
    harness.start()
    harness.answer(200, KubeText.list("10", []))
    harness.end(.refused)
    _ = harness.actions()
    harness.stop()
    #expect(harness.actions().isEmpty)
    #expect(harness.reflector.phase == .stopped)
    #expect(harness.reflector.nextDeadline == nil)
    #expect(!harness.reflector.isSynced)
    harness.handle(.deadline)
    harness.handle(.bytes(request: 7, []))
    #expect(harness.actions().isEmpty)
    #expect(harness.objects.faults.isEmpty)
  }

  @Test("Starting again forgets the version and lists anew, also from the middle of a watch")
  func restart() {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", []))
    _ = harness.actions()
    harness.start()
    #expect(
      harness.actions() == ["cancel 2", "listBegan first", "request 3 page /api/v1/configmaps?limit=500"])
    #expect(harness.reflector.version == nil)
  }

  @Test("Every problem says what to do")
  func problems() {
    let problems: [ReflectorProblem] = [
      .notServed, .forbidden("f"), .unauthorized("u"), .refused, .transfer("t"),
      .overloaded(status: 429, retryAfterSeconds: 1), .expired, .versionTooLarge,
      .versionWentBack(from: "2", to: "1"),
      .malformed(.noList), .lineTooLong(limit: 1), .pageTooLarge(limit: 1), .listWithoutVersion,
      .continueLoop,
      .shortWatch, .silentWatch, .server(status: 500, "s"),
    ]
    #expect(problems.allSatisfy { $0.description.utf8.count > 40 })
    #expect(Set(problems.map(\.description)).count == problems.count)
    #expect(Set(ReflectorListReason.allCases.map(\.description)).count == ReflectorListReason.allCases.count)
  }
}
