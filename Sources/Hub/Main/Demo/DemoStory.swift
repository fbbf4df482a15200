import DevCluster
import Glibc
import HubRuntime
import JSONScan
import Manifests

/// The five steps. Each waits for objects and processes to be as it says, and fails if they do not come to be so in
/// time; nothing is read from a log.
struct DemoStory: Sendable {
  static let stepCount = 5
  /// A step that takes longer has failed.
  static let stepSeconds = 15

  private let stage: DemoStage
  private var client: DemoClient { stage.client }

  init(_ stage: DemoStage) { self.stage = stage }

  /// Tells the story to its end or to the first step that does not hold; returns how many held.
  func tell() async -> Int {
    let steps: [(title: String, run: () async throws -> String)] = [
      ("a Foo is created: its Deployment appears", created),
      ("the Deployment is deleted by hand: it is repaired", repaired),
      ("the reconciler is killed in the middle: the event comes again", replayed),
      ("nothing to do: the reconciler falls asleep", asleep),
      ("a change wakes it", awake),
    ]
    do {
      Console.print(
        "API server (in memory) \(stage.cluster.url)\nhub                    \(stage.hub.adminURL)\n")
      stage.cluster.start()
      for (path, object) in try DemoManifests.all() { try await client.create(path, object) }
      stage.hub.start()
    } catch {
      Console.print("demo: the stage could not be set: \(error)")
      return 0
    }
    for (index, step) in steps.enumerated() {
      let clock = ContinuousClock()
      let start = clock.now
      Console.print("\(index + 1)/\(steps.count) \(step.title)")
      do {
        let story = try await step.run()
        Console.print("    \(story)\n    held after \(Self.text(clock.now - start))\n")
      } catch {
        Console.print("    \(error)")
        for line in await complaints() { Console.print("    \(line)") }
        Console.print("demo: step \(index + 1) of \(steps.count) failed: \(step.title)")
        return index
      }
    }
    return steps.count
  }

  /// What the objects themselves say is wrong: conditions that are not True.
  private func complaints() async -> [String] {
    let paths = [
      DemoManifests.servicesPath + "/" + DemoManifests.service, DemoManifests.subscriptionsPath + "/foo",
    ]
    var lines: [String] = []
    for path in paths {
      guard let object = try? await client.find(path) else { continue }
      for condition in object["status"]?["conditions"]?.array ?? []
      where condition["status"]?.string == "False" {
        lines.append(
          "\(object["kind"]?.string ?? "") \(condition["type"]?.string ?? ""): \(condition["message"]?.string ?? "")"
        )
      }
    }
    return lines
  }

  private static func text(_ duration: Duration) -> String {
    let tenths = Int(duration / .milliseconds(100))
    return "\(tenths / 10).\(tenths % 10) s"
  }

  // MARK: The steps

  private func created() async throws -> String {
    try await client.create(DemoManifests.foosPath, DemoManifests.foo("demo-foo", replicas: 1))
    let deployment = try await reconciled("demo-foo", replicas: 1)
    let pid = try await runningProcess()
    return "Deployment demo-foo (uid \(deployment.uid)) is controlled by Foo demo-foo; awake: pid \(pid)"
  }

  private func repaired() async throws -> String {
    let old = try await reconciled("demo-foo", replicas: 1)
    let before = requests.last?.sequence ?? 0
    try await client.delete(DemoManifests.deploymentsPath + "/demo-foo")
    let event = try await wait(for: "an event with hubvia Deployment that is answered") {
      requests.first {
        $0.sequence > before && $0.attribute("ce-hubvia") == "Deployment"
          && $0.outcome == .answered(status: 200)
      }
    }
    guard event.attribute("ce-hubcause") == "change" else {
      throw DemoFailure.wrong("hubcause is \(event.attribute("ce-hubcause") ?? "missing"), not change")
    }
    guard event.attribute("ce-kind") == "Foo", event.attribute("ce-name") == "demo-foo" else {
      throw DemoFailure.wrong("the event is not about the Deployment's controller")
    }
    let new = try await wait(for: "a new Deployment demo-foo") {
      try await deployment("demo-foo").flatMap { $0.uid == old.uid ? nil : $0 }
    }
    _ = try await reconciled("demo-foo", replicas: 1)
    return "controller: true told Foo demo-foo of it (hubcause change); the new uid is \(new.uid)"
  }

