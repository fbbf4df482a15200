import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster lists")
struct ListTests {
  private func fill(_ harness: ClusterHarness, _ path: String, _ count: Int) async throws {
    for index in 0..<count {
      let name = "c" + String(repeating: "0", count: 3 - String(index).count) + String(index)
      _ = try await harness.post(
        path, ClusterHarness.configMap(name, labels: ["even": index % 2 == 0 ? "yes" : "no"]))
    }
  }

  /// All pages of a list; `between` runs after each.
  private func pages(
    _ harness: ClusterHarness, _ target: String, between: (Int) async throws -> Void = { _ in }
  ) async throws -> [JSONValue] {
    var pages: [JSONValue] = []
    var token: String?
    repeat {
      let reply = try await harness.get(target + (token.map { "&continue=\($0)" } ?? ""))
      #expect(reply.status == 200)
      pages.append(reply.json)
      token = reply.json["metadata"]?["continue"]?.string
      try await between(pages.count)
    } while token != nil && pages.count < 100
    return pages
  }

  private func names(_ pages: [JSONValue]) -> [String] {
    pages.flatMap { $0["items"]?.array ?? [] }.map(\.name)
  }

  @Test("all pages show the version of the first, whatever is written meanwhile")
  func snapshot() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    try await fill(harness, path, 10)
    let before = try await harness.get(path).json
    let pages = try await pages(harness, path + "?limit=4") { page in
      _ = try await harness.post(path, ClusterHarness.configMap("c00\(page)x"))
      _ = try await harness.delete(path + "/c00\(page + 7)")
      _ = try await harness.patch(path + "/c009", ["data": ["k": .string("page \(page)")]])
    }
    #expect(pages.count == 3)
    #expect(pages.flatMap { $0["items"]?.array ?? [] } == before["items"]?.array)
    #expect(Set(pages.map { $0.resourceVersionOfList }) == [before.resourceVersionOfList])
    #expect(pages.map { $0["metadata"]?["remainingItemCount"]?.int } == [6, 2, nil])
  }

  @Test("pages of a selection say how to continue and not how many remain")
  func selectedPages() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    try await fill(harness, path, 10)
    let pages = try await pages(harness, path + "?limit=2&labelSelector=even%3Dyes")
    #expect(names(pages) == ["c000", "c002", "c004", "c006", "c008"])
    #expect(pages.allSatisfy { $0["metadata"]?["remainingItemCount"] == nil })
    let one = try await harness.get("/api/v1/configmaps?fieldSelector=metadata.name%3Dc003")
    #expect(names([one.json]) == ["c003"])
    let exact = try await harness.get(path + "?limit=10")
    #expect(exact.json["metadata"]?["continue"] == nil)
  }

  @Test("the token of a forgotten version gets 410 with a token for the rest, which shows what is there now")
  func expiredToken() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    try await fill(harness, path, 6)
    let first = try await harness.get(path + "?limit=4").json
    harness.cluster.faults.compact()
    _ = try await harness.post(path, ClusterHarness.configMap("c004x"))
    let token = try #require(first["metadata"]?["continue"]?.string)
    let expired = try await harness.get(path + "?limit=4&continue=\(token)")
    #expect(expired.status == 410)
    #expect(expired.json["reason"] == "Expired")
    #expect(expired.json["message"]?.string?.hasPrefix("The provided continue parameter is too old") == true)
    let fresh = try #require(expired.json["metadata"]?["continue"]?.string)
    let rest = try await harness.get(path + "?limit=4&continue=\(fresh)")
    #expect(names([rest.json]) == ["c004", "c004x", "c005"])
    let gone = try await harness.get(path + "?resourceVersion=2&resourceVersionMatch=Exact")
    #expect(gone.status == 410)
  }

  @Test("an exact version lists what was there then; 0 lists everything, whatever the limit")
  func versions() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    try await fill(harness, path, 3)
    let version = try await harness.get(path).json.resourceVersionOfList
    _ = try await harness.delete(path + "/c001")
    let exact = path + "?resourceVersion=\(version)&resourceVersionMatch=Exact"
    #expect(names([try await harness.get(exact).json]) == ["c000", "c001", "c002"])
    #expect(try await harness.get(exact).json.resourceVersionOfList == version)
    let newer = path + "?resourceVersion=\(version)&resourceVersionMatch=NotOlderThan&limit=2"
    #expect(names(try await pages(harness, newer)) == ["c000", "c002"])
    #expect(names([try await harness.get(path + "?resourceVersion=0&limit=1").json]).count == 2)
  }

  @Test("a list of a version that comes while it waits is answered")
  func futureVersion() async throws {
    let harness = try ClusterHarness { $0.futureVersionWaitMilliseconds = 20_000 }
    let path = try await harness.namespace() + "/configmaps"
    try await harness.settled()
    let version = try #require(Int(try await harness.get(path).json.resourceVersionOfList))
    async let list = harness.get(path + "?resourceVersion=\(version + 1)&resourceVersionMatch=NotOlderThan")
    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    let reply = try await list
    #expect(reply.status == 200)
    #expect(names([reply.json]) == ["a"])
  }

  @Test(
    "options that don't go together are refused",
    arguments: [
      ("resourceVersionMatch=Exact", 422), ("resourceVersion=0&resourceVersionMatch=Exact", 422),
      ("resourceVersion=5&resourceVersionMatch=Some", 422), ("sendInitialEvents=true", 422),
      ("continue=abc&resourceVersion=5", 400), ("resourceVersion=abc", 400),
      ("watch=1&resourceVersion=1&resourceVersionMatch=NotOlderThan", 422),
      ("watch=1&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1", 422),
    ])
  func refused(query: String, status: Int) async throws {
    let harness = try ClusterHarness()
    #expect(try await harness.get("/api/v1/configmaps?\(query)").status == status)
  }

  @Test(
    "lists of custom resources are alphabetical with whole items, and are served as metadata too"
  )
  func customLists() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a"))
    let list = try await harness.get(ClusterHarness.foos).json
    #expect(list.object?.keys == ["apiVersion", "items", "kind", "metadata"])
    #expect(list["kind"] == "FooList")
    #expect(list["items"]?.array?.first?["kind"] == "Foo")
    let partial = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
    let metadata = try await harness.get(ClusterHarness.foos, accept: partial).json
    #expect(metadata["kind"] == "PartialObjectMetadataList")
    #expect(metadata["items"]?.array?.first?.object?.keys == ["kind", "apiVersion", "metadata"])
    let one = try await harness.get(
      ClusterHarness.foos + "/a", accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
    #expect(one.json["kind"] == "PartialObjectMetadata")
    #expect(one.json["spec"] == nil)
    let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    #expect(try await harness.get(ClusterHarness.foos, accept: table).json["kind"] == "Table")
  }

  @Test(
    "forms that are not served, and forms of one object for a list, are not acceptable",
    arguments: [
      "application/json;as=PartialObjectMetadataList;g=other.io;v=v1",
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v9",
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
      "application/json;as=Table;v=v1beta1;g=meta.k8s.io", "application/vnd.kubernetes.protobuf",
    ])
  func notAcceptable(accept: String) async throws {
    let harness = try ClusterHarness()
    #expect(try await harness.get("/api/v1/configmaps", accept: accept).status == 406)
  }
}
