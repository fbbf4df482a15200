import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of what may not, or cannot, be followed")
struct ObstacleTests {
  private func world() -> World {
    var world = World()
    world.forbidden = [FakeCluster.foos]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos, Specs.configMaps]))
    world.subscribe("t", Specs.spec([Specs.configMaps], ["sink": ["uri": "http://127.0.0.1:9000/t"]]))
    return world
  }

  @Test("403 for one kind: its subscriptions name it and the rule to add, and everything else goes on")
  func forbidden() {
    var world = world()
    #expect(world.condition("ResourcesFound", of: "s") == "False Forbidden")
    #expect(world.condition("Ready", of: "s") == "False Forbidden")
    let message = world.message("ResourcesFound", of: "s")
    #expect(
      message.hasPrefix(
        "the hub may not list and watch Foo of samplecontroller.k8s.io/v1alpha1 in all namespaces: grant it the rule "
          + #"{apiGroups: ["samplecontroller.k8s.io"], resources: ["foos"], verbs: ["get", "list", "watch"]} by a "#
          + #"ClusterRole with the label rbac.frugalhub.dev/aggregate-to-hub: "true""#))
    #expect(message.contains("foos is forbidden"))
    #expect(world.condition("ResourcesFound", of: "t") == "True Found")
    world.put(FakeCluster.configMaps, "a", "x")
    #expect(world.summaries == ["add ConfigMap a/x change 1", "add ConfigMap a/x change 1"])
    #expect(world.notices.contains { $0.level == .warning && $0.message == "a resource cannot be followed" })
  }

  @Test(
    "403 is tried again with backoff, without a status or a log line for each attempt, and over when the right is there"
  )
  func grantedLater() {
    var world = world()
    let writes = world.statusWrites
    let notices = world.notices.count
    world.advance(seconds: 300)
    let attempts = world.requests.filter { $0.contains("/foos?") }.count
    #expect((8...30).contains(attempts))
    #expect(world.statusWrites == writes)
    #expect(world.notices.count == notices)
    world.forbidden = []
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.advance(seconds: 61)
    #expect(world.summaries == ["add Foo a/x initial 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
  }

  @Test(
    "SEMANTICS 9: a right that is taken away proves nothing of the objects; what changed meanwhile is told after"
  )
  func takenAway() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.put("y")
    world.acknowledgeAll()
    world.forbidden = [FakeCluster.foos]
    world.cutWatches()
    world.advance(seconds: 10)
    #expect(world.condition("ResourcesFound", of: "s") == "False Forbidden")
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.advance(seconds: 200)
    #expect(world.summaries == [])
    world.forbidden = []
    world.advance(seconds: 61)
    #expect(world.summaries == ["delete Foo a/x change 1"])
  }

  struct BadAnswer: Sendable, CustomTestStringConvertible {
    var name: String
    var status: Int
    var body: String
    var words: String
    var testDescription: String { name }
  }

  private static let badAnswers = [
    BadAnswer(
      name: "HTML", status: 200, body: "<html><body>sign in</body></html>",
      words: "is not what a Kubernetes API server sends"),
    BadAnswer(
      name: "garbage JSON", status: 200, body: #"{"kind":"#,
      words: "is not what a Kubernetes API server sends"),
    BadAnswer(
      name: "another JSON", status: 200, body: #"{"hello":"world"}"#, words: "check that the address is one"),
    // The hub asks for JSON. What a content type says is not looked at: an answer is what its bytes are.
    BadAnswer(
      name: "a wrong content type: protobuf", status: 200, body: "k8s\0\n\u{10}\n\u{2}v1\u{12}\nFooList",
      words: "is not what a Kubernetes API server sends"),
    BadAnswer(
      name: "a wrong content type: YAML", status: 200, body: "apiVersion: x/v1\nkind: FooList\nitems: []\n",
      words: "is not what a Kubernetes API server sends"),
    BadAnswer(
      name: "no content type that was asked for", status: 406, body: "only protobuf here",
      words: "the API server answered 406: only protobuf here"),
    BadAnswer(
      name: "an endless line", status: 200, body: String(repeating: "x", count: 9 << 20),
      words: "is longer than 8388608 bytes"),
    BadAnswer(name: "500 for ever", status: 500, body: "oops", words: "the API server answered 500: oops"),
    BadAnswer(name: "503 for ever", status: 503, body: "", words: "asks for patience (503)"),
    BadAnswer(name: "401 for ever", status: 401, body: "", words: "not authenticated (401)"),
    BadAnswer(
      name: "HTML and 502", status: 502, body: "<html>\nbad gateway</html>", words: "asks for patience (502)"),
    BadAnswer(
      name: "a list without version", status: 200,
      body: #"{"kind":"FooList","apiVersion":"x/v1","metadata":{},"items":[]}"#,
      words: "check that the address is one"),
  ]

  @Test(
    "a bad API server: the subscription says what is wrong with which kind, and the rest goes on",
    arguments: badAnswers)
  func badServer(bad: BadAnswer) {
    var world = World()
    world.badAnswers = [("/apis/samplecontroller.k8s.io/v1alpha1/foos", bad.status, bad.body)]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos, Specs.configMaps]))
    world.advance(seconds: 60)
    #expect(world.condition("ResourcesFound", of: "s") == "Unknown NotFollowed")
    let message = world.message("ResourcesFound", of: "s")
    #expect(message.hasPrefix("Foo of samplecontroller.k8s.io/v1alpha1 cannot be followed at present: "))
    #expect(message.contains(bad.words), "\(message)")
    #expect(world.notices.contains { $0.message == "a resource cannot be followed" })
    world.put(FakeCluster.configMaps, "a", "x")
    #expect(world.next() == "add ConfigMap a/x change 1")
    world.badAnswers = []
    world.put("y")
    world.advance(seconds: 61)
    #expect(world.summaries == ["add Foo a/y initial 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
    #expect(world.notices.contains { $0.message == "a resource can be followed again" })
  }

  @Test("a watch that is an endless line is listed again, which is told", arguments: [false, true])
  func endlessWatch(isBeyond: Bool) {
    var world = World { $0.limits.watchLineBytes = 1000 }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.configMaps], ["mode": "Resource"]))
    let empty = FakeCluster.configMaps
    // What a line has beside the text.
    var probe = FakeCluster()
    let line: JSONValue = ["type": "ADDED", "object": probe.put(empty, "a", "x", ["data": ["k": ""]])]
    let room = 1000 - line.serialized().count
    world.put(
      FakeCluster.configMaps, "a", "x",
      ["data": ["k": .string(String(repeating: "x", count: isBeyond ? room + 1 : room))]])
    world.advance(seconds: 3)
    #expect(world.summaries.count == 1)
    #expect(world.notices.contains { $0.fields.contains(HeaderField("reason", "too_long")) } == isBeyond)
  }

  @Test("a page beyond its limit is asked for again with half the objects, which is told")
  func largePage() {
    var world = World { $0.limits.pageBytes = 2000 }
    for number in 0..<20 { world.cluster.put(FakeCluster.foos, "a", "x\(number)") }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.advance(seconds: 120)
    #expect(world.notices.contains { $0.fields.contains(HeaderField("reason", "too_long")) })
    while !world.sent.isEmpty { world.acknowledgeAll() }
    #expect(Set(world.history.map(\.name)).count == 20)
  }

  @Test("a body beyond its limit is not kept while it waits, but read at its turn", arguments: [false, true])
  func largeBody(isBeyond: Bool) {
    var world = World { $0.limits.bodyBytes = 600 }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.configMaps], ["mode": "Resource"]))
    world.put(
      FakeCluster.configMaps, "a", "x",
      ["data": ["k": .string(String(repeating: "x", count: isBeyond ? 600 : 10))]])
    #expect(world.only?.body["data"]?["k"]?.string?.count == (isBeyond ? 600 : 10))
    #expect(world.counters.bodiesRead == (isBeyond ? 1 : 0))
  }
}

