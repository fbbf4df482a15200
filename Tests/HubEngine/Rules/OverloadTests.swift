import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of overload")
struct OverloadTests {
  private static let keys = 500
  private static let batches = 300
  private static let batch = 500

  /// One batch: each key is changed once, all at one instant.
  private func burst(_ world: inout World) {
    world.change { cluster in
      for number in 0..<Self.batch { cluster.put(FakeCluster.foos, "a", "x\(number % Self.keys)") }
    }
  }

  private func watch(_ world: World) -> EngineSnapshot.Watch? {
    world.snapshot.watches.first { $0.resource.hasPrefix("foos") }
  }

  /// What the hub holds goes by its keys, however much has passed through it.
  private func expectBounded(_ world: World) {
    let audit = world.engine.audit()
    for books in audit.subscriptions {
      #expect(books.keys <= Self.keys && books.placesHeld <= 4 * Self.keys + 200)
    }
    #expect(audit.deliveries <= 8 && audit.timers <= 4 * Self.keys + 100)
  }

  /// The last state of each key was acknowledged by the sink.
  private func expectAllTold(_ world: World, _ told: [String: String]) {
    #expect(told.count == Self.keys)
    for (key, object) in world.cluster.objects[FakeCluster.foos] ?? [:] {
      let version = object["metadata"]?["resourceVersion"]?.string ?? ""
      #expect(told[key.name]?.hasSuffix("0" + version) == true, "\(key.name)")
    }
    #expect(world.snapshot.queueDepth == 0 && world.snapshot.backingOff == 0 && world.snapshot.parked == 0)
  }

  /// Takes what is in flight, as a sink does that needs 5 ms for each of 8.
  private func take(_ world: inout World, _ told: inout [String: String]) {
    for sent in world.sent {
      told[sent.name] = sent.sequence
      world.answer(sent.id, .status(200, retryAfterSeconds: nil))
    }
  }

  @Test(
    "150,000 updates against a sink of 5 ms: memory goes by keys, each key's last state arrives, no watch waits"
  )
  func slowSink() {
    var world = World(following: [Specs.foos])
    var told: [String: String] = [:]
    let lists = watch(world)?.lists
    for round in 0..<Self.batches {
      burst(&world)
      for _ in 0..<4 {
        take(&world, &told)
        world.advance(seconds: 0.005)
      }
      guard round % 50 == 0 else { continue }
      expectBounded(world)
      // The watch has told the hub of all there is, whatever the sink does.
      #expect(world.counters.objectsSeen >= (round + 1) * Self.batch)
      #expect(watch(world)?.isSynced == true && watch(world)?.lists == lists)
    }
    #expect(world.counters.objectsSeen >= Self.batches * Self.batch)
    while !world.sent.isEmpty { take(&world, &told) }
    expectAllTold(world, told)
    expectBounded(world)
  }

  @Test(
    "150,000 updates in ten minutes against a dead sink: memory goes by keys, and all arrive once it lives")
  func deadSink() {
    var world = World(following: [Specs.foos])
    var told: [String: String] = [:]
    for round in 0..<Self.batches {
      burst(&world)
      for sent in world.sent { world.answer(sent.id, .noAnswer("connection refused")) }
      world.advance(seconds: 2)
      if round % 50 == 0 { expectBounded(world) }
    }
    expectBounded(world)
    // Few attempts, not one for each key and try.
    #expect(world.counters.attempts < 200)
    for _ in 0..<1000 where !told.isEmpty || world.snapshot.queueDepth > 0 {
      while !world.sent.isEmpty { take(&world, &told) }
      if world.snapshot.queueDepth == 0 { break }
      world.advance(seconds: 1)
    }
    expectAllTold(world, told)
    expectBounded(world)
  }
}
