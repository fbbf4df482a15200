import DevCluster
import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

private func subscription(_ sink: FaultySink) -> String {
  """
  {"resources": [{"apiVersion": "v1", "kind": "ConfigMap"}], "sink": {"uri": "\(sink.url)"},
   "delivery": {"backoffPolicy": "linear", "backoffDelay": "5ms", "timeout": "400ms"}}
  """
}

/// Real processes and sockets, real ends of them; after each fault every object's last state is acknowledged, every end of an
/// object that was told of is told, and nothing is left in doubt.
@Suite("Real faults", .serialized, .timeLimit(.minutes(5)))
struct RealFaultsTests {
  /// Creates, updates and deletes over a few names, so that incarnations follow each other.
  private func step(_ number: Int, _ names: inout Set<String>, on stage: ServeStage) async throws {
    let name = "c\(number * 7 % 41)"
    if names.insert(name).inserted {
      try await stage.create(name, number)
    } else if number % 3 == 0 {
      try await stage.delete(name)
      names.remove(name)
    } else {
      try await stage.update(name, number)
    }
  }

  @Test(
    "The hub is killed with -9 eight times during 1,000 creates, updates and deletes, with deliveries in flight"
  )
  func killedHub() async throws {
    let cluster = try DevCluster(DevClusterConfiguration())
    cluster.start()
    defer { cluster.stop() }
    let sink = try FaultySink()
    sink.plan(.taken(after: 20))
    let stage = try ServeStage(api: cluster.url, subscription: subscription(sink))
    var hub = try stage.startHub()
    try await stage.waitUntilReady(hub)
    var names: Set<String> = []
    var number = 0
    for kills in 1...8 {
      // Some are killed while they still read and list, and some later.
      if kills % 2 == 0 { try await stage.waitUntilReady(hub) }
      while number < kills * 125 || (kills % 2 == 0 && sink.inFlight == 0) {
        try await step(number, &names, on: stage)
        number += 1
      }
      kill(hub.pid, SIGKILL)
      #expect(try await hub.end() == -SIGKILL)
      hub = try stage.startHub()
    }
    try await stage.waitUntilSettled(hub, sink, "after eight kills")
    #expect(!hub.errors.contains("ERROR"))
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }

  @Test(
    "The sink answers 500 and 503, hangs, closes in the middle of its answers, is down, and all of it at once"
  )
  func failingSink() async throws {
    let cluster = try DevCluster(DevClusterConfiguration())
    cluster.start()
    defer { cluster.stop() }
    let sink = try FaultySink()
    let stage = try ServeStage(api: cluster.url, subscription: subscription(sink))
    let hub = try stage.startHub()
    try await stage.waitUntilReady(hub)
    var names: Set<String> = []
    var number = 0
    func change(_ count: Int) async throws {
      for _ in 0..<count {
        try await step(number, &names, on: stage)
        number += 1
      }
    }
    try await change(40)
    try await stage.waitUntilSettled(hub, sink, "before any fault")
    for fault in [FaultySink.Behaviour.refused(500), .refused(503), .hanging, .cut] {
      sink.plan(fault)
      try await change(40)
      try await waitUntil("\(fault) is met five times") { sink.count(fault) >= 5 }
      sink.plan(.taken(after: 0))
      try await stage.waitUntilSettled(hub, sink, "after \(fault)")
    }

    sink.goDown()
    let before = try await stage.status(hub)["counters"]?["noAnswer"]?.int ?? 0
    try await change(40)
    try await waitUntil("the hub knocked five times") {
      try await stage.status(hub)["counters"]?["noAnswer"]?.int ?? 0 >= before + 5
    }
    try sink.comeBack()
    try await stage.waitUntilSettled(hub, sink, "after it was down")

    let faults: [FaultySink.Behaviour] = [
      .refused(500), .taken(after: 3), .cut, .refused(503), .taken(after: 0), .hanging, .refused(429),
    ]
    sink.plan { faults[$0 % faults.count] }
    try await change(80)
    try await waitUntil("each is met twice") { faults.allSatisfy { sink.count($0) >= 2 } }
    sink.plan(.taken(after: 0))
    try await stage.waitUntilSettled(hub, sink, "after all at once")
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }

