import Foundation
import Glibc
import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster faults by HTTP, and restarts")
struct FaultRequestTests {
  private static let path = "/devcluster/faults"

  @Test("requests fail, are slow and watches are cut as another process orders; DELETE forgets the orders")
  func orders() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let failing = try await harness.post(
      Self.path, ["fault": "fail", "status": 429, "retryAfterSeconds": 3, "path": "configmaps", "count": 2])
    #expect(failing.json == ["openWatches": 0, "failures": 2, "slow": 0, "held": 0])
    let refused = try await harness.get(path)
    #expect(refused.status == 429)
    #expect(refused.json.value(at: ["details", "retryAfterSeconds"]) == 3)
    #expect(try await harness.get("/api/v1/pods").status == 200)
    #expect(try await harness.delete(Self.path).json["failures"] == 0)
    #expect(try await harness.get(path).status == 200)

    let slow = try await harness.post(
      Self.path, ["fault": "slow", "milliseconds": 50, "method": "POST", "path": "configmaps"])
    #expect(slow.json["slow"] == 1)
    #expect(try await harness.post(path, ClusterHarness.configMap("a")).status == 201)
    #expect(try await harness.get(Self.path).json["slow"] == 0)

    let watch = WatchReader(harness, path + "?watch=true")
    _ = try await watch.wait(for: 1)
    #expect(try await harness.get(Self.path).json["openWatches"] == 1)
    _ = try await harness.post(Self.path, ["fault": "cut", "plural": "pods"])
    #expect(watch.ending == nil)
    _ = try await harness.post(Self.path, ["fault": "cut", "plural": "configmaps"])
    _ = try await watch.waitForEnd()
    let version = try await harness.get(path).json.resourceVersionOfList
    _ = try await harness.post(Self.path, ["fault": "compact"])
    let late = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    #expect(try await late.waitForEnd().first?.value(at: ["object", "code"]) == 410)
  }

  @Test("an order that is none is refused with the member to change, and only the administrator may order")
  func refused() async throws {
    let harness = try ClusterHarness()
    let orders: [(JSONValue, String)] = [
      (["fault": "burn"], "fault must be cut, compact, fail, slow or restart"),
      (["fault": "fail"], "status is missing"), (["fault": "fail", "status": 200], "status must be"),
      (["fault": "fail", "status": 500, "count": 0], "count must be a whole number from 1"),
      (["fault": "slow"], "milliseconds is missing"),
      (["fault": "slow", "milliseconds": 600_001], "milliseconds must be a whole number from 0 to 600000"),
      (["fault": "cut", "plural": 1], "plural must be a string"),
      (["fault": "restart", "data": "burn"], "data must be keep or lose"),
    ]
    for (order, message) in orders {
      let reply = try await harness.post(Self.path, order)
      #expect(reply.status == 400)
      #expect(reply.json["message"]?.string?.contains(message) == true, "\(reply.text)")
    }
    #expect(try await harness.put(Self.path, [:]).status == 405)
    #expect(
      try await harness.send("GET", Self.path, headers: [("Impersonate-User", "ada")]).status == 403)
  }

  @Test("a restart cuts watches and closes connections for a while; the data are kept and watches resume")
  func restartKeeping() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    _ = try await harness.post(path, ClusterHarness.configMap("a"))
    let version = try await harness.get(path).json.resourceVersionOfList
    let watch = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    try await watch.opened()
    _ = try await harness.post(Self.path, ["fault": "restart", "milliseconds": 600_000])
    _ = try await watch.waitForEnd()
    await #expect(throws: HTTPClientFailure.self) { try await harness.get(path) }
    // The latest restart decides when it is back.
    _ = try await harness.post(Self.path, ["fault": "restart", "milliseconds": 1])
    try await waitUntil("the server is back") { (try? await harness.get(path).status) == 200 }
    _ = try await harness.post(path, ClusterHarness.configMap("b"))
    let again = WatchReader(harness, path + "?watch=true&resourceVersion=\(version)")
    _ = try await again.wait(for: 1)
    #expect(again.summary == ["ADDED b"])
  }

  @Test(
    "a restart without the data begins anew: no objects, kinds or tokens, old versions, and controllers work")
  func restartLosing() async throws {
    let harness = try ClusterHarness()
    let namespace = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a"))
    let account = namespace + "/serviceaccounts/default"
    try await waitUntil("the account is made") { try await harness.get(account).status == 200 }
    let token =
      try await harness.post(account + "/token", [:]).json.value(at: ["status", "token"])?.string ?? ""
    for number in 0..<40 {
      _ = try await harness.post(namespace + "/configmaps", ClusterHarness.configMap("c\(number)"))
    }
    let before = try await harness.get(account).json
    _ = try await harness.post(Self.path, ["fault": "restart", "data": "lose"])
    #expect(try await harness.get(namespace).status == 404)
    #expect(try await harness.get(ClusterHarness.foos).status == 404)
    let bearer = [("Authorization", "Bearer " + token)]
    #expect(try await harness.send("GET", "/version", headers: bearer).status == 401)
    _ = try await harness.namespace()
    // The controllers see what comes, also in versions that they have seen before.
    try await waitUntil("the account is made again") { try await harness.get(account).status == 200 }
    #expect(try await harness.get(account).json.uid != before.uid)
    try await waitUntil("so is that of a namespace which is there from the start", seconds: 30) {
      try await harness.get("/api/v1/namespaces/default/serviceaccounts/default").status == 200
    }
    #expect(try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD).status == 201)
    #expect(try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a")).status == 201)
    _ = try await harness.post(ClusterHarness.deployments, ClusterHarness.deployment("d"))
    try await waitUntil("the Deployment becomes available") {
      try await harness.get(ClusterHarness.deployments + "/d").json
        .value(at: ["status", "availableReplicas"]) == 1
    }
    let list = try await harness.get("/api/v1/configmaps").json
    #expect((Int(list.resourceVersionOfList) ?? 0) < 60)
  }
}

