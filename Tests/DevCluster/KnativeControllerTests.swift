import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// The controller with a real store and real processes, but without the API server: objects are written into the store.
@Suite("Knative Services of the cluster", .timeLimit(.minutes(2)))
struct KnativeControllerTests {
  @Test("a Service becomes ready at once, with an address, and no process")
  func becomesReady() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service())
    let status = try await cluster.status { $0["url"] != nil }
    let url = try #require(status["url"]?.string)
    #expect(url.hasPrefix("http://127.0.0.1:"))
    #expect(status["address"]?["url"]?.string == url)
    #expect(status["observedGeneration"] == 1)
    #expect(status["latestReadyRevisionName"] == "echo-00001")
    #expect(status["latestCreatedRevisionName"] == "echo-00001")
    for type in ["ConfigurationsReady", "Ready", "RoutesReady"] {
      #expect(status.condition(type)?["status"] == "True")
      #expect(status.condition(type)?["lastTransitionTime"]?.string != nil)
    }
    #expect(await cluster.pods().isEmpty)
  }

  @Test("a request starts a process with a Pod that tells its pid; after the window both are gone")
  func podOfProcess() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service(annotations: ["autoscaling.knative.dev/window": "3s"]))
    let answer = try await cluster.send()
    let pid = try #require(answer.pid)
    #expect(answer.text == "{}")
    let pod = try await waitFor("the Pod to run") {
      await cluster.pods().first { $0["status"]?["phase"] == "Running" }
    }
    #expect(pod["metadata"]?["annotations"]?["devcluster.frugalhub.dev/pid"]?.string == "\(pid)")
    #expect(pod["metadata"]?["labels"]?["serving.knative.dev/service"] == "echo")
    #expect(pod["metadata"]?["labels"]?["serving.knative.dev/revision"] == "echo-00001")
    #expect(pod["status"]?["podIP"] == "127.0.0.1")
    #expect(KnativeChildTests.isRunning(pid))
    try await waitUntil("the Pod to go") { await cluster.pods().isEmpty }
    #expect(!KnativeChildTests.exists(pid))
  }

  @Test("a changed template is a new revision: new requests go to a new process and the old one ends")
  func newGeneration() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service())
    let old = try #require(try await cluster.send().pid)
    try await cluster.update(cluster.service(arguments: ["--status", "201"]))
    let status = try await cluster.status { $0["observedGeneration"] == 2 }
    #expect(status["latestReadyRevisionName"] == "echo-00002")
    let answer = try await cluster.send()
    #expect(answer.status == 201)
    #expect(answer.headers[first: "X-Revision"] == "echo-00002")
    try await waitUntil("the old process is gone") { !KnativeChildTests.exists(old) }
  }

  @Test("a change beside the template keeps the revision and its process")
  func sameTemplate() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service())
    let pid = try #require(try await cluster.send().pid)
    var changed = cluster.service()
    changed.set([["latestRevision": true, "percent": 100]], at: ["spec", "traffic"])
    try await cluster.update(changed)
    let status = try await cluster.status { $0["observedGeneration"] == 2 }
    #expect(status["latestReadyRevisionName"] == "echo-00001")
    #expect(try await cluster.send().pid == pid)
  }

  @Test("a Service that cannot be run says so in Ready, and serves once it is corrected")
  func badSpec() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service(command: "/ko-app/no-such-program"))
    let bad = try await cluster.status { $0["conditions"] != nil }
    let ready = try #require(bad.condition("Ready"))
    #expect(ready["status"] == "False")
    #expect(ready["reason"] == "CommandNotFound")
    #expect(ready["message"]?.string?.contains("/ko-app/no-such-program") == true)
    #expect(bad.condition("RoutesReady")?["status"] == "False")
    #expect(bad["latestReadyRevisionName"] == nil)
    #expect(try await cluster.send().status == 503)
    try await cluster.update(cluster.service())
    let good = try await cluster.status { $0["observedGeneration"] == 2 }
    #expect(good.condition("Ready")?["status"] == "True")
    #expect(good["latestReadyRevisionName"] == "echo-00002")
    #expect(try await cluster.send().status == 200)
  }

  @Test("a bad edit leaves the revision before it in service")
  func badEdit() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service())
    let pid = try #require(try await cluster.send().pid)
    try await cluster.update(cluster.service(annotations: ["autoscaling.knative.dev/window": "soon"]))
    let status = try await cluster.status { $0["observedGeneration"] == 2 }
    #expect(status.condition("Ready")?["reason"] == "InvalidValue")
    #expect(status.condition("RoutesReady")?["status"] == "True")
    #expect(status["latestReadyRevisionName"] == "echo-00001")
    #expect(try await cluster.send().pid == pid)
  }

  @Test("a process that cannot start makes Ready False with the reason, until one does")
  func failedStart() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service(arguments: ["--exit-at-start", "3"]))
    #expect(try await cluster.send().status == 503)
    let bad = try await cluster.status { $0.condition("Ready")?["status"] == "False" }
    #expect(bad.condition("Ready")?["reason"] == "ExitedBeforeReady")
    #expect(bad.condition("Ready")?["message"]?.string?.contains("exited with code 3") == true)
    #expect(bad.condition("RoutesReady")?["status"] == "True")
    try await cluster.update(cluster.service())
    _ = try await cluster.send()
    let good = try await cluster.status { $0.condition("Ready")?["status"] == "True" }
    #expect(good["observedGeneration"] == 2)
  }

  @Test("a deleted Pod ends its process; the next request starts another")
  func deletedPod() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service())
    let pid = try #require(try await cluster.send().pid)
    let name = try #require(await cluster.pods().first).name
    try await cluster.onHome { store throws(APIError) in
      _ = try store.delete(BuiltInResources.pods, namespace: "default", name: name)
    }
    try await waitUntil("the process is gone") { !KnativeChildTests.exists(pid) }
    #expect(try await cluster.send().pid != pid)
  }

  @Test("a deleted Service ends its process and takes its Pod away")
  func deletedService() async throws {
    let cluster = try KnativeCluster()
    try await cluster.create(cluster.service())
    let pid = try #require(try await cluster.send().pid)
    try await cluster.onHome { store throws(APIError) in
      _ = try store.delete(BuiltInResources.knativeServices, namespace: "default", name: "echo")
    }
    try await waitUntil("the process is gone") { !KnativeChildTests.exists(pid) }
    try await waitUntil("the Pod is gone") { await cluster.pods().isEmpty }
  }

  @Test("conditions keep their transition time while they stay as they are")
  func transitionTimes() {
    var status = ServiceStatus(observedGeneration: 1, url: "http://127.0.0.1:1/", revision: "echo-00001")
    let first = status.json(previous: nil, now: "2026-01-01T00:00:00Z")
    status.startProblem = .init(reason: "ExitedBeforeReady", message: "…")
    let second = status.json(previous: first, now: "2026-01-02T00:00:00Z")
    #expect(second.condition("Ready")?["lastTransitionTime"] == "2026-01-02T00:00:00Z")
    #expect(second.condition("RoutesReady")?["lastTransitionTime"] == "2026-01-01T00:00:00Z")
  }
}

