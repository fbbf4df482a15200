import DevCluster
import Foundation
import TestSupport
import Testing

/// The faults of `RealFaultsTests` in random order and at once.
@Suite("Mixed faults", .timeLimit(.minutes(5)))
struct MixedFaultsTests {
  private static let rounds = 6
  private static let changes = 80
  private static let sinkFaults: [FaultySink.Behaviour] = [
    .refused(500), .taken(after: 3), .taken(after: 15), .cut, .refused(503), .taken(after: 0), .hanging,
    .refused(429),
    .taken(after: 250),
  ]

  @Test(
    "Hub, sink and API server fail in random order: once the faults are over, all is told and nothing in doubt",
    arguments: [(UInt64(3), "Reference"), (4, "Resource")])
  func mixed(seed: UInt64, mode: String) async throws {
    var random = Numbers(state: seed)
    let cluster = try DevCluster(DevClusterConfiguration())
    cluster.start()
    defer { cluster.stop() }
    let sink = try FaultySink()
    let stage = try ServeStage(
      api: cluster.url,
      subscription: """
        {"resources": [{"apiVersion": "v1", "kind": "ConfigMap"}], "sink": {"uri": "\(sink.url)"}, "mode": "\(mode)",
         "delivery": {"backoffPolicy": "linear", "backoffDelay": "5ms", "timeout": "200ms"}}
        """)
    var hub = try stage.startHub()
    var names: Set<String> = []
    for round in 0..<Self.rounds {
      let plan = (0..<7).map { _ in Self.sinkFaults.randomElement(using: &random) ?? .hanging }
      sink.plan { plan[$0 % plan.count] }
      for number in 0..<Self.changes {
        try await change(number, &names, on: stage, &random)
        try await fail(&hub, cluster, on: stage, &random)
      }
      sink.plan(.taken(after: 0))
      cluster.faults.clear()
      try await stage.waitUntilSettled(hub, sink, "seed \(seed), round \(round), \(plan)")
    }
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }

  private func change(
    _ number: Int, _ names: inout Set<String>, on stage: ServeStage, _ random: inout Numbers
  ) async throws {
    let name = "c\(Int.random(in: 0..<23, using: &random))"
    if names.insert(name).inserted {
      try await stage.create(name, number)
    } else if Int.random(in: 0..<3, using: &random) == 0 {
      try await stage.delete(name)
      names.remove(name)
    } else {
      try await stage.update(name, number)
    }
  }

  /// Mostly nothing.
  private func fail(
    _ hub: inout BuiltProcess, _ cluster: DevCluster, on stage: ServeStage, _ random: inout Numbers
  ) async throws {
    switch Int.random(in: 0..<60, using: &random) {
    case 0, 1:
      kill(hub.pid, SIGKILL)
      _ = try await hub.end()
      hub = try stage.startHub()
    case 2:
      kill(hub.pid, SIGTERM)
      _ = try await hub.end()
      hub = try stage.startHub()
    case 3: cluster.faults.compact()
    case 4: cluster.faults.cutWatches()
    case 5: cluster.faults.restart()
    case 6:
      let status = [410, 429, 500, 504].randomElement(using: &random) ?? 500
      cluster.faults.failNext(method: "GET", pathContains: "/configmaps?", status: status)
    case 7:
      cluster.faults.cutWatches()
      cluster.faults.compact()
    default: break
    }
  }

  /// The same for the same seed.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}
