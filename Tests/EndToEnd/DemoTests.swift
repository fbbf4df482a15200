import Foundation
import HTTP
import TestSupport
import Testing

@Suite("hub demo, as a user runs it", .serialized, .timeLimit(.minutes(3)))
struct DemoTests {
  private func elsewhere() throws -> URL {
    let directory = FileManager.default.temporaryDirectory.appending(path: "demo-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory
  }

  @Test("--once: in any directory, five steps hold, exit 0, and no process stays behind")
  func once() async throws {
    let directory = try elsewhere()
    defer { try? FileManager.default.removeItem(at: directory) }
    let demo = try BuiltProcess("hub", ["demo", "--once"], workingDirectory: directory)
    #expect(try await demo.end(seconds: 90) == 0)
    let lines = demo.output.split(separator: "\n").map(String.init)
    #expect(lines.last == "demo: 5 of 5 steps held")
    let told = demo.output.matches(of: #/pid (\d+)/#).compactMap { Int32($0.output.1) }
    #expect(Set(told).count == 3)
    for pid in told { #expect(kill(pid, 0) != 0, "pid \(pid) is still there") }
    #expect(lines.contains { $0.contains("asleep: pid ") })
    #expect(lines.contains { $0.contains("awake: pid ") })
    #expect(demo.errors.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }

  @Test(
    "Without --once it keeps running with its addresses shown; SIGINT ends it, and no process stays behind")
  func running() async throws {
    let demo = try BuiltProcess("hub", ["demo"])
    try await waitUntil("the invitation", seconds: 90) { demo.output.contains("Still running") }
    let hub = try #require(demo.output.firstMatch(of: #/hub +(http:\/\/[0-9.:]+)/#))
    let client = HTTPClientThread()
    defer { client.stop() }
    let ready = try await client.send(
      HTTPClientRequest(url: String(hub.output.1) + "/readyz", deadlineMilliseconds: 20_000))
    #expect(ready.status == 200)
    kill(demo.pid, SIGINT)
    #expect(try await demo.end() == 0)
    let told = demo.output.matches(of: #/pid (\d+)/#).compactMap { Int32($0.output.1) }
    for pid in told { #expect(kill(pid, 0) != 0, "pid \(pid) is still there") }
  }

  @Test("A reconciler that is not beside the executable is named, with exit 1")
  func withoutReconciler() async throws {
    let directory = try elsewhere()
    defer { try? FileManager.default.removeItem(at: directory) }
    let copy = directory.appending(path: "hub")
    try FileManager.default.copyItem(at: BuiltProcess.directory.appending(path: "hub"), to: copy)
    let demo = try BuiltProcess(copy.path, ["demo", "--once"])
    #expect(try await demo.end(seconds: 60) == 1)
    let path = directory.appending(path: "foo-reconciler").path
    #expect(demo.errors == "hub demo: \(path) cannot be run; make build leaves it beside hub\n")
  }
}
