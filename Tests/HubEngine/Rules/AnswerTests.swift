import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of sinks and answers")
struct AnswerTests {
  @Test(
    "SEMANTICS 23: these answers are tried again",
    arguments: [401, 403, 404, 408, 409, 429, 500, 502, 503, 504, 599])
  func retried(status: Int) {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.answer(status)
    #expect(world.summaries == [])
    let isSinks = [404, 408, 429, 502, 503, 504].contains(status)
    #expect(
      world.snapshot.backingOff == (isSinks ? 0 : 1), "what is about the sink holds the sink, not the key")
    world.advance(seconds: 1)
    #expect(world.summaries == ["add Foo a/x change 2"])
  }

  @Test(
    "SEMANTICS 24: other 4xx and 3xx are rejections: parked, shown, counted, sent again on the next change",
    arguments: [300, 302, 400, 402, 405, 415, 422, 451])
  func rejected(status: Int) {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.answer(status)
    world.advance(seconds: 1000)
    #expect(world.summaries == [])
    #expect(world.snapshot.parked == 1)
    #expect(world.counters.parked == 1)
    #expect(world.condition("Delivering", of: "s") == "False Parked")
    #expect(world.condition("Ready", of: "s") == "True Ready")
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    #expect(world.snapshot.parked == 0)
    world.advance(seconds: 1)
    #expect(world.condition("Delivering", of: "s") == "True Delivering")
  }

  @Test("SEMANTICS 24: a rejected key is sent again on an edit")
  func rejectedThenEdited() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.answer(400)
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["timeout": "10s"]]))
    #expect(world.summaries.first?.hasPrefix("add Foo a/x change") == true)
  }

  @Test("SEMANTICS 24: exhausted retries park the key; the next change has all of them again")
  func exhausted() {
    var world = World(following: [Specs.foos], ["delivery": ["retry": 2, "backoffDelay": "100ms"]])
    for _ in 0..<2 {
      world.put("x")
      for attempt in 1...3 {
        #expect(world.summaries == ["add Foo a/x change \(attempt)"])
        world.answer(500)
        world.advance(seconds: 60)
      }
      #expect(world.summaries == [])
      #expect(world.snapshot.parked == 1)
    }
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["retry": 2, "backoffDelay": "101ms"]]))
    for attempt in 1...3 {
      #expect(world.summaries == ["add Foo a/x change \(attempt)"])
      world.answer(500)
      world.advance(seconds: 60)
    }
    #expect(world.snapshot.parked == 1)
  }

  @Test("SEMANTICS 24: retry: 0 is one attempt")
  func retryZero() {
    var world = World(following: [Specs.foos], ["delivery": ["retry": 0]])
    world.put("x")
    world.answer(500)
    #expect(world.snapshot.parked == 1)
  }

  @Test("SEMANTICS 24: a change during the flight of what is rejected is sent at once")
  func changedInFlight() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.put("x")
    world.answer(400)
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("SEMANTICS 23: 410 stops the subscription's deliveries and keeps what waits, until it is edited")
  func gone() {
    var world = World(following: [Specs.foos])
    world.subscribe("other", Specs.spec([Specs.foos]))
    world.put("x")
    let mine = world.sent[0]
    world.answer(mine.id, .status(410, retryAfterSeconds: nil))
    world.acknowledgeAll()
    world.put("y")
    world.advance(seconds: 1000)
    world.acknowledgeAll()
    #expect(world.condition("Delivering", of: "s") == "False Gone")
    #expect(world.snapshot.subscriptions.map(\.delivered) == [2, 0])
    #expect(world.snapshot.subscriptions.last?.pending == 2)
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["timeout": "10s"]]))
    world.acknowledgeAll()
    world.advance(seconds: 1)
    #expect(world.snapshot.subscriptions.map(\.delivered) == [2, 2])
    #expect(world.condition("Delivering", of: "s") == "True Delivering")
  }

  @Test("SEMANTICS 23: Retry-After is obeyed, and clamped to the longest backoff", arguments: [429, 503])
  func retryAfter(status: Int) {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.answer(status, retryAfter: 20)
    world.advance(seconds: 19.9)
    #expect(world.summaries == [])
    world.advance(seconds: 0.2)
    #expect(world.summaries == ["add Foo a/x change 2"])
    for demanded in [86_400, Int.max] {
      world.answer(status, retryAfter: demanded)
      world.advance(seconds: 299)
      #expect(world.summaries == [])
      world.advance(seconds: 2)
      #expect(world.summaries.count == 1)
    }
    world.answer(status, retryAfter: -5)
    world.advance(seconds: 20)
    #expect(world.summaries.count == 1)
  }

  @Test("SEMANTICS 23: a delivery without any answer is swept 5 s after its time-out")
  func timeout() {
    var world = World(following: [Specs.foos], ["delivery": ["timeout": "10s"]])
    world.put("x")
    #expect(world.only?.request.timeoutMilliseconds == 10_000)
    world.advance(seconds: 14)
    #expect(world.summaries == ["add Foo a/x change 1"])
    world.advance(seconds: 4)
    #expect(world.summaries == ["add Foo a/x change 2"])
    #expect(world.counters.noAnswer == 1)
  }

  @Test("SEMANTICS 23: an answer that comes too late means nothing")
  func lateAnswer() {
    var world = World(following: [Specs.foos], ["delivery": ["timeout": "1s"]])
    world.put("x")
    let first = world.sent[0].id
    world.advance(seconds: 10)
    world.give([.sinkAnswer(first, .status(200, retryAfterSeconds: nil))])
    #expect(world.counters.delivered == 0)
    world.answer(200)
    world.give([.sinkAnswer(first, .status(500, retryAfterSeconds: nil))])
    #expect(world.counters.delivered == 1)
    #expect(world.snapshot.subscriptions.first?.pending == 0)
  }

  @Test("SEMANTICS 31: a failing sink shows in Delivering only, and its recovery too")
  func failingSink() {
    var world = World(following: [Specs.foos])
    world.put("x")
    for _ in 0..<3 {
      world.answer(503)
      world.advance(seconds: 5)
    }
    #expect(world.condition("Delivering", of: "s") == "False SinkFailing")
    #expect(world.condition("Ready", of: "s") == "True Ready")
    world.answer(200)
    world.advance(seconds: 1)
    #expect(world.condition("Delivering", of: "s") == "True Delivering")
  }

  @Test("DESIGN 2.1: concurrency bounds one subscription's deliveries")
  func concurrency() {
    var world = World(following: [Specs.foos], ["delivery": ["concurrency": 3]])
    for number in 0..<10 { world.put("x\(number)") }
    #expect(world.sent.count == 3)
    world.answer(200)
    #expect(world.sent.count == 3)
    world.acknowledgeAll()
    #expect(world.counters.delivered == 10)
  }

  @Test("DESIGN 2.3: the hub bounds all deliveries, and everybody gets their share")
  func hubConcurrency() {
    var world = World { $0.limits.deliveriesInFlight = 8 }
    world.begin()
    for name in ["s", "t"] {
      world.subscribe(
        name, Specs.spec([Specs.foos], ["sink": ["uri": .string("http://127.0.0.1:9000/\(name)")]]))
    }
    for number in 0..<10 { world.put("x\(number)") }
    #expect(world.sent.count == 4)
    world.acknowledgeAll()
    #expect(world.counters.delivered == 20)
  }

  @Test("DESIGN 2.3: a flooding subscription delays a quiet one by no more than one turn")
  func fairness() {
    var world = World { $0.limits.deliveriesInFlight = 4 }
    world.begin()
    world.subscribe(
      "flood",
      Specs.spec(
        [Specs.foos], ["sink": ["uri": "http://127.0.0.1:9000/flood"], "delivery": ["concurrency": 100]]))
    world.subscribe("quiet", Specs.spec([Specs.configMaps], ["sink": ["uri": "http://127.0.0.1:9000/quiet"]]))
    for number in 0..<50 { world.put("x\(number)") }
    world.put(FakeCluster.configMaps, "a", "c")
    #expect(world.sent.allSatisfy { $0.request.url.hasSuffix("flood") })
    world.answer(200)
    world.answer(200)
    #expect(world.sent.contains { $0.request.url.hasSuffix("quiet") })
  }

  @Test("DESIGN 2.1: suspend keeps following and delivers nothing")
  func suspend() {
    var world = World(following: [Specs.foos], ["suspend": true])
    world.put("x")
    world.put("x")
    world.put("y")
    world.delete("y")
    #expect(world.summaries == [])
    #expect(world.condition("Delivering", of: "s") == "False Suspended")
    world.subscribe("s", Specs.spec([Specs.foos], ["suspend": false]))
    #expect(world.summaries == ["add Foo a/x change 1"])
  }
}
