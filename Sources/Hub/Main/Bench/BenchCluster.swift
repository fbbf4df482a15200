import CLinux
import Glibc
import HTTP
import JSONScan
import Synchronization

/// The objects of the benchmark and the one watch on them, which begins with a streamed list if it is asked to. There are Secrets
/// too, none at first, with a watch of their own: the changes of a neighbour.
final class BenchCluster: Sendable {
  private static let linesPerWrite = 48
  /// Secrets have numbers of their own, which nobody at the sink counts.
  private static let firstSecret = 1_000_000

  private struct State {
    var watch: HTTPBodyStream?
    var secrets: HTTPBodyStream?
    var version = BenchObject.firstVersion
  }

  private let objects: Int
  private let namespaces: Int
  private let state = Mutex(State())

  init(objects: Int, namespaces: Int) {
    self.objects = objects
    self.namespaces = namespaces
  }

  // MARK: Requests

  func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
    switch request.path {
    case "/api/v1": send(Self.resources, responder)
    case "/api/v1/namespaces/kube-system": send(Self.systemNamespace, responder)
    case "/api/v1/configmaps" where request.query("watch") != nil:
      watch(responder, beginsWithList: request.query("sendInitialEvents") == "true")
    case "/api/v1/configmaps": list(request, responder)
    case "/api/v1/secrets" where request.query("watch") != nil: watchSecrets(responder)
    default: responder.send(HTTPResponse(status: 404, headers: HTTPHeaders([]), body: []))
    }
  }

  private func send(_ body: [UInt8], _ responder: HTTPResponder) {
    let headers = HTTPHeaders([("Content-Type", "application/json")])
    responder.send(HTTPResponse(status: 200, headers: headers, body: body))
  }

  private static let resources = [UInt8](
    """
    {"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"configmaps","singularName":"configmap",\
    "namespaced":true,"kind":"ConfigMap","verbs":["get","list","watch"]},{"name":"secrets","singularName":"secret",\
    "namespaced":true,"kind":"Secret","verbs":["get","list","watch"]}]}
    """.utf8)

  /// Its uid is the cluster's.
  private static let systemNamespace = [UInt8](
    """
    {"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kube-system",\
    "uid":"c0ffee00-0000-4000-8000-00000000ffff","resourceVersion":"1"}}
    """.utf8)

  private func watch(_ responder: HTTPResponder, beginsWithList: Bool) {
    let stream = responder.stream(
      status: 200, headers: HTTPHeaders([("Content-Type", "application/json")]))
    state.withLock { state in
      if beginsWithList { writeList(to: stream) }
      state.watch = stream
    }
    Console.print("watching \(beginsWithList ? 1 : 0)")
  }

  private func watchSecrets(_ responder: HTTPResponder) {
    let stream = responder.stream(
      status: 200, headers: HTTPHeaders([("Content-Type", "application/json")]))
    writeListEnd("Secret", to: stream)
    state.withLock { $0.secrets = stream }
    Console.print("neighbour")
  }

  private func writeList(to stream: HTTPBodyStream) {
    var line = BenchObject(.watchLine(type: "ADDED"), label: BenchObject.wanted, namespaces: namespaces)
    for first in stride(from: 0, to: objects, by: Self.linesPerWrite) {
      var bytes: [UInt8] = []
      for number in first..<min(objects, first + Self.linesPerWrite) {
        line.append(number: number, version: BenchObject.firstVersion, to: &bytes)
      }
      stream.write(bytes)
    }
    writeListEnd("ConfigMap", to: stream)
  }

  private func writeListEnd(_ kind: String, to stream: HTTPBodyStream) {
    let end: JSONValue = [
      "type": "BOOKMARK",
      "object": [
        "kind": .string(kind), "apiVersion": "v1",
        "metadata": [
          "resourceVersion": .string(String(BenchObject.firstVersion)),
          "annotations": ["k8s.io/initial-events-end": "true"],
        ],
      ],
    ]
    stream.write(end.serialized() + [UInt8(ascii: "\n")])
  }

  /// A page; its continue token is the number of the next object.
  private func list(_ request: HTTPRequest, _ responder: HTTPResponder) {
    let first = request.query("continue").flatMap { Int($0) } ?? 0
    let end = min(objects, first + (request.query("limit").flatMap { Int($0) } ?? objects))
    var item = BenchObject(.listItem, label: BenchObject.wanted, namespaces: namespaces)
    let more = end < objects ? ",\"continue\":\"\(end)\"" : ""
    var body = [UInt8](
      """
      {"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"\(BenchObject.firstVersion)"\(more)},"items":[
      """.utf8)
    for number in first..<max(first, end) {
      if number > first { body.append(UInt8(ascii: ",")) }
      item.append(number: number, version: BenchObject.firstVersion, to: &body)
    }
    body.append(contentsOf: "]}".utf8)
    send(body, responder)
  }

  // MARK: Changes

  /// Writes MODIFIED lines as fast as they can be made.
  func write(label: String, first: Int, count: Int) {
    var line = BenchObject(.watchLine(type: "MODIFIED"), label: label, namespaces: namespaces)
    var number = first
    while number < first + count {
      let end = min(first + count, number + Self.linesPerWrite)
      write { version, bytes in
        for number in number..<end {
          version += 1
          line.append(number: number, version: version, to: &bytes)
        }
      }
      number = end
    }
  }

  /// Writes changes of so many Secrets at once.
  func flood(count: Int) {
    var line = BenchObject(
      .watchLine(type: "MODIFIED"), kind: "Secret", label: BenchObject.wanted, namespaces: namespaces)
    for first in stride(from: 0, to: count, by: Self.linesPerWrite) {
      state.withLock { state in
        var bytes: [UInt8] = []
        for number in first..<min(count, first + Self.linesPerWrite) {
          state.version += 1
          line.append(number: Self.firstSecret + number, version: state.version, to: &bytes)
        }
        state.secrets?.write(bytes)
      }
    }
  }

  /// Writes single MODIFIED lines at a steady rate, each with the time at which it goes out.
  func pace(first: Int, count: Int, perSecond: Int) {
    var line = BenchObject(.watchLine(type: "MODIFIED"), label: BenchObject.wanted, namespaces: namespaces)
    let start = monotonicNanoseconds()
    for index in 0..<count {
      let due = start + index * 1_000_000_000 / perSecond
      var time = timespec(tv_sec: due / 1_000_000_000, tv_nsec: due % 1_000_000_000)
      while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
      write { version, bytes in
        version += 1
        line.append(number: first + index, version: version, written: monotonicNanoseconds(), to: &bytes)
      }
    }
  }

  private func write(_ body: (_ version: inout Int, _ bytes: inout [UInt8]) -> Void) {
    state.withLock { state in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Self.linesPerWrite * 1500)
      body(&state.version, &bytes)
      state.watch?.write(bytes)
    }
  }
}
