import Glibc
import HubRuntime
import JSONScan

/// The processes of one measurement: an API server, a sink, and a hub between them as `hub serve` runs it.
final class BenchStage {
  private static let subscriptionsPerFile = 500

  let cluster: BenchChild
  let sink: BenchChild
  let hub: BenchChild
  let sinkPort: Int
  let directory: String
  /// Where the sink leaves one of the hub's requests for the yardstick.
  var requestFile: String { directory + "/captured.request" }

  /// Starts them and waits until the hub watches; it may still have a list to read (`finishList`). `subscriptions` makes the
  /// subscriptions for a sink's URL.
  init(
    objects: Int, namespaces: Int = 1, subscriptions: (_ sink: String) -> [JSONValue]
  ) throws(BenchFailure) {
    directory = try Self.temporaryDirectory()
    sink = try BenchChild("bench-sink", [])
    cluster = try BenchChild("bench-cluster", ["--objects", "\(objects)", "--namespaces", "\(namespaces)"])
    sinkPort = try sink.numbers(after: "port").first ?? 0
    let port = try cluster.numbers(after: "port").first ?? 0
    let all = subscriptions("http://127.0.0.1:\(sinkPort)/events")
    for first in stride(from: 0, to: all.count, by: Self.subscriptionsPerFile) {
      let items = all[first..<min(all.count, first + Self.subscriptionsPerFile)]
      let list: JSONValue = ["kind": "List", "apiVersion": "v1", "items": .array(Array(items))]
      try Self.write(list.serialized(), to: "\(directory)/subscriptions-\(first).json")
    }
    try Self.expect(of: sink, first: 0, count: objects)
    hub = try BenchChild(
      "bench-hub",
      ["--api-server", "http://127.0.0.1:\(port)", "--listen", "127.0.0.1:0", "--subscriptions", directory])
    _ = try cluster.numbers(after: "watching")
  }

  deinit {
    hub.end()
    cluster.end()
    sink.end()
    Self.remove(directory)
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

  private static func temporaryDirectory() throws(BenchFailure) -> String {
    var template = [CChar]("/tmp/hub-bench-XXXXXX".utf8.map { CChar(bitPattern: $0) }) + [0]
    guard mkdtemp(&template) != nil else { throw .files(String(cString: strerror(errno))) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(BenchFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw .files(String(cString: strerror(errno)))
    }
  }

  private static func remove(_ directory: String) {
    guard let entries = opendir(directory) else { return }
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      unlink("\(directory)/\(name)")
    }
    closedir(entries)
    rmdir(directory)
  }
}
