import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import DevCluster

/// An activator without a store: its home thread is that of a server that serves nothing, its processes are the
/// package's `test-sink`.
final class KnativeHarness: Sendable {
  /// The sink, built beside the test bundle.
  static let sink = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "test-sink").path

  let home: HTTPServer
  let runtime = KnativeRuntime(requestLogLimit: 100)
  let client = HTTPClientThread()
  let url: String
  private let activator: Confined
  private let events = Mutex<[ActivatorEvent]>([])

  /// Touched on the home thread only, as everything of an activator.
  private final class Confined: @unchecked Sendable {
    var context: ActivatorContext?
    var activator: ServiceActivator?
  }

  static let service = ServiceKey(namespace: "default", name: "sink")

  /// A revision that runs the sink with these arguments, with times fit for tests.
  static func revision(
    _ arguments: [String] = [], name: String = "sink-00001",
    _ change: (inout RevisionTemplate) -> Void = { _ in }
  ) -> RevisionTemplate {
    var revision = RevisionTemplate(name: name, executable: sink, arguments: arguments)
    revision.scaling.startTimeout = 20_000_000_000
    change(&revision)
    return revision
  }

  init(_ revision: RevisionTemplate? = nil) async throws {
    home = try HTTPServer(HTTPServerConfiguration()) { _, responder in responder.abort() }
    var settings = KnativeSettings()
    settings.apiURL = "http://127.0.0.1:1"
    settings.output = .discarded
    settings.terminationGraceMilliseconds = 300
    let confined = Confined()
    activator = confined
    let context = ActivatorContext(
      settings, home: HomeThread(home), runtime: runtime)
    confined.context = context
    confined.activator = try ServiceActivator(Self.service, in: context)
    url = confined.activator?.url ?? ""
    context.report = { [weak self] event in self?.events.withLock { $0.append(event) } }
    home.start()
    if let revision { await onHome { $0.serve(revision) } }
  }

  deinit { stop() }

  /// Ends everything; nothing is left after it.
  func stop() {
    runtime.stop(graceMilliseconds: 2000)
    client.stop()
    home.stop()
  }

  /// Runs work with the activator on its thread.
  func onHome<Result: Sendable>(_ work: @escaping @Sendable (ServiceActivator) -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      home.execute { [activator] in
        guard let own = activator.activator else { preconditionFailure("the harness keeps its activator") }
        continuation.resume(returning: work(own))
      }
    }
  }

  /// Lets go of the activator, as the controller does when a Service is deleted.
  func delete() async {
    await onHome { $0.delete() }
    await withCheckedContinuation { continuation in
      home.execute { [activator] in
        activator.activator = nil
        continuation.resume()
      }
    }
  }

  /// Sends a request to the Service, as the hub sends an event.
  func send(
    _ path: String = "", headers: [(String, String)] = [], body: String = "{}"
  ) async throws(HTTPClientFailure) -> HTTPResponse {
    try await client.send(
      HTTPClientRequest(
        method: "POST", url: url + path, headers: HTTPHeaders(headers), body: Array(body.utf8),
        deadlineMilliseconds: 60_000))
  }

  var reported: [ActivatorEvent] { events.withLock { $0 } }
  var started: [ServiceProcess] {
    reported.compactMap { if case .processStarted(let info) = $0 { info } else { nil } }
  }
  var ended: [Int32] {
    reported.compactMap { if case .processEnded(let info, _) = $0 { info.pid } else { nil } }
  }
  var problems: [StartProblem] {
    reported.compactMap { if case .startFailed(_, _, let problem) = $0 { problem } else { nil } }
  }
  var requests: [ProxiedRequest] { runtime.log.requests(of: Self.service) }
}

extension HTTPResponse {
  /// The process that answered.
  var pid: Int32? { headers[first: "X-Pid"].flatMap { Int32($0) } }
  var text: String { String(decoding: body, as: UTF8.self) }
}