@Suite("Rules of watches that bring metadata alone")
struct MetadataOnlyTests {
  private func accepts(_ world: World) -> [Bool] {
    (world.trace ?? []).filter { $0.contains("/foos?watch") }.map { $0.contains("PartialObjectMetadata") }
  }

  private func world(_ more: JSONValue = [:]) -> World {
    var world = World()
    world.trace = []
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], more))
    return world
  }

  @Test("metadata is all that is asked for where references are all that is sent")
  func references() {
    var world = world()
    world.put("x", Specs.labelled("1"))
    #expect(world.next() == "add Foo a/x change 1")
    #expect(accepts(world).allSatisfy { $0 } && !accepts(world).isEmpty)
  }

  @Test("whole objects are asked for where they are sent")
  func bodies() {
    var world = world(["mode": "Resource"])
    world.put("x", ["spec": ["n": "1"]])
    #expect(world.only?.body["spec"]?["n"]?.string == "1")
    #expect(world.counters.bodiesRead == 0)
    #expect(accepts(world).allSatisfy { !$0 })
  }

  @Test(
    "SEMANTICS 12: a first subscriber that wants bodies makes the watch bring them, without a list and without loss"
  )
  func widening() {
    var world = world()
    world.put("x")
    world.acknowledgeAll()
    let lists = world.requests.filter { $0.contains("/foos?limit") }.count
    world.isStreaming = false
    world.cluster.put(FakeCluster.foos, "a", "y")
    world.subscribe(
      "t", Specs.spec([Specs.foos], ["mode": "Resource", "sink": ["uri": "http://127.0.0.1:9000/t"]]))
    world.isStreaming = true
    #expect(accepts(world).last == false)
    #expect(
      Set(world.sent.map { "\($0.request.url.suffix(3)) \($0.summary)" }) == [
        "foo add Foo a/y change 1", "0/t add Foo a/x initial 1", "0/t add Foo a/y change 1",
      ])
    // Only the catch-up list of the late subscriber.
    #expect(world.requests.filter { $0.contains("/foos?limit") }.count == lists + 1)
    world.acknowledgeAll()
    world.put("x", ["spec": ["n": "2"]])
    #expect(world.sent.last { $0.type.contains("resource") }?.body["spec"]?["n"]?.string == "2")
  }

  @Test("an edit to Resource and back: bodies come whole, and the next watch brings metadata again")
  func back() {
    var world = world()
    world.put("x", ["spec": ["n": "1"]])
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos], ["mode": "Resource"]))
    world.put("x", ["spec": ["n": "2"]])
    #expect(world.only?.body["spec"]?["n"]?.string == "2")
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.cutWatches()
    world.put("x", ["spec": ["n": "3"]])
    #expect(world.only?.type == "dev.knative.apiserver.ref.update")
    world.advance(seconds: 3)
    #expect(accepts(world).last == true)
  }

  @Test("a server that knows no such form sends whole objects, which serve as well")
  func unknownForm() {
    var world = World()
    world.hasPartialObjects = false
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
  }
}
