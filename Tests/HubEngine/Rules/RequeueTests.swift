import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of requeues")
struct RequeueTests {
  private func world(_ resources: [JSONValue] = [Specs.foos], keepsJournal: Bool = false) -> World {
    var world = World { $0.keepsJournal = keepsJournal }
    world.begin()
    world.subscribe("s", Specs.spec(resources))
    return world
  }

  private func requeue(_ world: inout World, _ after: String, status: Int = 200) {
    world.answer(world.sent[0].id, .requeue(status, after: after))
  }

  @Test("SEMANTICS 25: a 2xx with Hub-Requeue-After has the key told again then, as an event of its own")
  func later() {
    var world = world()
    world.put("x")
    let first = world.sent[0].eventID
    requeue(&world, "30s")
    world.advance(seconds: 29.9)
    #expect(world.summaries == [])
    world.advance(seconds: 0.2)
    #expect(world.summaries == ["update Foo a/x requeue 1"])
    #expect(world.sent[0].eventID != first)
    let second = world.sent[0].eventID
    world.answer(500)
    world.advance(seconds: 1)
    #expect(world.summaries == ["update Foo a/x requeue 2"])
    #expect(world.sent[0].eventID == second)
    #expect(world.counters.requeues == 1)
  }

  @Test("SEMANTICS 25: only a later 2xx replaces the timer, or clears it")
  func replaced() {
    var world = world()
    world.put("x")
    requeue(&world, "30")
    world.put("x")
    world.answer(500)
    world.advance(seconds: 1)
    // The failure has not touched it; the 2xx that follows replaces it.
    requeue(&world, "60")
    world.advance(seconds: 58)
    #expect(world.summaries == [])
    world.put("x")
    world.answer(200)
    world.advance(seconds: 300)
    #expect(world.summaries == [])
  }

  @Test("SEMANTICS 25: a timer belongs to a uid: of another incarnation, or of none, nothing is told")
  func incarnation() {
    var world = world()
    world.put("x")
    requeue(&world, "30")
    world.delete("x")
    #expect(world.next() == "delete Foo a/x change 1")
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.advance(seconds: 60)
    #expect(world.summaries == [])
    #expect(world.engine.subscribers[0].requeues.count == 0)
  }

  @Test("SEMANTICS 15: a change beats a requeue, and a requeue an initial event")
  func cause() {
    var world = world()
    world.put("x")
    requeue(&world, "5")
    world.put("x")
    world.answer(500)
    world.put("y")
    world.advance(seconds: 6)
    #expect(world.summaries.contains("update Foo a/x change 2"))
  }

