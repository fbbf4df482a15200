import Glibc
import HubRuntime
import JSONScan

/// The processes of one measurement: an API server, a sink, and a hub between them as `hub serve` runs it.
final class BenchStage {
  private static let subscriptionsPerFile = 500

  let cluster: BenchChild
  let sink: BenchChild
  private(set) var hub: BenchChild
  let sinkPort: Int
  let directory: BenchDirectory
  private let hubArguments: [String]

  /// Starts them and waits until the hub watches; it may still have a list to read (`finishList`). `subscriptions` makes the
  /// subscriptions for a sink's URL. With `keepsState` the hub has a state directory.
  init(
    objects: Int, namespaces: Int = 1, keepsState: Bool = false,
    subscriptions: (_ sink: String) -> [JSONValue]
  ) throws(BenchFailure) {
    directory = try BenchDirectory()
    sink = try BenchChild("bench-sink", [])
    cluster = try BenchChild("bench-cluster", ["--objects", "\(objects)", "--namespaces", "\(namespaces)"])
    sinkPort = try sink.numbers(after: "port").first ?? 0
    let port = try cluster.numbers(after: "port").first ?? 0
    let all = subscriptions("http://127.0.0.1:\(sinkPort)/events")
    for first in stride(from: 0, to: all.count, by: Self.subscriptionsPerFile) {
      let items = all[first..<min(all.count, first + Self.subscriptionsPerFile)]
      let list: JSONValue = ["kind": "List", "apiVersion": "v1", "items": .array(Array(items))]
      try directory.writeSubscriptions(list.serialized(), name: "\(first).json")
    }
    try Self.expect(of: sink, first: 0, count: objects)
    let state = keepsState ? ["--state-dir", directory.state] : []
    hubArguments =
      [
        "--api-server", "http://127.0.0.1:\(port)", "--listen", "127.0.0.1:0", "--subscriptions",
        directory.subscriptions,
      ] + state
    hub = try BenchChild("bench-hub", hubArguments)
    _ = try cluster.numbers(after: "watching")
  }

  deinit {
    hub.end()
    cluster.end()
    sink.end()
  }

  /// The hub's CPU time so far, in microseconds.
  var hubCPU: Int { ProcessUsage.cpuMicroseconds(of: hub.pid) }

  /// The hub's resident memory once it has not changed for two seconds, in bytes.
  var settledHubMemory: Int {
    var (last, unchanged) = (-1, 0)
    for _ in 0..<30 where unchanged < 4 {
      usleep(500_000)
      let now = ProcessUsage.residentBytes(of: hub.pid)
      unchanged = now == last ? unchanged + 1 : 0
      last = now
    }
    return last
  }

  /// Kills the hub and starts it again. Returns how long it took from there until it watched again, in nanoseconds.
  func restartHub() throws(BenchFailure) -> Int {
    hub.end()
    let start = monotonicNanoseconds()
    hub = try BenchChild("bench-hub", hubArguments)
    guard try cluster.numbers(after: "watching") == [0] else { throw .listedAgain }
    return monotonicNanoseconds() - start
  }

  /// Every one of the first `count` objects changes once; what it took until the sink had all of it, in nanoseconds,
  /// and the hub's CPU in microseconds.
  func deliverRound(count: Int) throws(BenchFailure) -> (nanoseconds: Int, cpu: Int) {
    try expect(count: count, step: BenchPlan.eventStep)
    let (start, cpu) = (monotonicNanoseconds(), hubCPU)
    var written = 0
    var received = 0
    while received < count {
      let more = min(count, received + BenchPlan.eventWindow) - written
      if more > 0 { try cluster.tell("write \(BenchObject.wanted) \(written) \(more)") }
      written += max(0, more)
      let line = try sink.nextLine()
      if line.count > 1 { received = Int(line[1]) ?? received }
    }
    return (monotonicNanoseconds() - start, hubCPU - cpu)
  }

  /// Returns when the hub has read its list: lines are judged in order, so when a change after it comes, all before it
  /// is done.
  func finishList() throws(BenchFailure) {
    try expect(count: 1)
    try cluster.tell("write \(BenchObject.wanted) 0 1")
    _ = try sink.numbers(after: "done")
  }

  /// From now on the sink counts these objects only, each when so many events about it have come, and says so after
  /// each `step` of them.
  func expect(first: Int = 0, count: Int, step: Int? = nil, times: Int = 1) throws(BenchFailure) {
    try Self.expect(of: sink, first: first, count: count, step: step, times: times)
  }

  /// Returns when the sink knows: what is written afterwards counts.
  private static func expect(
    of sink: BenchChild, first: Int, count: Int, step: Int? = nil, times: Int = 1
  ) throws(BenchFailure) {
    try sink.tell("expect \(first) \(count) \(step ?? max(1, count)) \(times)")
    _ = try sink.numbers(after: "expecting")
  }
}
