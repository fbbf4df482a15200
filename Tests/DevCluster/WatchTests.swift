import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster watches")
struct WatchTests {
  @Test(
    "a watch without a version, or from 0, begins with what exists; another with what came after its version"
  )
  func versions() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    let version = try await harness.get(path).json.resourceVersionOfList
    _ = try await harness.post(path, ClusterHarness.configMap("b"))
    _ = try await harness.patch(path + "/a", ["data": ["k": "2"]])
    let watches = [
      WatchReader(harness, path + "?watch=true"), WatchReader(harness, path + "?watch=1&resourceVersion=0"),
      WatchReader(harness, path + "?watch=true&resourceVersion=\(version)"),
    ]
    for watch in watches { _ = try await watch.wait(for: 2) }
    _ = try await harness.post(path, ClusterHarness.configMap("c"))
    for watch in watches { _ = try await watch.wait(for: 3) }
    #expect(watches[0].summary == ["ADDED a", "ADDED b", "ADDED c"])
    #expect(watches[1].summary == ["ADDED a", "ADDED b", "ADDED c"])
    #expect(watches[2].summary == ["ADDED b", "MODIFIED a", "ADDED c"])
    #expect(watches[0].lines[0].value(at: ["object", "data", "k"]) == "2")
  }

  @Test("a watch from a version in the future is silent until something newer comes")
  func future() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    try await harness.settled()
    let version = try #require(Int(try await harness.get(path).json.resourceVersionOfList))
    let watch = WatchReader(harness, path + "?watch=true&resourceVersion=\(version + 2)")
    try await watch.opened()
    for name in ["a", "b", "c"] { _ = try await harness.post(path, ClusterHarness.configMap(name)) }
    _ = try await watch.wait(for: 1)
    #expect(watch.summary == ["ADDED c"])
  }

  @Test("selectors: entering is ADDED, leaving is DELETED with the last matching state")
  func selectors() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let other = try await harness.namespace("other") + "/configmaps"
    let labelled = WatchReader(harness, "/api/v1/configmaps?watch=true&labelSelector=app%20in%20(a)")
    let named = WatchReader(harness, "/api/v1/configmaps?watch=true&fieldSelector=metadata.name%3Dw")
    let inOther = WatchReader(harness, other + "?watch=true")
    for watch in [labelled, named, inOther] { try await watch.opened() }
    _ = try await harness.post(path, ClusterHarness.configMap("w"))
    _ = try await harness.patch(path + "/w", ["metadata": ["labels": ["app": "a"]]])
    _ = try await harness.patch(path + "/w", ["data": ["k": "2"]])
    _ = try await harness.patch(path + "/w", ["metadata": ["labels": ["app": "b"]], "data": ["k": "3"]])
    _ = try await harness.delete(path + "/w")
    _ = try await harness.post(other, ClusterHarness.configMap("x"))
    _ = try await inOther.wait(for: 1)
    #expect(inOther.summary == ["ADDED x"])
    let events = try await labelled.wait(for: 3)
    #expect(labelled.summary == ["ADDED w", "MODIFIED w", "DELETED w"])
    #expect(events[2].value(at: ["object", "data", "k"]) == "2")
    #expect(named.summary == ["ADDED w", "MODIFIED w", "MODIFIED w", "MODIFIED w", "DELETED w"])
  }

  @Test("versions of a watch grow, and a deletion has one of its own")
  func order() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let watch = WatchReader(harness, path + "?watch=true")
    try await watch.opened()
    for index in 0..<20 {
      _ = try await harness.post(path, ClusterHarness.configMap("c\(index)"))
      if index % 3 == 0 { _ = try await harness.delete(path + "/c\(index)") }
    }
    let lines = try await watch.wait(for: 27)
    let versions = lines.compactMap { $0["object"].flatMap { UInt64($0.resourceVersion) } }
    #expect(versions.count == 27)
    #expect(versions == versions.sorted() && Set(versions).count == 27)
  }

  @Test("bookmarks come periodically to those who allow them, with the latest version of the cluster")
  func bookmarks() async throws {
    let harness = try ClusterHarness { $0.bookmarkMilliseconds = 20 }
    let path = try await harness.namespace() + "/configmaps"
    let watch = WatchReader(harness, path + "?watch=true&allowWatchBookmarks=true")
    let without = WatchReader(harness, path + "?watch=true")
    _ = try await watch.wait(for: 2)
    #expect(watch.lines.allSatisfy { $0["type"] == "BOOKMARK" })
    _ = try await harness.namespace("another")
    let version = try #require(UInt64(try await harness.get(path).json.resourceVersionOfList))
    try await waitUntil("a bookmark tells of a write to another resource") {
      watch.lines.contains { UInt64($0["object"]?.resourceVersion ?? "") ?? 0 >= version }
    }
    #expect(without.lines.isEmpty)
  }

  @Test("a server without streamed lists refuses them as old servers do")
  func withoutWatchList() async throws {
    let harness = try ClusterHarness { $0.servesWatchList = false }
    let reply = try await harness.get(
      "/api/v1/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan")
    #expect(reply.status == 422)
    #expect(
      reply.json["message"]?.string?.contains(
        "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled") == true)
  }

  @Test("watches follow more events than the history keeps, and who falls behind the history gets 410")
  func history() async throws {
    let harness = try ClusterHarness { $0.historyLimit = 8 }
    let path = try await harness.namespace() + "/configmaps"
    let version = try await harness.get(path).json.resourceVersionOfList
    let watch = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    try await watch.opened()
    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    for index in 0..<30 { _ = try await harness.patch(path + "/a", ["data": ["k": .string("x\(index)")]]) }
    _ = try await watch.wait(for: 31)
    let late = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    let lines = try await late.waitForEnd()
    #expect(lines.map { $0.value(at: ["object", "code"]) } == [410])
    let recent = try await harness.get(path).json.resourceVersionOfList
    let next = WatchReader(harness, path + "?watch=true&resourceVersion=\(recent)")
    try await next.opened()
    _ = try await harness.patch(path + "/a", ["data": ["k": "last"]])
    #expect(try await next.wait(for: 1).first?["type"] == "MODIFIED")
  }

  @Test("a custom resource of two versions is seen in each with its own apiVersion")
  func twoVersions() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    var crd = ClusterHarness.fooCRD
    var versions = crd.value(at: ["spec", "versions"])?.array ?? []
    var second = versions[0]
    second.set("v1", at: ["name"])
    second.set(false, at: ["storage"])
    versions.append(second)
    crd.set(.array(versions), at: ["spec", "versions"])
    #expect(try await harness.post(ClusterHarness.crds, crd).status == 201)
    let v1 = "/apis/samplecontroller.k8s.io/v1/namespaces/rec/foos"
    let watches = [
      WatchReader(harness, ClusterHarness.foos + "?watch=true"), WatchReader(harness, v1 + "?watch=true"),
    ]
    for watch in watches { try await watch.opened() }
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a"))
    for (watch, version) in zip(watches, ["v1alpha1", "v1"]) {
      let line = try await watch.wait(for: 1)[0]
      #expect(line.value(at: ["object", "apiVersion"]) == .string("samplecontroller.k8s.io/\(version)"))
    }
    let replaced = try await harness.patch(v1 + "/a", ["spec": ["replicas": 2]])
    #expect(replaced.json["apiVersion"] == "samplecontroller.k8s.io/v1")
  }
}
