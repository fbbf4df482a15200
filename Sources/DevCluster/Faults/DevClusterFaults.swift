import HTTP
import Synchronization

/// Faults of the API server, ordered by tests and the demo in the same process, or by other processes with
/// `POST /devcluster/faults` (`FaultRequestHandler`). May be used from any thread.
///
/// An order has taken effect when its function returns.
///
/// A fault is about requests of a method (`*`: of any) whose target (path and query) contains a text.
/// Requests are looked at as they come, before they do anything.
public final class DevClusterFaults: Sendable {
  /// Requests that are held back: they have arrived and are neither done nor answered.
  public final class Hold: Sendable {
    fileprivate let method: String
    fileprivate let pathContains: String
    fileprivate let count = Atomic<Int>(0)

    fileprivate init(method: String, pathContains: String) {
      self.method = method
      self.pathContains = pathContains
    }

    /// How many requests wait now.
    public var held: Int { count.load(ordering: .acquiring) }
  }

  private struct Failure {
    let method: String
    let pathContains: String
    let status: Int
    let retryAfterSeconds: Int?
    var remaining: Int
  }

  private struct Delay {
    let method: String
    let pathContains: String
    let milliseconds: Int
    var remaining: Int
  }

  private struct State {
    var holds: [Hold] = []
    var waiting: [(hold: Hold, request: HTTPRequest, responder: HTTPResponder)] = []
    var failures: [Failure] = []
    var delays: [Delay] = []
    var api: ThreadConfined<APIServer>?
    var execute: (@Sendable (@escaping @Sendable () -> Void) -> Void)?
  }

  /// What becomes of a request.
  enum Verdict {
    case none
    case fail(APIError)
    /// It is done and answered after so many milliseconds.
    case delayed(Int)
    /// It is kept here, with its responder.
    case held
  }

  private let state = Mutex(State())

  init() {}

  func attach(
    api: ThreadConfined<APIServer>, execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
  ) {
    state.withLock { state in
      state.api = api
      state.execute = execute
    }
  }

  // MARK: Orders

  /// Holds back matching requests from now on, until the hold is released or dropped.
  public func hold(method: String, pathContains: String) -> Hold {
    let hold = Hold(method: method, pathContains: pathContains)
    state.withLock { $0.holds.append(hold) }
    return hold
  }

  /// Ends a hold: what waits is done and answered.
  public func release(_ hold: Hold) {
    for waiting in end(hold) {
      onCluster { api in api.answer(waiting.0, waiting.1) }
    }
  }

  /// Ends a hold: the connections of what waits are closed, and the requests do nothing.
  public func drop(_ hold: Hold) {
    for waiting in end(hold) { waiting.1.abort() }
  }

  /// Cuts the connections of all open watches of a plural (nil: of all) in the middle of their answers.
  public func cutWatches(plural: String? = nil) {
    onCluster { api in api.watches.cut(plural: plural) }
  }

  /// Makes all versions handed out so far too old: watches that resume and pages that continue get 410.
  /// Watches that are open go on.
  public func compact() {
    onCluster { api in api.store.compact() }
  }

  /// Answers the next `count` matching requests with this status.
  public func failNext(
    method: String = "*", pathContains: String = "", status: Int, retryAfterSeconds: Int? = nil,
    count: Int = 1
  ) {
    let failure = Failure(
      method: method, pathContains: pathContains, status: status, retryAfterSeconds: retryAfterSeconds,
      remaining: count)
    state.withLock { $0.failures.append(failure) }
  }

  /// Does and answers the next `count` matching requests only after a while.
  public func slowNext(
    method: String = "*", pathContains: String = "", milliseconds: Int, count: Int = 1
  ) {
    let delay = Delay(
      method: method, pathContains: pathContains, milliseconds: milliseconds, remaining: count)
    state.withLock { $0.delays.append(delay) }
  }

