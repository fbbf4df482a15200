import HTTP
import JSONScan
import Synchronization

/// An API server that keeps objects by path and remembers what it was asked: just enough to see what a reconciler does.
final class FakeAPIServer: Sendable {
  struct Exchange: Sendable {
    var method: String
    var path: String
    var query: String
    var headers: HTTPHeaders
    var body: [UInt8]

    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
  }

  /// An answer for the next requests that match, instead of the usual one.
  struct Fault: Sendable {
    var method: String
    var pathContains: String
    var answer: HTTPResponse
    var count = 1
  }

  fileprivate struct State {
    var objects: [String: JSONValue] = [:]
    var exchanges: [Exchange] = []
    var faults: [Fault] = []
    var held: [(String, HTTPResponder, HTTPRequest)] = []
    var holding: String?
    var version = 100
  }

  private final class Box: Sendable {
    let state = Mutex(State())
  }

  private let box = Box()
  private let server: HTTPServer
  var url: String { "http://127.0.0.1:\(server.port)" }

  init() throws {
    let box = box
    server = try HTTPServer(HTTPServerConfiguration()) { request, responder in
      let answer = box.state.withLock { state -> HTTPResponse? in
        if let holding = state.holding, request.path.contains(holding) {
          state.held.append((holding, responder, request))
          return nil
        }
        return state.answer(request)
      }
      if let answer { responder.send(answer) }
    }
    server.start()
  }

  deinit { server.stop() }

  var exchanges: [Exchange] { box.state.withLock { $0.exchanges } }
  /// Method and path of all requests, in order.
  var calls: [String] { exchanges.map { "\($0.method) \($0.path)" } }
  var events: [JSONValue] {
    box.state.withLock { state in
      state.objects.filter { $0.key.contains("/events/") }.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  func object(_ path: String) -> JSONValue? { box.state.withLock { $0.objects[path] } }
  func put(_ path: String, _ object: JSONValue?) { box.state.withLock { $0.objects[path] = object } }
  func fail(_ fault: Fault) { box.state.withLock { $0.faults.append(fault) } }
  func forgetExchanges() { box.state.withLock { $0.exchanges = [] } }

  /// From now on requests to such paths are not answered.
  func hold(pathContains text: String) { box.state.withLock { $0.holding = text } }
  var heldCount: Int { box.state.withLock { $0.held.count } }
  /// Answers what is held, and holds nothing more.
  func release() {
    let ready = box.state.withLock { state in
      state.holding = nil
      let held = state.held
      state.held = []
      return held.map { ($0.1, state.answer($0.2)) }
    }
    for (responder, answer) in ready { responder.send(answer) }
  }
}

extension FakeAPIServer.State {
  fileprivate mutating func answer(_ request: HTTPRequest) -> HTTPResponse {
    exchanges.append(
      FakeAPIServer.Exchange(
        method: request.method, path: request.path, query: request.rawQuery ?? "", headers: request.headers,
        body: request.body))
    if let index = faults.firstIndex(where: {
      $0.method == request.method && request.path.contains($0.pathContains) && $0.count > 0
    }) {
      faults[index].count -= 1
      return faults[index].answer
    }
    switch request.method {
    case "GET": return objects[request.path].map { .json(200, $0.serialized()) } ?? Self.notFound
    case "POST": return create(request)
    case "PUT": return replace(request)
    case "PATCH": return merge(request)
    default: return .text(405, "")
    }
  }

  private mutating func create(_ request: HTTPRequest) -> HTTPResponse {
    guard var object = try? JSONValue(parsing: request.body), let name = object["metadata"]?["name"]?.string
    else { return .text(400, "") }
    let path = request.path + "/" + name
    guard objects[path] == nil else { return FakeAPIServer.status(409, "AlreadyExists", "it exists") }
    version += 1
    object["metadata"]?["uid"] = .string("uid-of-\(name)")
    object["metadata"]?["resourceVersion"] = .string("\(version)")
    objects[path] = object
    return .json(201, object.serialized())
  }

  private mutating func replace(_ request: HTTPRequest) -> HTTPResponse {
    let isStatus = request.path.hasSuffix("/status")
    let path = isStatus ? String(request.path.dropLast("/status".count)) : request.path
    guard let old = objects[path], let sent = try? JSONValue(parsing: request.body) else {
      return Self.notFound
    }
    if let version = sent["metadata"]?["resourceVersion"]?.string,
      version != old["metadata"]?["resourceVersion"]?.string
    {
      return FakeAPIServer.status(409, "Conflict", "the object has been modified")
    }
    var new = isStatus ? old : sent
    new["status"] = isStatus ? sent["status"] : old["status"]
    version += 1
    new["metadata"]?["uid"] = old["metadata"]?["uid"]
    new["metadata"]?["resourceVersion"] = .string("\(version)")
    objects[path] = new
    return .json(200, new.serialized())
  }

  private mutating func merge(_ request: HTTPRequest) -> HTTPResponse {
    guard var object = objects[request.path], let patch = try? JSONValue(parsing: request.body),
      let members = patch.object
    else { return Self.notFound }
    for (key, value) in members { object[key] = value }
    objects[request.path] = object
    return .json(200, object.serialized())
  }

  private static let notFound = FakeAPIServer.status(404, "NotFound", "not found")
}

extension FakeAPIServer {
  /// A failure as the Kubernetes API reports it.
  static func status(_ code: Int, _ reason: String, _ message: String) -> HTTPResponse {
    let body: JSONValue = [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
      "message": .string(message), "reason": .string(reason), "code": .number("\(code)"),
    ]
    return .json(code, body.serialized())
  }
}
