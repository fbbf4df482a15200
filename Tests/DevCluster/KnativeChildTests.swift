import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import DevCluster

/// Real child processes; `/bin/sh` is enough, as none of them serves HTTP.
@Suite("Child processes")
struct KnativeChildTests {
  /// What one child reported.
  final class Reports: Sendable {
    private let events = Mutex<[ChildEvent]>([])
    var all: [ChildEvent] { events.withLock { $0 } }
    var pid: Int32? { all.compactMap { if case .started(let pid) = $0 { pid } else { nil } }.first }
    var end: ChildEnd? { all.compactMap { if case .ended(let end) = $0 { end } else { nil } }.first }
    func add(_ event: ChildEvent) { events.withLock { $0.append(event) } }
  }

  static func shell(_ script: String, environment: [EnvironmentVariable] = []) -> ChildCommand {
    ChildCommand(
      executable: "/bin/sh", arguments: ["-c", script], environment: environment, output: .discarded)
  }

  /// Whether there is a process with this pid, a zombie included.
  static func exists(_ pid: Int32) -> Bool { kill(pid, 0) == 0 || errno != ESRCH }

  @Test("a child reports its start and its exit code, and is reaped")
  func exits() async throws {
    let reports = Reports()
    let child = ChildProcess.start(Self.shell("exit 7")) { reports.add($0) }
    let end = try await waitFor("its end") { reports.end }
    #expect(end == .exited(code: 7))
    let pid = try #require(reports.pid)
    #expect(reports.all == [.started(pid: pid), .ended(.exited(code: 7))])
    #expect(child.hasEnded)
    #expect(!Self.exists(pid))
  }

  @Test("a child gets its arguments, its environment and nothing else")
  func environment() async throws {
    let reports = Reports()
    let script = #"test "$0 $1" = "a b" -a "$ONE" = "x=y z" -a -z "$HOME" || exit 9"#
    var command = Self.shell(script, environment: [EnvironmentVariable(name: "ONE", value: "x=y z")])
    command.arguments += ["a", "b"]
    _ = ChildProcess.start(command) { reports.add($0) }
    #expect(try await waitFor("its end") { reports.end } == .exited(code: 0))
  }

  @Test("a child inherits no descriptor beyond the standard three")
  func descriptors() async throws {
    let reports = Reports()
    // Without the flag that closes it by itself.
    let leak = open("/dev/null", O_RDONLY)
    defer { close(leak) }
    // `ls` itself has one open on the folder it lists.
    let script = "test \"$(ls /proc/self/fd | wc -l)\" -le 4"
    _ = ChildProcess.start(Self.shell(script)) { reports.add($0) }
    #expect(try await waitFor("its end") { reports.end } == .exited(code: 0))
  }

  @Test("an executable that is missing or not executable is reported, and nothing else")
  func failures() async throws {
    for (path, code) in [("/nowhere/program", ENOENT), ("/etc/passwd", EACCES)] {
      let reports = Reports()
      let child = ChildProcess.start(ChildCommand(executable: path)) { reports.add($0) }
      try await waitUntil("a report") { !reports.all.isEmpty }
      #expect(reports.all == [.failed(ChildStartFailure(executable: path, code: code))])
      #expect(child.hasEnded)
    }
  }

  @Test("a signal reaches a child, also one that has not started yet")
  func signals() async throws {
    let reports = Reports()
    let child = ChildProcess.start(Self.shell("exec sleep 1000")) { reports.add($0) }
    child.signal(SIGKILL)
    #expect(try await waitFor("its end") { reports.end } == .killed(signal: SIGKILL))
    child.signal(SIGKILL)  // Nobody's pid any more: does nothing.
  }

  @Test("what a child started itself ends with it")
  func grandchildren() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "knative-child-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let reports = Reports()
    let script = "sleep 1000 & echo $! > \(file.path); exit 0"
    _ = ChildProcess.start(Self.shell(script)) { reports.add($0) }
    _ = try await waitFor("its end") { reports.end }
    let pid = try #require(
      Int32(String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
    // It was adopted and is reaped by another process (perhaps late, in a container): dead is what matters.
    try await waitUntil("the grandchild is gone") { !Self.isRunning(pid) }
  }

  /// Whether the process runs: there, and no zombie.
  static func isRunning(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return !status.contains(") Z ")
  }

  @Test("the kernel kills a child whose spawning thread is gone, as it does when the parent is killed")
  func parentDeath() async throws {
    let pid = Mutex<Int32?>(nil)
    let thread = Thread {
      let spawned = try? ChildSpawn.spawn(Self.shell("exec sleep 1000"))
      // Until the wrapper has become the program, the death signal may not be set.
      while let spawned, Self.isStillWrapper(spawned) { usleep(1000) }
      pid.withLock { $0 = spawned }
    }
    thread.start()
    let child = try await waitFor("the spawn") { pid.withLock { $0 } }
    try await waitUntil("the thread's end") { thread.isFinished }
    try await waitUntil("the child's end") {
      var status: Int32 = 0
      return waitpid(child, &status, WNOHANG) == child
        && ChildEnd(waitStatus: status) == .killed(signal: SIGKILL)
    }
  }

  /// Within exec the command line is empty.
  static func isStillWrapper(_ pid: Int32) -> Bool {
    let words = commandLine(pid)
    return words.isEmpty || words.contains("setpriv")
  }

  static func commandLine(_ pid: Int32) -> String {
    (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
  }

  @Test("stopping ends all children: those that obey, and after the grace those that do not")
  func stops() async throws {
    let runtime = KnativeRuntime(requestLogLimit: 1)
    let reports = [Reports(), Reports()]
    let scripts = ["trap 'exit 3' TERM; echo >&2; while :; do sleep 0.01; done", "trap '' TERM; sleep 1000"]
    for (script, report) in zip(scripts, reports) {
      #expect(runtime.startChild(Self.shell(script)) { report.add($0) } != nil)
    }
    let pids = try await waitFor("both pids") {
      let pids = reports.compactMap(\.pid)
      return pids.count == 2 && pids.allSatisfy { Self.hasTrap($0) } ? pids : nil
    }
    runtime.stop(graceMilliseconds: 300)
    for pid in pids { #expect(!Self.exists(pid)) }
    try await waitUntil("both ends") { reports.allSatisfy { $0.end != nil } }
    #expect(reports[0].end == .exited(code: 3))
    #expect(reports[1].end == .killed(signal: SIGKILL))
    #expect(runtime.startChild(Self.shell("exit 0")) { _ in } == nil)
  }

  /// Whether the process catches or ignores SIGTERM: its script has come so far.
  static func hasTrap(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else {
      return false
    }
    let bit = UInt64(1) << UInt64(SIGTERM - 1)
    return status.split(separator: "\n").contains { line in
      guard line.hasPrefix("SigCgt:") || line.hasPrefix("SigIgn:") else { return false }
      return (UInt64(line.dropFirst(8), radix: 16) ?? 0) & bit != 0
    }
  }

  @Test("ports are offered that nobody listens on, each once in a round, and the range is kept")
  func ports() throws {
    var picker = PortPicker(startingAt: PortPicker.range.upperBound - 20)
    let ports = (0..<50).compactMap { _ in picker.pick() }
    #expect(Set(ports).count == 50)
    #expect(ports.allSatisfy { PortPicker.range.contains($0) })

    let port = try #require(ports.last)
    let server = try HTTPServer(HTTPServerConfiguration(port: port)) { _, responder in responder.abort() }
    var again = PortPicker(startingAt: port)
    #expect(again.pick() != port)
    server.stop()
  }
}
