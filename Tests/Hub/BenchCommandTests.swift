import Foundation
import HubRuntime
import TestSupport
import Testing

@testable import hub

@Suite("Command line of hub bench")
struct BenchCommandTests {
  static let topics =
    "events, unwanted, latency, memory, journal, reconciler, subscriptions, fairness, all"

  @Test(
    "a bad command line measures nothing, and says what to write",
    arguments: [
      (["--jsn"], "hub bench: unknown flag --jsn; hub bench --help lists what there is"),
      (["--json=yes"], "hub bench: --json takes no value, but has \"yes\""),
      (["--json", "--json"], "hub bench: --json is given twice"),
      (["throughput"], "hub bench: \"throughput\" is none of \(topics)"),
      (["events", "memory"], "hub bench: one of \(topics), and nothing more"),
      (["--ratios"], "hub bench: --ratios needs a value: FILE"),
      (
        ["--ratios", "/nowhere", "memory"],
        "hub bench: --ratios compares with the yardstick, which memory does not measure"
      ),
      (["--ratios", "/nowhere"], "hub bench: --ratios: cannot read /nowhere: No such file or directory"),
      (["--ratios", "/tmp"], "hub bench: --ratios: cannot read /tmp: not a regular file"),
    ] as [([String], String)])
  func faults(arguments: [String], message: String) {
    #expect(throws: UsageError(message: message)) {
      _ = try BenchCommand.run(try BenchCommand.grammar.parse(arguments))
    }
  }

  @Test("the executable says so on standard error and ends with 2")
  func process() async throws {
    let hub = try BuiltProcess("hub", ["bench", "everything"])
    #expect(try await hub.end() == 2)
    #expect(hub.output.isEmpty)
    #expect(hub.errors == "hub bench: \"everything\" is none of \(Self.topics)\n")
  }

  @Test("the help shows what can be measured, and not the parts that are processes of their own")
  func help() async throws {
    let hub = try BuiltProcess("hub", ["bench", "--help"])
    #expect(try await hub.end() == 0)
    for topic in BenchTopic.allCases { #expect(hub.output.contains(topic.rawValue)) }
    let all = try BuiltProcess("hub", ["help"])
    #expect(try await all.end() == 0)
    #expect(!all.output.contains("bench-"))
  }

  @Test("a signal ends it with all its processes, and leaves no files", arguments: [SIGINT, SIGTERM])
  func signals(signal: Int32) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "bench-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let files = { try FileManager.default.contentsOfDirectory(atPath: directory.path) }
    let hub = try BuiltProcess("hub", ["bench", "journal"], environment: ["TMPDIR": directory.path])
    try await waitUntil("its files") { try !files().isEmpty }
    kill(hub.pid, signal)
    // Standard error is read to its end, which comes when the last of its processes has gone.
    #expect(try await hub.end() == 128 + signal)
    #expect(try files() == [])
  }

  @Test("all is everything but subscriptions and fairness, which take longer; each other topic is itself")
  func topicsIncluded() {
    for topic in BenchTopic.allCases {
      #expect(topic.includes(topic))
      #expect(BenchTopic.all.includes(topic) == ![.subscriptions, .fairness].contains(topic))
    }
    #expect(!BenchTopic.events.includes(.memory))
  }
}

@Suite("Ratios to the yardstick")
struct BenchRatiosTests {
  private func ratios(_ text: String) throws(BenchRatios.Fault) -> BenchRatios {
    try BenchRatios([UInt8](text.utf8))
  }

  @Test("a figure may cost as many times the yardstick as the file says, and no more")
  func judges() throws {
    let ratios = try ratios(#"{"cpu_us_per_event": 6, "cpu_us_per_unwanted_event": 0.5}"#)
    var figures = BenchFigures()
    figures[.yardstickCPU] = Spread([5])
    figures[.cpuPerEvent] = Spread([30])
    #expect(ratios.findings(figures) == [])
    figures[.cpuPerEvent] = Spread([30.5])
    figures[.cpuPerUnwantedEvent] = Spread([3])
    #expect(
      ratios.findings(figures) == [
        "cpu_us_per_event is 6.10 times the yardstick's, and may be 6.00",
        "cpu_us_per_unwanted_event is 0.60 times the yardstick's, and may be 0.50",
      ])
  }

  @Test("what was not measured is not judged")
  func unmeasured() throws {
    let ratios = try ratios(#"{"cpu_us_per_event": 6}"#)
    var figures = BenchFigures()
    #expect(ratios.findings(figures) == [])
    figures[.cpuPerEvent] = Spread([300])
    #expect(ratios.findings(figures) == [])
  }

  @Test(
    "a file that is none of ratios is refused, with the member",
    arguments: [
      ("[]", BenchRatios.Fault.notJSON("its outermost value is none")),
      (#"{"cpu_us": 3}"#, .unknown("cpu_us")),
      (#"{"rss_mb": 3}"#, .unknown("rss_mb")),
      (#"{"cpu_us_per_event": "3"}"#, .notANumber("cpu_us_per_event")),
      (#"{"cpu_us_per_event": 0}"#, .notANumber("cpu_us_per_event")),
      (#"{"cpu_us_per_event": -1}"#, .notANumber("cpu_us_per_event")),
    ])
  func refuses(text: String, fault: BenchRatios.Fault) {
    #expect(throws: fault) { try ratios(text) }
  }

  @Test("what is no JSON is refused, with the reason")
  func noJSON() {
    #expect(throws: BenchRatios.Fault.self) { try ratios("{") }
  }

  @Test("the checked-in ratios can be read")
  func checkedIn() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let bytes = try FileContent.read(
      root.appendingPathComponent("Benchmarks/ratios.json").path, limit: 1 << 16)
    #expect(try !BenchRatios(bytes).limits.isEmpty)
  }
}
