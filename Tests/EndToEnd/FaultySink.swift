import HTTP
import Synchronization

/// A sink over HTTP that fails on order, goes down and comes back on its port, and keeps what it was told.
final class FaultySink: Sendable {
  /// What becomes of one request.
  enum Behaviour: Hashable {
    /// Acknowledged, after so many milliseconds.
    case taken(after: Int)
    /// Answered with this status, and not taken.
    case refused(Int)
    /// Never answered.
    case hanging
    /// The connection is closed in the middle of an answer.
    case cut
    /// Kept until `release`.
    case held
  }

  /// One event.
  struct Told: Hashable {
    var operation: String
    var name: String
    var uid: String
    /// The version in `sequence`.
    var version: String

    init(_ request: HTTPRequest) {
      func header(_ name: String) -> String { request.headers[first: "ce-" + name] ?? "" }
      operation = header("type").split(separator: ".").last.map(String.init) ?? ""
      (name, uid) = (header("name"), header("uid"))
      version = header("sequence").split(separator: ".").last.map { String($0.drop { $0 == "0" }) } ?? ""
    }
  }

  private struct State {
    var plan: @Sendable (Int) -> Behaviour = { _ in .taken(after: 0) }
    var seen = 0
    var counts: [Behaviour: Int] = [:]
    var received: [Told] = []
    /// By place in `received`.
    var acknowledged: [Int: Told] = [:]
    var inFlight = 0
    var held: [(Int, HTTPResponder)] = []
    /// Kept, as a responder that nobody holds closes its connection.
    var hanging: [HTTPResponder] = []
  }

  private let state: Mutex<State>
  private let server: Mutex<HTTPServer>
  private let port: Int
  var url: String { "http://127.0.0.1:\(port)/" }

  init() throws {
    let box = Box()
    let server = try Self.server(port: 0, box)
    port = server.port
    state = Mutex(State())
    self.server = Mutex(server)
    self.box = box
    box.sink.withLock { $0.value = self }
    server.start()
  }

  deinit { server.withLock { $0.stop() } }

  /// Gives the server's handler its sink.
  private final class Box: Sendable {
    struct Weak { weak var value: FaultySink? }
    let sink = Mutex(Weak())
  }

  private let box: Box

  private static func server(port: Int, _ box: Box) throws -> HTTPServer {
    try HTTPServer(HTTPServerConfiguration(port: port)) { request, responder in
      box.sink.withLock { $0.value }?.take(request, responder)
    }
  }

  // MARK: Orders

  /// From now on; the requests are counted from 0.
  func plan(_ plan: @escaping @Sendable (Int) -> Behaviour) {
    state.withLock { state in
      state.plan = plan
      (state.seen, state.counts) = (0, [:])
    }
  }

  /// All further ones.
  func plan(_ behaviour: Behaviour) { plan { _ in behaviour } }

  /// Acknowledges what is held.
  func release() {
    let held = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for (place, responder) in held { acknowledge(place, responder) }
  }

  /// Closes its port and all connections.
  func goDown() {
    server.withLock { $0 }.stop()
    state.withLock { state in
      (state.held, state.hanging, state.inFlight) = ([], [], 0)
    }
  }

  /// Listens again on the same port.
  func comeBack() throws {
    let new = try Self.server(port: port, box)
    server.withLock { $0 = new }
    new.start()
  }

  // MARK: What it saw

  /// How many requests met this since the plan.
  func count(_ behaviour: Behaviour) -> Int { state.withLock { $0.counts[behaviour] ?? 0 } }
  /// Requests that are not answered.
  var inFlight: Int { state.withLock { $0.inFlight } }
  /// All that came, answered or not.
  var received: [Told] { state.withLock { $0.received } }
  /// What was answered with 200, in the order in which it came: an answer after the hub's time-out may come late.
  var acknowledged: [Told] {
    state.withLock { $0.acknowledged }.sorted { $0.key < $1.key }.map(\.value)
  }

  private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
    let told = Told(request)
    let (behaviour, place) = state.withLock { state in
      let behaviour = state.plan(state.seen)
      state.seen += 1
      state.counts[behaviour, default: 0] += 1
      let place = state.received.count
      state.received.append(told)
      state.inFlight += 1
      switch behaviour {
      case .hanging: state.hanging.append(responder)
      case .held: state.held.append((place, responder))
      case .taken, .refused, .cut: break
      }
      return (behaviour, place)
    }
    switch behaviour {
    case .taken(after: 0): acknowledge(place, responder)
    case .taken(let milliseconds):
      server.withLock { $0 }.schedule(after: milliseconds) { self.acknowledge(place, responder) }
    case .refused(let status):
      responder.send(HTTPResponse(status: status))
      state.withLock { $0.inFlight -= 1 }
    case .cut:
      let stream = responder.stream(status: 200)
      stream.write([UInt8]("the first half".utf8))
      server.withLock { $0 }.schedule(after: 1) { stream.abort() }
      state.withLock { $0.inFlight -= 1 }
    case .hanging, .held: break
    }
  }

  private func acknowledge(_ place: Int, _ responder: HTTPResponder) {
    state.withLock { state in
      state.acknowledged[place] = state.received[place]
      state.inFlight -= 1
    }
    responder.send(HTTPResponse(status: 200))
  }
}