  private func replayed() async throws -> String {
    // The API server holds the reconciler's write: it has received the event and cannot answer yet.
    let hold = stage.cluster.faults.hold(method: "POST", pathContains: DemoManifests.deploymentsPath)
    try await client.create(DemoManifests.foosPath, DemoManifests.foo("crash-foo", replicas: 1))
    _ = try await wait(for: "the reconciler in the middle of crash-foo") { hold.held > 0 ? true : nil }
    let first = try await wait(for: "the event about crash-foo at the reconciler") {
      requests.last { $0.attribute("ce-name") == "crash-foo" && $0.outcome == .forwarded && $0.pid != nil }
    }
    guard let victim = first.pid, let id = first.id else { throw DemoFailure.wrong("the event has no id") }
    kill(victim, SIGKILL)
    _ = try await wait(for: "pid \(victim) gone") { isRunning(victim) ? nil : true }
    stage.cluster.faults.drop(hold)
    let second = try await wait(for: "the event \(id) again, answered by another process") {
      requests.first {
        $0.id == id && ($0.hubAttempt ?? 0) > (first.hubAttempt ?? 0) && $0.outcome == .answered(status: 200)
          && $0.pid != victim
      }
    }
    _ = try await reconciled("crash-foo", replicas: 1)
    return "pid \(victim) died with event \(id) (hubattempt \(first.hubAttempt ?? 0)); "
      + "pid \(second.pid ?? 0) got it again (hubattempt \(second.hubAttempt ?? 0)) and reconciled crash-foo"
  }

  private func asleep() async throws -> String {
    let pid = try await runningProcess()
    _ = try await wait(for: "pid \(pid) ended by its idle window") { isRunning(pid) ? nil : true }
    _ = try await wait(for: "no Pod of the reconciler") { try await process() == nil ? true : nil }
    return "asleep: pid \(pid) is gone, and no process stands by"
  }

  private func awake() async throws -> String {
    guard try await process() == nil else { throw DemoFailure.wrong("the reconciler is not asleep") }
    try await client.patch(DemoManifests.foosPath + "/demo-foo", ["spec": ["replicas": 2]])
    let pid = try await runningProcess()
    _ = try await reconciled("demo-foo", replicas: 2)
    return "awake: pid \(pid) scaled Deployment demo-foo to 2"
  }

  // MARK: Looking

  private struct Deployment {
    var uid: String
    var object: JSONValue
  }

  /// Waits until the Foo's Deployment is its own and of this size, and the Foo's status says so.
  private func reconciled(_ name: String, replicas: Int) async throws -> Deployment {
    try await wait(for: "Foo \(name) with \(replicas) available replicas") {
      guard let foo = try await client.find(DemoManifests.foosPath + "/" + name),
        let deployment = try await deployment(name),
        foo["status"]?["availableReplicas"]?.int == replicas,
        deployment.object["spec"]?["replicas"]?.int == replicas,
        let owner = deployment.object["metadata"]?["ownerReferences"]?.array?.first,
        owner["controller"]?.bool == true, owner["uid"] == foo["metadata"]?["uid"]
      else { return nil }
      return deployment
    }
  }

  private func deployment(_ name: String) async throws -> Deployment? {
    guard let object = try await client.find(DemoManifests.deploymentsPath + "/" + name) else { return nil }
    return object["metadata"]?["uid"]?.string.map { Deployment(uid: $0, object: object) }
  }

  /// The pid that a Pod of the reconciler names.
  private func process() async throws -> pid_t? {
    let pods = try await client.find(
      DemoManifests.podsPath + "?labelSelector=serving.knative.dev/service%3D\(DemoManifests.service)")
    return pods?["items"]?.array?.lazy.compactMap { pod in
      pod["metadata"]?["annotations"]?["devcluster.frugalhub.dev/pid"]?.string.flatMap { pid_t($0) }
    }.first
  }

  private func runningProcess() async throws -> pid_t {
    try await wait(for: "a process of the reconciler") {
      try await process().flatMap { isRunning($0) ? $0 : nil }
    }
  }

  private func isRunning(_ pid: pid_t) -> Bool { kill(pid, 0) == 0 }

  private var requests: [ProxiedRequest] {
    stage.cluster.knativeRequests(namespace: DemoManifests.namespace, service: DemoManifests.service)
  }

  private func wait<Value>(for what: String, _ look: () async throws -> Value?) async throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(Self.stepSeconds)
    while clock.now < deadline {
      if let value = try await look() { return value }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw DemoFailure.waitedInVain(what, seconds: Self.stepSeconds)
  }
}
