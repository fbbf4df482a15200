import Kubernetes
import Testing

@testable import HubEngine

@Suite("Which kinds are served")
struct DiscoveryTableTests {
  private static let apps = GroupVersion(group: "apps", version: "v1")
  private static let foos = GroupVersion(group: "samplecontroller.k8s.io", version: "v1alpha1")
  private static let deployments = APIResource(
    groupVersion: apps, kind: "Deployment", plural: "deployments", namespaced: true, verbs: ["list", "watch"])
  private static let second = Duration64.second

  @Test("what is wanted is asked for once, in the order in which it was wanted first")
  func asking() {
    var table = DiscoveryTable()
    #expect(table.resource(Self.apps, kind: "Deployment") == .unknown(nil))
    table.want(Self.foos)
    table.want(Self.apps)
    table.want(Self.foos)
    #expect(table.nextDeadline == 0)
    #expect(table.due(at: 5) == [.all])
    #expect(table.due(at: 5) == [] && table.nextDeadline == nil)
  }

  @Test("where there is no aggregated document each is asked for by itself, and a later one at once")
  func withoutAggregate() {
    var table = DiscoveryTable()
    table.want(Self.foos)
    table.want(Self.apps)
    #expect(table.due(at: 5) == [.all])
    table.failedAll(hasNone: true, at: 6)
    #expect(table.due(at: 6) == [.one(Self.foos), .one(Self.apps)])
    let third = GroupVersion(group: "batch", version: "v1")
    table.want(third)
    #expect(table.due(at: 7) == [.one(third)])
  }

  @Test("a failure that says nothing of the aggregated form leaves it for the next that is wanted")
  func aggregateAway() {
    var table = DiscoveryTable()
    table.want(Self.foos)
    #expect(table.due(at: 5) == [.all])
    table.want(Self.apps)
    // One aggregated document at a time: what comes meanwhile is asked for by itself.
    #expect(table.due(at: 5) == [.one(Self.apps)])
    table.failedAll(hasNone: false, at: 6)
    #expect(table.due(at: 6) == [.one(Self.foos)])
    let third = GroupVersion(group: "batch", version: "v1")
    table.want(third)
    #expect(table.due(at: 7) == [.all])
  }

  @Test(
    "the aggregated document answers all that asked: what it lacks is missing, what is stale is not known")
  func aggregate() {
    var table = DiscoveryTable()
    let stale = GroupVersion(group: "metrics.k8s.io", version: "v1beta1")
    for groupVersion in [Self.foos, Self.apps, stale] { table.want(groupVersion) }
    _ = table.due(at: 0)
    let document = AggregatedDiscovery(resources: [Self.deployments], stale: [stale])
    #expect(table.answeredAll(document, at: 9) == [Self.foos, Self.apps, stale])
    #expect(table.resource(Self.apps, kind: "Deployment") == .found(Self.deployments))
    #expect(table.resource(Self.foos, kind: "Foo") == .missing)
    guard case .unknown(let reason?) = table.resource(stale, kind: "PodMetrics") else {
      Issue.record("a stale group is known")
      return
    }
    #expect(reason.contains("stale"))
    #expect(table.due(at: 9 + Self.second) == [.one(stale)])
    #expect(table.answeredAll(document, at: 20) == [])
  }

  @Test(
    "a prompt looks again at once, but not twice within a second; one during an answer looks again after it")
  func prompts() {
    var table = DiscoveryTable()
    table.want(Self.foos)
    table.want(Self.apps)
    _ = table.due(at: 0)
    table.prompt(group: Self.foos.group, at: 1)
    _ = table.answeredAll(AggregatedDiscovery(resources: [], stale: []), at: 5)
    #expect(table.nextDeadline == 5 + Self.second)
    #expect(table.due(at: 5 + Self.second) == [.one(Self.foos)])
    table.answered(Self.foos, [], at: 6 * Self.second)
    #expect(table.nextDeadline == nil)
    table.prompt(group: Self.foos.group, at: 6 * Self.second + 1)
    #expect(table.nextDeadline == 7 * Self.second)
    table.prompt(group: Self.foos.group, at: 100 * Self.second)
    #expect(table.nextDeadline == 7 * Self.second)
    _ = table.due(at: 7 * Self.second)
    table.answered(Self.foos, [], at: 7 * Self.second)
    table.recheck(Self.foos, at: 50 * Self.second)
    table.prompt(group: Self.foos.group, at: 50 * Self.second)
    #expect(table.due(at: 50 * Self.second) == [.one(Self.foos)])
  }

