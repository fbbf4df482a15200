import HTTP
import JSONScan
import Synchronization

@testable import ReconcilerKit

/// A reconciler made from a function.
struct ClosureReconciler: Reconciler {
  let body: @Sendable (ReconcileRequest, KubernetesAPI) async throws -> ReconcileResult

  func reconcile(_ request: ReconcileRequest, using api: KubernetesAPI) async throws -> ReconcileResult {
    try await body(request, api)
  }
}

/// A receiver behind a real HTTP server, and a client of it.
final class Harness: Sendable {
  let receiver: EventReceiver
  let server: HTTPServer
  let client = HTTPClientThread()
  let api: KubernetesAPI
  let lines = Lines()

  init(
    limits: ReceiverLimits = ReceiverLimits(), apiURL: String = "http://127.0.0.1:1",
    _ reconcile: @escaping @Sendable (ReconcileRequest) async throws -> ReconcileResult
  ) throws {
    let log = ReconcilerLog(level: .debug, write: lines.append)
    api = KubernetesAPI(try KubernetesConfiguration(url: apiURL, component: "tester"), log: log)
    receiver = EventReceiver(
      ClosureReconciler { request, _ in try await reconcile(request) }, api: api, limits: limits, log: log)
    server = try HTTPServer(HTTPServerConfiguration(), handler: receiver.handle)
    server.start()
  }

  deinit {
    server.stop()
    client.stop()
    api.stop()
  }

  func post(_ headers: HTTPHeaders, _ body: [UInt8] = []) async throws -> HTTPResponse {
    try await request("POST", "/", headers, body)
  }

  func request(
    _ method: String, _ path: String, _ headers: HTTPHeaders = HTTPHeaders(), _ body: [UInt8]? = nil
  ) async throws -> HTTPResponse {
    try await client.send(
      HTTPClientRequest(
        method: method, url: "http://127.0.0.1:\(server.port)\(path)", headers: headers, body: body,
        deadlineMilliseconds: 30_000))
  }
}

/// Lines of a log.
final class Lines: Sendable {
  private let all = Mutex<[String]>([])
  var values: [String] { all.withLock { $0 } }
  @Sendable func append(_ line: String) { all.withLock { $0.append(line) } }
}

/// Counts what happens on other threads.
final class Recorder<Value: Sendable>: Sendable {
  private let all = Mutex<[Value]>([])
  var values: [Value] { all.withLock { $0 } }
  func append(_ value: Value) { all.withLock { $0.append(value) } }
}

/// 1, 2, 3, ….
final class Numbers: Sendable {
  private let last = Mutex(0)

  func next() -> Int {
    last.withLock { last in
      last += 1
      return last
    }
  }
}

/// Holds tasks until it is opened.
actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []
  var waitingCount: Int { waiting.count }

  func pass() async {
    if isOpen { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  func open() {
    isOpen = true
    releaseAll()
  }

  /// Lets those through who wait now, and no others.
  func releaseAll() {
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}

/// Events as the hub sends them.
enum Events {
  static func headers(
    kind: String = "Foo", apiVersion: String = "samplecontroller.k8s.io/v1alpha1",
    namespace: String = "default",
    name: String = "example-foo", id: String = "id-1", type: String = "dev.knative.apiserver.ref.update",
    extra: [(String, String)] = []
  ) -> HTTPHeaders {
    HTTPHeaders(
      [
        ("ce-specversion", "1.0"), ("ce-id", id), ("ce-source", "https://10.0.0.1:443"), ("ce-type", type),
        ("ce-kind", kind), ("ce-apiversion", apiVersion), ("ce-namespace", namespace), ("ce-name", name),
        ("Content-Type", "application/json"), ("Kn-Namespace", "default"),
      ] + extra)
  }

  static func structured(
    name: String = "example-foo", namespace: String = "default", id: String = "id-1",
    type: String = "dev.knative.apiserver.ref.update"
  ) -> JSONValue {
    [
      "specversion": "1.0", "id": .string(id), "source": "https://10.0.0.1:443", "type": .string(type),
      "kind": "Foo", "apiversion": "samplecontroller.k8s.io/v1alpha1", "namespace": .string(namespace),
      "name": .string(name), "datacontenttype": "application/json", "data": ["kind": "Foo"],
    ]
  }

  static let reference = [UInt8](
    #"{"kind":"Foo","namespace":"default","name":"example-foo","apiVersion":"samplecontroller.k8s.io/v1alpha1"}"#
      .utf8)
}

/// A clock that tests move.
final class TestClock: Sendable {
  private let now: Mutex<Int64>
  var value: Int64 { now.withLock { $0 } }

  init(_ start: Int64) { now = Mutex(start) }

  func advance(_ nanoseconds: Int64) { now.withLock { $0 += nanoseconds } }
}
