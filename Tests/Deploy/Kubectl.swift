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
    try FileManager.default.createDirectory(
      at: home.appending(path: "bin"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: home.appending(path: "state"), withIntermediateDirectories: true)
    // First in the path of what is run here: kubectl with the address of this cluster.
    let kubectl = home.appending(path: "bin/kubectl")
    let others = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    try "#!/bin/sh\nPATH='\(others)' exec kubectl --server=\(url) \"$@\"\n"
      .write(to: kubectl, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: kubectl.path)
  }

  /// The hub with the arguments of its StatefulSet, but for the address of an API server without a pod, a port and a
  /// state directory of its own, and leave to reach the reconciler on this machine.
  func startHub() throws -> BuiltProcess {
    let container = try Repository.object("StatefulSet", "frugalhub", in: "deploy/hub")?.at(
      "spec.template.spec.containers.0")
    let own = [":8080": "127.0.0.1:0", "/var/lib/frugalhub": home.appending(path: "state").path]
    let arguments = container?.at("args")?.strings.map { own[$0] ?? $0 } ?? []
    return try BuiltProcess(
      "hub", arguments + ["--allow-sinks", "127.0.0.0/8"], environment: ["KUBERNETES_API_URL": url])
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
    try await run(["kubectl"] + arguments, in: Repository.root)
  }

  /// Runs lines of a page in a shell, which finds the executables of this build where a page has those of a release.
  @discardableResult
  func shell(_ lines: String, in directory: URL = Repository.root) async throws -> String {
    let own = lines.replacingOccurrences(of: ".build/release/", with: BuiltProcess.directory.path + "/")
    return try await run(["sh", "-ec", own], in: directory)
  }

  private func run(_ command: [String], in directory: URL) async throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let process = try BuiltProcess(
      "/usr/bin/env", command, environment: ["HOME": home.path, "PATH": "\(home.path)/bin:\(path)"],
      workingDirectory: directory)
    let code = try await process.end(seconds: 120)
    guard code == 0 else {
      throw Failed(
        description: "\(command.joined(separator: " ")): \(code): \(process.errors)\(process.output)")
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

  struct Failed: Error, CustomStringConvertible { let description: String }
}
