import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of lists and relists")
struct ListTests {
  /// Compacts, ends the watches and lets the relist come.
  private func relist(_ world: inout World, _ change: (inout FakeCluster) -> Void) {
    world.isStreaming = false
    change(&world.cluster)
    world.cluster.compact()
    world.cutWatches()
    world.isStreaming = true
    world.advance(seconds: 5)
  }

  @Test("SEMANTICS 9: a relist after 410 finds what was added, updated and deleted meanwhile")
  func afterCompaction() {
    var world = World(following: [Specs.foos])
    world.put("stays")
    world.put("changes")
    world.put("goes")
    world.acknowledgeAll()
    relist(&world) { cluster in
      cluster.put(FakeCluster.foos, "a", "comes")
      cluster.put(FakeCluster.foos, "a", "changes")
      cluster.delete(FakeCluster.foos, "a", "goes")
    }
    #expect(
      world.summaries.sorted() == [
        "add Foo a/comes change 1", "delete Foo a/goes change 1", "update Foo a/changes change 1",
      ])
  }

  @Test("SEMANTICS 8: a relist asks for the recorded version or newer, never for 0")
  func notOlderThan() {
    var world = World(following: [Specs.foos])
    world.put("x")
    let version = world.cluster.version
    relist(&world) { $0.put(FakeCluster.foos, "a", "y") }
    let lists = world.requests.filter { $0.contains("/foos?limit=500") }
    #expect(
      lists.last
        == "GET /apis/samplecontroller.k8s.io/v1alpha1/foos?limit=500&resourceVersion=\(version)"
        + "&resourceVersionMatch=NotOlderThan")
    #expect(lists.count == 2)
  }

  @Test("SEMANTICS 8: a page's 410 restarts the whole list, and nothing is concluded from the broken one")
  func pageExpired() {
    var world = World(following: [Specs.foos])
    for name in ["p", "q", "r", "s"] { world.put(name) }
    world.acknowledgeAll()
    world.pageLimit = 2
    world.isAnswering = false
    world.cluster.delete(FakeCluster.foos, "a", "p")
    world.cluster.compact()
    world.cutWatches()
    world.advance(seconds: 5)
    // All watches came back as too old; every relist is asked for.
    while world.heldIndex("/apis/samplecontroller.k8s.io/v1alpha1/foos?limit=500&resourceVersion") == nil {
      world.release(0)
      world.advance(seconds: 5)
    }
    world.release(
      world.heldIndex("/apis/samplecontroller.k8s.io/v1alpha1/foos?limit=500&resourceVersion") ?? 0)
    world.cluster.put(FakeCluster.foos, "a", "z")
    world.cluster.compact()
    world.release(world.heldIndex("/apis/samplecontroller.k8s.io/v1alpha1/foos?limit=500&continue") ?? 0)
    #expect(world.summaries == [])
    world.isAnswering = true
    world.advance(seconds: 60)
    #expect(world.summaries.sorted() == ["add Foo a/z change 1", "delete Foo a/p change 1"])
  }

  @Test("SEMANTICS 8: a restored etcd begins a new epoch, and sequences go on")
  func restoredEtcd() {
    var world = World(following: [Specs.foos])
    world.put("x")
    #expect(world.only?.sequence?.hasPrefix("00000000.") == true)
    world.acknowledgeAll()
    let backup = world.cluster.version
    for _ in 0..<5 { world.put("x") }
    world.put("later")
    world.acknowledgeAll()
    world.cluster.restore(to: backup)
    world.cutWatches()
    world.advance(seconds: 200)
    #expect(world.summaries.sorted() == ["delete Foo a/later change 1", "update Foo a/x change 1"])
    #expect(world.sent.first { $0.name == "x" }?.sequence?.hasPrefix("00000001.") == true)
    #expect(world.sent.first { $0.name == "x" }?.sequence?.hasSuffix(String(backup)) == false)
  }

  /// The cluster goes on, and is set back to where it was.
  private func restoreBackup(_ world: inout World) {
    let backup = world.cluster.version
    for number in 0..<20 { world.put("x", ["spec": ["n": .number(String(number))]]) }
    world.acknowledgeAll()
    world.cluster.restore(to: backup)
    world.cutWatches()
    world.advance(seconds: 200)
  }

  @Test("SEMANTICS 19: what a restored API server brings back is another event than when it was told first")
  func restoredAgain() {
    var world = World(following: [Specs.foos])
    world.put("x")
    let first = world.only?.eventID
    world.acknowledgeAll()
    restoreBackup(&world)
    #expect(world.only?.sequence?.hasPrefix("00000001.") == true)
    #expect(world.only?.eventID != first)
  }

  @Test("SEMANTICS 20: who follows a resource again is told in the epoch that was")
  func epochOutlivesFeed() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.acknowledgeAll()
    restoreBackup(&world)
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.configMaps]))
    world.acknowledgeAll()
    world.subscribe("s", Specs.spec([Specs.foos]))
    #expect(world.sent.last?.sequence?.hasPrefix("00000001.") == true)
  }

  @Test("SEMANTICS 8: what a restored list's page changes is told in the new epoch already")
  func epochOfFirstPage() {
    var feed = Feed(resource: SubscriptionFeed.resource, kind: 0)
    feed.newest = 200
    var changes: [RoutedChange] = []
    feed.beginList()
    feed.notePage(version: "150")
    #expect(feed.epoch == 1)
    feed.notePage(version: "150")
    feed.completeList(version: "150", newEpoch: true, into: &changes)
    #expect(feed.epoch == 1)
    feed.beginList()
    feed.notePage(version: "160")
    feed.completeList(version: "160", newEpoch: false, into: &changes)
    #expect(feed.epoch == 1)
  }

  @Test("SEMANTICS 9: 403, 500 and a server that is away prove nothing")
  func failures() {
    var world = World(following: [Specs.foos])
    world.put("x")
    world.acknowledgeAll()
    world.stopAPIServer()
    world.advance(seconds: 120)
    #expect(world.summaries == [])
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.cluster.compact()
    world.startAPIServer()
    world.advance(seconds: 120)
    #expect(world.summaries == ["delete Foo a/x change 1"])
  }

  @Test("SEMANTICS 9: the same name with another uid is the old one's delete and the new one's add")
  func newIncarnation() {
    var world = World(following: [Specs.foos])
    world.put("x")
    let old = world.only?.uid
    world.acknowledgeAll()
    relist(&world) { cluster in
      cluster.delete(FakeCluster.foos, "a", "x")
      cluster.put(FakeCluster.foos, "a", "x")
    }
    #expect(world.only?.uid == old)
    #expect(world.next() == "delete Foo a/x change 1")
    #expect(world.only?.uid != old)
    #expect(world.next() == "add Foo a/x change 1")
  }

  @Test("SEMANTICS 10: a list that is not complete does not advance the version")
  func incompleteList() {
    var world = World()
    for name in ["p", "q", "r"] { world.cluster.put(FakeCluster.foos, "a", name) }
    world.pageLimit = 2
    world.begin()
    world.isAnswering = false
    world.subscribe("s", Specs.spec([Specs.foos]))
    while let index = world.held.firstIndex(where: { !$0.request.target.contains("/foos?limit=500&continue") }
    ) {
      world.release(index)
      if world.heldIndex("/apis/samplecontroller.k8s.io/v1alpha1/foos?limit=500&continue") != nil { break }
    }
    let watch = world.snapshot.watches.first { $0.resource.hasPrefix("foos.") }
    #expect(watch?.phase == "listing")
    #expect(watch?.version == nil)
    #expect(watch?.isSynced == false)
    world.isAnswering = true
    #expect(world.snapshot.watches.first { $0.resource.hasPrefix("foos.") }?.isSynced == true)
    #expect(world.summaries.count == 3)
  }

  @Test("SEMANTICS 11: where versions are opaque, different means changed and the same means nothing new")
  func opaqueVersions() {
    var world = World()
    world.cluster.hasOpaqueVersions = true
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.put("x")
    #expect(world.next() == "add Foo a/x change 1")
    world.put("x")
    #expect(world.next() == "update Foo a/x change 1")
    relist(&world) { $0.put(FakeCluster.foos, "a", "y") }
    #expect(world.summaries == ["add Foo a/y change 1"])
    world.acknowledgeAll()
    world.delete("x")
    #expect(world.next() == "delete Foo a/x change 1")
  }

  @Test("SEMANTICS 11: texts of opaque versions are kept as long as an object has them, and no longer")
  func opaqueTexts() {
    var texts = OddTexts()
    texts.retain("abc", as: 1)
    texts.retain("abc", as: 1)
    texts.release(1)
    #expect(texts[1] == "abc")
    texts.release(1)
    #expect(texts[1] == "")
    #expect(texts.count == 0)
    texts.release(1)
    #expect(texts.count == 0)
  }
}
