import JSONScan
import Testing

@testable import DevCluster

@Suite("Deployment controller of the dev cluster")
struct DeploymentControllerTests {
  private let scheduler = ManualScheduler()
  private let store: ClusterStore
  private let controller = DeploymentController()
  private let options = WriteOptions(manager: "test")
  private let resource = BuiltInResources.deployments

  init() throws {
    store = ClusterStore(scheduler: scheduler, historyLimit: 100, seed: 7)
    InitialObjects.create(in: store)
    var configuration = DevClusterConfiguration()
    configuration.deploymentReadyMilliseconds = 300
    controller.start(
      in: ClusterContext(
        store: store, scheduler: scheduler, configuration: configuration, url: "", owner: ThreadOwner(),
        execute: { _ in }))
    _ = try store.create(
      ClusterHarness.deployment("d", replicas: 3), in: resource, namespace: "default", options: options)
    scheduler.run()
  }

  private func status() throws -> JSONValue {
    try store.get(resource, namespace: "default", name: "d")["status"] ?? .null
  }

  private func scale(_ replicas: Int) throws {
    try store.modify(resource, namespace: "default", name: "d", options: options) { old in
      MergePatch.apply(["spec": ["replicas": .integer(replicas)]], to: old)
    }
    scheduler.run()
  }

  private func condition(_ type: String) throws -> String? {
    try status()["conditions"]?.array?.first { $0["type"] == .string(type) }?["status"]?.string
  }

  @Test("replicas are unavailable until the delay has passed, and available after it")
  func becomesAvailable() throws {
    #expect(try status()["observedGeneration"] == 1)
    #expect(try status()["replicas"] == 3)
    #expect(try status()["availableReplicas"] == nil)
    #expect(try status()["unavailableReplicas"] == 3)
    #expect(try condition("Available") == "False")
    scheduler.run(milliseconds: 299)
    #expect(try status()["availableReplicas"] == nil)
    scheduler.run(milliseconds: 1)
    #expect(try status()["availableReplicas"] == 3)
    #expect(try status()["readyReplicas"] == 3)
    #expect(try status()["updatedReplicas"] == 3)
    #expect(try status()["unavailableReplicas"] == nil)
    #expect(try condition("Available") == "True")
    let version = store.version
    scheduler.run(milliseconds: 10_000)
    #expect(store.version == version, "a settled Deployment is left alone")
  }

  @Test("fewer replicas are there at once, more after the delay, none is a status without numbers")
  func scales() throws {
    scheduler.run(milliseconds: 300)
    try scale(1)
    #expect(try status()["observedGeneration"] == 2)
    #expect(try status()["availableReplicas"] == 1)
    try scale(4)
    #expect(try status()["availableReplicas"] == 1)
    #expect(try status()["unavailableReplicas"] == 3)
    #expect(try condition("Available") == "True")
    scheduler.run(milliseconds: 300)
    #expect(try status()["availableReplicas"] == 4)
    try scale(0)
    scheduler.run(milliseconds: 300)
    #expect(try status().object?.keys == ["observedGeneration", "terminatingReplicas", "conditions"])
    #expect(try status()["observedGeneration"] == 4)
  }

  @Test("a delay that a newer generation overtook has no effect")
  func overtaken() throws {
    try scale(5)
    scheduler.run(milliseconds: 200)
    try scale(2)
    scheduler.run(milliseconds: 200)
    #expect(try status()["availableReplicas"] == nil, "300 ms have not passed since the last change")
    scheduler.run(milliseconds: 100)
    #expect(try status()["availableReplicas"] == 2)
  }

  @Test("a Deployment made again under its name gets its own status, not its predecessor's")
  func madeAgain() throws {
    _ = try store.delete(resource, namespace: "default", name: "d")
    _ = try store.create(
      ClusterHarness.deployment("d", replicas: 1), in: resource, namespace: "default", options: options)
    scheduler.run()
    #expect(try status()["replicas"] == 1)
    scheduler.run(milliseconds: 300)
    #expect(try status()["availableReplicas"] == 1)
  }
}
