import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of the journal")
struct JournalTests {
  private func remembering(_ resources: [JSONValue] = [Specs.foos], _ more: JSONValue = [:]) -> World {
    var world = World { $0.keepsJournal = true }
    world.begin()
    world.subscribe("s", Specs.spec(resources, more))
    return world
  }

  @Test("SEMANTICS 36: a restart goes on from the version, and tells nothing twice that was said yes to")
  func resume() {
    var world = remembering()
    world.put("x")
    world.acknowledgeAll()
    let told = world.history.count
    world.crash()
    let request = world.requests.last { $0.contains("/foos") } ?? ""
    #expect(request.contains("watch=true") && request.contains("resourceVersion="), "\(request)")
    #expect(world.history.count == told)
    world.put("x")
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 36: deletes and creations while the hub was down are told, by the watch")
  func missed() {
    var world = remembering()
    world.put("x")
    world.put("y")
    world.acknowledgeAll()
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.cluster.put(FakeCluster.foos, "a", "z")
    world.cluster.put(FakeCluster.foos, "a", "y")
    world.crash()
    #expect(
      world.summaries.sorted() == [
        "add Foo a/z change 1", "delete Foo a/x change 1", "update Foo a/y change 1",
      ])
  }

  @Test("SEMANTICS 36: where the version has expired, a relist finds by comparison what changed")
  func expired() {
    var world = remembering()
    world.put("x")
    world.put("y")
    world.acknowledgeAll()
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.cluster.put(FakeCluster.foos, "a", "z")
    world.cluster.put(FakeCluster.foos, "a", "y")
    world.cluster.compact()
    world.crash()
    world.advance(seconds: 60)
    #expect(
      world.summaries.sorted() == [
        "add Foo a/z change 1", "delete Foo a/x change 1", "update Foo a/y change 1",
      ])
  }

  @Test(
    "SEMANTICS 16, 19: what was in flight goes again after a crash, under the same id, as the next attempt")
  func inFlight() {
    var world = remembering()
    world.put("x")
    let first = world.sent[0]
    world.crash()
    #expect(world.summaries == ["add Foo a/x change 2"])
    #expect(world.sent.first?.eventID == first.eventID)
  }

  @Test("SEMANTICS 15: an incarnation whose add was attempted before the crash has its delete told after it")
  func attempted() {
    var world = remembering()
    world.put("x")
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.crash()
    // Whether it goes before the watch has told of the end does not matter.
    #expect(world.next() == "add Foo a/x change 2")
    #expect(world.summaries == ["delete Foo a/x change 1"])
  }

  @Test("SEMANTICS 15: the first word of an incarnation waits for the journal; other events do not")
  func gated() {
    var world = remembering()
    world.journal.syncsAtOnce = false
    world.put("x")
    #expect(world.summaries == [])
    #expect(world.gated.map(\.summary) == ["add Foo a/x change 1"])
    world.syncJournal()
    #expect(world.summaries == ["add Foo a/x change 1"])
    world.acknowledgeAll()
    world.put("x")
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 36: a lost tail means duplicates, never loss")
  func lostTail() {
    var world = remembering()
    world.syncJournal()
    world.put("x")
    world.acknowledgeAll()
    world.journal.syncsAtOnce = false
    world.put("x")
    world.acknowledgeAll()
    world.crash()
    #expect(world.summaries == ["update Foo a/x change 1"])
  }

  @Test("SEMANTICS 24: a parked key stays parked over a restart, until its next change")
  func parked() {
    var world = remembering()
    world.put("x")
    world.answer(400)
    #expect(world.snapshot.parked == 1)
    world.crash()
    #expect(world.summaries == [])
    #expect(world.snapshot.parked == 1)
    world.put("x")
    #expect(world.summaries == ["add Foo a/x change 1"])
  }

  @Test("SEMANTICS 27: the accepted form survives a restart, also under a bad edit")
  func badEdit() {
    var world = remembering()
    world.put("x")
    world.acknowledgeAll()
    world.subscribe("s", ["resources": []])
    world.crash()
    world.put("x")
    #expect(world.summaries == ["update Foo a/x change 1"])
    #expect(world.condition("Ready", of: "s")?.hasPrefix("False") == true)
  }

  @Test("SEMANTICS 28: an edit made while the hub was down is an edit: entered is added, left is deleted")
  func editedWhileDown() {
    var world = remembering([Specs.foos(app: "1")])
    world.put("x", Specs.labelled("1"))
    world.put("y", Specs.labelled("2"))
    world.acknowledgeAll()
    world.cluster.put(
      FakeCluster.subscriptions, "a", "s", ["spec": Specs.spec([Specs.foos(app: "2")])])
    world.crash()
    world.advance(seconds: 60)
    #expect(world.summaries.sorted() == ["add Foo a/y initial 1", "delete Foo a/x change 1"])
  }

  @Test(
    "SEMANTICS 36: an edit that waits for the namespaces' list waits after a crash too; nothing of both forms is told"
  )
  func editWaitingForNamespaces() {
    var world = remembering([Specs.foos(app: "1")], ["namespaceSelector": [:]])
    world.cluster.served.append(FakeCluster.namespaces)
    world.forbidden = [FakeCluster.namespaces]
    let blue: JSONValue = ["namespaceSelector": ["matchLabels": ["team": "blue"]]]
    world.subscribe("s", Specs.spec([Specs.foos], blue))
    world.crash()
    world.put("x", Specs.labelled("2"))
    world.advance(seconds: 10)
    #expect(world.summaries == [])
    world.forbidden = []
    world.cluster.put(
      FakeCluster.namespaces, "", "a", ["metadata": ["labels": ["team": "blue"]]])
    world.advance(seconds: 400)
    #expect(world.summaries.map { String($0.dropLast(2)) } == ["add Foo a/x initial"])
  }

  @Test("Nothing is sent for a subscription that was deleted while the hub was down")
  func deletedWhileDown() {
    var world = remembering()
    world.put("x")
    world.cluster.delete(FakeCluster.subscriptions, "a", "s")
    world.crash()
    world.advance(seconds: 10)
    #expect(world.summaries == [])
    #expect(world.snapshot.subscriptions.isEmpty)
    #expect(world.engine.feeds.allSatisfy { $0 == nil })
  }

  @Test("A journal of another cluster stops the hub before it follows anything")
  func foreign() {
    var world = remembering()
    world.put("x")
    world.acknowledgeAll()
    world.cluster.identity = "5f2a4c2e-0000-4000-8000-000000000002"
    let requests = world.requests.count
    world.crash()
    #expect(world.stopped == .foreignJournal)
    #expect(world.requests.count == requests + 1)
    #expect(world.summaries == [])
  }

  @Test("The owner's key of a child that changed before the crash is told after it")
  func children() {
    var world = remembering([Specs.children])
    world.change {
      $0.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "f"))
    }
    #expect(world.summaries == ["update Foo a/f change 1"])
    world.crash()
    #expect(world.summaries == ["update Foo a/f change 2"])
    world.acknowledgeAll()
    world.cluster.delete(FakeCluster.deployments, "a", "d")
    world.crash()
    #expect(world.summaries == ["update Foo a/f change 1"])
  }

  @Test("An image holds all that the frames before it did")
  func image() {
    var world = remembering([Specs.foos, Specs.children])
    world.put("x")
    world.acknowledgeAll()
    world.put("y")
    world.change { $0.put(FakeCluster.deployments, "a", "d", Specs.owned(by: "f")) }
    world.give([.writeImage])
    #expect(world.journal.frames.count == 1)
    world.crash()
    #expect(world.summaries.sorted() == ["add Foo a/y change 2", "update Foo a/f change 2"])
  }
}
