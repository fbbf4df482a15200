import Kubernetes
import TestSupport
import Testing

/// A reflector that has listed `a` at version 10 and has its watch open.
private func watching(_ adjust: (inout ReflectorConfiguration) -> Void = { _ in }) -> ReflectorHarness {
  var harness = ReflectorHarness(adjust)
  harness.answer(200, KubeText.list("10", [KubeText.object("a", 9)]))
  harness.open()
  _ = harness.actions()
  return harness
}

private func version(in target: String) -> String? {
  target.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }.map { String($0.dropFirst(16)) }
}

@Suite("Reflector: watches")
struct ReflectorWatchingTests {
  @Test("A watch asks for bookmarks and a random time-out of 5 to 10 minutes, and may last a little longer")
  func request() throws {
    var timeouts: Set<Int> = []
    for seed in 1...20 as ClosedRange<UInt64> {
      let harness = ReflectorHarness(seed: seed, resume: "10")
      #expect(
        harness.target.hasPrefix(
          "/api/v1/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds="))
      let seconds = try #require(Int(harness.target.split(separator: "=").last ?? ""))
      #expect((300...600).contains(seconds))
      #expect(harness.deadlineSeconds == seconds + 30)
      timeouts.insert(seconds)
    }
    #expect(timeouts.count > 10)
  }

  @Test("Changes come in order and move the version on, bookmarks too, however the stream is cut")
  func changes() {
    let stream =
      KubeText.event("ADDED", "b", 11) + KubeText.event("MODIFIED", "a", 12) + KubeText.bookmark(15)
      + KubeText.event("DELETED", "b", 16)
    for pieces in ByteFeeding.cuts(of: Array(stream.utf8)) {
      var harness = watching()
      for piece in pieces { harness.bytes(String(decoding: piece, as: UTF8.self)) }
      #expect(
        harness.actions().joined(separator: ", ") == "added b@11, modified a@12, bookmark 15, deleted b@16")
      #expect(harness.reflector.version == "16")
      #expect(harness.reflector.counters.events == 3)
      #expect(harness.reflector.counters.bookmarks == 1)
      #expect(harness.objects.known.keys.sorted() == ["a"])
    }
  }

  @Test("The recorded watch of a real server is followed to its last version")
  func recorded() throws {
    var harness = ReflectorHarness(resume: "311")
    harness.open()
    harness.bytes(String(decoding: try Fixtures.recorded("watch-configmaps.ndjson"), as: UTF8.self))
    #expect(harness.reflector.version == "317")
    #expect(harness.objects.known == ["w": "7f03133c-5fc8-45a0-b856-89097d6cf7a7@317"])
    harness.advance(seconds: 8)
    harness.end()
    #expect(version(in: harness.target) == "317")
  }

  @Test("A watch that is cut mid-line drops the rest and resumes from the last version, without a list")
  func cut() {
    var harness = watching()
    harness.bytes(KubeText.event("ADDED", "b", 11) + KubeText.event("ADDED", "c", 12).dropLast(20))
    harness.end(.failed("reset"))
    let actions = harness.actions()
    #expect(actions.first == "added b@11")
    #expect(version(in: harness.target) == "11")
    harness.open()
    harness.bytes(KubeText.event("ADDED", "c", 12))
    #expect(harness.objects.known.keys.sorted() == ["a", "b", "c"])
    #expect(harness.reflector.counters.lists == 1)
  }

  @Test("What is left of a line when the server ends the watch does not reach the next one")
  func leftoverAfterError() {
    var harness = watching()
    harness.bytes(KubeText.error(410, "Expired") + KubeText.event("ADDED", "b", 11).dropLast(5))
    harness.answer(200, KubeText.list("12", []))
    harness.open()
    harness.bytes(KubeText.event("ADDED", "c", 13))
    #expect(harness.reflector.version == "13")
    #expect(harness.reflector.counters.malformed == 0)
  }

  @Test("A bookmark is where the next watch begins")
  func bookmark() {
    var harness = watching()
    harness.bytes(KubeText.bookmark(99))
    harness.advance(seconds: 300)
    harness.end()
    #expect(version(in: harness.target) == "99")
    #expect(harness.wait == nil)
  }

  @Test(
    "ANCHORS 5: a refused connection and 429 ask for the watch again from the same version, never for a list",
    arguments: [false, true])
  func refusedConnection(by429: Bool) {
    var harness = watching()
    harness.bytes(KubeText.event("ADDED", "b", 11))
    harness.end(.failed("reset"))
    for _ in 0..<20 {
      if by429 { harness.answerStatus(429, "TooManyRequests") } else { harness.end(.refused) }
      #expect(harness.wait != nil)
      harness.runDeadline()
      #expect(harness.streaming)
      #expect(version(in: harness.target) == "11")
    }
    #expect(harness.reflector.counters.lists == 1)
  }

  @Test(
    "ANCHORS 5: Retry-After is waited for exactly, if the backoff is shorter",
    arguments: [(429, true), (503, true), (429, false)])
  func retryAfter(status: Int, header: Bool) {
    var harness = watching()
    harness.end(.failed("reset"))
    harness.runDeadline()
    harness.answerStatus(
      status, "X", details: header ? "{}" : #"{"retryAfterSeconds":7}"#, retryAfter: header ? 7 : nil)
    #expect(harness.wait == 7000)
    #expect(harness.reflector.phase == .waiting(.overloaded(status: status, retryAfterSeconds: 7)))
    harness.advance(seconds: 6.9)
    harness.handle(.deadline)
    #expect(harness.request == nil)
    harness.runDeadline()
    #expect(harness.streaming)
  }

  @Test("A Retry-After without measure is cut to its limit")
  func longRetryAfter() {
    var harness = watching()
    harness.end(.failed("reset"))
    harness.runDeadline()
    harness.answerStatus(429, "X", retryAfter: .max)
    #expect(harness.wait == 300_000)
  }

  @Test("ANCHORS 5: 410 in the stream lists again, after what came before it was handed on")
  func expiredInStream() throws {
    var harness = watching()
    harness.bytes(KubeText.event("ADDED", "b", 11) + KubeText.error(410, "Expired") + KubeText.bookmark(50))
    #expect(
      harness.actions() == [
        "added b@11", "cancel 2", "listBegan version_expired",
        "request 3 page /api/v1/configmaps?limit=500&resourceVersion=11&resourceVersionMatch=NotOlderThan",
      ])
    harness = ReflectorHarness(resume: "500")
    harness.open()
    harness.bytes(String(decoding: try Fixtures.recorded("watch-expired.ndjson"), as: UTF8.self))
    #expect(harness.actions().suffix(3).prefix(2) == ["cancel 1", "listBegan version_expired"])
  }

  @Test("ANCHORS 5: 410 as the watch's HTTP status lists again")
  func expiredAsStatus() {
    var harness = watching()
    harness.end(.failed("reset"))
    harness.runDeadline()
    _ = harness.actions()
    harness.answerStatus(410, "Gone")
    harness.runDeadline()
    #expect(harness.actions().first == "listBegan version_expired")
    #expect(harness.target.hasSuffix("resourceVersion=10&resourceVersionMatch=NotOlderThan"))
  }

  @Test("Versions that keep expiring are listed at the pace of the backoff")
  func expiringAgainAndAgain() {
    var harness = watching()
    var waits: [UInt64] = []
    for _ in 0..<5 {
      harness.bytes(KubeText.error(410, "Expired"))
      waits.append(harness.wait ?? 0)
      harness.runDeadline()
      harness.answer(200, KubeText.list("10", []))
      harness.open()
    }
    #expect(waits[0] == 0)
    #expect(waits[1] >= 800 && waits[4] >= 6400)
  }

  @Test(
    "504 too large version on a watch, by status or event, is settled by a list", arguments: [false, true])
  func tooLarge(inStream: Bool) {
    var harness = watching()
    if inStream {
      harness.bytes(KubeText.error(504, "Timeout", details: KubeText.tooLarge))
    } else {
      harness.end(.failed("reset"))
      harness.runDeadline()
      harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
    }
    harness.runDeadline()
    #expect(harness.target.hasSuffix("resourceVersion=10&resourceVersionMatch=NotOlderThan"))
    #expect(harness.reflector.counters.lists(because: .versionTooLarge) == 1)
  }

  @Test("ANCHORS 5: a watch shorter than 1 s without an event backs off, a longer one does not")
  func shortWatch() {
    var harness = watching()
    harness.advance(seconds: 0.9)
    harness.bytes(KubeText.bookmark(10))
    harness.end()
    #expect(harness.reflector.phase == .waiting(.shortWatch))
    #expect(harness.reflector.counters.shortWatches == 1)
    harness.runDeadline()
    harness.open()
    harness.advance(seconds: 1)
    harness.end()
    #expect(harness.wait == nil && harness.streaming)
  }

  @Test("Watches that fail again and again without an event lead to a list")
  func failingWatches() throws {
    var harness = watching()
    let body = String(decoding: try Fixtures.recorded("watch-bad-rv.json"), as: UTF8.self)
    harness.end(.failed("reset"))
    for _ in 0..<4 {
      harness.runDeadline()
      #expect(harness.streaming)
      harness.answer(500, body)
    }
    harness.runDeadline()
    #expect(!harness.streaming)
    #expect(harness.reflector.counters.lists(because: .watchRefused) == 1)
  }

  @Test("A watch that the server calls malformed is settled by a list")
  func badRequest() {
    var harness = watching()
    harness.bytes(KubeText.error(400, "BadRequest"))
    harness.runDeadline()
    #expect(harness.reflector.counters.lists(because: .watchRefused) == 1)
  }

  @Test(
    "SEMANTICS 7, 9: 404 and 403 on a watch conclude nothing; the list goes on asking", arguments: [404, 403])
  func unavailable(status: Int) {
    var harness = watching()
    harness.advance(seconds: 5)
    harness.end()
    _ = harness.actions()
    harness.answerStatus(status, "X")
    harness.runDeadline()
    #expect(harness.actions().first == "listBegan unavailable")
    for _ in 0..<3 {
      harness.answerStatus(status, "X")
      harness.runDeadline()
    }
    #expect(harness.objects.known.keys.sorted() == ["a"])
    harness.answer(200, KubeText.list("20", []))
    #expect(harness.objects.known.isEmpty)
    #expect(harness.objects.faults.isEmpty)
  }

  @Test(
    "A line that is no JSON, or an object without name or version, is counted and lists again",
    arguments: [
      "<html>\n", "{}\n", #"{"type":"NEW","object":{}}"# + "\n",
      #"{"type":"ADDED","object":{"metadata":{"name":"x"}}}"# + "\n",
      #"{"type":"ADDED","object":{"metadata":{"resourceVersion":"12"}}}"# + "\n",
      #"{"type":"BOOKMARK","object":{"metadata":{}}}"# + "\n",
    ])
  func garbage(line: String) {
    var harness = watching()
    harness.bytes(KubeText.event("ADDED", "b", 11) + line + KubeText.event("ADDED", "c", 13))
    #expect(harness.actions() == ["added b@11", "cancel 2"])
    #expect(harness.reflector.counters.malformed == 1)
    guard case .waiting(.malformed) = harness.reflector.phase else {
      Issue.record("\(harness.reflector.phase)")
      return
    }
    harness.runDeadline()
    #expect(harness.target.hasSuffix("resourceVersion=11&resourceVersionMatch=NotOlderThan"))
    #expect(harness.reflector.counters.lists(because: .malformed) == 1)
  }

  @Test("A line at the limit passes, a longer one lists again, even before it is complete")
  func lineLimit() {
    let event = KubeText.event("ADDED", "b", 11)
    var harness = watching { $0.maxLineBytes = event.utf8.count - 1 }
    harness.bytes(event)
    #expect(harness.reflector.version == "11")
    harness = watching { $0.maxLineBytes = event.utf8.count - 2 }
    harness.bytes(String(event.dropLast()))
    #expect(harness.actions() == ["cancel 2"])
    #expect(harness.reflector.phase == .waiting(.lineTooLong(limit: event.utf8.count - 2)))
    harness.runDeadline()
    #expect(harness.reflector.counters.lists(because: .tooLong) == 1)
  }

  @Test(
    "SEMANTICS 11: a version that goes back is not followed but listed",
    arguments: [
      KubeText.event("MODIFIED", "a", 5), KubeText.bookmark(5),
    ])
  func versionBack(line: String) {
    var harness = watching()
    harness.bytes(line)
    #expect(harness.actions() == ["cancel 2"])
    #expect(harness.reflector.phase == .waiting(.versionWentBack(from: "10", to: "5")))
    #expect(harness.reflector.version == "10")
    harness.runDeadline()
    #expect(harness.reflector.counters.lists(because: .versionWentBack) == 1)
  }

  @Test("SEMANTICS 11: opaque versions are followed as they come")
  func opaque() {
    var harness = watching()
    let event = KubeText.event("MODIFIED", "a", 7).replacing(#""7""#, with: #""x7""#)
    harness.bytes(event + event.replacing("x7", with: "a1"))
    #expect(harness.reflector.version == "a1")
    harness.advance(seconds: 2)
    harness.end()
    #expect(version(in: harness.target) == "a1")
  }

  @Test(
    "SEMANTICS 8: a whole watch without event or bookmark may wait for a version that never comes, so it is listed"
  )
  func silent() {
    var harness = watching()
    harness.advance(seconds: 239)
    harness.end()
    #expect(harness.streaming)
    harness.open()
    harness.advance(seconds: 240)
    harness.end()
    #expect(harness.actions().contains("listBegan silent_watch"))
    harness.answer(200, KubeText.list("10", []))
    harness.open()
    harness.bytes(KubeText.bookmark(10))
    harness.advance(seconds: 300)
    harness.end()
    #expect(harness.streaming)
  }

  @Test("A version to resume from is watched at once; if it is too old a list follows")
  func resume() {
    var harness = ReflectorHarness(resume: "7")
    #expect(version(in: harness.target) == "7")
    #expect(!harness.reflector.isSynced)
    harness.open()
    #expect(harness.reflector.isSynced)
    harness = ReflectorHarness(resume: "7")
    harness.answerStatus(410, "Expired")
    #expect(harness.target.hasSuffix("resourceVersion=7&resourceVersionMatch=NotOlderThan"))
    #expect(!harness.reflector.isSynced)
  }
}
