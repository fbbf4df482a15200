import JSONScan
import Kubernetes
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of kinds that come, change and go")
struct KindTests {
  private static let foosV1 = FakeCluster.Resource(
    apiVersion: "samplecontroller.k8s.io/v1", plural: "foos", kind: "Foo")

  /// A world with definitions of kinds, that of Foo among them, whose Foos a subscription follows.
  private func world(hasFoos: Bool = true) -> World {
    var world = World()
    world.cluster.served.append(FakeCluster.definitions)
    world.cluster.served.removeAll { $0 == FakeCluster.foos }
    world.cluster.hasAggregatedDiscovery = true
    if hasFoos { world.install(FakeCluster.foos) }
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    return world
  }

  @Test("SEMANTICS 7: a kind whose definition comes is followed at once, without waiting for the next look")
  func comes() {
    var world = world(hasFoos: false)
    world.advance(seconds: 100)
    #expect(world.condition("ResourcesFound", of: "s") == "False NotServed")
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.install(FakeCluster.foos)
    #expect(world.summaries == ["add Foo a/x initial 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
  }

  @Test("SEMANTICS 7: a kind that is served only some time after its definition came is found soon")
  func servedLater() {
    var world = world(hasFoos: false)
    world.advance(seconds: 100)
    world.put(FakeCluster.definitions, "", "foos.samplecontroller.k8s.io")
    #expect(world.condition("ResourcesFound", of: "s") == "False NotServed")
    world.cluster.served.append(FakeCluster.foos)
    world.put("x")
    world.advance(seconds: 1.5)
    #expect(world.summaries == ["add Foo a/x initial 1"])
  }

  @Test(
    "SEMANTICS 7: the objects of a kind that is gone are gone once its definition is",
    arguments: [false, true])
  func goes(telling: Bool) {
    var world = world()
    world.put("x")
    world.put("y")
    world.acknowledgeAll()
    world.uninstall(FakeCluster.foos, telling: telling)
    world.advance(seconds: 5)
    #expect(world.summaries.sorted() == ["delete Foo a/x change 1", "delete Foo a/y change 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "False NotServed")
    #expect(
      world.message("ResourcesFound", of: "s")
        == "Foo of samplecontroller.k8s.io/v1alpha1 is not served any more")
  }

  @Test("SEMANTICS 7: a kind that is gone and comes back loses nothing, and is followed at once")
  func goesAndComes() {
    var world = world()
    world.put("x")
    world.put("y")
    let old = world.sent.first { $0.name == "x" }?.uid
    world.acknowledgeAll()
    world.uninstall(FakeCluster.foos, telling: false)
    world.acknowledgeAll()
    world.advance(seconds: 500)
    world.acknowledgeAll()
    world.cluster.put(FakeCluster.foos, "a", "x")
    world.install(FakeCluster.foos)
    #expect(world.summaries == ["add Foo a/x change 1"])
    #expect(world.only?.uid != old)
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
  }

  @Test(
    "SEMANTICS 7: a kind that is not served proves nothing while its definition stays: a version that is switched off"
  )
  func unservedVersion() {
    var world = world()
    world.put("x")
    world.acknowledgeAll()
    world.cluster.served.removeAll { $0 == FakeCluster.foos }
    world.cluster.served.append(Self.foosV1)
    world.put(FakeCluster.definitions, "", "foos.samplecontroller.k8s.io")
    world.cutWatches()
    world.advance(seconds: 200)
    #expect(world.summaries == [])
    #expect(world.condition("ResourcesFound", of: "s") == "False NotServed")
    world.cluster.served.append(FakeCluster.foos)
    world.cluster.delete(FakeCluster.foos, "a", "x")
    world.put(FakeCluster.definitions, "", "foos.samplecontroller.k8s.io")
    #expect(world.summaries == ["delete Foo a/x change 1"])
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
  }

  @Test("SEMANTICS 7: a definition that went while the hub was away is found by the list of the definitions")
  func goneWhileAway() {
    var world = world()
    world.put("x")
    world.acknowledgeAll()
    world.stopAPIServer()
    world.uninstall(FakeCluster.foos, telling: false)
    world.cluster.compact()
    world.advance(seconds: 100)
    #expect(world.summaries == [])
    world.startAPIServer()
    world.advance(seconds: 100)
    #expect(world.summaries == ["delete Foo a/x change 1"])
  }

  @Test(
    "SEMANTICS 7: a kind that comes back under another plural is followed there, and its first objects are gone"
  )
  func renamed() {
    var world = world()
    world.put("x")
    world.acknowledgeAll()
    world.uninstall(FakeCluster.foos, telling: false)
    world.acknowledgeAll()
    let foozes = FakeCluster.Resource(
      apiVersion: "samplecontroller.k8s.io/v1alpha1", plural: "foozes", kind: "Foo")
    world.cluster.put(foozes, "a", "x")
    world.install(foozes)
    world.advance(seconds: 2)
    #expect(world.history.map(\.summary).suffix(2).first == "delete Foo a/x change 1")
    #expect(world.summaries.count == 1 && world.summaries[0].hasPrefix("add Foo a/x"))
    #expect(world.only?.header("ce-subject")?.contains("/foozes/") == true)
  }

  @Test(
    "what is wanted first is looked up with one request, in the aggregated form", arguments: [false, true])
  func aggregated(isServed: Bool) {
    var world = World()
    world.cluster.hasAggregatedDiscovery = isServed
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos, Specs.children, Specs.configMaps]))
    #expect(world.condition("ResourcesFound", of: "s") == "True Found")
    let looks = world.requests.filter {
      ["GET /apis/apps/v1", "GET /apis/samplecontroller.k8s.io/v1alpha1"].contains($0)
    }
    #expect(looks.count == (isServed ? 0 : 2))
    #expect(world.requests.filter { $0 == "GET /apis" }.count == 1)
    world.advance(seconds: 100)
    #expect(world.requests.filter { $0 == "GET /apis" }.count == 1)
  }

  @Test(
    "SEMANTICS 7: a group whose server is away is not known, whatever form says so, and found when it is back",
    arguments: [false, true])
  func stale(isAggregated: Bool) {
    var world = World()
    world.cluster.hasAggregatedDiscovery = isAggregated
    world.cluster.awayGroups = ["samplecontroller.k8s.io"]
    world.begin()
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.advance(seconds: 5)
    #expect(world.message("ResourcesFound", of: "s").contains("is not known yet"))
    world.cluster.awayGroups = []
    world.put("x")
    world.advance(seconds: 11)
    #expect(world.summaries == ["add Foo a/x initial 1"])
  }
}