  @Test("SEMANTICS 25: the owner of a child is told again, with what its child was")
  func owner() {
    var world = world([Specs.children])
    world.change { $0.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "f")) }
    requeue(&world, "PT1M")
    world.advance(seconds: 61)
    #expect(world.summaries == ["update Foo a/f requeue 1"])
    #expect(world.sent[0].header("ce-hubvia") == "Deployment")
  }

  @Test("SEMANTICS 25: a timer survives a restart, and is due no later than it was, whatever the clock did")
  func restart() {
    var world = world(keepsJournal: true)
    world.put("x")
    world.put("y")
    requeue(&world, "60")
    requeue(&world, "20")
    world.advance(seconds: 10)
    world.crash()
    world.advance(seconds: 11)
    #expect(world.summaries == ["update Foo a/y requeue 1"])
    world.acknowledgeAll()
    world.jumpWall(seconds: -86_400)
    world.give([.writeImage])
    world.crash()
    world.advance(seconds: 61)
    #expect(world.summaries == ["update Foo a/x requeue 1"])
  }

  @Test("SEMANTICS 25: time that passed while the hub was down counts")
  func down() {
    var world = world(keepsJournal: true)
    world.put("x")
    requeue(&world, "3600")
    world.jumpWall(seconds: 3599)
    world.crash()
    world.advance(seconds: 2)
    #expect(world.summaries == ["update Foo a/x requeue 1"])
  }

  @Test(
    "SEMANTICS 25, 36: a resync is sent once the journal is safe, so a wish in its answer is asked for again after a crash"
  )
  func resyncForgotten() {
    var world = World { $0.keepsJournal = true }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["resync": ["period": "100s"]]))
    world.put("x")
    world.acknowledgeAll()
    world.journal.syncsAtOnce = false
    world.advance(seconds: 101)
    #expect(world.summaries == [])
    #expect(world.gated.count == 1)
    world.syncJournal()
    #expect(world.summaries == ["update Foo a/x resync 1"])
    let id = world.only?.eventID
    requeue(&world, "20")
    #expect(world.summaries == [])
    world.crash()
    #expect(world.summaries == ["update Foo a/x resync 2"])
    #expect(world.only?.eventID == id)
    requeue(&world, "20")
    world.syncJournal()
    world.crash()
    world.advance(seconds: 21)
    #expect(world.summaries == ["update Foo a/x requeue 1"])
  }

  @Test("SEMANTICS 24, 25: so it is with a parked key that a resync lets go")
  func parkedForgotten() {
    var world = World { $0.keepsJournal = true }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos], ["resync": ["period": "100s"]]))
    world.put("x")
    world.answer(400)
    world.journal.syncsAtOnce = false
    world.advance(seconds: 101)
    world.syncJournal()
    #expect(world.summaries == ["add Foo a/x change 1"])
    requeue(&world, "20")
    world.crash()
    #expect(world.summaries == ["add Foo a/x change 2"])
  }

  @Test("SEMANTICS 25: a timer that has come stays in the journal until a 2xx to its event does")
  func firedForgotten() {
    for syncs in [false, true] {
      var world = world(keepsJournal: true)
      world.put("x")
      requeue(&world, "20")
      world.journal.syncsAtOnce = false
      world.advance(seconds: 21)
      #expect(world.summaries == ["update Foo a/x requeue 1"])
      let id = world.only?.eventID
      if syncs { world.syncJournal() }
      requeue(&world, "30")
      world.crash()
      world.advance(seconds: 1)
      #expect(world.summaries == ["update Foo a/x requeue \(syncs ? 2 : 1)"])
      #expect(world.only?.eventID == id)
    }
  }

  @Test(
    "Hub-Requeue-After is a number of seconds or a duration",
    arguments: [
      ("30", 30_000), ("0.5", 500), ("1m30s", 90_000), ("PT2M", 120_000), (" 7 ", 7_000), ("1ms", 100),
      ("2592000", 2_592_000_000), ("2592001", 2_592_000_000), ("99999999999999999999", 2_592_000_000),
      ("P40D", 2_592_000_000),
    ])
  func reads(text: String, milliseconds: UInt64) {
    #expect(RequeueAfter.nanoseconds(text) == milliseconds * 1_000_000)
  }

  @Test(
    "What is no such thing asks for nothing, and the delivery counts as done",
    arguments: ["", "0", "0s", "-5", "soon", "1.2.3", "30 s", "1e3", "٣"])
  func refuses(text: String) {
    #expect(RequeueAfter.nanoseconds(text) == nil)
    var world = world()
    world.put("x")
    requeue(&world, text)
    #expect(world.snapshot.queueDepth + world.snapshot.inFlight == 0)
  }

  @Test("Timers that are replaced over and over leave nothing behind")
  func bounded() {
    var table = RequeueTable()
    let key = ObjectKey(kind: 0, namespace: "a", name: "x")
    for round in 0..<10_000 {
      table.set(.init(uid: "u", due: UInt64(1_000_000 + round), dueWall: 0), for: key)
    }
    #expect(table.count == 1)
    #expect(table.deadlinesHeld <= 66)
    #expect(table.popDue(at: 2_000_000)?.key == key)
    #expect(table.popDue(at: 2_000_000) == nil)
  }
}