  @Test("ANCHORS 5: Retry-After is waited for, up to five minutes")
  func retryAfter() {
    var table = DiscoveryTable()
    table.want(Self.foos)
    _ = table.due(at: 0)
    table.failedAll(hasNone: true, at: 0)
    _ = table.due(at: 0)
    table.failed(Self.foos, "429", retryAfter: 77, at: 0)
    #expect(table.nextDeadline == 77 * Self.second)
    _ = table.due(at: .max)
    table.failed(Self.foos, "429", retryAfter: 100_000, at: 0)
    #expect(table.nextDeadline == 300 * Self.second)
  }

  @Test("an answer says what is served, and that everything else is not")
  func answers() {
    var table = DiscoveryTable()
    table.want(Self.apps)
    _ = table.due(at: 0)
    table.answered(Self.apps, [Self.deployments], at: 0)
    #expect(table.resource(Self.apps, kind: "Deployment") == .found(Self.deployments))
    #expect(table.resource(Self.apps, kind: "Foo") == .missing)
    #expect(table.due(at: .max) == [])
  }

  @Test("SEMANTICS 7: a failed discovery proves nothing: what was known stays, and it is asked again")
  func failing() {
    var table = DiscoveryTable()
    table.want(Self.apps)
    _ = table.due(at: 0)
    table.failed(Self.apps, "503", at: 10)
    #expect(table.resource(Self.apps, kind: "Deployment") == .unknown("503"))
    #expect(table.nextDeadline == 10 + Self.second)
    _ = table.due(at: 10 + Self.second)
    table.answered(Self.apps, [Self.deployments], at: 0)
    table.recheck(Self.apps, at: 20)
    _ = table.due(at: .max)
    table.failed(Self.apps, "503", at: 30)
    #expect(table.resource(Self.apps, kind: "Deployment") == .found(Self.deployments))
  }

  /// The waits between looks that never find anything.
  private static func waits(_ table: inout DiscoveryTable, _ count: Int) -> [UInt64] {
    var now: UInt64 = 0
    return (0..<count).map { _ in
      table.recheck(Self.foos, at: now)
      table.recheck(Self.foos, at: now + 1)
      let due = table.nextDeadline ?? 0
      defer { now = due }
      #expect(table.due(at: due - 1) == [] && table.due(at: due) == [.one(Self.foos)])
      // Asked once while an answer is awaited.
      table.recheck(Self.foos, at: due)
      table.answered(Self.foos, [], at: due)
      return (due - now) / Self.second
    }
  }

  @Test("SEMANTICS 7: a missing kind is waited for, ever more rarely, up to the longest wait")
  func rechecks() {
    var table = DiscoveryTable()
    table.want(Self.foos)
    _ = table.due(at: 0)
    table.answered(Self.foos, [], at: 0)
    let longest = DiscoveryTable.lastRecheck / Self.second
    #expect(Self.waits(&table, 8) == (0..<8).map { min(1 << $0, longest) })
  }

  @Test("when the group and version has changed, the next look is soon again")
  func news() {
    var table = DiscoveryTable()
    table.want(Self.foos)
    _ = table.due(at: 0)
    table.answered(Self.foos, [], at: 0)
    _ = Self.waits(&table, 8)
    table.answered(Self.foos, [Self.deployments], at: 0)
    table.recheck(Self.foos, at: 1000)
    #expect(table.nextDeadline == 1000 + Self.second)
  }

  @Test("who meets an object of a missing kind has it looked up again, but not again and again")
  func lookingAgain() {
    var table = DiscoveryTable()
    #expect(table.lookAgain(Self.foos, at: 0) == false)
    table.want(Self.foos)
    #expect(table.lookAgain(Self.foos, at: 0) == true)
    _ = table.due(at: 0)
    #expect(table.lookAgain(Self.foos, at: 0) == true)
    table.answered(Self.foos, [], at: 100)
    #expect(table.lookAgain(Self.foos, at: 99 + DiscoveryTable.lastRecheck) == false)
    #expect(table.due(at: .max) == [])
    #expect(table.lookAgain(Self.foos, at: 100 + DiscoveryTable.lastRecheck) == true)
    #expect(table.due(at: 100 + DiscoveryTable.lastRecheck) == [.one(Self.foos)])
  }

