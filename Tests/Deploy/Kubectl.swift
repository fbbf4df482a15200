import Foundation
import JSONScan
import TestSupport
import Testing

/// A dev cluster as a process of its own, and kubectl that talks to it.
struct KubectlStage {
  let url: String
  let home: URL
  private let cluster: BuiltProcess

  init() async throws {
    let cluster = try BuiltProcess("hub", ["devcluster", "--listen", "127.0.0.1:0"])
    self.cluster = cluster
    url = try await waitFor("the dev cluster's address") {
      cluster.output.firstMatch(of: #/serving (http://[0-9.:]+)\n/#).map { String($0.output.1) }
    }
    // kubectl keeps what it discovers below its home.
    home = FileManager.default.temporaryDirectory.appending(path: "kubectl-\(UUID())")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
  }

  /// Ends the dev cluster and with it the processes that it runs.
  func stop() async throws {
    kill(cluster.pid, SIGTERM)
    _ = try await cluster.end()
    try? FileManager.default.removeItem(at: home)
  }

  /// Runs kubectl in the root of the repository, as the README says, and returns what it prints.
  @discardableResult
  func kubectl(_ arguments: String...) async throws -> String {
    let process = try BuiltProcess(
      "/usr/bin/env", ["kubectl", "--server=\(url)"] + arguments,
      environment: [
        "HOME": home.path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      ],
      workingDirectory: Repository.root)
    let code = try await process.end(seconds: 120)
    guard code == 0 else {
      throw KubectlFailed(
        description: "kubectl \(arguments.joined(separator: " ")): \(code): \(process.errors)")
    }
    return process.output
  }

  /// What a path of an object holds, once it is there and not empty.
  func value(_ path: String, of object: String...) async throws -> String {
    try await waitFor("\(path) of \(object)", seconds: 90) {
      let text = try? await kubectl("get", object[0], object[1], "-n", "default", "-o", "jsonpath={\(path)}")
      return text?.isEmpty ?? true ? nil : text
    }
  }

  struct KubectlFailed: Error, CustomStringConvertible { let description: String }
}
