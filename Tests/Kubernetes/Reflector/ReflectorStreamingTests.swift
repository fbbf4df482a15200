import Kubernetes
import TestSupport
import Testing

private let base = "/api/v1/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"

/// A reflector that asks for its first list as a stream.
private func streaming(_ adjust: (inout ReflectorConfiguration) -> Void = { _ in }) -> ReflectorHarness {
  var harness = ReflectorHarness(streams: true, adjust)
  _ = harness.actions()
  return harness
}

private let items = KubeText.event("ADDED", "b", 9) + KubeText.event("ADDED", "a", 4)

@Suite("Reflector: lists that come as a stream")
struct ReflectorStreamingTests {
  @Test("ANCHORS 5: the first list is asked for as a stream, consistent, with bookmarks and a time-out")
  func request() {
    let harness = streaming()
    #expect(harness.target.hasPrefix(base + "&allowWatchBookmarks=true&timeoutSeconds="))
    #expect(harness.streaming)
    #expect(harness.reflector.phase == .listing(pages: 0))
  }

  @Test(
    "SEMANTICS 9, 10: nothing is concluded, and the version does not move, before the bookmark that ends the list"
  )
  func complete() {
    for pieces in ByteFeeding.cuts(of: Array((items + KubeText.bookmark(5) + KubeText.listEnd(12)).utf8)) {
      var harness = streaming()
      harness.open()
      for piece in pieces.dropLast() { harness.bytes(String(decoding: piece, as: UTF8.self)) }
      #expect(harness.reflector.version == nil)
      #expect(!harness.reflector.isSynced)
      for piece in pieces.suffix(1) { harness.bytes(String(decoding: piece, as: UTF8.self)) }
      let words = harness.actions().joined(separator: ", ").replacing("streamed ", with: "")
      #expect(words == "added b@9, added a@4, listCompleted 12")
      #expect(harness.reflector.version == "12")
      #expect(harness.reflector.isSynced)
      #expect(harness.reflector.phase == .watching)
      #expect(harness.objects.faults.isEmpty)
    }
  }

