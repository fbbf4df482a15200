import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of sinks that sleep or fail")
struct SinkMachineRuleTests {
  /// Two subscriptions of one tenant that send to one sink, one of another tenant to the same.
  private func world(_ delivery: JSONValue = [:], cold: Int = 1) -> World {
    var world = World { $0.limits.coldSinkDeliveries = cold }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": delivery]))
    return world
  }

  private func put(_ world: inout World, _ count: Int, from first: Int = 0) {
    for index in first..<first + count { world.put("x\(index)") }
  }

  @Test("SEMANTICS 23: a cold endpoint gets one request, not a flood")
  func cold() {
    var world = world()
    put(&world, 20)
    #expect(world.sent.count == 1)
    world.answer(200)
    #expect(world.sent.count == 2)
    world.answer(200)
    world.answer(200)
    #expect(world.sent.count == 4)
    world.acknowledgeAll()
    #expect(world.snapshot.queueDepth == 0)
    // Asleep again after a minute without work.
    world.advance(seconds: 61)
    put(&world, 20)
    #expect(world.sent.count == 1)
  }

  @Test("SEMANTICS 23: a slow first reconcile lets another go every ten seconds")
  func patient() {
    var world = world()
    put(&world, 20)
    world.advance(seconds: 9.9)
    #expect(world.sent.count == 1)
    world.advance(seconds: 0.2)
    #expect(world.sent.count == 2)
    world.advance(seconds: 1000)
    #expect(world.sent.count == 8, "its concurrency bounds it")
  }

  @Test(
    "SEMANTICS 23: a sink that fails is probed with one delivery at a time, rotating over keys, and opens up",
    arguments: [404, 408, 429, 502, 503, 504, 0])
  func failing(status: Int) {
    var world = world(cold: 8)
    put(&world, 20)
    #expect(world.sent.count == 8)
    let first = world.sent[0].key
    while !world.sent.isEmpty { fail(&world, status) }
    #expect(world.sent.isEmpty)
    var probed: [String] = []
    for _ in 0..<20 {
      probe(&world)
      probed.append(world.sent[0].key)
      fail(&world, status)
    }
    #expect(Set(probed).count == 20, "each key had its turn")
    #expect(probed.contains(first))
    probe(&world)
    world.answer(200)
    #expect(world.sent.count == 2)
    world.acknowledgeAll()
    #expect(world.snapshot.queueDepth == 0 && world.snapshot.backingOff == 0)
  }

  /// Waits for the sink to be tried again.
  private func probe(_ world: inout World) {
    for _ in 0..<400 where world.sent.isEmpty { world.advance(seconds: 1) }
    #expect(world.sent.count == 1)
  }

  private func fail(_ world: inout World, _ status: Int) {
    if status == 0 { world.answer(world.sent[0].id, .noAnswer("cut")) } else { world.answer(status) }
  }

  @Test("SEMANTICS 23: many that fail at once are one failure of the sink")
  func oneFailure() {
    var world = world(["backoffDelay": "1s"], cold: 8)
    put(&world, 8)
    for _ in 0..<8 { world.answer(503) }
    // The first wait, not the eighth.
    world.advance(seconds: 1)
    #expect(world.sent.count == 1)
  }

  @Test("SEMANTICS 23: a key that always fails stops no other", arguments: [404, 503, 0, 500, 409])
  func poison(status: Int) {
    var world = world(cold: 8)
    put(&world, 10)
    var delivered = 0
    var attempts = 0
    for _ in 0..<400 {
      while let index = world.sent.firstIndex(where: { $0.key.contains("x3") }) {
        attempts += 1
        let id = world.sent[index].id
        world.answer(id, status == 0 ? .noAnswer("crashed") : .status(status, retryAfterSeconds: nil))
      }
      delivered += world.sent.count
      world.acknowledgeAll()
      world.advance(seconds: 1)
      put(&world, 1, from: 100)
    }
    #expect(delivered >= 9 + 390, "one a second passes the poisoned key")
    #expect(attempts < 30, "it backs off alone")
  }

  @Test("SEMANTICS 23: another tenant's sink is another sink, though its URL is the same")
  func tenants() {
    var world = world(cold: 8)
    world.subscribe("t", in: "b", Specs.spec([Specs.foos], ["namespaceSelector": [:]]))
    world.put("x")
    let mine = world.sent.filter { $0.tenant == "a" }
    #expect(mine.count == 1 && world.sent.count == 2)
    world.answer(mine[0].id, .status(503, retryAfterSeconds: 300))
    world.acknowledgeAll()
    world.put("y")
    #expect(world.sent.map(\.tenant) == ["b"])
  }

  @Test("SEMANTICS 23: subscriptions of one tenant share what is known of a sink")
  func shared() {
    var world = world(cold: 8)
    world.subscribe("t", Specs.spec([Specs.foos]))
    world.put("x")
    #expect(world.sent.count == 2)
    world.answer(503, retryAfter: 60)
    world.answer(200)
    world.put("y")
    #expect(world.sent.isEmpty)
    world.advance(seconds: 60)
    #expect(world.sent.count == 1)
    world.answer(200)
    world.acknowledgeAll()
    #expect(world.snapshot.queueDepth == 0)
  }

  @Test("Retry-After holds all of the sink, within retryAfterMax; of a century too")
  func retryAfterMax() {
    for (most, seconds, allowed) in [("PT10S", 3600, 10.0), ("PT10S", 5, 5), ("PT0S", 3600, 0.2)] {
      for status in [429, 503] {
        var world = world(["retryAfterMax": .string(most)], cold: 8)
        put(&world, 3)
        for _ in 0..<3 { world.answer(status, retryAfter: seconds == 3600 ? 3_155_760_000 : seconds) }
        world.advance(seconds: allowed * 0.49)
        #expect(world.sent.isEmpty)
        world.advance(seconds: allowed * 0.52)
        #expect(world.sent.count == 1, "\(most) \(seconds)")
      }
    }
  }

  @Test("an edit of the sink, or its end, lets go what was held")
  func edited() {
    var world = world(cold: 8)
    world.put("x")
    world.answer(503, retryAfter: 250)
    #expect(world.sent.isEmpty)
    world.subscribe("s", Specs.spec([Specs.foos], ["sink": ["uri": "http://127.0.0.1:9001/other"]]))
    #expect(world.sent.count == 1)
    world.answer(503, retryAfter: 250)
    world.unsubscribe("s")
    world.advance(seconds: 1000)
    #expect(world.sent.isEmpty)
  }
}
