import Kubernetes
import TestSupport
import Testing

private let first = "/api/v1/configmaps?limit=500"
private let relist = "/api/v1/configmaps?limit=500&resourceVersion=10&resourceVersionMatch=NotOlderThan"

/// A reflector that has listed `a` at version 10 and asks for a watch.
private func synced(_ adjust: (inout ReflectorConfiguration) -> Void = { _ in }) -> ReflectorHarness {
  var harness = ReflectorHarness(adjust)
  harness.answer(200, KubeText.list("10", [KubeText.object("a", 9)]))
  _ = harness.actions()
  return harness
}

/// The same, and its watch was told that version 10 is too old, so that it lists again.
private func relisting() -> ReflectorHarness {
  var harness = synced()
  harness.answerStatus(410, "Expired")
  _ = harness.actions()
  return harness
}

@Suite("Reflector: lists")
struct ReflectorListingTests {
  @Test("The first list asks for the newest state in pages of 500, then the watch begins at its version")
  func firstList() {
    var harness = ReflectorHarness()
    #expect(harness.actions() == ["listBegan first", "request 1 page \(first)"])
    #expect(harness.reflector.phase == .listing(pages: 0))
    harness.answer(200, KubeText.list("10", [KubeText.object("a", 9), KubeText.object("b", 8)]))
    let actions = harness.actions()
    #expect(actions.prefix(2) == ["listed a@9 b@8", "listCompleted 10"])
    #expect(actions.count == 3)
    #expect(harness.streaming)
    #expect(harness.reflector.isSynced)
    #expect(harness.reflector.version == "10")
    #expect(harness.reflector.phase == .watching)
  }

  @Test("ANCHORS 5: pages follow the continue token without a version, an empty page with a token is legal")
  func pages() {
    var harness = ReflectorHarness()
    _ = harness.actions()
    harness.answer(200, KubeText.list("10", [KubeText.object("a", 9)], continue: "x+/="))
    #expect(harness.actions() == ["listed a@9", "request 2 page \(first)&continue=x%2B%2F%3D"])
    #expect(!harness.reflector.isSynced)
    #expect(harness.reflector.phase == .listing(pages: 1))
    harness.answer(200, KubeText.list("10", [], continue: "y"))
    #expect(harness.actions() == ["listed", "request 3 page \(first)&continue=y"])
    harness.answer(200, KubeText.list("10", [KubeText.object("b", 8)]))
    #expect(harness.actions().prefix(2) == ["listed b@8", "listCompleted 10"])
    #expect(harness.objects.known.count == 2)
  }

  @Test(
    "SEMANTICS 9: should pages differ in version, the watch begins at the first one's, so that nothing is missed"
  )
  func pagesOfDifferentVersions() {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", [KubeText.object("a", 9)], continue: "t"))
    harness.answer(200, KubeText.list("12", [KubeText.object("b", 11)]))
    #expect(harness.reflector.version == "10")
    #expect(harness.target.contains("resourceVersion=10&"))
  }

  @Test("The recorded pages of a real server make one list")
  func recordedPages() throws {
    var harness = ReflectorHarness()
    for page in 1...3 {
      harness.answer(
        200, String(decoding: try Fixtures.recorded("list-configmaps-page\(page).json"), as: UTF8.self))
    }
    #expect(harness.reflector.version == "311")
    #expect(harness.objects.known.count == 9)
    #expect(harness.reflector.counters.pages == 3)
    #expect(harness.objects.faults.isEmpty)
  }

  @Test("Selectors go along with every request, encoded")
  func selectors() {
    var harness = ReflectorHarness {
      $0.labelSelector = "app in (a,b)"
      $0.fieldSelector = "metadata.name=x"
    }
    let selectors = "&labelSelector=app%20in%20%28a%2Cb%29&fieldSelector=metadata.name%3Dx"
    #expect(harness.target.hasSuffix(selectors))
    harness.answer(200, KubeText.list("10", [], continue: "t"))
    #expect(harness.target.hasSuffix(selectors))
    harness.answer(200, KubeText.list("10", []))
    #expect(harness.streaming && harness.target.hasSuffix(selectors))
  }