  @Test(
    "The reconciler is killed with -9 in its reconcile: before, during and after its write; the event comes again"
  )
  func killedReconciler() async throws {
    var configuration = DevClusterConfiguration()
    configuration.deploymentReadyMilliseconds = 20
    let cluster = try DevCluster(configuration)
    cluster.start()
    defer { cluster.stop() }
    func startReconciler(port: Int = 0) throws -> BuiltProcess {
      try BuiltProcess(
        "foo-reconciler", [], environment: ["PORT": "\(port)", "KUBERNETES_API_URL": cluster.url])
    }
    var reconciler = try startReconciler()
    let port = try #require(Int(try await reconciler.field("port")))
    let stage = try ServeStage(
      api: cluster.url,
      subscription: """
        {"resources": [{"apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"},
                       {"apiVersion": "apps/v1", "kind": "Deployment", "controller": true}],
         "sink": {"uri": "http://127.0.0.1:\(port)/"},
         "delivery": {"backoffPolicy": "linear", "backoffDelay": "5ms"}}
        """)
    try await stage.send("POST", Stage.definitions, Stage.fooDefinition)
    let hub = try stage.startHub()
    try await stage.waitUntilReady(hub)
    for (name, method, path) in [
      ("before", "GET", "/foos/before"), ("during", "POST", "/deployments"),
      ("after", "PUT", "/foos/after/status"),
    ] {
      let hold = cluster.faults.hold(method: method, pathContains: path)
      try await stage.send("POST", Stage.foos, Stage.foo(name))
      try await waitUntil("the reconcile is in the middle") { hold.held == 1 }
      kill(reconciler.pid, SIGKILL)
      #expect(try await reconciler.end() == -SIGKILL)
      // The write that was under way arrives, though nobody waits for its answer.
      cluster.faults.release(hold)
      reconciler = try startReconciler(port: port)
      try await waitUntil("\(name) is as it should be, and the hub has nothing to tell") {
        let foo = try await stage.send("GET", Stage.foos + "/" + name)
        guard foo["status"]?["availableReplicas"]?.int == 1 else { return false }
        return try await stage.hasNothingToTell(hub)
      }
    }
    #expect(try await stage.send("GET", Stage.deployments)["items"]?.array?.count == 3)
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    kill(reconciler.pid, SIGTERM)
    #expect(try await reconciler.end() == 0)
  }

  @Test(
    "The API server is restarted, compacted and expires versions while the hub is down, and restarts while it runs"
  )
  func failingAPIServer() async throws {
    let data = FileManager.default.temporaryDirectory.appending(path: "cluster-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: data) }
    func startCluster(port: Int = 0) async throws -> (BuiltProcess, String) {
      let process = try BuiltProcess("hub", ["devcluster", "--listen", "127.0.0.1:\(port)", "--data", data])
      let url = try await waitFor("the cluster's URL") {
        process.output.split(separator: "\n").first.map { String($0.dropFirst("serving ".count)) }
      }
      return (process, url)
    }
    var (cluster, api) = try await startCluster()
    let port = try #require(api.split(separator: ":").last.flatMap { Int($0) })
    let sink = try FaultySink()
    let stage = try ServeStage(api: api, subscription: subscription(sink))
    func order(_ fault: JSONValue) async throws { try await stage.send("POST", "/devcluster/faults", fault) }
    func restart() async throws {
      kill(cluster.pid, SIGKILL)
      #expect(try await cluster.end() == -SIGKILL)
      (cluster, api) = try await startCluster(port: port)
    }
    var hub = try stage.startHub()
    try await stage.waitUntilReady(hub)
    var names: Set<String> = []
    var number = 0
    func change() async throws {
      for _ in 0..<60 {
        try await step(number, &names, on: stage)
        number += 1
      }
    }
    try await change()
    let expired: JSONValue = ["fault": "fail", "status": 410, "method": "GET", "path": "/configmaps?"]
    for when in ["restarted", "compacted", "restarted and compacted", "expired"] {
      kill(hub.pid, SIGKILL)
      #expect(try await hub.end() == -SIGKILL)
      try await change()
      if when.hasPrefix("restarted") { try await restart() }
      if when.hasSuffix("compacted") { try await order(["fault": "compact"]) }
      if when == "expired" { try await order(expired) }
      hub = try stage.startHub()
      try await stage.waitUntilSettled(hub, sink, "the API server was \(when)")
    }
    try await restart()
    try await change()
    try await stage.waitUntilSettled(hub, sink, "the API server was restarted under the hub")
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    kill(cluster.pid, SIGTERM)
    #expect(try await cluster.end() == 0)
  }
}