@Suite("DevCluster data that survive")
struct DataFileTests {
  private func withFile(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "data-\(UUID().uuidString)").path
    defer { for suffix in ["", ".new"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    try await body(path)
  }

  @Test("objects, kinds, versions, history and tokens are those of the earlier life, and writing goes on")
  func lives() async throws {
    try await withFile { file in
      var version = ""
      var token = ""
      var foo: JSONValue = .null
      do {
        let harness = try ClusterHarness { $0.dataFile = file }
        let namespace = try await harness.namespace()
        _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
        foo = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a")).json
        _ = try await harness.post(namespace + "/configmaps", ClusterHarness.configMap("gone"))
        version = try await harness.get(namespace + "/configmaps").json.resourceVersionOfList
        _ = try await harness.delete(namespace + "/configmaps/gone")
        let account = namespace + "/serviceaccounts/default"
        try await waitUntil("the account is made") { try await harness.get(account).status == 200 }
        token =
          try await harness.post(account + "/token", [:]).json.value(at: ["status", "token"])?.string ?? ""
        harness.cluster.stop()
      }
      let harness = try ClusterHarness { $0.dataFile = file }
      #expect(try await harness.get(ClusterHarness.foos + "/a").json == foo)
      let bearer = [("Authorization", "Bearer " + token)]
      #expect(try await harness.send("GET", "/version", headers: bearer).status == 200)
      // A watch goes on where it was.
      let watch = WatchReader(
        harness, "/api/v1/namespaces/rec/configmaps?watch=true&resourceVersion=\(version)")
      _ = try await watch.wait(for: 1)
      #expect(watch.summary == ["DELETED gone"])
      let more = try await harness.post(
        "/api/v1/namespaces/rec/configmaps", ClusterHarness.configMap("more"))
      #expect((Int(more.json.resourceVersion) ?? 0) > (Int(version) ?? 0))
      #expect(try await harness.patch(ClusterHarness.foos + "/a", ["spec": ["replicas": 11]]).status == 422)
    }
  }

  @Test("a line that was not finished is left out; a line that is none names its place; a folder is refused")
  func damage() async throws {
    try await withFile { file in
      do {
        let harness = try ClusterHarness { $0.dataFile = file }
        _ = try await harness.namespace()
        harness.cluster.stop()
      }
      let whole = try Data(contentsOf: URL(filePath: file))
      try (whole + Data(#"{"is":"added","ver"#.utf8)).write(to: URL(filePath: file))
      do {
        let harness = try ClusterHarness { $0.dataFile = file }
        #expect(try await harness.get("/api/v1/namespaces/rec").status == 200)
        _ = try await harness.namespace("later")
        harness.cluster.stop()
      }
      do {
        let harness = try ClusterHarness { $0.dataFile = file }
        #expect(try await harness.get("/api/v1/namespaces/later").status == 200)
        harness.cluster.stop()
      }
      try (Data("rubbish\n".utf8) + whole).write(to: URL(filePath: file))
      let expected = DataFileError(
        description: "\(file):1: is no line of a data file; remove the file to begin without data")
      #expect(throws: expected) { try ClusterHarness { $0.dataFile = file } }
      #expect(throws: DataFileError.self) { try ClusterHarness { $0.dataFile = "/" } }
    }
  }

  @Test("a file that has grown is written anew without the past")
  func rewritten() async throws {
    try await withFile { file in
      do {
        let harness = try ClusterHarness { $0.dataFile = file }
        let path = try await harness.namespace() + "/configmaps"
        _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
        _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a"))
        for number in 0..<50 {
          _ = try await harness.post(path, ClusterHarness.configMap("c\(number)"))
          _ = try await harness.delete(path + "/c\(number)")
        }
        harness.cluster.stop()
      }
      func size() throws -> Int { try Data(contentsOf: URL(filePath: file)).count }
      let before = try size()
      func store() -> ClusterStore {
        ClusterStore(scheduler: ServerScheduler(owner: ThreadOwner()), historyLimit: 10, seed: 1)
      }
      let first = store()
      _ = try DataFile.open(file, into: first, TokenIssuer(store: first), rewriteBytes: 1)
      #expect(try size() < before / 2)
      let second = store()
      _ = try DataFile.open(file, into: second, TokenIssuer(store: second))
      #expect(second.version == first.version)
      for id in first.resourceIDs { #expect(second.list(id) == first.list(id), "\(id)") }
      #expect(second.resourceIDs == first.resourceIDs)
    }
  }

  @Test("hub devcluster that is killed comes back on its port with its data, and without them as new")
  func process() async throws {
    try await withFile { file in
      let client = HTTPClientThread()
      defer { client.stop() }
      func status(_ url: String, _ path: String, _ body: String? = nil) async throws -> Int {
        try await client.send(
          HTTPClientRequest(
            method: body == nil ? "GET" : "POST", url: url + path, body: body.map { Array($0.utf8) },
            deadlineMilliseconds: 30_000)
        ).status
      }
      func start(_ address: String, _ flags: [String]) async throws -> (BuiltProcess, String) {
        let process = try BuiltProcess("hub", ["devcluster", "--listen", address] + flags)
        let url = try await waitFor("the address") {
          process.output.split(separator: "\n").first { $0.hasPrefix("serving ") }
            .map { String($0.dropFirst("serving ".count)) }
        }
        return (process, url)
      }
      func kill(_ process: BuiltProcess) async throws {
        Glibc.kill(process.pid, SIGKILL)
        _ = try await process.end()
      }
      let (first, url) = try await start("127.0.0.1:0", ["--data", file])
      #expect(try await status(url, "/api/v1/namespaces", #"{"metadata":{"name":"kept"}}"#) == 201)
      try await kill(first)
      let address = String(url.dropFirst("http://".count))
      let (second, _) = try await start(address, ["--data", file])
      #expect(try await status(url, "/api/v1/namespaces/kept") == 200)
      try await kill(second)
      let (third, _) = try await start(address, [])
      #expect(try await status(url, "/api/v1/namespaces/kept") == 404)
      try await kill(third)
      let broken = try BuiltProcess("hub", ["devcluster", "--listen", "127.0.0.1:0", "--data", "/"])
      #expect(try await broken.end() == 1)
      #expect(broken.errors.contains("hub devcluster: --data: /: "))
    }
  }
}