  @Test(
    "SEMANTICS 8: a page's 410 restarts the whole list, also if it brings a fresh token",
    arguments: ["", "fresh"])
  func pageExpired(token: String) {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", [KubeText.object("a", 9)], continue: "t"))
    _ = harness.actions()
    let status = KubeText.status(410, "Expired").replacing(
      #""metadata":{}"#, with: #""metadata":{"continue":"\#(token)"}"#)
    harness.answer(410, status)
    #expect(harness.actions() == ["listAborted"])
    #expect(harness.reflector.phase == .waiting(.expired))
    harness.runDeadline()
    #expect(harness.actions() == ["listBegan page_expired", "request 3 page \(first)"])
  }

  @Test("A relist whose page expired still insists on the recorded version")
  func relistPageExpired() {
    var harness = relisting()
    harness.answer(200, KubeText.list("20", [], continue: "t"))
    harness.answerStatus(410, "Expired")
    harness.runDeadline()
    #expect(harness.target == relist)
  }

  @Test(
    "ANCHORS 5: a version that a list's first page is refused for is given up for the newest",
    arguments: [410, 400])
  func versionRefused(status: Int) {
    var harness = relisting()
    harness.answerStatus(status, "X")
    #expect(harness.actions().isEmpty)
    harness.runDeadline()
    #expect(harness.actions() == ["request 4 page \(first)"])
  }

  @Test("A token that the server calls malformed restarts the list too")
  func badToken() throws {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", [], continue: "abc"))
    harness.answer(400, String(decoding: try Fixtures.recorded("list-bad-continue.json"), as: UTF8.self))
    harness.runDeadline()
    #expect(harness.target == first)
    #expect(harness.reflector.counters.lists(because: .pageExpired) == 1)
  }

  @Test("SEMANTICS 8: a relist asks for NotOlderThan the recorded version")
  func relistAsksNotOlder() {
    var harness = synced()
    harness.answerStatus(410, "Expired")
    #expect(harness.actions() == ["listBegan version_expired", "request 3 page \(relist)"])
  }

  @Test(
    "SEMANTICS 8: a version called too large is insisted on for 60 s, then a lower one begins a new epoch")
  func restoredEtcd() {
    var harness = relisting()
    let begin = harness.now
    var attempts = 0
    while harness.target == relist, attempts < 100 {
      attempts += 1
      harness.advance(seconds: 3)
      harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
      if let wait = harness.wait {
        #expect(wait <= 1000)
        harness.runDeadline()
      }
    }
    #expect((60...67).contains((harness.now - begin) / ReflectorHarness.second))
    #expect(attempts >= 15)
    #expect(harness.target == first)
    #expect(!harness.actions().contains("listAborted"))
    harness.answer(200, KubeText.list("4", [KubeText.object("b", 3)]))
    #expect(harness.actions().prefix(2) == ["listed b@3", "listCompleted 4 newEpoch"])
    #expect(harness.reflector.version == "4")
    #expect(harness.objects.known.keys.sorted() == ["b"])
  }

  @Test("SEMANTICS 8: if the server catches up, the epoch goes on, and the patience starts anew")
  func behindServer() {
    var harness = relisting()
    for _ in 0..<10 {
      harness.advance(seconds: 3)
      harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
      harness.runDeadline()
    }
    _ = harness.actions()
    harness.answer(200, KubeText.list("10", []))
    #expect(harness.actions().prefix(2) == ["listed", "listCompleted 10"])
    harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
    harness.runDeadline()
    #expect(harness.reflector.counters.lists(because: .versionTooLarge) == 1)
    harness.advance(seconds: 40)
    harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
    harness.runDeadline()
    #expect(harness.target == relist)
  }

  @Test("After the patience a list that is not lower goes on with the epoch")
  func newestNotLower() {
    var harness = relisting()
    harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
    harness.runDeadline()
    harness.advance(seconds: 60)
    harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
    #expect(harness.target == first)
    _ = harness.actions()
    harness.answer(200, KubeText.list("11", []))
    #expect(harness.actions().prefix(2) == ["listed", "listCompleted 11"])
  }

  @Test(
    "SEMANTICS 9: an error proves nothing: the same page is asked for again",
    arguments: [500, 502, 503, 504, 429, 408])
  func errors(status: Int) {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", [KubeText.object("a", 9)], continue: "t"))
    _ = harness.actions()
    harness.answerStatus(status, "X")
    #expect(harness.actions().isEmpty)
    harness.runDeadline()
    #expect(harness.actions() == ["request 3 page \(first)&continue=t"])
    harness.answer(200, KubeText.list("10", []))
    #expect(harness.objects.known.keys.sorted() == ["a"])
    #expect(harness.objects.faults.isEmpty)
  }

  @Test(
    "A connection that is refused or breaks within a page asks for the page again",
    arguments: [
      ReflectorTransferEnd.refused, .failed("reset"), .complete,
    ])
  func broken(end: ReflectorTransferEnd) {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", [], continue: "t"))
    if end == .failed("reset") {
      harness.open()
      harness.bytes(#"{"kind":"ConfigMapList","#)
    }
    harness.end(end)
    harness.runDeadline()
    #expect(harness.target == first + "&continue=t")
    harness.answer(200, KubeText.list("10", [KubeText.object("b", 8)]))
    #expect(harness.reflector.isSynced)
    #expect(harness.objects.faults.isEmpty)
  }

  @Test("SEMANTICS 7: a kind that is not served is waited for, with the reason and backoff")
  func notServed() throws {
    var harness = ReflectorHarness()
    let body = String(decoding: try Fixtures.recorded("list-foos-before-crd.json"), as: UTF8.self)
    var waits: [UInt64] = []
    for _ in 0..<4 {
      harness.answer(404, body)
      #expect(harness.reflector.phase == .waiting(.notServed))
      waits.append(harness.wait ?? 0)
      harness.runDeadline()
    }
    #expect(waits == waits.sorted() && waits[3] >= 6400)
    harness.answer(200, KubeText.list("10", []))
    #expect(harness.reflector.isSynced)
    #expect(harness.reflector.lastProblem == .notServed)
  }

  @Test(
    "SEMANTICS 9: 403 and 401 prove nothing; they are shown in the server's words",
    arguments: [
      ("forbidden.json", 403), ("unauthorized.json", 401),
    ])
  func refused(file: String, status: Int) throws {
    var harness = relisting()
    harness.answer(status, String(decoding: try Fixtures.recorded(file), as: UTF8.self))
    #expect(harness.actions().isEmpty)
    #expect(harness.objects.known.keys.sorted() == ["a"])
    switch harness.reflector.phase {
    case .waiting(.forbidden(let words)): #expect(words.hasPrefix("secrets is forbidden") && status == 403)
    case .waiting(.unauthorized(let words)): #expect(words == "Unauthorized" && status == 401)
    default: Issue.record("\(harness.reflector.phase)")
    }
    harness.runDeadline()
    #expect(harness.target == relist)
  }

  @Test("SEMANTICS 9: rights that go away between two pages abort the list")
  func refusedMidway() {
    var harness = relisting()
    harness.answer(200, KubeText.list("20", [], continue: "t"))
    _ = harness.actions()
    harness.answerStatus(403, "Forbidden")
    #expect(harness.actions() == ["listAborted"])
    #expect(harness.objects.known.keys.sorted() == ["a"])
    harness.runDeadline()
    #expect(harness.actions() == ["listBegan unavailable", "request 5 page \(relist)"])
  }

  @Test(
    "Answers of something that is no API server are counted, and never taken for an empty list",
    arguments: [
      "<html><body>Sign in</body></html>", "", "{}",
      #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{}}"#,
      KubeText.list("0", []), KubeText.list("10", [#"{"metadata":{"name":"x"}}"#]),
      KubeText.list("10", ["7"]),
      String(KubeText.list("10", []).dropLast(2)),
    ])
  func garbage(body: String) {
    var harness = relisting()
    harness.answer(200, body)
    #expect(harness.actions() == ["listAborted"])
    #expect(harness.reflector.counters.malformed == 1)
    #expect(harness.objects.known.keys.sorted() == ["a"])
    harness.runDeadline()
    #expect(harness.actions() == ["listBegan malformed", "request 4 page \(relist)"])
  }

  @Test("A page at the limit passes; a larger one is given up and asked for with half the objects")
  func pageLimit() {
    let page = KubeText.list("10", [KubeText.object("a", 9)])
    var harness = ReflectorHarness { $0.maxPageBytes = page.utf8.count }
    harness.answer(200, page)
    #expect(harness.reflector.isSynced)
    harness = ReflectorHarness { $0.maxPageBytes = page.utf8.count - 1 }
    _ = harness.actions()
    harness.open()
    harness.bytes(page)
    #expect(harness.actions() == ["cancel 1", "listAborted"])
    #expect(harness.reflector.phase == .waiting(.pageTooLarge(limit: page.utf8.count - 1)))
    for expected in [250, 125, 62, 31, 15, 7, 3, 1, 1] {
      harness.runDeadline()
      #expect(harness.target == "/api/v1/configmaps?limit=\(expected)")
      harness.open()
      harness.bytes(page)
    }
  }

  @Test("A continue token that leads to itself does not loop for ever")
  func tokenLoop() {
    var harness = ReflectorHarness()
    harness.answer(200, KubeText.list("10", [], continue: "t"))
    harness.answer(200, KubeText.list("10", [], continue: "t"))
    #expect(harness.reflector.phase == .waiting(.continueLoop))
    #expect(harness.actions().last == "listAborted")
  }
}
