import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster faults")
struct FaultTests {
  @Test("a held request waits, does nothing, and is done when it is released")
  func hold() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let hold = harness.cluster.faults.hold(method: "POST", pathContains: "/configmaps")
    async let reply = harness.post(path, ClusterHarness.configMap("a"))
    try await waitUntil("the request is held") { hold.held == 1 }
    #expect(try await harness.get(path + "/a").status == 404)
    harness.cluster.faults.release(hold)
    #expect(try await reply.status == 201)
    #expect(hold.held == 0)
    #expect(try await harness.post(path, ClusterHarness.configMap("b")).status == 201)
  }

  @Test("a dropped request is cut and does nothing")
  func drop() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let hold = harness.cluster.faults.hold(method: "*", pathContains: "/configmaps/a")
    // A client of its own, as one that reuses a connection sends again when it is closed.
    let client = HTTPClientThread()
    async let reply = client.send(HTTPClientRequest(url: harness.cluster.url + path + "/a"))
    try await waitUntil("the request is held") { hold.held == 1 }
    harness.cluster.faults.drop(hold)
    do {
      _ = try await reply
      Issue.record("an answer came")
    } catch let failure as HTTPClientFailure {
      guard case .cut = failure else { throw failure }
    }
    client.stop()
    #expect(try await harness.get(path + "/a").status == 404)
  }

  @Test("so many requests as ordered fail, with the status and Retry-After asked for")
  func fail() async throws {
    let harness = try ClusterHarness()
    let faults = harness.cluster.faults
    faults.failNext(method: "GET", pathContains: "configmaps", status: 429, retryAfterSeconds: 3, count: 2)
    faults.failNext(status: 500, count: 1)
    #expect(try await harness.get("/api/v1/pods").status == 500)
    let first = try await harness.get("/api/v1/configmaps")
    #expect(first.status == 429)
    #expect(first.json["reason"] == "TooManyRequests")
    #expect(first.json.value(at: ["details", "retryAfterSeconds"]) == 3)
    #expect(try await harness.get("/api/v1/configmaps").status == 429)
    #expect(try await harness.get("/api/v1/configmaps").status == 200)
  }

  @Test("watches of one plural are cut in the middle of their answers, and resume from their version")
  func cut() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let configMaps = WatchReader(harness, path + "?watch=true")
    let pods = WatchReader(harness, "/api/v1/pods?watch=true")
    for watch in [configMaps, pods] { try await watch.opened() }
    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    let version = try await configMaps.wait(for: 1)[0]["object"]?.resourceVersion ?? ""
    #expect(harness.cluster.faults.openWatches == 2)
    harness.cluster.faults.cutWatches(plural: "configmaps")
    _ = try await configMaps.waitForEnd()
    #expect(configMaps.ending?.contains("cut") == true)
    #expect(pods.ending == nil)
    #expect(harness.cluster.faults.openWatches == 1)
    _ = try await harness.post(path, ClusterHarness.configMap("b"))
    let again = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    _ = try await again.wait(for: 1)
    #expect(again.summary == ["ADDED b"])
  }

  @Test("after a compaction old versions get 410, open watches go on, and the objects stay")
  func compact() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    let version = try await harness.get(path).json.resourceVersionOfList
    let open = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    try await open.opened()
    harness.cluster.faults.compact()
    _ = try await harness.post(path, ClusterHarness.configMap("b"))
    _ = try await open.wait(for: 1)
    #expect(open.summary == ["ADDED b"])
    let late = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    #expect(try await late.waitForEnd().first?.value(at: ["object", "reason"]) == "Expired")
    let list = try await harness.get(path).json
    #expect(list["items"]?.array?.count == 2)
    let fresh = WatchReader(harness, path + "?watch=true&resourceVersion=\(list.resourceVersionOfList)")
    try await fresh.opened()
    _ = try await harness.delete(path + "/a")
    _ = try await fresh.wait(for: 1)
    #expect(fresh.summary == ["DELETED a"])
  }

  @Test("a client that leaves its watch is forgotten; a stopped cluster cuts what is open")
  func leaving() async throws {
    let harness = try ClusterHarness()
    var leaving: WatchReader? = WatchReader(harness, "/api/v1/pods?watch=true")
    try await leaving?.opened()
    #expect(harness.cluster.faults.openWatches == 1)
    leaving = nil
    try await waitUntil("the watch is forgotten") { harness.cluster.faults.openWatches == 0 }
    let staying = WatchReader(harness, "/api/v1/pods?watch=true")
    try await staying.opened()
    harness.cluster.stop()
    _ = try await staying.waitForEnd()
    harness.cluster.stop()
  }
}