extension JSONValue {
  fileprivate func condition(_ type: String) -> JSONValue? {
    self["conditions"]?.array?.first { $0["type"]?.string == type }
  }
}

/// A store and its thread, with the controller of Knative Services.
private final class KnativeCluster: Sendable {
  private let server: HTTPServer
  private let runtime = KnativeRuntime()
  private let client = HTTPClientThread()
  private let core: ThreadConfined<Core>

  private final class Core {
    let context: ClusterContext
    let services: KnativeServices

    init(context: ClusterContext, runtime: KnativeRuntime) {
      self.context = context
      services = KnativeServices(runtime: runtime)
    }
  }

  init() throws {
    let owner = ThreadOwner()
    let scheduler = ServerScheduler(owner: owner)
    let store = ClusterStore(scheduler: scheduler, historyLimit: 100, seed: 1)
    let server = try HTTPServer(HTTPServerConfiguration()) { _, responder in responder.abort() }
    scheduler.attach(server)
    var configuration = DevClusterConfiguration()
    configuration.executableDirectories = [
      URL(filePath: KnativeHarness.sink).deletingLastPathComponent().path
    ]
    configuration.processOutput = .discarded
    let context = ClusterContext(
      store: store, scheduler: scheduler, configuration: configuration,
      url: "http://127.0.0.1:\(server.port)", owner: owner, execute: { server.execute($0) })
    let core = ThreadConfined(Core(context: context, runtime: runtime), to: owner)
    self.server = server
    self.core = core
    server.start()
    server.execute {
      InitialObjects.create(in: core.value.context.store)
      core.value.services.start(in: core.value.context)
    }
  }

  deinit {
    runtime.stop(graceMilliseconds: 1000)
    client.stop()
    server.stop()
  }

  /// Runs work with the store on its thread.
  @discardableResult
  func onHome<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable (ClusterStore) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      server.execute { [core] in
        let store = core.value.context.store
        do throws(Failure) {
          continuation.resume(returning: .success(try work(store)))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  func service(
    command: String = "/ko-app/test-sink", arguments: [String] = [], annotations: JSONValue = [:]
  ) -> JSONValue {
    let container: JSONValue = [
      "image": "sink", "command": [.string(command)], "args": .array(arguments.map { .string($0) }),
    ]
    return [
      "apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": ["name": "echo"],
      "spec": [
        "template": ["metadata": ["annotations": annotations], "spec": ["containers": [container]]]
      ],
    ]
  }

  func create(_ service: JSONValue) async throws {
    try await onHome { store throws(APIError) in
      try store.create(
        service, in: BuiltInResources.knativeServices, namespace: "default",
        options: WriteOptions(manager: "test"))
    }
  }

  func update(_ service: JSONValue) async throws {
    try await onHome { store throws(APIError) in
      try store.modify(
        BuiltInResources.knativeServices, namespace: "default", name: "echo",
        options: WriteOptions(manager: "test")
      ) { old throws(APIError) in
        var new = old
        new["spec"] = service["spec"]
        return new
      }
    }
  }

  /// The Service's status, once it is so.
  func status(_ condition: @escaping @Sendable (JSONValue) -> Bool) async throws -> JSONValue {
    try await waitFor("the status") {
      let status = await onHome { store in
        store.find(BuiltInResources.knativeServices.id, namespace: "default", name: "echo")?["status"]
      }
      // Not `? status : nil`: a JSONValue may be null.
      guard let status, condition(status) else { return JSONValue?.none }
      return status
    }
  }

  func pods() async -> [JSONValue] {
    await onHome { store in store.list(BuiltInResources.pods.id, namespace: "default") }
  }

  func send() async throws -> HTTPResponse {
    let url = try await status { $0["url"] != nil }["url"]?.string ?? ""
    return try await client.send(
      HTTPClientRequest(method: "POST", url: url, body: Array("{}".utf8), deadlineMilliseconds: 60_000))
  }
}