  @Test("owner references cannot make it grow without bound: one beyond the limit counts as not served")
  func limit() {
    var table = DiscoveryTable()
    for number in 0..<DiscoveryTable.maxEntries {
      let groupVersion = GroupVersion(group: "group-\(number)", version: "v1")
      #expect(table.resource(groupVersion, kind: "Foo") == .unknown(nil))
      table.want(groupVersion)
    }
    table.want(Self.foos)
    #expect(table.resource(Self.foos, kind: "Foo") == .missing)
    #expect(table.lookAgain(Self.foos, at: 0) == false)
    #expect(table.due(at: 0) == [.all])
    let known = GroupVersion(group: "group-0", version: "v1")
    #expect(table.resource(known, kind: "Foo") == .unknown(nil))
  }
}

@Suite("The list for late interests")
struct CatchUpListTests {
  private static let path = "/apis/apps/v1/deployments"

  private static func page(_ token: String?) -> ListPage {
    let next = token.map { #","continue":"\#($0)""# } ?? ""
    let text = [UInt8](
      #"{"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{"resourceVersion":"9"\#(next)},"items":[]}"#
        .utf8)
    guard let page = try? ListDecoder.decode(text.span.bytes) else { preconditionFailure("a valid page") }
    return page
  }

  @Test(
    "the first page asks for what is not older than what the watch has seen, the next ones for their token")
  func targets() {
    var list = CatchUpList()
    #expect(!list.isRunning)
    #expect(
      list.begin(path: Self.path, notOlderThan: "42")
        == Self.path + "?limit=500&resourceVersion=42&resourceVersionMatch=NotOlderThan")
    #expect(list.isRunning)
    #expect(
      list.next(after: Self.page("a b&c"), path: Self.path) == Self.path + "?limit=500&continue=a%20b%26c")
    #expect(list.state == .asking(continueToken: "a b&c"))
    #expect(list.next(after: Self.page(nil), path: Self.path) == nil)
    #expect(!list.isRunning)
  }

  @Test("without a version it asks for what is newest", arguments: [nil, ""])
  func noVersion(version: String?) {
    var list = CatchUpList()
    #expect(list.begin(path: Self.path, notOlderThan: version) == Self.path + "?limit=500")
  }

  @Test("an empty token is none")
  func emptyToken() {
    var list = CatchUpList()
    _ = list.begin(path: Self.path, notOlderThan: "1")
    #expect(list.next(after: Self.page(""), path: Self.path) == nil)
  }

  @Test("it waits ever longer after failures, up to 30 s, and shorter again after a list that was complete")
  func waiting() {
    var list = CatchUpList()
    let waits = (0..<7).map { _ in
      _ = list.begin(path: Self.path, notOlderThan: "1")
      #expect(list.nextDeadline == nil)
      list.fail(at: 1000)
      #expect(list.isRunning)
      return ((list.nextDeadline ?? 0) - 1000) / Duration64.second
    }
    #expect(waits == [1, 2, 4, 8, 16, 30, 30])
    _ = list.begin(path: Self.path, notOlderThan: "1")
    _ = list.next(after: Self.page(nil), path: Self.path)
    list.fail(at: 0)
    #expect(list.nextDeadline == Duration64.second)
  }

  @Test("a relist ends it")
  func cancelling() {
    var list = CatchUpList()
    _ = list.begin(path: Self.path, notOlderThan: "1")
    list.cancel()
    #expect(!list.isRunning && list.nextDeadline == nil)
  }
}

@Suite("Texts of versions that are no numbers")
struct OddTextsTests {
  @Test("objects may share a text: it is there until the last of them is gone")
  func sharing() {
    var texts = OddTexts()
    texts.retain("abc", as: 1)
    texts.retain("abc", as: 1)
    texts.retain("def", as: 2)
    texts.release(1)
    #expect(texts[1] == "abc" && texts[2] == "def" && texts.count == 2)
    texts.release(1)
    texts.release(1)
    #expect(texts[1] == "" && texts.count == 1)
    texts.release(2)
    #expect(texts.count == 0)
  }
}
