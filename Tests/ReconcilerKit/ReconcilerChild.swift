import Foundation
import Glibc
import HTTP
import TestSupport

/// The built `foo-reconciler` as a process of its own.
final class ReconcilerChild: @unchecked Sendable {
  // Unchecked: `Process` is only started in `init`, and read afterwards.
  private let process = Process()
  private let log: URL
  private let client = HTTPClientThread()
  let port: Int

  /// Starts it with these variables and waits until it listens.
  init(environment: [String: String]) async throws {
    log = FileManager.default.temporaryDirectory.appending(path: "reconciler-\(UUID()).log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    // The executables are built beside the test runner.
    let directory = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    process.executableURL = directory.appending(path: "foo-reconciler")
    process.environment = ["PORT": "0", "LOG_LEVEL": "debug"].merging(environment) { $1 }
    // Whoever reads the tests' output to its end would wait for it, should the tests crash.
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    let (process, log) = (process, log)
    port = try await waitFor("the reconciler listens or ends") {
      let text = try String(contentsOf: log, encoding: .utf8)
      if let line = text.firstMatch(of: #/listening .* port=(\d+)\s/#) { return Int(line.1) }
      return process.isRunning ? nil : 0
    }
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    client.stop()
    try? FileManager.default.removeItem(at: log)
  }

  var lines: [String] {
    ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for its end; the exit code.
  func exitCode() async throws -> Int32 {
    try await waitUntil("the reconciler ends") { !self.process.isRunning }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  func post(_ headers: HTTPHeaders) async throws -> HTTPResponse {
    try await client.send(
      HTTPClientRequest(
        method: "POST", url: "http://127.0.0.1:\(port)/", headers: headers, body: Events.reference,
        deadlineMilliseconds: 30_000))
  }

  func get(_ path: String) async throws -> HTTPResponse {
    try await client.send(
      HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)", deadlineMilliseconds: 30_000))
  }
}