  /// Restarts the API server: all watches and what waits are cut, and for `downMilliseconds` every request's connection
  /// is closed without an answer. Without its data everything is as in a new cluster: other uids, versions from the
  /// start, no token is known. Controllers and the processes of Knative Services go on, as they do beside a real API
  /// server.
  public func restart(keepingData: Bool = true, downMilliseconds: Int = 0) {
    dropAllHolds()
    onCluster { api in api.restart(keepingData: keepingData, downMilliseconds: downMilliseconds) }
  }

  /// Forgets all orders; what is held is dropped.
  public func clear() {
    dropAllHolds()
    state.withLock { state in
      state.failures = []
      state.delays = []
    }
  }

  /// How many requests are still to fail, to be slow, and are held.
  var pending: (failures: Int, delays: Int, held: Int) {
    state.withLock { state in
      (
        state.failures.reduce(0) { $0 + $1.remaining }, state.delays.reduce(0) { $0 + $1.remaining },
        state.waiting.count
      )
    }
  }

  private func dropAllHolds() {
    let waiting = state.withLock { state in
      defer {
        state.waiting = []
        state.holds = []
      }
      return state.waiting
    }
    for one in waiting {
      one.hold.count.store(0, ordering: .releasing)
      one.responder.abort()
    }
  }

  /// How many watches are open now.
  public var openWatches: Int {
    let count = Atomic<Int>(0)
    onCluster { api in count.store(api.watches.count, ordering: .relaxed) }
    return count.load(ordering: .relaxed)
  }

  // MARK: Effects

  /// Decides about a request; called on the cluster's thread.
  func verdict(on request: HTTPRequest, _ responder: HTTPResponder) -> Verdict {
    state.withLock { state in
      func matches(_ method: String, _ pathContains: String) -> Bool {
        (method == "*" || method == request.method)
          && (pathContains.isEmpty || request.target.contains(pathContains))
      }
      if let hold = state.holds.first(where: { matches($0.method, $0.pathContains) }) {
        state.waiting.append((hold, request, responder))
        hold.count.add(1, ordering: .releasing)
        return .held
      }
      guard
        let position = state.failures.firstIndex(where: { matches($0.method, $0.pathContains) })
      else {
        guard let position = state.delays.firstIndex(where: { matches($0.method, $0.pathContains) })
        else { return .none }
        let milliseconds = state.delays[position].milliseconds
        state.delays[position].remaining -= 1
        if state.delays[position].remaining <= 0 { state.delays.remove(at: position) }
        return .delayed(milliseconds)
      }
      let failure = state.failures[position]
      state.failures[position].remaining -= 1
      if state.failures[position].remaining <= 0 { state.failures.remove(at: position) }
      return .fail(Self.error(failure))
    }
  }

  private func end(_ hold: Hold) -> [(HTTPRequest, HTTPResponder)] {
    state.withLock { state in
      state.holds.removeAll { $0 === hold }
      let ended = state.waiting.filter { $0.hold === hold }
      state.waiting.removeAll { $0.hold === hold }
      hold.count.store(0, ordering: .releasing)
      return ended.map { ($0.request, $0.responder) }
    }
  }

  private func onCluster(_ work: @escaping @Sendable (APIServer) -> Void) {
    let (api, execute) = state.withLock { ($0.api, $0.execute) }
    guard let api, let execute else { return }
    if api.isOnItsThread { return work(api.value) }
    let done = OneShot()
    execute {
      work(api.value)
      done.signal()
    }
    // In vain only if the cluster has stopped, and then there is nothing left to do.
    _ = done.wait(seconds: Self.patienceSeconds)
  }

  private static let patienceSeconds = 5

  private static func error(_ failure: Failure) -> APIError {
    let reason =
      switch failure.status {
      case 401: "Unauthorized"
      case 403: "Forbidden"
      case 404: "NotFound"
      case 409: "Conflict"
      case 410: "Expired"
      case 429: "TooManyRequests"
      case 500: "InternalError"
      case 503: "ServiceUnavailable"
      case 504: "Timeout"
      default: ""
      }
    return APIError(
      code: failure.status, reason: reason, message: "a fault was ordered: \(failure.status) \(reason)",
      details: failure.retryAfterSeconds.map { .init(retryAfterSeconds: $0) })
  }
}