  @Test("After the list the same connection is the watch, also within one piece")
  func watchFollows() {
    var harness = streaming()
    harness.open()
    harness.bytes(items + KubeText.listEnd(12) + KubeText.event("DELETED", "b", 13) + KubeText.bookmark(20))
    #expect(
      harness.actions() == [
        "streamed added b@9, added a@4", "listCompleted 12", "deleted b@13, bookmark 20",
      ])
    #expect(harness.objects.known.keys.sorted() == ["a"])
    harness.end(.failed("cut"))
    #expect(harness.target.contains("&resourceVersion=20&"))
    #expect(!harness.target.contains("sendInitialEvents"))
    #expect(harness.reflector.counters.lists == 1)
  }

  @Test("Changes between the items are part of the list: what was deleted again is not in it")
  func changesWithin() {
    var harness = streaming()
    harness.open()
    harness.bytes(
      items + KubeText.event("MODIFIED", "a", 11) + KubeText.event("DELETED", "b", 12) + KubeText.listEnd(12))
    #expect(harness.objects.known == ["a": "uid-1@11"])
    #expect(harness.objects.faults.isEmpty)
  }

  @Test("SEMANTICS 8: a relist streams too, and asks for what is not older than the recorded version")
  func relist() {
    var harness = streaming()
    harness.open()
    harness.bytes(items + KubeText.listEnd(12) + KubeText.error(410, "Expired"))
    #expect(harness.target.hasPrefix(base + "&allowWatchBookmarks=true&resourceVersion=12&timeoutSeconds="))
    harness.open()
    harness.bytes(KubeText.event("ADDED", "a", 4) + KubeText.listEnd(30))
    #expect(harness.objects.known.keys.sorted() == ["a"])
  }

  @Test("The recorded stream of a real server is a list and its watch")
  func recorded() throws {
    var harness = streaming()
    harness.open()
    harness.bytes(String(decoding: try Fixtures.recorded("watch-list.ndjson"), as: UTF8.self))
    #expect(harness.reflector.isSynced)
    #expect(harness.reflector.counters.streamedLists == 1)
    #expect(!harness.objects.known.isEmpty)
  }

  @Test(
    "ANCHORS 5: a server that refuses is asked in pages at once, and for all lists after",
    arguments: [400, 406, 415, 422])
  func refused(status: Int) throws {
    var harness = streaming()
    harness.answer(status, String(decoding: try Fixtures.recorded("watch-list-refused.json"), as: UTF8.self))
    #expect(harness.target == "/api/v1/configmaps?limit=500")
    #expect(harness.reflector.refusesStreams)
    #expect("\(try #require(harness.reflector.lastProblem))".contains("listed in pages"))
    harness.answer(200, KubeText.list("10", []))
    harness.open()
    harness.bytes(KubeText.error(410, "Expired"))
    #expect(
      harness.target == "/api/v1/configmaps?limit=500&resourceVersion=10&resourceVersionMatch=NotOlderThan")
    #expect(harness.objects.faults.isEmpty)
  }

  @Test("A server that takes it for a plain watch is asked in pages when no end of the list comes in time")
  func plainWatch() {
    var harness = streaming()
    harness.open()
    harness.bytes(items)
    #expect(harness.patience == 30)
    harness.runDeadline()
    #expect(harness.target == "/api/v1/configmaps?limit=500")
    #expect(harness.reflector.refusesStreams)
    #expect(harness.actions().contains("listAborted"))
    #expect(harness.objects.faults.isEmpty)
  }

  @Test("A plain watch that is never silent is given up all the same after the time of a whole list")
  func busyPlainWatch() {
    var harness = streaming()
    harness.open()
    for number in 0..<29 {
      harness.advance(seconds: 10)
      harness.bytes(KubeText.event("MODIFIED", "a", 100 + number))
    }
    #expect(harness.streaming)
    harness.runDeadline()
    #expect(harness.target == "/api/v1/configmaps?limit=500")
  }

  @Test(
    "SEMANTICS 9: a stream that is cut before its end proves nothing and begins again; three in a row end in pages"
  )
  func cut() {
    var harness = streaming()
    for round in 1...3 {
      harness.open()
      harness.bytes(items)
      harness.end(round == 2 ? .complete : .failed("reset"))
      #expect(harness.reflector.version == nil)
      harness.runDeadline()
    }
    #expect(harness.target == "/api/v1/configmaps?limit=500")
    #expect(harness.objects.known.keys.sorted() == ["a", "b"])
    harness.answer(200, KubeText.list("10", [KubeText.object("a", 9)]))
    #expect(harness.objects.known.keys.sorted() == ["a"])
    #expect(harness.objects.faults.isEmpty)
  }

  @Test(
    "SEMANTICS 7, 9: what says nothing about streaming is waited out and asked for again as a stream",
    arguments: [401, 403, 404, 408, 429, 503])
  func others(status: Int) {
    var harness = streaming()
    for _ in 0..<5 {
      harness.answerStatus(status, "", retryAfter: status == 429 ? 77 : nil)
      if status == 429 { #expect(harness.wait == 77_000) }
      harness.runDeadline()
    }
    #expect(harness.target.hasPrefix(base))
    #expect(!harness.reflector.refusesStreams)
    #expect(harness.objects.faults.isEmpty)
  }

  @Test(
    "SEMANTICS 8: a version that stays too large for 60 s ends in a list without one, in pages, and a new epoch"
  )
  func tooLarge() {
    var harness = streaming()
    harness.open()
    harness.bytes(KubeText.listEnd(100) + KubeText.error(410, "Expired"))
    for attempt in 0..<200 where harness.streaming {
      harness.advance(seconds: 3)
      if attempt % 2 == 0 {
        harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
      } else {
        harness.open()
        harness.bytes(KubeText.error(504, "Timeout", details: KubeText.tooLarge))
      }
      if harness.wait != nil { harness.runDeadline() }
    }
    #expect(harness.target == "/api/v1/configmaps?limit=500")
    harness.answer(200, KubeText.list("50", []))
    #expect(harness.actions().contains("listCompleted 50 newEpoch"))
    #expect(harness.objects.faults.isEmpty)
  }

  @Test("SEMANTICS 8: a stream whose end is older than what was asked for is not believed; pages tell")
  func wentBack() {
    var harness = streaming()
    harness.open()
    harness.bytes(KubeText.listEnd(100) + KubeText.error(410, "Expired"))
    harness.open()
    harness.bytes(KubeText.listEnd(50))
    #expect(harness.reflector.version == "100")
    harness.runDeadline()
    #expect(harness.target == "/api/v1/configmaps?limit=500")
  }

  @Test("An item beyond the limit of a line breaks the stream, and is told")
  func longLine() {
    var harness = streaming { $0.maxLineBytes = 200 }
    harness.open()
    harness.bytes(String(repeating: "x", count: 200))
    #expect(harness.wait == nil)
    harness.bytes("x")
    #expect(harness.reflector.lastProblem == .lineTooLong(limit: 200))
    #expect(harness.actions().contains("listAborted"))
    #expect(harness.wait != nil)
  }

  @Test("Stopping in the middle cancels and aborts")
  func stopping() {
    var harness = streaming()
    harness.open()
    harness.bytes(items)
    _ = harness.actions()
    harness.stop()
    #expect(harness.actions() == ["cancel 1", "listAborted"])
    #expect(harness.reflector.nextDeadline == nil)
  }
}

@Suite("Reflector: silence")
struct ReflectorSilenceTests {
  private func watching() -> ReflectorHarness {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", []))
    harness.open()
    _ = harness.actions()
    return harness
  }

  @Test("A watch without a byte for 150 s counts as dead: it is cancelled and begun again from its version")
  func deadWatch() {
    var harness = watching()
    harness.advance(seconds: 100)
    harness.bytes(KubeText.bookmark(15))
    #expect(harness.patience == 150)
    harness.runDeadline()
    #expect(harness.actions().suffix(2).first == "cancel 2")
    #expect(harness.target.contains("resourceVersion=15&"))
    #expect(harness.reflector.counters.lists == 1)
    #expect(harness.reflector.counters.silences == 1)
    #expect("\(harness.reflector.lastProblem.map { "\($0)" } ?? "")".contains("nothing came"))
  }

  @Test("A deadline that is told too early changes nothing")
  func early() {
    var harness = watching()
    harness.advance(seconds: 149)
    harness.handle(.deadline)
    #expect(harness.actions().isEmpty)
  }

  @Test("SEMANTICS 8: watches that die one after the other without a line make a list, ever more rarely")
  func silentServer() {
    var harness = watching()
    var lists: [Int] = []
    for round in 1...40 {
      harness.runDeadline()
      if !harness.streaming {
        lists.append(round)
        harness.answer(200, KubeText.list("10", []))
      }
      harness.open()
    }
    #expect(lists == [2, 6, 14, 30])
  }

  @Test("An answer that never begins is given up: pages and watches are asked for again")
  func noAnswer() {
    var harness = ReflectorHarness()
    #expect(harness.patience == 150)
    harness.runDeadline()
    #expect(harness.wait != nil)
    harness.runDeadline()
    #expect(harness.target == "/api/v1/configmaps?limit=500")
    harness.answer(200, KubeText.list("10", []))
    for _ in 0..<10 { harness.runDeadline() }
    #expect(harness.streaming)
    #expect(harness.reflector.counters.lists == 1)
  }
}
