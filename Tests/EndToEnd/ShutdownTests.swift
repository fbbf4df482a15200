import DevCluster
import Foundation
import TestSupport
import Testing

private func subscription(_ sink: FaultySink) -> String {
  #"{"resources": [{"apiVersion": "v1", "kind": "ConfigMap"}], "sink": {"uri": "\#(sink.url)"}}"#
}

@Suite("The end of hub serve with a state directory", .timeLimit(.minutes(3)))
struct ShutdownTests {
  /// A hub that has told of ten objects, and then of five changes that the sink holds back.
  private func draining(_ cluster: DevCluster, _ sink: FaultySink) async throws -> (ServeStage, BuiltProcess)
  {
    let stage = try ServeStage(api: cluster.url, subscription: subscription(sink))
    let hub = try stage.startHub()
    try await stage.waitUntilReady(hub)
    for number in 0..<10 { try await stage.create("c\(number)", 1) }
    try await stage.waitUntilSettled(hub, sink, "at first")
    sink.plan(.held)
    for number in 0..<5 { try await stage.update("c\(number)", 2) }
    try await waitUntil("five deliveries are in flight") { sink.inFlight == 5 }
    kill(hub.pid, SIGTERM)
    try await waitUntil("the drain") { hub.errors.contains("draining deliveriesInFlight=5") }
    return (stage, hub)
  }

  @Test(
    "SIGTERM takes nothing new, waits for what is in flight and exits 0; a restart sends none of it again, and what came meanwhile"
  )
  func drains() async throws {
    let cluster = try DevCluster(DevClusterConfiguration())
    cluster.start()
    defer { cluster.stop() }
    let sink = try FaultySink()
    let (stage, first) = try await draining(cluster, sink)
    var hub = first
    try await stage.update("c7", 2)
    try await stage.delete("c0")
    sink.plan(.taken(after: 0))
    sink.release()
    #expect(try await hub.end() == 0)
    #expect(sink.received.count == 15)
    #expect(sink.acknowledged.count == 15)

    hub = try stage.startHub()
    try await stage.waitUntilSettled(hub, sink, "after the restart")
    #expect(
      Set(sink.received.dropFirst(15).map { "\($0.operation) \($0.name)" }) == ["update c7", "delete c0"])
    #expect(sink.received.count == 17)
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)

    hub = try stage.startHub()
    try await stage.waitUntilReady(hub)
    try await stage.create("last", 1)
    try await stage.waitUntilSettled(hub, sink, "after a restart with nothing to tell")
    #expect(sink.received.dropFirst(17).map { "\($0.operation) \($0.name)" } == ["add last"])
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }

  @Test("A second signal ends the hub at once with 143; what was in flight is told again after the restart")
  func ends() async throws {
    let cluster = try DevCluster(DevClusterConfiguration())
    cluster.start()
    defer { cluster.stop() }
    let sink = try FaultySink()
    let (stage, first) = try await draining(cluster, sink)
    var hub = first
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 128 + SIGTERM)
    #expect(sink.acknowledged.count == 10)
    sink.plan(.taken(after: 0))
    hub = try stage.startHub()
    try await stage.waitUntilSettled(hub, sink, "after the restart")
    #expect(Set(sink.acknowledged.dropFirst(10).map(\.name)) == ["c0", "c1", "c2", "c3", "c4"])
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }
}
