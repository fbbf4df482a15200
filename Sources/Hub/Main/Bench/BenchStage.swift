import Glibc
import HubRuntime
import JSONScan

/// The processes of one measurement: an API server, a sink, and a hub between them as `hub serve` runs it.
final class BenchStage {
  let cluster: BenchChild
  let sink: BenchChild
  let hub: BenchChild
  let sinkPort: Int
  let directory: String
  /// Where the sink leaves one of the hub's requests for the yardstick.
  var requestFile: String { directory + "/captured.request" }

  /// Starts them and waits until the hub has listed all objects and watches. `subscriptions` makes the
  /// subscriptions for a sink's URL.
  init(
    objects: Int, namespaces: Int = 1, subscriptions: (_ sink: String) -> [JSONValue]
  ) throws(BenchFailure) {
    directory = try Self.temporaryDirectory()
    sink = try BenchChild("bench-sink", [])
    cluster = try BenchChild("bench-cluster", ["--objects", "\(objects)", "--namespaces", "\(namespaces)"])
    sinkPort = try sink.numbers(after: "port").first ?? 0
    let port = try cluster.numbers(after: "port").first ?? 0
    for (number, subscription) in subscriptions("http://127.0.0.1:\(sinkPort)/events").enumerated() {
      try Self.write(subscription.serialized(), to: "\(directory)/subscription-\(number).json")
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

  /// The hub's resident memory once it has stopped changing, in bytes.
  var settledHubMemory: Int {
    var last = -1
    for _ in 0..<20 {
      usleep(500_000)
      let now = ProcessUsage.residentBytes(of: hub.pid)
      if now == last { return now }
      last = now
    }
    return last
  }

  /// From now on the sink counts these objects only, and says so after each `step` of them.
  func expect(first: Int = 0, count: Int, step: Int? = nil) throws(BenchFailure) {
    try Self.expect(of: sink, first: first, count: count, step: step)
  }

  /// Returns when the sink knows: what is written afterwards counts.
  private static func expect(
    of sink: BenchChild, first: Int, count: Int, step: Int? = nil
  ) throws(BenchFailure) {
    try sink.tell("expect \(first) \(count) \(step ?? max(1, count))")
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

/// The subscriptions of the measurements.
enum BenchSubscription {
  /// Wants the wanted ConfigMaps of its own namespace, or of all.
  static func make(
    name: String, namespace: Int, everywhere: Bool, mode: String, initial: Bool, sink: String
  ) -> JSONValue {
    let digits = String(namespace)
    let padding = String(repeating: "0", count: BenchObject.namespaceDigits - digits.count)
    var spec: JSONValue = [
      "resources": [
        [
          "apiVersion": "v1", "kind": "ConfigMap",
          "selector": ["matchLabels": [BenchObject.wantedLabel: "yes"]],
        ]
      ],
      "mode": .string(mode), "initial": .bool(initial), "sink": ["uri": .string(sink)],
      "delivery": ["concurrency": JSONValue(BenchPlan.inFlight)],
    ]
    if everywhere { spec["namespaceSelector"] = [:] }
    return [
      "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
      "metadata": ["name": .string(name), "namespace": .string("bench" + padding + digits)],
      "spec": spec,
    ]
  }
}