@Suite("What proves that a kind is gone")
struct KindRegistryTests {
  private static let foos = SubscriptionFeed.resource

  private func registry(definitions: [String], services: [(String, Bool)], isSynced: Bool = true)
    -> KindRegistry
  {
    var registry = KindRegistry()
    registry.followers = KindRegistry.Source.allCases.map { .init($0, seed: 1) }
    for index in registry.followers.indices where isSynced {
      _ = registry.followers[index].reflector.start(at: 0)
      let end =
        #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"77","annotations":{"k8s.io/initial-events-end":"true"}}}}"#
      _ = registry.followers[index].reflector.handle(
        .head(request: 1, status: 200, retryAfterSeconds: nil), at: 0)
      _ = registry.followers[index].reflector.handle(.bytes(request: 1, [UInt8](end.utf8) + [10]), at: 0)
    }
    for name in definitions {
      registry.note(.definitions, name, .init(group: group(name), isLocal: true, version: "1"))
    }
    for (name, isLocal) in services {
      registry.note(.services, name, .init(group: group(name), isLocal: isLocal, version: "1"))
    }
    return registry
  }

  private func group(_ name: String) -> String {
    name.split(separator: ".").dropFirst().joined(separator: ".")
  }

  @Test("SEMANTICS 7: complete lists without the definition, and without any service of the group, prove it")
  func noGroup() {
    #expect(registry(definitions: [], services: []).proofOfEnd(of: Self.foos) == "77")
    #expect(registry(definitions: [], services: [], isSynced: false).proofOfEnd(of: Self.foos) == nil)
  }

  @Test(
    "SEMANTICS 7: in a group of definitions the missing definition proves it; in one of the server's own nothing does"
  )
  func otherKinds() {
    let own = [("v1.frugalhub.dev", true)]
    #expect(registry(definitions: ["others.frugalhub.dev"], services: own).proofOfEnd(of: Self.foos) == "77")
    #expect(registry(definitions: [], services: own).proofOfEnd(of: Self.foos) == nil)
    #expect(
      registry(definitions: ["operatorsubscriptions.frugalhub.dev"], services: own).proofOfEnd(of: Self.foos)
        == nil)
  }

  @Test("SEMANTICS 7: nothing proves it of a group that another server serves")
  func aggregatedGroup() {
    let other = registry(definitions: ["others.frugalhub.dev"], services: [("v1.frugalhub.dev", false)])
    #expect(other.proofOfEnd(of: Self.foos) == nil)
  }

  @Test("SEMANTICS 7: a definition that was seen to go proves it until it comes again")
  func seenToGo() {
    var registry = registry(
      definitions: ["operatorsubscriptions.frugalhub.dev"], services: [], isSynced: false)
    _ = registry.remove(.definitions, "operatorsubscriptions.frugalhub.dev", version: "9", isFollowed: true)
    #expect(registry.proofOfEnd(of: Self.foos) == "9")
    registry.note(
      .definitions, "operatorsubscriptions.frugalhub.dev",
      .init(group: "frugalhub.dev", isLocal: true, version: "10"))
    #expect(registry.proofOfEnd(of: Self.foos) == nil)
  }
}
