import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of lists that come as streams")
struct StreamingListTests {
  private static let foos = "/apis/samplecontroller.k8s.io/v1alpha1/foos"

  private func world(_ lists: World.StreamingLists) -> World {
    var world = World()
    world.streamingLists = lists
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.cluster.put(FakeCluster.foos, "a", "y")
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    return world
  }

  @Test("what exists is told from a stream, and the watch goes on with it: one request")
  func served() {
    var world = world(.served)
    #expect(world.summaries.sorted() == ["add Foo a/x initial 1", "add Foo a/y initial 1"])
    world.acknowledgeAll()
    world.put("z")
    #expect(world.summaries == ["add Foo a/z change 1"])
    #expect(world.requests.filter { $0.contains(Self.foos + "?") }.count == 1)
  }

  @Test("a server that refuses is listed in pages", arguments: [World.StreamingLists.refused, .ignored])
  func refused(lists: World.StreamingLists) {
    var world = world(lists)
    if lists == .ignored { world.advance(seconds: 70) }
    #expect(world.summaries.sorted() == ["add Foo a/x initial 1", "add Foo a/y initial 1"])
    world.acknowledgeAll()
    world.put("z")
    #expect(world.summaries == ["add Foo a/z change 1"])
    let pages = world.requests.filter { $0.contains(Self.foos + "?limit") }
    #expect(pages.count == 1)
  }

  @Test(
    "SEMANTICS 9, 10: deletes are concluded at the bookmark that ends the stream, and never if it is cut before"
  )
  func cut() {
    var world = world(.served)
    world.acknowledgeAll()
    world.isStreaming = false
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.cluster.put(FakeCluster.foos, "a", "z")
    world.cluster.compact()
    world.cutWatches()
    world.advance(seconds: 10)
    // Each relist's watch is open and has said nothing yet.
    let relist = world.watches.first { $0.value.resource == FakeCluster.foos }?.key
    guard let relist else {
      Issue.record("no relist")
      return
    }
    world.stream(relist, events: 2)
    #expect(world.summaries == ["add Foo a/z change 1"])
    world.cutWatches()
    world.advance(seconds: 10)
    #expect(world.summaries == ["add Foo a/z change 1"])
    world.isStreaming = true
    world.advance(seconds: 10)
    #expect(world.summaries.sorted() == ["add Foo a/z change 1", "delete Foo a/x change 1"])
  }

  @Test("subscriptions that were deleted meanwhile are found by a stream too")
  func subscriptions() {
    var world = world(.served)
    world.cluster.delete(FakeCluster.subscriptions, "a", "s")
    world.cluster.compact()
    world.cutWatches()
    world.advance(seconds: 10)
    #expect(world.snapshot.subscriptions.isEmpty)
  }

  @Test("SEMANTICS 8: a watch that never says anything, not even a bookmark, is made anew")
  func silence() {
    var world = world(.served)
    world.acknowledgeAll()
    world.isStreaming = false
    world.advance(seconds: 151)
    #expect(world.requests.filter { $0.contains(Self.foos + "?watch=true&allow") }.count == 1)
    #expect(
      world.snapshot.watches.first { $0.resource.hasPrefix("foos") }?.problem?.contains("nothing came")
        == true)
    world.isStreaming = true
    world.put("z")
    #expect(world.summaries == ["add Foo a/z change 1"])
  }
}
